/** This machine's Azure in a temporary folder, and who works in it. */
import * as path from "node:path";
import { findRole, roleDefinitionId } from "../../azure/roles";
import { nameToGuid } from "../../azure/guids";
import { graphAppId, graphAppRoles } from "../../azure/graph";
import { assignmentIndex } from "../../local/cloud/access";
import { Cloud } from "../../local/cloud/cloud";
import { openStore } from "../../local/cloud/initial";
import type { Caller } from "../../local/cloud/model";
import type { Document, Store } from "../../local/cloud/store";
import { signedInUser } from "../../local/identity";
import { temporaryFolder } from "./temporaryFolder";

export const subscription = `/subscriptions/${signedInUser.subscriptionId}`;
export const group = (name: string) => `${subscription}/resourceGroups/${name}`;
export const tenantGroup = `/providers/Microsoft.Management/managementGroups/${signedInUser.tenantId}`;

/** Makes new, empty Azures below one folder of the test file. */
export function azures(): { next(): Cloud; folder(): string } {
    const base = temporaryFolder();
    let count = 0;
    const folder = () => path.join(base, String(count));
    return {
        folder,
        next: () => {
            count++;
            return new Cloud(openStore(folder()), signedInUser);
        },
    };
}

/** An application with its service principal. */
export function makePrincipal(cloud: Cloud, displayName: string) {
    const application = cloud.directory.createApplication({ displayName });
    const appId = String(application.appId);
    const principal = cloud.directory.createServicePrincipal({ appId });
    return { applicationId: String(application.id), appId, id: String(principal.id) };
}

/** Azure as somebody else sees it. */
export function as(cloud: Cloud, { id, appId }: { id: string; appId: string }): Cloud {
    const caller: Caller = {
        ...signedInUser,
        objectId: id,
        clientId: appId,
        kind: "ServicePrincipal",
        name: appId,
    };
    return new Cloud(cloud.store, caller);
}

export function asUser(cloud: Cloud, objectId: string): Cloud {
    return new Cloud(cloud.store, { ...signedInUser, objectId, name: objectId });
}

/** Name of an assignment that a test makes: the same for the same words. */
export const assignmentId = (scope: string, words: string) =>
    `${scope}/providers/Microsoft.Authorization/roleAssignments/${nameToGuid(words)}`;

/** Gives a built-in role by its name, or a custom one by its GUID. */
export async function assign(cloud: Cloud, principalId: string, role: string, scope: string) {
    const builtIn = findRole(role);
    const properties = {
        principalId,
        principalType: cloud.directory.principal(principalId)?.principalType,
        roleDefinitionId: builtIn
            ? roleDefinitionId(signedInUser.subscriptionId, builtIn)
            : `/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    };
    const id = assignmentId(scope, `${principalId}${role}${scope}`);
    await cloud.put(id, { properties });
    return id;
}

/** Gives somebody a role above all subscriptions, as a Global Administrator does who elevates access. */
export function elevate(store: Store, principalId: string): void {
    const role = findRole("User Access Administrator")!.id;
    const id = assignmentId("", principalId);
    store.put(id, {
        id,
        type: "Microsoft.Authorization/roleAssignments",
        properties: {
            principalId,
            scope: "/",
            roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        },
    });
    store.put(assignmentIndex(principalId, "/", role), { id });
}

/** Puts app roles of Microsoft Graph and directory roles on a principal. */
export function giveDirectoryRights(
    { directory }: Cloud,
    kind: "users" | "servicePrincipals",
    id: string,
    { appRoles = [], roles = [] }: { appRoles?: string[]; roles?: string[] },
): void {
    const graph = directory.ofClient("servicePrincipals", graphAppId)!;
    const appRoleAssignments: Document[] = appRoles.map((name) => ({
        appRoleId: graphAppRoles[name],
        resourceId: graph.id,
    }));
    directory.put(kind, {
        ...directory.require(kind, id),
        appRoleAssignments,
        directoryRoles: roles,
    });
}

/** Checks that work is refused with an HTTP status, Azure's code and words. */
export function refused(work: Promise<unknown>, status: number, code: string, words = "") {
    return expect(work).rejects.toMatchObject({
        status,
        code,
        message: expect.stringContaining(words),
    });
}
