/**
 * How property-based tests draw their values: the same ones at every run, so that a failure is nobody's
 * luck. `SEED=$RANDOM RUNS=5000 npx jest test/azure` looks for what these have not found.
 */
import fc from "fast-check";

fc.configureGlobal({
    seed: Number(process.env.SEED ?? 20260715),
    numRuns: Number(process.env.RUNS ?? 100),
});
