/** What a command of `npm run local -- exec` finds on its PATH: `pulumi` and `az` that mean this machine's Azure. */
import * as path from "node:path";
import { addressVariable } from "../../engine/address";
import { knownAddresses } from "../containers/ports";
import { cliVariable, type LocalEnvironment } from "../environment";

/** Folder of the two, each an executable file of that name. */
export const binFolder = path.join(__dirname, "bin");

export function execEnvironment({ env, pulumi }: LocalEnvironment): NodeJS.ProcessEnv {
    const addresses = knownAddresses().map(([stack, address]) => [addressVariable(stack), address]);
    return {
        ...Object.fromEntries(addresses),
        ...env,
        PATH: [binFolder, env.PATH].join(path.delimiter),
        // By its path: whoever looked for it on this PATH would find our own.
        [cliVariable]: pulumi,
    };
}
