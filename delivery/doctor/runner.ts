import { execFile } from "node:child_process";
import type { Place } from "../../engine/place";

/** What a command said, and how it ended. */
export interface Answer {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Runs the Pulumi CLI in the project, without a terminal. */
export type Runner = (...args: string[]) => Promise<Answer>;

/** How long a backend may take, in milliseconds. */
const patience = 60_000;

export function pulumiRunner({ pulumi, cwd, env }: Place): Runner {
    return (...args) =>
        new Promise((resolve) => {
            const all = [...args, "--non-interactive"];
            const options = {
                cwd,
                env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
                timeout: patience,
            };
            execFile(pulumi, all, options, (error, stdout, stderr) => {
                const code = error ? Number(error.code) || 1 : 0;
                const late = error?.killed
                    ? `It did not answer in ${patience / 1000} seconds.\n`
                    : "";
                resolve({ code, stdout, stderr: late + stderr });
            });
        });
}
