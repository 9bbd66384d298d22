/**
 * The ids that resources have in Azure Resource Manager, by Pulumi's type token: the path with inputs in
 * braces. Source: the paths of github.com/Azure/azure-rest-api-specs, spelt as pulumi-azure-native does.
 */

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const site = `${group}/providers/Microsoft.Web/sites/{name}`;

export const resourcePaths = {
    "azure-native:resources:ResourceGroup": group,
    "azure-native:web:AppServicePlan": `${group}/providers/Microsoft.Web/serverfarms/{name}`,
    "azure-native:web:WebApp": site,
    "azure-native:web:WebAppApplicationSettings": `${site}/config/appsettings`,
    "azure-native:web:WebAppFtpAllowed": `${site}/basicPublishingCredentialsPolicies/ftp`,
    "azure-native:web:WebAppScmAllowed": `${site}/basicPublishingCredentialsPolicies/scm`,
    "azure-native:authorization:RoleAssignment":
        "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
} as const satisfies Record<string, string>;

/** A type token without its API version: `azure-native:web/v20240401:WebApp` is `azure-native:web:WebApp`. */
export function withoutVersion(token: string): string {
    return token.replace(/\/v\d{8}\w*:/, ":");
}

/** A path with its inputs filled in. */
export function fillPath(path: string, inputs: Readonly<Record<string, unknown>>): string {
    const id = path.replaceAll(/\{(\w+)\}/g, (_, input: string) => String(inputs[input]));
    return id.replace(/^\/+/, "/"); // A scope begins with a slash of its own.
}

/** The id of a resource with these inputs; undefined where the path is not known or an input is missing. */
export function resourceId(
    token: string,
    inputs: Readonly<Record<string, unknown>>,
): string | undefined {
    const paths: Readonly<Record<string, string>> = resourcePaths;
    const path = paths[withoutVersion(token)];
    const names = [...(path ?? "").matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const known = names.every((name) => typeof inputs[name] === "string" && inputs[name] !== "");
    return path !== undefined && known ? fillPath(path, inputs) : undefined;
}
