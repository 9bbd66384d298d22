/**
 * StateStorage against mocks: what it asks for.
 * Does not show that Azure closes what it is asked to close, nor that the name of the account is free.
 */
import { StateStorage, type StateStorageArgs } from "../../components";
import { findRole } from "../../azure/roles";
import { only, pinnedProviders, register, summary } from "../support/mockEngine";

const required: StateStorageArgs = {
    resourceGroupName: "state-rg",
    subscriptionId: "subscription",
    accountName: "shopstate",
    containers: ["dev", "prod"],
    administrators: ["somebody"],
};

function storage(args: Partial<StateStorageArgs> = {}) {
    return register(() => {
        const providers = pinnedProviders();
        new StateStorage("state", { ...required, ...args }, { providers });
    });
}

const account = "azure-native:storage:StorageAccount";
const blobs = "azure-native:storage:BlobServiceProperties";
const container = "azure-native:storage:BlobContainer";

describe("StateStorage", () => {
    it("registers an account, its versions, each container and each administrator's role", async () => {
        expect(summary(await storage())).toEqual([
            "azure-native:authorization:RoleAssignment state-administrator-somebody < state @ azure",
            "azure-native:storage:BlobContainer state-dev < state @ azure",
            "azure-native:storage:BlobContainer state-prod < state @ azure",
            "azure-native:storage:BlobServiceProperties state-blobs < state @ azure",
            "azure-native:storage:StorageAccount state < state @ azure",
            "azure-webapp-stack:index:StateStorage state",
            "pulumi:providers:azure-native azure",
            "pulumi:providers:azuread directory",
        ]);
    });

    it("closes every door but the one of Entra", async () => {
        const { inputs } = only(await storage(), account);
        expect(inputs).toMatchObject({
            resourceGroupName: "state-rg",
            accountName: "shopstate",
            kind: "StorageV2",
            sku: { name: "Standard_ZRS" },
            allowBlobPublicAccess: false,
            allowCrossTenantReplication: false,
            allowSharedKeyAccess: false,
            defaultToOAuthAuthentication: true,
            enableHttpsTrafficOnly: true,
            minimumTlsVersion: "TLS1_2",
        });
        expect(Object.keys(inputs)).not.toContain("tags");
    });

    it("keeps versions, and what was deleted, for thirty days unless told otherwise", async () => {
        const kept = (days: number) => ({
            blobServicesName: "default",
            isVersioningEnabled: true,
            deleteRetentionPolicy: { enabled: true, days },
            containerDeleteRetentionPolicy: { enabled: true, days },
        });
        expect(only(await storage(), blobs).inputs).toMatchObject(kept(30));
        expect(only(await storage({ softDeleteDays: 90 }), blobs).inputs).toMatchObject(kept(90));
    });

    it("takes a SKU and tags", async () => {
        const found = await storage({ sku: "Standard_GRS", tags: { owner: "team" } });
        expect(only(found, account).inputs).toMatchObject({
            sku: { name: "Standard_GRS" },
            tags: { owner: "team" },
        });
    });

    it("opens no container to everybody", async () => {
        const found = (await storage()).filter(({ type }) => type === container);
        expect(found.map(({ inputs }) => inputs.containerName)).toEqual(["dev", "prod"]);
        for (const { inputs } of found) expect(inputs.publicAccess).toBe("None");
    });

    it("gives administrators the data of the account, and nobody else anything", async () => {
        const { inputs } = only(await storage(), "azure-native:authorization:RoleAssignment");
        const { id } = findRole("Storage Blob Data Contributor")!;
        expect(inputs).toMatchObject({
            principalId: "somebody",
            roleDefinitionId: `/subscriptions/subscription/providers/Microsoft.Authorization/roleDefinitions/${id}`,
        });
        const none = await storage({ administrators: [] });
        expect(none.filter(({ type }) => type.includes("authorization"))).toEqual([]);
    });
});
