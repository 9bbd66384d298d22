/** Who a provider acts as: its own inputs, then the `ARM_*` environment, then the signed-in user. */
import { Cloud } from "../cloud/cloud";
import type { Caller } from "../cloud/model";
import { Store } from "../cloud/store";
import { signedInUser } from "../identity";
import type { Values } from "./values";

/** Environment variable that names the folder of this machine's Azure; set by local/environment.ts. */
export const storeVariable = "LOCAL_AZURE_STORE";

export function openCloud(config: Values): Cloud {
    const folder = process.env[storeVariable];
    if (!folder) {
        throw new Error(
            `${storeVariable} is not set. This provider is a stand-in that works on this machine only; ` +
                'run it through "npm run local".',
        );
    }
    return new Cloud(new Store(folder), callerOf(config));
}

function callerOf(config: Values): Caller {
    const given = (key: string, variable: string, otherwise: string) =>
        String(config[key] || process.env[variable] || otherwise);
    return {
        tenantId: given("tenantId", "ARM_TENANT_ID", signedInUser.tenantId),
        subscriptionId: given("subscriptionId", "ARM_SUBSCRIPTION_ID", signedInUser.subscriptionId),
        clientId: given("clientId", "ARM_CLIENT_ID", signedInUser.clientId),
        objectId: signedInUser.objectId,
    };
}

/** The refusal of what this machine's Azure has no model of: it fails, and never pretends. */
export function notModelled(what: string): Error {
    return new Error(
        `${what} is not modelled on this machine, so this stack cannot run here; ` +
            "on Azure it can. local/README.md lists what is modelled.",
    );
}
