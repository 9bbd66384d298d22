/** Ids and bodies for tests of the local Azure, and one with a group, a plan and an app in it. */
import { Cloud } from "../../local/cloud/cloud";
import { openStore } from "../../local/cloud/initial";
import type { Document } from "../../local/cloud/store";
import { signedInUser } from "../../local/identity";

export const { subscriptionId } = signedInUser;
export const westEurope = { location: "westeurope" };

export const group = (name: string) => `/subscriptions/${subscriptionId}/resourceGroups/${name}`;

/** Id of a resource directly in a group. */
export const inGroup = (type: string, name: string, groupName = "g") =>
    `${group(groupName)}/providers/${type}/${name}`;
export const plan = (name: string, groupName?: string) =>
    inGroup("Microsoft.Web/serverfarms", name, groupName);
export const site = (name: string, groupName?: string) =>
    inGroup("Microsoft.Web/sites", name, groupName);
export const vault = (name: string, groupName?: string) =>
    inGroup("Microsoft.KeyVault/vaults", name, groupName);
export const account = (name: string, groupName?: string) =>
    inGroup("Microsoft.Storage/storageAccounts", name, groupName);
export const container = (accountName: string, name: string, groupName?: string) =>
    `${account(accountName, groupName)}/blobServices/default/containers/${name}`;
export const lock = (scope: string, name = "lock") =>
    `${scope}/providers/Microsoft.Authorization/locks/${name}`;

export const planBody = (sku: string, more: Document = {}, capacity?: number): Document => ({
    ...westEurope,
    sku: { name: sku, ...(capacity === undefined ? {} : { capacity }) },
    properties: { reserved: true, ...more },
});
export const siteBody = (more: Document = {}): Document => ({
    ...westEurope,
    kind: "app,linux,container",
    identity: { type: "SystemAssigned" },
    properties: { serverFarmId: plan("p"), ...more },
});
export const vaultBody = (more: Document = {}): Document => ({
    ...westEurope,
    properties: {
        tenantId: signedInUser.tenantId,
        sku: { family: "A", name: "standard" },
        ...more,
    },
});
export const accountBody = (more: Document = {}): Document => ({
    ...westEurope,
    kind: "StorageV2",
    sku: { name: "Standard_LRS" },
    properties: more,
});
export const lockBody = (level: "CanNotDelete" | "ReadOnly"): Document => ({
    properties: { level },
});

/** An Azure with the group `g`, the plan `p` (B2, Linux) and the app `shop`. */
export async function azureWithShop(folder: string): Promise<Cloud> {
    const cloud = new Cloud(openStore(folder), signedInUser);
    await cloud.put(group("g"), westEurope);
    await cloud.put(plan("p"), planBody("B2"));
    await cloud.put(site("shop"), siteBody());
    return cloud;
}
