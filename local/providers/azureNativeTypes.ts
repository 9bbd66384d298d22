/** How azure-native's resource types map to ARM, for the types that are modelled here. */
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
}

/** Source of names and replacement rules: pulumi-azure-native, provider/pkg/gen/replacement.go and params.go. */
export const resourceTypes: readonly ResourceType[] = [
    {
        token: "azure-native:resources:ResourceGroup",
        path: resourcePaths["azure-native:resources:ResourceGroup"],
        autoName: { resourceGroupName: "random" },
        located: true,
        forceNew: ["location"],
    },
    {
        token: "azure-native:web:AppServicePlan",
        path: resourcePaths["azure-native:web:AppServicePlan"],
        autoName: { name: "random" },
        located: true,
        forceNew: ["location"],
    },
    {
        token: "azure-native:web:WebApp",
        path: resourcePaths["azure-native:web:WebApp"],
        autoName: { name: "random" },
        located: true,
        forceNew: ["location", "kind"],
    },
    {
        token: "azure-native:web:WebAppApplicationSettings",
        path: resourcePaths["azure-native:web:WebAppApplicationSettings"],
    },
    {
        token: "azure-native:web:WebAppFtpAllowed",
        path: resourcePaths["azure-native:web:WebAppFtpAllowed"],
    },
    {
        token: "azure-native:web:WebAppScmAllowed",
        path: resourcePaths["azure-native:web:WebAppScmAllowed"],
    },
    {
        token: "azure-native:authorization:RoleAssignment",
        path: resourcePaths["azure-native:authorization:RoleAssignment"],
        autoName: { roleAssignmentName: "uuid" },
        forceNew: ["principalId", "scope"],
    },
];

/** The type of a token, versioned ones included. */
export function findResourceType(token: string): ResourceType | undefined {
    const plain = withoutVersion(token);
    return resourceTypes.find((type) => type.token === plain);
}

/** Names of the inputs in a path. */
export function pathInputs(type: ResourceType): string[] {
    return [...type.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}
