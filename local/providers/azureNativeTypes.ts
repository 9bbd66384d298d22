/** How azure-native's resource types map to ARM, for the types that are modelled here. */

/** Where an absent name comes from: a random suffix, the logical name itself, or a random UUID. */
export type AutoName = "random" | "copy" | "uuid";

export interface ResourceType {
    /** Type token without a version: `azure-native:web:WebApp`. */
    readonly token: string;
    /** ARM id, with inputs in braces. */
    readonly path: string;
    /** Inputs that are named when they are absent. */
    readonly autoName?: Readonly<Record<string, AutoName>>;
    /** Whether Check fills in `location`. */
    readonly located?: boolean;
    /** Inputs beside those of the path whose change forces a replacement. */
    readonly forceNew?: readonly string[];
    /** For what always exists beside its parent: the properties that deleting it puts back. */
    readonly defaults?: Readonly<Record<string, unknown>>;
}

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const site = `${group}/providers/Microsoft.Web/sites/{name}`;
const slot = `${site}/slots/{slot}`;
const lock = "providers/Microsoft.Authorization/locks/{lockName}";

/** A type directly in a group: it is named at random, and another region is another resource. */
function inGroup(
    token: string,
    type: string,
    name: string,
    forceNew: readonly string[] = ["location"],
): ResourceType {
    return {
        token: `azure-native:${token}`,
        path: `${group}/providers/${type}/{${name}}`,
        autoName: { [name]: "random" },
        located: true,
        forceNew,
    };
}

/** A type that there is once for each app, and once for each slot with `Slot` behind its name. */
function ofSiteAndSlot(
    token: string,
    path: string,
    defaults: ResourceType["defaults"] = {},
): ResourceType[] {
    return [
        { token: `azure-native:web:${token}`, path: `${site}/${path}`, defaults },
        { token: `azure-native:web:${token}Slot`, path: `${slot}/${path}`, defaults },
    ];
}

/**
 * Source of names and replacement rules: pulumi-azure-native, provider/pkg/gen/replacement.go and params.go, and
 * `x-ms-mutability` in the specifications of Azure that they read.
 */
export const resourceTypes: readonly ResourceType[] = [
    {
        token: "azure-native:resources:ResourceGroup",
        path: group,
        autoName: { resourceGroupName: "random" },
        located: true,
        forceNew: ["location"],
    },
    inGroup("web:AppServicePlan", "Microsoft.Web/serverfarms", "name"),
    inGroup("web:WebApp", "Microsoft.Web/sites", "name", ["location", "kind"]),
    {
        token: "azure-native:web:WebAppSlot",
        path: slot,
        autoName: { slot: "copy" },
        located: true,
        forceNew: ["location"],
    },
    ...ofSiteAndSlot("WebAppApplicationSettings", "config/appsettings"),
    ...ofSiteAndSlot("WebAppConnectionStrings", "config/connectionstrings"),
    ...ofSiteAndSlot("WebAppFtpAllowed", "basicPublishingCredentialsPolicies/ftp", {
        allow: true,
    }),
    ...ofSiteAndSlot("WebAppScmAllowed", "basicPublishingCredentialsPolicies/scm", {
        allow: true,
    }),
    {
        token: "azure-native:web:WebAppSlotConfigurationNames",
        path: `${site}/config/slotConfigNames`,
        defaults: {},
    },
    inGroup(
        "monitor:AutoscaleSetting",
        "Microsoft.Insights/autoscaleSettings",
        "autoscaleSettingName",
    ),
    inGroup(
        "managedidentity:UserAssignedIdentity",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "resourceName",
    ),
    // The specification lets a vault's region change; Azure then refuses the update.
    inGroup("keyvault:Vault", "Microsoft.KeyVault/vaults", "vaultName", []),
    inGroup(
        "operationalinsights:Workspace",
        "Microsoft.OperationalInsights/workspaces",
        "workspaceName",
    ),
    inGroup("applicationinsights:Component", "Microsoft.Insights/components", "resourceName", [
        "location",
        "applicationType",
    ]),
    {
        token: "azure-native:authorization:RoleAssignment",
        path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        autoName: { roleAssignmentName: "uuid" },
        forceNew: ["principalId", "scope"],
    },
    {
        token: "azure-native:authorization:RoleDefinition",
        path: "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        autoName: { roleDefinitionId: "uuid" },
        forceNew: ["scope"],
    },
    {
        token: "azure-native:authorization:ManagementLockByScope",
        path: `/{scope}/${lock}`,
        autoName: { lockName: "random" },
    },
    {
        token: "azure-native:authorization:ManagementLockAtResourceGroupLevel",
        path: `${group}/${lock}`,
        autoName: { lockName: "random" },
    },
    {
        token: "azure-native:authorization:ManagementLockAtSubscriptionLevel",
        path: `/subscriptions/{subscriptionId}/${lock}`,
        autoName: { lockName: "random" },
    },
];

/** Functions that answer what only a POST shows: the path of what they list, by their name. */
export const listFunctions: Readonly<Record<string, string>> = {
    listWebAppApplicationSettings: `${site}/config/appsettings`,
    listWebAppApplicationSettingsSlot: `${slot}/config/appsettings`,
    listWebAppConnectionStrings: `${site}/config/connectionstrings`,
    listWebAppConnectionStringsSlot: `${slot}/config/connectionstrings`,
    listWebAppPublishingCredentials: `${site}/config/publishingcredentials`,
    listWebAppPublishingCredentialsSlot: `${slot}/config/publishingcredentials`,
};

/** A type token without its API version: `azure-native:web/v20240401:WebApp` is `azure-native:web:WebApp`. */
export function withoutVersion(token: string): string {
    return token.replace(/\/v\d{8}\w*:/, ":");
}

/** The type of a token, versioned ones included. */
export function findResourceType(token: string): ResourceType | undefined {
    const plain = withoutVersion(token);
    return resourceTypes.find((type) => type.token === plain);
}

/** Names of the inputs in a path. */
export function pathInputs(type: ResourceType): string[] {
    return [...type.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}
