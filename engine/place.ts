/** Pulumi's commands on one stack. */
import { capture as run, type Captured } from "./process";
import { explainLocks, parseLocks } from "./stackLocks";
import { UserError } from "./userError";

/** Where Pulumi runs, and for which stack. */
export interface Place {
    readonly pulumi: string;
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly stack: string;
}

/** Runs a Pulumi command for the stack, unseen. What goes to its input is in no file and no list of processes. */
export function capture(
    { pulumi, cwd, env, stack }: Place,
    args: readonly string[],
    input?: string,
): Promise<Captured> {
    return run(pulumi, [...args, "--stack", stack, "--non-interactive"], { cwd, env, input });
}

/** What a Pulumi command prints that has to succeed. @throws UserError with who holds a stack that is locked, else with all that it said. */
export async function answerOf(
    place: Place,
    args: readonly string[],
    input?: string,
): Promise<string> {
    const { code, stdout, output } = await capture(place, args, input);
    if (code === 0) return stdout;
    const locks = parseLocks(output);
    if (locks.length > 0) throw new UserError(explainLocks(place.stack, locks));
    const words = args.slice(0, 2).filter((arg) => !arg.startsWith("-"));
    throw new UserError(`"pulumi ${words.join(" ")}" failed:\n${output.trim()}`);
}
