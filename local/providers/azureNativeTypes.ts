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

/** Source of names and replacement rules: pulumi-azure-native, provider/pkg/gen/replacement.go and params.go. */
export const resourceTypes: readonly ResourceType[] = [
    {
        token: "azure-native:resources:ResourceGroup",
        path: group,
        autoName: { resourceGroupName: "random" },
        located: true,
        forceNew: ["location"],
    },
    {
        token: "azure-native:web:AppServicePlan",
        path: `${group}/providers/Microsoft.Web/serverfarms/{name}`,
        autoName: { name: "random" },
        located: true,
        forceNew: ["location"],
    },
    {
        token: "azure-native:web:WebApp",
        path: site,
        autoName: { name: "random" },
        located: true,
        forceNew: ["location", "kind"],
    },
    {
        token: "azure-native:web:WebAppApplicationSettings",
        path: `${site}/config/appsettings`,
        defaults: {},
    },
    {
        token: "azure-native:web:WebAppFtpAllowed",
        path: `${site}/basicPublishingCredentialsPolicies/ftp`,
        defaults: { allow: true },
    },
    {
        token: "azure-native:web:WebAppScmAllowed",
        path: `${site}/basicPublishingCredentialsPolicies/scm`,
        defaults: { allow: true },
    },
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
];

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
