/**
 * The ids that resources have in Azure Resource Manager, by Pulumi's type token: the path with inputs in
 * braces. Source: the paths of github.com/Azure/azure-rest-api-specs, spelt as pulumi-azure-native does.
 */

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const site = `${group}/providers/Microsoft.Web/sites/{name}`;
const slot = `${site}/slots/{slot}`;
const storageAccount = `${group}/providers/Microsoft.Storage/storageAccounts/{accountName}`;
const lock = "providers/Microsoft.Authorization/locks/{lockName}";

/** Paths of what there is once for each app, and once for each slot with `Slot` behind its name. */
function ofAppsAndSlots(parts: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(parts).flatMap(([name, path]) => [
            [name, `${site}/${path}`],
            [`${name}Slot`, `${slot}/${path}`],
        ]),
    );
}

export const resourcePaths: Readonly<Record<string, string>> = {
    "azure-native:resources:ResourceGroup": group,
    "azure-native:web:AppServicePlan": `${group}/providers/Microsoft.Web/serverfarms/{name}`,
    "azure-native:web:WebApp": site,
    "azure-native:web:WebAppSlot": slot,
    "azure-native:web:WebAppSlotConfigurationNames": `${site}/config/slotConfigNames`,
    ...ofAppsAndSlots({
        "azure-native:web:WebAppApplicationSettings": "config/appsettings",
        "azure-native:web:WebAppConnectionStrings": "config/connectionstrings",
        "azure-native:web:WebAppFtpAllowed": "basicPublishingCredentialsPolicies/ftp",
        "azure-native:web:WebAppScmAllowed": "basicPublishingCredentialsPolicies/scm",
    }),
    "azure-native:monitor:AutoscaleSetting": `${group}/providers/Microsoft.Insights/autoscaleSettings/{autoscaleSettingName}`,
    "azure-native:managedidentity:UserAssignedIdentity": `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}`,
    "azure-native:keyvault:Vault": `${group}/providers/Microsoft.KeyVault/vaults/{vaultName}`,
    "azure-native:storage:StorageAccount": storageAccount,
    "azure-native:storage:BlobServiceProperties": `${storageAccount}/blobServices/{blobServicesName}`,
    "azure-native:storage:BlobContainer": `${storageAccount}/blobServices/default/containers/{containerName}`,
    "azure-native:operationalinsights:Workspace": `${group}/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}`,
    "azure-native:applicationinsights:Component": `${group}/providers/Microsoft.Insights/components/{resourceName}`,
    "azure-native:authorization:RoleAssignment":
        "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    "azure-native:authorization:RoleDefinition":
        "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
    "azure-native:authorization:ManagementLockByScope": `/{scope}/${lock}`,
    "azure-native:authorization:ManagementLockAtResourceGroupLevel": `${group}/${lock}`,
    "azure-native:authorization:ManagementLockAtSubscriptionLevel": `/subscriptions/{subscriptionId}/${lock}`,
};

/** Paths of what only a POST lists, by the name of Pulumi's function. */
export const listPaths: Readonly<Record<string, string>> = ofAppsAndSlots({
    listWebAppApplicationSettings: "config/appsettings",
    listWebAppConnectionStrings: "config/connectionstrings",
    listWebAppPublishingCredentials: "config/publishingcredentials",
});

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
    const path = resourcePaths[withoutVersion(token)];
    const names = [...(path ?? "").matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
    const known = names.every((name) => typeof inputs[name] === "string" && inputs[name] !== "");
    return path !== undefined && known ? fillPath(path, inputs) : undefined;
}
