/**
 * What the report costs: `npm run report` beside the plain preview that it runs, in turns, and how long the report of
 * a change of 500 resources takes once the preview is over. Its events are those of a real preview, repeated under
 * other names.
 *
 * Cannot show how long the real Azure takes to answer.
 */
import { spawn } from "node:child_process";
import * as path from "node:path";
import { markdown } from "../../delivery/report/markdown";
import { readReport } from "../../delivery/report/model";
import { page } from "../../delivery/report/page";
import { runWatched } from "../../engine/events";
import { localEnvironment } from "../../local/environment";
import type { Sandbox } from "../support/sandbox";
import { median } from "./median";

const seconds = (since: bigint) => Number(process.hrtime.bigint() - since) / 1e9;

function timed(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
    return new Promise<number>((resolve, reject) => {
        const started = process.hrtime.bigint();
        const child = spawn(command, args, { cwd, env, stdio: "ignore" });
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) resolve(seconds(started));
            else reject(new Error(`${command} ${args.join(" ")} ended with ${code}`));
        });
    });
}

/** The events of a preview, in which the resources that change are there often enough. */
function repeated(events: string, changes: number): string {
    const lines = events.split("\n").filter((line) => line !== "");
    const changing = lines.filter((line) =>
        /"resourcePreEvent":.*"op":"update".*"custom":true/.test(line),
    );
    const copies = Array.from({ length: changes }, (_, index) =>
        changing[index % changing.length]!.replaceAll(/("urn":"[^"]+)"/g, `$1-${index}"`),
    );
    return [...lines, ...copies].join("\n");
}

export interface ReportFigures {
    /** Seconds that the report takes beyond the preview. */
    readonly added: number;
    /** Seconds from the events of a change of 500 resources to both texts. */
    readonly large: number;
    /** Bytes of its Markdown. */
    readonly bytes: number;
}

/** @param sandbox With the dev stack up. */
export async function measureReport(sandbox: Sandbox, runs: number): Promise<ReportFigures> {
    sandbox.set({ image: "ghcr.io/example/distilgpt2-api:1.1", sku: "B1" });
    const { pulumi, env } = await localEnvironment(sandbox.root, "dev");
    // The same CLI, found on PATH: the shims of "npm run local -- exec" would add their own time.
    const reported = { ...env, PATH: [path.dirname(pulumi), env.PATH].join(path.delimiter) };
    const preview = ["preview", "--stack", "dev", "--non-interactive"];
    const report = ["engine/run.js", "delivery/report.ts", "--stack", "dev"];
    const plain: number[] = [];
    const whole: number[] = [];
    for (let round = 0; round <= runs; round++) {
        const one = await timed(pulumi, preview, sandbox.root, env);
        const other = await timed(process.execPath, report, sandbox.root, reported);
        if (round === 0) continue;
        plain.push(one);
        whole.push(other);
    }
    const { events } = await runWatched(pulumi, preview, { cwd: sandbox.root, env });
    const many = repeated(events, 500);
    const large: number[] = [];
    let bytes = 0;
    for (let round = 0; round <= runs; round++) {
        const started = process.hrtime.bigint();
        const previewed = {
            stack: "dev",
            code: 0,
            events: many,
            errors: "",
            project: sandbox.root,
        };
        const made = readReport({ ...previewed, at: new Date() });
        const text = markdown(made);
        page(made);
        if (made.changes.length < 500) throw new Error(`only ${made.changes.length} changes`);
        bytes = Buffer.byteLength(text);
        if (round > 0) large.push(seconds(started));
    }
    return { added: median(whole) - median(plain), large: median(large), bytes };
}
