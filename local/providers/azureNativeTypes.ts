/** What azure-native does with the inputs of the resource types that are modelled here. */
import { resourcePaths, withoutVersion } from "../../azure/resourceIds";

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

type Row = Omit<ResourceType, "path">;

/** A type that is directly in a group: it is named at random, and another region is another resource. */
function inGroup(token: string, name: string, forceNew: readonly string[] = ["location"]): Row {
    return {
        token: `azure-native:${token}`,
        autoName: { [name]: "random" },
        located: true,
        forceNew,
    };
}

/** A type that there is once for each app, and once for each slot with `Slot` behind its name. */
function ofAppAndSlot(token: string, defaults: ResourceType["defaults"] = {}): Row[] {
    return [
        { token: `azure-native:web:${token}`, defaults },
        { token: `azure-native:web:${token}Slot`, defaults },
    ];
}

/** A management lock, at one of the scopes that azure-native has a type for. */
function lockAt(scope: string): Row {
    return {
        token: `azure-native:authorization:ManagementLock${scope}`,
        autoName: { lockName: "random" },
    };
}

/**
 * Source of names and replacement rules: pulumi-azure-native, provider/pkg/gen/replacement.go and params.go, and
 * `x-ms-mutability` in the specifications of Azure that they read.
 */
const rows: readonly Row[] = [
    inGroup("resources:ResourceGroup", "resourceGroupName"),
    inGroup("web:AppServicePlan", "name"),
    inGroup("web:WebApp", "name", ["location", "kind"]),
    {
        token: "azure-native:web:WebAppSlot",
        autoName: { slot: "copy" },
        located: true,
        forceNew: ["location"],
    },
    ...ofAppAndSlot("WebAppApplicationSettings"),
    ...ofAppAndSlot("WebAppConnectionStrings"),
    ...ofAppAndSlot("WebAppFtpAllowed", { allow: true }),
    ...ofAppAndSlot("WebAppScmAllowed", { allow: true }),
    { token: "azure-native:web:WebAppSlotConfigurationNames", defaults: {} },
    inGroup("monitor:AutoscaleSetting", "autoscaleSettingName"),
    inGroup("managedidentity:UserAssignedIdentity", "resourceName"),
    // The specification lets a vault's region change; Azure then refuses the update.
    inGroup("keyvault:Vault", "vaultName", []),
    inGroup("storage:StorageAccount", "accountName"),
    {
        token: "azure-native:storage:BlobServiceProperties",
        autoName: { blobServicesName: "copy" },
        defaults: { deleteRetentionPolicy: { enabled: false } },
    },
    { token: "azure-native:storage:BlobContainer", autoName: { containerName: "copy" } },
    inGroup("operationalinsights:Workspace", "workspaceName"),
    inGroup("applicationinsights:Component", "resourceName", ["location", "applicationType"]),
    {
        token: "azure-native:authorization:RoleAssignment",
        autoName: { roleAssignmentName: "uuid" },
        forceNew: ["principalId", "scope"],
    },
    {
        token: "azure-native:authorization:RoleDefinition",
        autoName: { roleDefinitionId: "uuid" },
        forceNew: ["scope"],
    },
    lockAt("ByScope"),
    lockAt("AtResourceGroupLevel"),
    lockAt("AtSubscriptionLevel"),
];

export const resourceTypes: readonly ResourceType[] = rows.map((row) => ({
    ...row,
    path: resourcePaths[row.token]!,
}));

/** The type of a token, versioned ones included. */
export function findResourceType(token: string): ResourceType | undefined {
    const plain = withoutVersion(token);
    return resourceTypes.find((type) => type.token === plain);
}

/** Names of the inputs in a path. */
export function pathInputs(type: ResourceType): string[] {
    return [...type.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}
