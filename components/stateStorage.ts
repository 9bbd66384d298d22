import { RoleAssignment } from "@pulumi/azure-native/authorization";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { roleAssignmentName } from "../azure/guids";
import { roleDefinitionId, stateWriterRole } from "../azure/roles";

/** What a {@link StateStorage} needs from its caller. */
export interface StateStorageArgs {
    /** Resource group that holds the storage account. */
    readonly resourceGroupName: pulumi.Input<string>;
    /** Subscription of the resource group. */
    readonly subscriptionId: pulumi.Input<string>;
    /** Name of the storage account: unique in the world. */
    readonly accountName: string;
    /** Names of the containers: one for each environment. Plain: each is registered. */
    readonly containers: readonly string[];
    /** Object ids of those who may read and write every container. Plain, for the same reason. */
    readonly administrators: readonly string[];
    /** SKU of the account: where its copies are kept. @default Standard_ZRS, copies in three zones of the region */
    readonly sku?: string;
    /** Days for which what is deleted or overwritten can be had back. @default 30 */
    readonly softDeleteDays?: number;
    /** Tags of the account. @default none */
    readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A storage account for the state of stacks, with a container for each environment, so that a role can be
 * given at one container and reach no other. There are no keys to it: who signs in does so with Entra.
 *
 * Children: `<name>` (the account), `<name>-blobs` (versions and soft delete), `<name>-<container>` for each
 * container, `<name>-administrator-<object id>` for each administrator.
 */
export class StateStorage extends pulumi.ComponentResource {
    /** Name of the account, known once it exists. */
    public readonly accountName: pulumi.Output<string>;
    /** Resource ID of each container, by its name: where roles on its state are given. */
    public readonly containerIds: pulumi.Output<Record<string, string>>;

    constructor(name: string, args: StateStorageArgs, opts?: pulumi.ComponentResourceOptions) {
        super("azure-webapp-stack:index:StateStorage", name, args, opts);
        const { resourceGroupName } = args;

        const account = new storage.StorageAccount(
            name,
            {
                resourceGroupName,
                accountName: args.accountName,
                kind: storage.Kind.StorageV2,
                sku: { name: args.sku ?? "Standard_ZRS" },
                allowBlobPublicAccess: false,
                allowCrossTenantReplication: false,
                // A key would open every container to whoever has it, whatever roles say.
                allowSharedKeyAccess: false,
                defaultToOAuthAuthentication: true,
                enableHttpsTrafficOnly: true,
                minimumTlsVersion: storage.MinimumTlsVersion.TLS1_2,
                tags: args.tags,
            },
            // Without the state nobody knows what the stacks made.
            { parent: this, protect: true },
        );
        const inAccount = { resourceGroupName, accountName: account.name };
        const retention = { enabled: true, days: args.softDeleteDays ?? 30 };
        const blobs = new storage.BlobServiceProperties(
            `${name}-blobs`,
            {
                ...inAccount,
                blobServicesName: "default",
                isVersioningEnabled: true,
                deleteRetentionPolicy: retention,
                containerDeleteRetentionPolicy: retention,
            },
            { parent: this },
        );
        const containers = args.containers.map(
            (containerName) =>
                new storage.BlobContainer(
                    `${name}-${containerName}`,
                    { ...inAccount, containerName, publicAccess: storage.PublicAccess.None },
                    // So that no container is ever there without its versions.
                    { parent: this, protect: true, dependsOn: blobs },
                ),
        );
        const role = stateWriterRole;
        for (const principalId of args.administrators) {
            new RoleAssignment(
                `${name}-administrator-${principalId}`,
                {
                    scope: account.id,
                    principalId,
                    roleDefinitionId: pulumi
                        .output(args.subscriptionId)
                        .apply((subscription) => roleDefinitionId(subscription, role)),
                    roleAssignmentName: account.id.apply((scope) =>
                        roleAssignmentName(scope, principalId, role.id),
                    ),
                },
                { parent: this },
            );
        }

        this.accountName = account.name;
        this.containerIds = pulumi
            .all(containers.map(({ id }) => id))
            .apply((ids) =>
                Object.fromEntries(ids.map((id, index) => [args.containers[index]!, id])),
            );
        this.registerOutputs({ accountName: this.accountName, containerIds: this.containerIds });
    }
}
