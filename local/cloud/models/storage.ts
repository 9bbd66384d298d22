import { nameProblem, nameRules } from "../../../azure/names";
import { parseId, sameId } from "../ids";
import type { ResourceModel } from "../model";
import { refusal } from "../rules";
import { propertiesOf, type Document } from "../store";
import { checkName } from "./checkName";

/** Names of storage accounts are unique in the world: who has one is kept beside the resources. */
const claimOf = (name: string) => `/storageAccountNames/${name}`;

/** Source: learn.microsoft.com/rest/api/storagerp/storage-accounts */
export const storageAccounts: ResourceModel = {
    type: "Microsoft.Storage/storageAccounts",
    located: true,
    put({ id, parsed, body, existing, cloud: { store } }) {
        const { name } = parsed;
        if (nameProblem(nameRules.storageAccount, name)) throw refusal("storageName", { name });
        const owner = store.get(claimOf(name))?.owner;
        const taken = owner !== undefined && !sameId(String(owner), id);
        // A group that was deleted took its accounts with it, and left the notes of their names.
        if (taken && store.get(String(owner))) throw refusal("storageNameTaken", { name });
        store.put(claimOf(name), { owner: id });
        const { name: sku } = body.sku as Document;
        return {
            ...body,
            id,
            name,
            type: parsed.type,
            sku: { name: sku, tier: String(sku).split("_")[0] },
            properties: {
                allowBlobPublicAccess: false,
                creationTime: new Date().toISOString(),
                minimumTlsVersion: "TLS1_0",
                supportsHttpsTrafficOnly: true,
                ...propertiesOf(existing),
                ...propertiesOf(body),
                primaryEndpoints: { blob: `https://${name}.blob.core.windows.net/` },
                primaryLocation: body.location,
                provisioningState: "Succeeded",
                statusOfPrimary: "available",
            },
        };
    },
};

/**
 * The blob service of an account: there with it, and nobody can delete it.
 * Source: learn.microsoft.com/rest/api/storagerp/blob-services
 */
export const blobServices: ResourceModel = {
    type: "Microsoft.Storage/storageAccounts/blobServices",
    put({ id, parsed, body, existing }) {
        const properties = { ...propertiesOf(existing), ...propertiesOf(body) };
        return { id, name: parsed.name, type: parsed.type, properties };
    },
    initial: () => ({ properties: { deleteRetentionPolicy: { enabled: false } } }),
};

/** Source: learn.microsoft.com/rest/api/storagerp/blob-containers */
export const blobContainers: ResourceModel = {
    type: "Microsoft.Storage/storageAccounts/blobServices/containers",
    put({ id, parsed, body, existing, cloud: { store } }) {
        checkName(nameRules.blobContainer, parsed);
        const given = { publicAccess: "None", ...propertiesOf(existing), ...propertiesOf(body) };
        const account = parseId(parsed.parent)!.parent;
        const { allowBlobPublicAccess } = propertiesOf(store.get(account));
        if (given.publicAccess !== "None" && !allowBlobPublicAccess) {
            throw refusal("storagePublicAccess");
        }
        return { id, name: parsed.name, type: parsed.type, properties: given };
    },
};
