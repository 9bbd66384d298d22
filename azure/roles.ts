import { closest, distance } from "fastest-levenshtein";
import { type Permissions, permits } from "./permissions";

/**
 * Built-in Azure roles that this project names.
 * Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles, and for the permissions its
 * pages privileged and identity (as of 2026-07-01), storage, general and monitor (2026-02-23), containers (2025-06-30),
 * security (2025-01-25), web-and-mobile, networking and ai-machine-learning (2024-04-25).
 */
export interface Role {
    /** Name of the role, as Azure shows it. */
    readonly name: string;
    /** The same in every tenant. */
    readonly id: string;
    /** What somebody gets it for. */
    readonly why: string;
    /** What it allows, as published; lists that are empty there are left out. */
    readonly permissions: readonly Permissions[];
    /** Whether it can hand out roles, and with them any right at all. */
    readonly grantsAccess: boolean;
}

const published: readonly Omit<Role, "grantsAccess">[] = [
    {
        name: "Website Contributor",
        id: "de139f84-1756-47ae-9be6-808fbbe84772",
        why: "Deploys web apps; together with Web Plan Contributor it replaces Contributor.",
        permissions: [
            {
                actions: [
                    "Microsoft.Authorization/*/read",
                    "Microsoft.Insights/alertRules/*",
                    "Microsoft.Insights/components/*",
                    "Microsoft.ResourceHealth/availabilityStatuses/read",
                    "Microsoft.Resources/deployments/*",
                    "Microsoft.Resources/subscriptions/resourceGroups/read",
                    "Microsoft.Support/*",
                    "Microsoft.Web/certificates/*",
                    "Microsoft.Web/listSitesAssignedToHostName/read",
                    "Microsoft.Web/serverFarms/join/action",
                    "Microsoft.Web/serverFarms/read",
                    "Microsoft.Web/sites/*",
                ],
            },
        ],
    },
    {
        name: "Web Plan Contributor",
        id: "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b",
        why: "Creates and scales App Service plans.",
        permissions: [
            {
                actions: [
                    "Microsoft.Authorization/*/read",
                    "Microsoft.Insights/alertRules/*",
                    "Microsoft.ResourceHealth/availabilityStatuses/read",
                    "Microsoft.Resources/deployments/*",
                    "Microsoft.Resources/subscriptions/resourceGroups/read",
                    "Microsoft.Support/*",
                    "Microsoft.Web/serverFarms/*",
                    "Microsoft.Web/hostingEnvironments/Join/Action",
                    "Microsoft.Insights/autoscalesettings/*",
                ],
            },
        ],
    },
    {
        name: "Reader",
        id: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        why: "Sees every resource and changes none.",
        permissions: [{ actions: ["*/read"] }],
    },
    {
        name: "Contributor",
        id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
        why: "Manages every resource; broader than a deployment of a web app needs.",
        permissions: [
            {
                actions: ["*"],
                notActions: [
                    "Microsoft.Authorization/*/Delete",
                    "Microsoft.Authorization/*/Write",
                    "Microsoft.Authorization/elevateAccess/Action",
                    "Microsoft.Blueprint/blueprintAssignments/write",
                    "Microsoft.Blueprint/blueprintAssignments/delete",
                    "Microsoft.Compute/galleries/share/action",
                    "Microsoft.Purview/consents/write",
                    "Microsoft.Purview/consents/delete",
                    "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
                    "Microsoft.Subscription/cancel/action",
                    "Microsoft.Subscription/enable/action",
                ],
            },
        ],
    },
    {
        name: "Monitoring Contributor",
        id: "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        why: "Sets up alerts and diagnostic settings.",
        permissions: [
            {
                actions: [
                    "*/read",
                    "Microsoft.AlertsManagement/alerts/*",
                    "Microsoft.AlertsManagement/alertsSummary/*",
                    "Microsoft.AlertsManagement/issues/*",
                    "Microsoft.Insights/actiongroups/*",
                    "Microsoft.Insights/activityLogAlerts/*",
                    "Microsoft.Insights/AlertRules/*",
                    "Microsoft.Insights/components/*",
                    "Microsoft.Insights/createNotifications/*",
                    "Microsoft.Insights/dataCollectionEndpoints/*",
                    "Microsoft.Insights/dataCollectionRules/*",
                    "Microsoft.Insights/dataCollectionRuleAssociations/*",
                    "Microsoft.Insights/DiagnosticSettings/*",
                    "Microsoft.Insights/eventtypes/*",
                    "Microsoft.Insights/LogDefinitions/*",
                    "Microsoft.Insights/metricalerts/*",
                    "Microsoft.Insights/MetricDefinitions/*",
                    "Microsoft.Insights/Metrics/*",
                    "Microsoft.Insights/notificationStatus/*",
                    "Microsoft.Insights/Register/Action",
                    "Microsoft.Insights/scheduledqueryrules/*",
                    "Microsoft.Insights/webtests/*",
                    "Microsoft.Insights/workbooks/*",
                    "Microsoft.Insights/workbooktemplates/*",
                    "Microsoft.Insights/privateLinkScopes/*",
                    "Microsoft.Insights/privateLinkScopeOperationStatuses/*",
                    "Microsoft.Monitor/accounts/*",
                    "Microsoft.Monitor/settings/*",
                    "Microsoft.OperationalInsights/workspaces/write",
                    "Microsoft.OperationalInsights/workspaces/intelligencepacks/*",
                    "Microsoft.OperationalInsights/workspaces/savedSearches/*",
                    "Microsoft.OperationalInsights/workspaces/search/action",
                    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
                    "Microsoft.OperationalInsights/workspaces/sharedKeys/read",
                    "Microsoft.OperationalInsights/workspaces/storageinsightconfigs/*",
                    "Microsoft.OperationalInsights/locations/workspaces/failover/action",
                    "Microsoft.OperationalInsights/workspaces/failback/action",
                    "Microsoft.Support/*",
                    "Microsoft.AlertsManagement/smartDetectorAlertRules/*",
                    "Microsoft.AlertsManagement/actionRules/*",
                    "Microsoft.AlertsManagement/smartGroups/*",
                    "Microsoft.AlertsManagement/migrateFromSmartDetection/*",
                    "Microsoft.AlertsManagement/investigations/*",
                    "Microsoft.AlertsManagement/prometheusRuleGroups/*",
                    "Microsoft.Monitor/investigations/*",
                    "Microsoft.Resources/deployments/*",
                ],
            },
        ],
    },
    {
        name: "Application Insights Component Contributor",
        id: "ae349356-3a1b-4a5e-921d-050484c6347e",
        why: "Creates Application Insights.",
        permissions: [
            {
                actions: [
                    "Microsoft.Authorization/*/read",
                    "Microsoft.Insights/alertRules/*",
                    "Microsoft.Insights/generateLiveToken/read",
                    "Microsoft.Insights/metricAlerts/*",
                    "Microsoft.Insights/components/*",
                    "Microsoft.Insights/scheduledqueryrules/*",
                    "Microsoft.Insights/topology/read",
                    "Microsoft.Insights/transactions/read",
                    "Microsoft.Insights/webtests/*",
                    "Microsoft.ResourceHealth/availabilityStatuses/read",
                    "Microsoft.Resources/deployments/*",
                    "Microsoft.Resources/subscriptions/resourceGroups/read",
                    "Microsoft.Support/*",
                ],
            },
        ],
    },
    {
        name: "Log Analytics Contributor",
        id: "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
        why: "Creates Log Analytics workspaces.",
        permissions: [
            {
                actions: [
                    "*/read",
                    "Microsoft.ClassicCompute/virtualMachines/extensions/*",
                    "Microsoft.ClassicStorage/storageAccounts/listKeys/action",
                    "Microsoft.Compute/virtualMachines/extensions/*",
                    "Microsoft.HybridCompute/machines/extensions/write",
                    "Microsoft.Insights/alertRules/*",
                    "Microsoft.Insights/diagnosticSettings/*",
                    "Microsoft.OperationalInsights/*",
                    "Microsoft.OperationsManagement/*",
                    "Microsoft.Resources/deployments/*",
                    "Microsoft.Resources/subscriptions/resourcegroups/deployments/*",
                    "Microsoft.Storage/storageAccounts/listKeys/action",
                    "Microsoft.Support/*",
                ],
            },
        ],
    },
    {
        name: "AcrPull",
        id: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        why: "Lets an app's identity pull its image from Azure Container Registry.",
        permissions: [{ actions: ["Microsoft.ContainerRegistry/registries/pull/read"] }],
    },
    {
        name: "AcrPush",
        id: "8311e382-0749-4cb8-b61a-304f252e45ec",
        why: "Lets a pipeline push images to Azure Container Registry.",
        permissions: [
            {
                actions: [
                    "Microsoft.ContainerRegistry/registries/pull/read",
                    "Microsoft.ContainerRegistry/registries/push/write",
                ],
            },
        ],
    },
    {
        name: "Key Vault Secrets User",
        id: "4633458b-17de-408a-b874-0445c86b69e6",
        why: "Lets an app's identity read secrets.",
        permissions: [
            {
                actions: [],
                dataActions: [
                    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
                    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
                ],
            },
        ],
    },
    {
        name: "Storage Blob Data Contributor",
        id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        why: "Lets a deployer keep the state of its own environment in a blob container.",
        permissions: [
            {
                actions: [
                    "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
                    "Microsoft.Storage/storageAccounts/blobServices/containers/read",
                    "Microsoft.Storage/storageAccounts/blobServices/containers/write",
                    "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
                ],
                dataActions: [
                    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
                    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
                    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
                    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action",
                    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
                ],
            },
        ],
    },
    {
        name: "Storage Blob Data Reader",
        id: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        why: "Lets a reader see the state of its own environment.",
        permissions: [
            {
                actions: [
                    "Microsoft.Storage/storageAccounts/blobServices/containers/read",
                    "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
                ],
                dataActions: [
                    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
                ],
            },
        ],
    },
    {
        name: "Managed Identity Operator",
        id: "f1a07417-d97a-45cb-824c-7a7467783830",
        why: "Assigns an existing identity to an app.",
        permissions: [
            {
                actions: [
                    "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
                    "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
                    "Microsoft.Authorization/*/read",
                    "Microsoft.Insights/alertRules/*",
                    "Microsoft.Resources/subscriptions/resourceGroups/read",
                    "Microsoft.Resources/deployments/*",
                    "Microsoft.Support/*",
                ],
            },
        ],
    },
    {
        name: "Network Contributor",
        id: "4d97b98b-1d4f-4787-a291-c67834d212e7",
        why: "Creates public IP addresses, gateways and networks.",
        permissions: [
            {
                actions: [
                    "Microsoft.Authorization/*/read",
                    "Microsoft.Insights/alertRules/*",
                    "Microsoft.Network/*",
                    "Microsoft.ResourceHealth/availabilityStatuses/read",
                    "Microsoft.Resources/deployments/*",
                    "Microsoft.Resources/subscriptions/resourceGroups/read",
                    "Microsoft.Support/*",
                ],
            },
        ],
    },
    {
        name: "AzureML Data Scientist",
        id: "f6c7c914-8db3-469d-8ca1-694a8f32e121",
        why: "Works in an Azure Machine Learning workspace without changing it.",
        permissions: [
            {
                actions: [
                    "Microsoft.MachineLearningServices/workspaces/*/read",
                    "Microsoft.MachineLearningServices/workspaces/*/action",
                    "Microsoft.MachineLearningServices/workspaces/*/delete",
                    "Microsoft.MachineLearningServices/workspaces/*/write",
                ],
                notActions: [
                    "Microsoft.MachineLearningServices/workspaces/delete",
                    "Microsoft.MachineLearningServices/workspaces/write",
                    "Microsoft.MachineLearningServices/workspaces/computes/*/write",
                    "Microsoft.MachineLearningServices/workspaces/computes/*/delete",
                    "Microsoft.MachineLearningServices/workspaces/computes/listKeys/action",
                    "Microsoft.MachineLearningServices/workspaces/listKeys/action",
                    "Microsoft.MachineLearningServices/workspaces/hubs/write",
                    "Microsoft.MachineLearningServices/workspaces/hubs/delete",
                    "Microsoft.MachineLearningServices/workspaces/featurestores/write",
                    "Microsoft.MachineLearningServices/workspaces/featurestores/delete",
                ],
            },
        ],
    },
    {
        name: "Owner",
        id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        why: "Does everything.",
        permissions: [{ actions: ["*"] }],
    },
    {
        name: "User Access Administrator",
        id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        why: "Hands out roles.",
        permissions: [{ actions: ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"] }],
    },
    {
        name: "Role Based Access Control Administrator",
        id: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        why: "Hands out roles.",
        permissions: [
            {
                actions: [
                    "Microsoft.Authorization/roleAssignments/write",
                    "Microsoft.Authorization/roleAssignments/delete",
                    "*/read",
                    "Microsoft.Support/*",
                ],
            },
        ],
    },
];

export const roles: readonly Role[] = published.map((role) => ({
    ...role,
    grantsAccess: permits(role.permissions, "Microsoft.Authorization/roleAssignments/write"),
}));

/** A role by name, whatever its case. */
export function findRole(name: string): Role | undefined {
    const wanted = name.trim().toLowerCase();
    return roles.find((role) => role.name.toLowerCase() === wanted);
}

/** The role whose name is nearest to a name that none has; undefined if none is near. */
export function nearestRole(name: string, among: readonly Role[] = roles): Role | undefined {
    const wanted = name.trim().toLowerCase();
    const nearest = closest(
        wanted,
        among.map((role) => role.name.toLowerCase()),
    );
    return distance(wanted, nearest) <= nearest.length / 2 ? findRole(nearest) : undefined;
}

/** What a deployer and a reader hold on the blob container of their environment's state. */
export const stateWriterRole = findRole("Storage Blob Data Contributor")!;
export const stateReaderRole = findRole("Storage Blob Data Reader")!;

/** Least that a deployer of web apps needs: together they replace Contributor. */
export const defaultDeployerRoles: readonly Role[] = [
    findRole("Website Contributor")!,
    findRole("Web Plan Contributor")!,
];

/** Roles that the deployer of this stack may be given: none that can widen its own rights. */
export const deployerRoles: readonly Role[] = roles.filter((role) => !role.grantsAccess);

/** The form in which ARM answers a role definition: with the subscription, so that no diff arises. */
export function roleDefinitionId(subscriptionId: string, role: Pick<Role, "id">): string {
    return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`;
}

/** A role made of single actions, which exists in one resource group only. */
export interface CustomRole {
    /** What tells it from the other custom roles of the same principal. */
    readonly key: string;
    /** Name of the role, unique in the tenant. */
    readonly roleName: string;
    /** Operations, such as `Microsoft.Network/publicIPAddresses/write`; patterns are refused. */
    readonly actions: readonly string[];
}

/** A role on one resource outside the group. */
export interface RoleElsewhere {
    /** ID of the resource. */
    readonly resourceId: string;
    readonly role: Role;
}

/** What the role Reader lacks for a preview: without it the provider cannot read an app's settings. */
export const readerActions: readonly string[] = ["Microsoft.Web/sites/config/list/Action"];

/**
 * What is wrong with an action of a custom role, as the end of the sentence "expected ..."; undefined if nothing
 * is. Which actions there are is Azure's to say: it refuses one that it does not know.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions
 */
export function actionProblem(action: string): string | undefined {
    if (action.includes("*")) return "a single operation, not a pattern of them";
    if (!/^[a-z]\w*(\.\w+)+(\/[\w.$-]+)+\/(read|write|delete|action)$/i.test(action)) {
        return "an operation, such as Microsoft.Network/publicIPAddresses/write";
    }
    return /^Microsoft\.Authorization\/.*\/(write|delete|action)$/i.test(action)
        ? "no operation that hands out access"
        : undefined;
}
