/** Whether whoever is signed in may make the stack's service principals. */
import { directoryRoles, graphAppId, graphAppRoles, graphOperations } from "../../azure/graph";
import type { Account, AzureReader } from "../azureCli";
import { findingsOf, type Finding } from "./finding";
import type { StackSettings } from "./settings";

const { ok, unknown, problem } = findingsOf("directory");

const graph = "https://graph.microsoft.com/v1.0";

const needed = graphOperations.find(({ operation }) => operation === "applications/create")!;

/** Source: learn.microsoft.com/graph/api/directoryrole-list-memberof, .../authorizationpolicy-get */
async function userMay(azure: AzureReader): Promise<boolean> {
    const { value } = await azure.get<{ value: { roleTemplateId: string }[] }>(
        `${graph}/me/memberOf/microsoft.graph.directoryRole`,
    );
    const roles = needed.directoryRoles.map((name) => directoryRoles[name]);
    if (value.some(({ roleTemplateId }) => roles.includes(roleTemplateId))) return true;
    const { defaultUserRolePermissions } = await azure.get<{
        defaultUserRolePermissions: { allowedToCreateApps: boolean };
    }>(`${graph}/policies/authorizationPolicy`);
    return defaultUserRolePermissions.allowedToCreateApps;
}

/** Source: learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments */
async function principalMay(azure: AzureReader, clientId: string): Promise<boolean> {
    const { value } = await azure.get<{ value: { appRoleId: string }[] }>(
        `${graph}/servicePrincipals(appId='${clientId}')/appRoleAssignments`,
    );
    const names = [...needed.appRoles, "Application.ReadWrite.OwnedBy"];
    const roles = names.map((name) => graphAppRoles[name]);
    return value.some(({ appRoleId }) => roles.includes(appRoleId));
}

/** What lets a user make applications, where not every user may. */
async function userGrant(azure: AzureReader): Promise<string> {
    const { id } = await azure.get<{ id: string }>(`${graph}/me`);
    const assignment = {
        principalId: id,
        roleDefinitionId: directoryRoles["Application Developer"],
        directoryScopeId: "/",
    };
    return (
        `az rest --method post --url ${graph}/roleManagement/directory/roleAssignments ` +
        `--body '${JSON.stringify(assignment)}'`
    );
}

function principalGrant(clientId: string): string {
    const role = graphAppRoles["Application.ReadWrite.OwnedBy"];
    return (
        `az ad app permission add --id ${clientId} --api ${graphAppId} --api-permissions ${role}=Role && ` +
        `az ad app permission admin-consent --id ${clientId}`
    );
}

export async function checkDirectory(
    azure: AzureReader,
    { user }: Account,
    { makesPrincipal }: StackSettings,
): Promise<Finding[]> {
    if (!makesPrincipal) return [];
    const isUser = user.type === "user";
    try {
        if (await (isUser ? userMay(azure) : principalMay(azure, user.name))) {
            return [ok("You may make service principals.")];
        }
        return [
            problem(
                "You may not make service principals. An administrator of the directory can let you:",
                isUser ? await userGrant(azure) : principalGrant(user.name),
            ),
        ];
    } catch (error) {
        const { message } = error as Error;
        return [unknown(`Whether you may make service principals could not be asked: ${message}`)];
    }
}
