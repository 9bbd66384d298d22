/** The command `npm run up`: `pulumi up` on Azure, which first takes in what a cut-off run left there. */
import { findCreated } from "../azure/created";
import { prepare } from "../engine/main";
import { up } from "../engine/recover";
import { entra } from "./entra";

export async function main(args: string[]): Promise<number> {
    const place = await prepare(args);
    return up(place, args, (create, knownIds) =>
        findCreated(create, knownIds, entra(create.providerInputs.tenantId)),
    );
}
