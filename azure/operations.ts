/**
 * Which action an operation of Azure Resource Manager needs, and which it needs besides at what the body
 * refers to. Only operations that their source names: a type or verb that is not here is not known, which
 * does not mean that it needs nothing.
 */

/** Pages of learn.microsoft.com that the actions come from. */
const sources = {
    ai: "learn.microsoft.com/azure/role-based-access-control/permissions/ai-machine-learning",
    containers: "learn.microsoft.com/azure/role-based-access-control/permissions/containers",
    identity: "learn.microsoft.com/azure/role-based-access-control/permissions/identity",
    management:
        "learn.microsoft.com/azure/role-based-access-control/permissions/management-and-governance",
    monitor: "learn.microsoft.com/azure/role-based-access-control/permissions/monitor",
    networking: "learn.microsoft.com/azure/role-based-access-control/permissions/networking",
    security: "learn.microsoft.com/azure/role-based-access-control/permissions/security",
    storage: "learn.microsoft.com/azure/role-based-access-control/permissions/storage",
    web: "learn.microsoft.com/azure/role-based-access-control/permissions/web-and-mobile",
} as const;

export interface Operation {
    /** ARM type of the resource, such as `Microsoft.Web/sites`. */
    readonly type: string;
    /** `read` (GET), `write` (PUT, PATCH), `delete`, or the name of a POST, such as `list`. */
    readonly verb: string;
    /** As published, its odd capitals included; Azure compares without regard to case. */
    readonly action: string;
    /** Page that names the action. */
    readonly source: string;
}

/** Type, the page that lists its actions, and verb with action of each. */
type Row = readonly [type: string, source: string, actions: Readonly<Record<string, string>>];

