/**
 * The commands `npm run preview` and `npm run pulumi`, on the real Azure: the Pulumi CLI,
 * found or built, with the policy pack and the stack's policy configuration.
 */
import { execFile } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { findPulumi, hasLanguageHost, installLanguageHost } from "./cli";
import { packEnvironment } from "./pack";
import { runInForeground } from "./process";
import type { Place } from "./place";
import { UserError } from "./userError";

const run = promisify(execFile);
const project = path.resolve(__dirname, "..");

/** Commands that policies have a say in; the CLI ignores the pack for all others. */
const judged = new Set(["preview", "up", "update"]);

/** The stack that the arguments of a command name; undefined if they name none. */
export function stackOption(args: readonly string[]): string | undefined {
    for (const [index, arg] of args.entries()) {
        if (arg === "--") return undefined;
        const [, inline] = /^(?:--stack=|-s=?)(.+)$/.exec(arg) ?? [];
        const named = inline ?? (arg === "--stack" || arg === "-s" ? args[index + 1] : undefined);
        if (named) return named;
    }
    return undefined;
}

/** The stack that a command works on: the one it names, else the selected one. */
async function stackOf(pulumi: string, args: readonly string[]): Promise<string> {
    const named = stackOption(args);
    if (named) return named;
    if (process.env.PULUMI_STACK) return process.env.PULUMI_STACK;
    try {
        const { stdout } = await run(pulumi, ["stack", "--show-name"], { cwd: project });
        return stdout.trim();
    } catch {
        throw new UserError(
            'No stack is selected. Sign in with "npm run pulumi -- login", make the stack once with ' +
                '"npm run pulumi -- stack init dev", and name it: "npm run preview -- --stack dev".',
        );
    }
}

/** A CLI, with its language host. */
export async function findEngine(): Promise<string> {
    const pulumi = await findPulumi();
    if (!hasLanguageHost(pulumi)) {
        installLanguageHost(process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"));
    }
    return pulumi;
}

/** Everything that a command on a stack needs to run. */
export async function openStack(args: readonly string[]): Promise<Place> {
    const pulumi = await findEngine();
    return { pulumi, cwd: project, env: process.env, stack: await stackOf(pulumi, args) };
}

/** The same for a command which policies have a say in. */
export async function prepare(args: readonly string[]): Promise<Place> {
    const place = await openStack(args);
    return { ...place, env: { ...place.env, ...packEnvironment(project, place.stack) } };
}

/** Runs a Pulumi command; `setup` alone makes sure that there is a CLI. */
export async function main(args: string[]): Promise<number> {
    const [command = "help", ...rest] = args;
    if (command === "setup") {
        await findPulumi();
        return 0;
    }
    if (judged.has(command)) {
        const { pulumi, cwd, env } = await prepare(rest);
        return runInForeground(pulumi, args, { cwd, env });
    }
    return runInForeground(await findEngine(), args, { cwd: project, env: process.env });
}
