import { vaultRetention } from "../../../azure/limits";
import { nameProblem, nameRules } from "../../../azure/names";
import { normalizeRegion } from "../../../azure/regions";
import { CloudError } from "../errors";
import { parseId, sameId } from "../ids";
import type { PutRequest, ResourceModel } from "../model";
import { refusal } from "../rules";
import { propertiesOf, type Document, type Store } from "../store";

/** Vault names are unique in the world: who has one is kept beside the resources, deleted vaults included. */
const claimOf = (name: string) => `/vaultNames/${name}`;

const daysLater = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** Id of what a vault leaves behind when it is deleted. */
function deletedVaultId(id: string, location: unknown): string {
    const { subscriptionId, name } = parseId(id)!;
    const region = normalizeRegion(String(location));
    return `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${region}/deletedVaults/${name}`;
}

/** The deleted vault that a name still belongs to; undefined if it is free, or its time is over. */
export function findDeletedVault(store: Store, name: string): Document | undefined {
    const { deleted } = store.get(claimOf(name)) ?? {};
    const document = deleted === undefined ? undefined : store.get(String(deleted));
    if (!document) return undefined;
    const { scheduledPurgeDate } = propertiesOf(document);
    return String(scheduledPurgeDate) > new Date().toISOString() ? document : undefined;
}

function purge(store: Store, deletedVault: Document): void {
    store.delete(String(deletedVault.id));
    store.delete(claimOf(String(deletedVault.name)));
}

/** Takes the name for a new vault. The answer is the deleted vault to recover, if that is asked for. */
function claimName({ id, parsed, body, cloud: { store } }: PutRequest): Document | undefined {
    const { name, subscriptionId } = parsed;
    const recover = propertiesOf(body).createMode === "recover";
    const deleted = findDeletedVault(store, name);
    const owner = store.get(claimOf(name))?.owner;
    const taken = owner !== undefined && !sameId(String(owner), id);
    const ours = deleted && parseId(String(deleted.id))!.subscriptionId === subscriptionId;
    if (taken || (deleted && !ours)) throw refusal("vaultNameTaken", { name });
    if (deleted && !recover) throw refusal("vaultDeleted");
    if (!deleted && recover) throw refusal("vaultNotDeleted");
    if (deleted) store.delete(String(deleted.id));
    store.put(claimOf(name), { owner: id });
    return deleted;
}

function checkRetention(given: Document, before?: Document): void {
    const days = given.softDeleteRetentionInDays;
    if (days === undefined || days === null) return;
    const { minimum, maximum } = vaultRetention;
    if (!(Number(days) >= minimum && Number(days) <= maximum)) {
        throw refusal("vaultRetention", { minimum, maximum });
    }
    if (before && before.softDeleteRetentionInDays !== days) throw refusal("vaultRetentionChanged");
}

/** Source: learn.microsoft.com/rest/api/keyvault/keyvault/vaults and learn.microsoft.com/azure/key-vault/general/soft-delete-overview */
export const vaults: ResourceModel = {
    type: "Microsoft.KeyVault/vaults",
    located: true,
    put(request) {
        const { id, parsed, body, existing } = request;
        if (nameProblem(nameRules.vault, parsed.name)) {
            throw refusal("vaultName", { name: parsed.name });
        }
        const { createMode: _, ...given } = propertiesOf(body);
        if (given.enablePurgeProtection === false) throw refusal("vaultPurgeProtection");
        checkRetention(given, existing?.properties as Document | undefined);
        const recovered = existing ? undefined : claimName(request);
        const before = recovered?.vault ?? existing?.properties;
        return {
            ...body,
            id,
            name: parsed.name,
            type: parsed.type,
            properties: {
                accessPolicies: [],
                enabledForDeployment: false,
                enableSoftDelete: true,
                enableRbacAuthorization: false,
                publicNetworkAccess: "Enabled",
                softDeleteRetentionInDays: vaultRetention.standard,
                ...(before as Document | undefined),
                ...given,
                provisioningState: "Succeeded",
                vaultUri: `https://${parsed.name.toLowerCase()}.vault.azure.net/`,
            },
        };
    },
    beforeDelete(id, document, { store }) {
        const properties = propertiesOf(document);
        const deleted = deletedVaultId(id, document.location);
        store.put(deleted, {
            id: deleted,
            name: document.name,
            type: deletedVaults.type,
            vault: properties,
            properties: {
                vaultId: id,
                location: document.location,
                deletionDate: daysLater(0),
                scheduledPurgeDate: daysLater(Number(properties.softDeleteRetentionInDays)),
                purgeProtectionEnabled: properties.enablePurgeProtection === true,
            },
        });
        store.put(claimOf(String(document.name)), { deleted });
    },
};

function onlyPurge(): CloudError {
    return new CloudError(405, "MethodNotAllowed", "A deleted vault can be read and purged only.");
}

/** A deleted vault, which can be looked at, recovered (a PUT of the vault) and purged. */
export const deletedVaults: ResourceModel = {
    type: "Microsoft.KeyVault/locations/deletedVaults",
    put() {
        throw onlyPurge();
    },
    show: ({ vault: _, ...document }) => document,
    actions: {
        purge(id, { store }) {
            const document = store.get(id)!;
            const { purgeProtectionEnabled } = propertiesOf(document);
            if (purgeProtectionEnabled) throw refusal("vaultPurge");
            purge(store, document);
            return {};
        },
    },
};