const rows: readonly Row[] = [
    [
        "Microsoft.Resources/subscriptions",
        sources.management,
        { read: "Microsoft.Resources/subscriptions/read" },
    ],
    [
        // The type of a resource group leaves out the subscription that its actions name.
        "Microsoft.Resources/resourceGroups",
        sources.management,
        {
            read: "Microsoft.Resources/subscriptions/resourceGroups/read",
            write: "Microsoft.Resources/subscriptions/resourceGroups/write",
            delete: "Microsoft.Resources/subscriptions/resourceGroups/delete",
        },
    ],
    [
        "Microsoft.Authorization/roleAssignments",
        sources.management,
        {
            read: "Microsoft.Authorization/roleAssignments/read",
            write: "Microsoft.Authorization/roleAssignments/write",
            delete: "Microsoft.Authorization/roleAssignments/delete",
        },
    ],
    [
        "Microsoft.Authorization/roleDefinitions",
        sources.management,
        {
            read: "Microsoft.Authorization/roleDefinitions/read",
            write: "Microsoft.Authorization/roleDefinitions/write",
            delete: "Microsoft.Authorization/roleDefinitions/delete",
        },
    ],
    [
        "Microsoft.Authorization/locks",
        sources.management,
        {
            read: "Microsoft.Authorization/locks/read",
            write: "Microsoft.Authorization/locks/write",
            delete: "Microsoft.Authorization/locks/delete",
        },
    ],
    [
        // What the caller may do at a scope.
        "Microsoft.Authorization/permissions",
        sources.management,
        { read: "Microsoft.Authorization/permissions/read" },
    ],
    [
        // A POST, whose action ends in "read" all the same. At the subscription.
        "Microsoft.Web/checkNameAvailability",
        sources.web,
        { read: "microsoft.web/checknameavailability/read" },
    ],
    [
        "Microsoft.Web/serverfarms",
        sources.web,
        {
            read: "Microsoft.Web/serverfarms/Read",
            write: "Microsoft.Web/serverfarms/Write",
            delete: "Microsoft.Web/serverfarms/Delete",
        },
    ],
    [
        "Microsoft.Web/sites",
        sources.web,
        {
            read: "Microsoft.Web/sites/Read",
            write: "Microsoft.Web/sites/Write",
            delete: "Microsoft.Web/sites/Delete",
            restart: "Microsoft.Web/sites/restart/Action",
            start: "Microsoft.Web/sites/start/Action",
            stop: "Microsoft.Web/sites/stop/Action",
            slotsswap: "Microsoft.Web/sites/slotsswap/Action",
            publishxml: "Microsoft.Web/sites/publishxml/Action",
        },
    ],
    [
        "Microsoft.Web/sites/slots",
        sources.web,
        {
            read: "Microsoft.Web/sites/slots/Read",
            write: "Microsoft.Web/sites/slots/Write",
            delete: "Microsoft.Web/sites/slots/Delete",
            restart: "Microsoft.Web/sites/slots/restart/Action",
            start: "Microsoft.Web/sites/slots/start/Action",
            stop: "Microsoft.Web/sites/slots/stop/Action",
            slotsswap: "Microsoft.Web/sites/slots/slotsswap/Action",
            publishxml: "Microsoft.Web/sites/slots/publishxml/Action",
        },
    ],
    [
        "Microsoft.Web/sites/config",
        sources.web,
        {
            read: "Microsoft.Web/sites/config/Read",
            write: "Microsoft.Web/sites/config/Write",
            delete: "microsoft.web/sites/config/delete",
            list: "Microsoft.Web/sites/config/list/Action",
        },
    ],
    [
        "Microsoft.Web/sites/slots/config",
        sources.web,
        {
            read: "Microsoft.Web/sites/slots/config/Read",
            write: "Microsoft.Web/sites/slots/config/Write",
            delete: "microsoft.web/sites/slots/config/delete",
            list: "Microsoft.Web/sites/slots/config/list/Action",
        },
    ],
    [
        // The page also lists `.../ftp/Write` and `.../scm/Write`, as if these names were types.
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        sources.web,
        {
            read: "Microsoft.Web/sites/basicPublishingCredentialsPolicies/Read",
            write: "Microsoft.Web/sites/basicPublishingCredentialsPolicies/Write",
        },
    ],
    [
        "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies",
        sources.web,
        {
            read: "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies/Read",
            write: "Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies/Write",
        },
    ],
    [
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        sources.identity,
        {
            read: "Microsoft.ManagedIdentity/userAssignedIdentities/read",
            write: "Microsoft.ManagedIdentity/userAssignedIdentities/write",
            delete: "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
        },
    ],
    [
        "Microsoft.KeyVault/vaults",
        sources.security,
        {
            read: "Microsoft.KeyVault/vaults/read",
            write: "Microsoft.KeyVault/vaults/write",
            delete: "Microsoft.KeyVault/vaults/delete",
        },
    ],
    [
        // A secret cannot be deleted through Resource Manager: only its data plane does that.
        "Microsoft.KeyVault/vaults/secrets",
        sources.security,
        {
            read: "Microsoft.KeyVault/vaults/secrets/read",
            write: "Microsoft.KeyVault/vaults/secrets/write",
        },
    ],
    [
        "Microsoft.KeyVault/deletedVaults",
        sources.security,
        { read: "Microsoft.KeyVault/deletedVaults/read" },
    ],
    [
        "Microsoft.KeyVault/locations/deletedVaults",
        sources.security,
        {
            read: "Microsoft.KeyVault/locations/deletedVaults/read",
            purge: "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        },
    ],
    [
        "Microsoft.Storage/storageAccounts",
        sources.storage,
        {
            read: "Microsoft.Storage/storageAccounts/read",
            write: "Microsoft.Storage/storageAccounts/write",
            delete: "Microsoft.Storage/storageAccounts/delete",
        },
    ],
    [
        "Microsoft.Storage/storageAccounts/blobServices",
        sources.storage,
        {
            read: "Microsoft.Storage/storageAccounts/blobServices/read",
            write: "Microsoft.Storage/storageAccounts/blobServices/write",
        },
    ],
    [
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        sources.storage,
        {
            read: "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            write: "Microsoft.Storage/storageAccounts/blobServices/containers/write",
            delete: "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
        },
    ],
    [
        "Microsoft.Insights/autoscalesettings",
        sources.monitor,
        {
            read: "Microsoft.Insights/AutoscaleSettings/Read",
            write: "Microsoft.Insights/AutoscaleSettings/Write",
            delete: "Microsoft.Insights/AutoscaleSettings/Delete",
        },
    ],
    [
        "Microsoft.Insights/components",
        sources.monitor,
        {
            read: "Microsoft.Insights/Components/Read",
            write: "Microsoft.Insights/Components/Write",
            delete: "Microsoft.Insights/Components/Delete",
        },
    ],
    [
        "Microsoft.Insights/diagnosticSettings",
        sources.monitor,
        {
            read: "Microsoft.Insights/DiagnosticSettings/Read",
            write: "Microsoft.Insights/DiagnosticSettings/Write",
            delete: "Microsoft.Insights/DiagnosticSettings/Delete",
        },
    ],
    [
        "Microsoft.OperationalInsights/workspaces",
        sources.monitor,
        {
            read: "Microsoft.OperationalInsights/workspaces/read",
            write: "Microsoft.OperationalInsights/workspaces/write",
            delete: "Microsoft.OperationalInsights/workspaces/delete",
            sharedKeys: "Microsoft.OperationalInsights/workspaces/sharedkeys/action",
        },
    ],
    [
        "Microsoft.ContainerInstance/containerGroups",
        sources.containers,
        {
            read: "Microsoft.ContainerInstance/containerGroups/read",
            write: "Microsoft.ContainerInstance/containerGroups/write",
            delete: "Microsoft.ContainerInstance/containerGroups/delete",
            restart: "Microsoft.ContainerInstance/containerGroups/restart/action",
            start: "Microsoft.ContainerInstance/containerGroups/start/action",
            stop: "Microsoft.ContainerInstance/containerGroups/stop/action",
        },
    ],
    [
        "Microsoft.ContainerRegistry/registries",
        sources.containers,
        {
            read: "Microsoft.ContainerRegistry/registries/read",
            write: "Microsoft.ContainerRegistry/registries/write",
            delete: "Microsoft.ContainerRegistry/registries/delete",
            listCredentials: "Microsoft.ContainerRegistry/registries/listCredentials/action",
        },
    ],
    [
        "Microsoft.ContainerService/managedClusters",
        sources.containers,
        {
            read: "Microsoft.ContainerService/managedClusters/read",
            write: "Microsoft.ContainerService/managedClusters/write",
            delete: "Microsoft.ContainerService/managedClusters/delete",
            listClusterAdminCredential:
                "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
            listClusterUserCredential:
                "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
        },
    ],
    [
        "Microsoft.ContainerService/managedClusters/agentPools",
        sources.containers,
        {
            read: "Microsoft.ContainerService/managedClusters/agentPools/read",
            write: "Microsoft.ContainerService/managedClusters/agentPools/write",
            delete: "Microsoft.ContainerService/managedClusters/agentPools/delete",
        },
    ],
    [
        "Microsoft.MachineLearningServices/workspaces",
        sources.ai,
        {
            read: "Microsoft.MachineLearningServices/workspaces/read",
            write: "Microsoft.MachineLearningServices/workspaces/write",
            delete: "Microsoft.MachineLearningServices/workspaces/delete",
            listKeys: "Microsoft.MachineLearningServices/workspaces/listKeys/action",
        },
    ],
    [
        "Microsoft.Network/publicIPAddresses",
        sources.networking,
        {
            read: "Microsoft.Network/publicIPAddresses/read",
            write: "Microsoft.Network/publicIPAddresses/write",
            delete: "Microsoft.Network/publicIPAddresses/delete",
        },
    ],
    [
        "Microsoft.Network/applicationGateways",
        sources.networking,
        {
            read: "Microsoft.Network/applicationGateways/read",
            write: "Microsoft.Network/applicationGateways/write",
            delete: "Microsoft.Network/applicationGateways/delete",
        },
    ],
];

export const operations: readonly Operation[] = rows.flatMap(([type, source, actions]) =>
    Object.entries(actions).map(([verb, action]) => ({ type, verb, action, source })),
);

const key = (type: string, verb: string) => `${type} ${verb}`.toLowerCase();

const actions = new Map(operations.map(({ type, verb, action }) => [key(type, verb), action]));

/** The action that an operation needs, in any case; undefined where it is not known. */
export function actionOf(type: string, verb: string): string | undefined {
    return actions.get(key(type, verb));
}

/**
 * What the data of a blob container is read and changed by: data actions, which no action above includes.
 * Source: learn.microsoft.com/azure/role-based-access-control/permissions/storage
 */
export const blobDataActions = {
    read: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    write: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
    delete: "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
} as const;

/** What somebody needs besides, who writes a resource with a reference to another one. */
export interface LinkedAction {
    /** ARM type of the resource that is written. */
    readonly type: string;
    /**
     * Where its body names the other resource: a dotted path. At `identity.userAssignedIdentities` each key is
     * an id.
     */
    readonly property: string;
    /** Needed at the resource that is named there. */
    readonly action: string;
    /** Page that says so, or where somebody was refused for want of it. */
    readonly source: string;
}

/** Those of the types above that have the property in the ARM schema (@pulumi/azure-native follows it). */
const typesWithIdentities = [
    "Microsoft.Web/sites",
    "Microsoft.Web/sites/slots",
    "Microsoft.ContainerInstance/containerGroups",
    "Microsoft.ContainerRegistry/registries",
    "Microsoft.ContainerService/managedClusters",
    "Microsoft.MachineLearningServices/workspaces",
    "Microsoft.Network/applicationGateways",
];

export const linkedActions: readonly LinkedAction[] = [
    {
        type: "Microsoft.Authorization/roleDefinitions",
        property: "properties.assignableScopes",
        action: "Microsoft.Authorization/roleDefinitions/write",
        source: "learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    },
    ...typesWithIdentities.map((type) => ({
        type,
        property: "identity.userAssignedIdentities",
        action: "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        source: sources.identity,
    })),
    ...["Microsoft.Web/sites", "Microsoft.Web/sites/slots"].flatMap((type) => [
        // The page on Website Contributor says that creating a site needs write permission at its plan, although
        // the role has this action for the purpose. The weaker one is here: no model may be stricter than Azure.
        {
            type,
            property: "properties.serverFarmId",
            action: "Microsoft.Web/serverfarms/Join/Action",
            source: sources.web,
        },
        {
            type,
            property: "properties.virtualNetworkSubnetId",
            action: "Microsoft.Network/virtualNetworks/subnets/join/action",
            source: "learn.microsoft.com/azure/app-service/overview-vnet-integration#permissions",
        },
    ]),
    {
        type: "Microsoft.Insights/diagnosticSettings",
        property: "properties.workspaceId",
        action: "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
        source: "github.com/JimGBritt/AzurePolicy/issues/17",
    },
    {
        type: "Microsoft.Insights/diagnosticSettings",
        property: "properties.storageAccountId",
        action: "Microsoft.Storage/storageAccounts/listkeys/action",
        source: "learn.microsoft.com/azure/azure-monitor/roles-permissions-security",
    },
    {
        type: "Microsoft.Insights/diagnosticSettings",
        property: "properties.eventHubAuthorizationRuleId",
        action: "Microsoft.EventHub/namespaces/authorizationrules/listkeys/action",
        source: "learn.microsoft.com/azure/azure-monitor/roles-permissions-security",
    },
    {
        type: "Microsoft.ContainerService/managedClusters",
        property: "properties.addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID",
        action: "Microsoft.OperationalInsights/workspaces/sharedkeys/read",
        source: "github.com/Azure/secrets-store-csi-driver-provider-azure/issues/727",
    },
];
