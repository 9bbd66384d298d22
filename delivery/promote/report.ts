import { runInForeground } from "../../engine/process";
import type { Place } from "../../engine/recover";

/** Shows what an `up` would change. @returns 0 if it may go on; else an exit code, and why has been shown. */
export function showChanges({ pulumi, cwd, env, stack }: Place): Promise<number> {
    return runInForeground(pulumi, ["preview", "--stack", stack], {
        cwd,
        env,
    });
}
