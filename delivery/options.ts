/** The options of a command. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "../engine/userError";

/** Reads options as `--name value` or `--name=value`; what is not understood is refused with the usage. */
export function readOptions<T extends NonNullable<ParseArgsConfig["options"]>>(
    args: readonly string[],
    options: T,
    usage: string,
) {
    try {
        return parseArgs({ args: [...args], options, allowPositionals: true });
    } catch (error) {
        const [reason = ""] = (error as Error).message.split(". ");
        throw new UserError(`${reason}.\n\n${usage}`);
    }
}

/** The stack that a command is for: `--stack`, or the one that `PULUMI_STACK` names. */
export function requireStack(given: string | undefined, usage: string): string {
    const stack = given ?? process.env.PULUMI_STACK;
    if (!stack) throw new UserError(`Which stack? Name it: --stack dev\n\n${usage}`);
    return stack;
}
