/** The options of a command. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../engine/userError";

/**
 * Reads options as `--name value` or `--name=value`.
 *
 * @param allowPositionals Whether the command takes words too.
 * @throws UserError with the usage for what is not understood.
 */
export function readOptions<T extends NonNullable<ParseArgsConfig["options"]>>(
    args: readonly string[],
    options: T,
    usage: string,
    allowPositionals = false,
) {
    try {
        const read = parseArgs({ args: [...args], options, allowPositionals: true });
        const [word] = read.positionals;
        if (word === undefined || allowPositionals) return read;
        throw new UserError(`"${word}" is not understood.\n\n${usage}`);
    } catch (error) {
        if (error instanceof UserError) throw error;
        const [reason = ""] = (error as Error).message.split(/\.(?:\s|$)/);
        throw new UserError(`${reason}.\n\n${usage}`);
    }
}

/** The stack that a command is for: `--stack`, or the one that `PULUMI_STACK` names. */
export function requireStack(given: string | undefined, usage: string): string {
    const stack = given ?? process.env.PULUMI_STACK;
    if (!stack) throw new UserError(`Which stack? Name it: --stack dev\n\n${usage}`);
    return stack;
}
