/**
 * What a promotion costs beside its runs of the engine: from its start to its end, without the time in which the CLI
 * looks for drift in the first stack (two runs at once), previews or deploys. Everything else counts, the CLI's reading
 * of state and history too.
 *
 * Cannot show how long a registry takes to answer (the image is by digest), nor an app to become well (it is at once).
 */
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { PlainStacks } from "../support/plainStacks";
import { Sandbox } from "../support/sandbox";

/** First words of commands that run the engine. */
const engineRuns = new Set(["refresh", "preview", "up"]);

/** Seconds in which an engine ran, of those that a log has noted; where two ran at once, they count once. */
function engineSeconds(log: string): number {
    const runs = fs
        .readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" "))
        .filter(([command]) => engineRuns.has(command!))
        .map(([, start, end]) => ({ start: Number(start), end: Number(end) }))
        .sort((one, other) => one.start - other.start);
    let [sum, until] = [0, 0];
    for (const { start, end } of runs) {
        sum += Math.max(0, end - Math.max(start, until));
        until = Math.max(until, end);
    }
    return sum / 1e9;
}

/** A `pulumi` that is the real one, and notes when it started and ended. */
function writeStopwatch(folder: string, pulumi: string, log: string): void {
    fs.mkdirSync(folder);
    const lines = [
        "#!/bin/sh",
        "start=$(date +%s%N)",
        `"${pulumi}" "$@"`,
        "code=$?",
        `echo "$1 $start $(date +%s%N)" >> "${log}"`,
        "exit $code",
    ];
    fs.writeFileSync(path.join(folder, "pulumi"), `${lines.join("\n")}\n`, { mode: 0o755 });
}

/** Seconds that each of so many promotions took beside the engine's runs, after one to warm up. */
export async function promotionOwnWork(runs: number): Promise<number[]> {
    const sandbox = new Sandbox();
    const app = http.createServer((_, response) => response.end());
    try {
        await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
        const address = `http://localhost:${(app.address() as AddressInfo).port}`;
        const image = (round: number) =>
            `ghcr.io/example/distilgpt2-api@sha256:${String(round).padStart(64, "0")}`;
        const stacks = await PlainStacks.make(sandbox, "dev", "test");
        const folder = path.join(sandbox.root, ".local", "stopwatch");
        const log = path.join(folder, "log");
        writeStopwatch(folder, stacks.pulumiCli, log);
        const env = { PATH: [folder, stacks.env.PATH].join(path.delimiter) };
        const options = ["--from", "dev", "--to", "test", "--yes", "--settle", "0"];
        const samples: number[] = [];
        for (let round = 0; round <= runs; round++) {
            sandbox.set({ image: image(round) });
            await stacks.up("dev");
            fs.rmSync(log, { force: true });
            const started = process.hrtime.bigint();
            const { code, output } = await stacks.command(
                "delivery/promote.ts",
                [...options, "--address", address],
                env,
            );
            const seconds = Number(process.hrtime.bigint() - started) / 1e9;
            if (code !== 0) throw new Error(output);
            if (round > 0) samples.push(seconds - engineSeconds(log));
        }
        return samples;
    } finally {
        app.close();
        sandbox.remove();
    }
}
