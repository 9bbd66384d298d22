import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "./userError";

/** Folder of the policy pack, below the project. */
const packFolder = "policies";

/** Last part of a stack's name: `organization/project/dev` is the environment `dev`. */
export function environmentOf(stack: string): string {
    return stack.split("/").at(-1)!;
}

/** Name of the file of a stack's settings, as Pulumi has it. */
export function stackFileName(stack: string): string {
    return `Pulumi.${environmentOf(stack)}.yaml`;
}

/** Ending of the name of the administrator's stack of an environment, beside the one that is deployed. */
export const accessEnding = "-access";

/**
 * The flags of `pulumi preview` and `pulumi up` that run the policy pack, configured for the stack's
 * environment (`dev-access` by that of `dev`, unless it has its own), as environment variables: so they hold for commands that we do not write ourselves too.
 *
 * @throws UserError where the environment has no configuration: it would run with weaker defaults unnoticed.
 */
export function packEnvironment(project: string, stack: string): Record<string, string> {
    const pack = path.join(project, packFolder);
    const environment = environmentOf(stack);
    const candidates = [environment, environment.replace(new RegExp(`${accessEnding}$`), "")];
    const files = candidates.map((name) => path.join(pack, `config.${name}.json`));
    const config = files.find((file) => fs.existsSync(file));
    if (config === undefined) {
        const known = fs
            .readdirSync(pack)
            .flatMap((file) => /^config\.(.+)\.json$/.exec(file)?.[1] ?? []);
        throw new UserError(
            `The stack "${stack}" has no policy configuration: ${path.relative(project, files[0]!)} is missing. ` +
                `Copy that of another environment (${known.join(", ")}) and adapt it.`,
        );
    }
    return { PULUMI_OPTION_POLICY_PACK: pack, PULUMI_OPTION_POLICY_PACK_CONFIG: config };
}
