/** The command `npm run up`: `pulumi up` on Azure, which first takes in what a cut-off run left there. */
import { findCreated } from "../azure/created";
import { prepare } from "../engine/main";
import { up, type Finder } from "../engine/recover";
import { entra } from "./entra";

/** Looks for what a cut-off run created: by its inputs, or in the directory. */
export const findOnAzure: Finder = (create, knownIds) =>
    findCreated(create, knownIds, entra(create.providerInputs.tenantId));

export async function main(args: string[]): Promise<number> {
    return up(await prepare(args), args, findOnAzure);
}
