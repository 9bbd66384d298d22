/**
 * What this machine's Azure holds before anybody did anything: two tenants with a subscription each, and
 * one user who owns both.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { graphAppId, graphAppRoles } from "../../azure/graph";
import { nameToGuid, roleAssignmentName } from "../../azure/guids";
import { findRole, roleDefinitionId } from "../../azure/roles";
import { UserError } from "../../engine/userError";
import { otherTenant, signedInUser } from "../identity";
import { assignmentIndex } from "./access";
import { Store, type Document } from "./store";

const { objectId, name: userPrincipalName } = signedInUser;
const owner = findRole("Owner")!;

interface Tenant {
    readonly tenantId: string;
    readonly subscriptionId: string;
}

function documentsOf({ tenantId, subscriptionId }: Tenant, displayName: string) {
    const directory = `/tenants/${tenantId}`;
    const subscription = `/subscriptions/${subscriptionId}`;
    const graphId = nameToGuid(`${tenantId}|Microsoft Graph`);
    const assignment = roleAssignmentName(subscription, objectId, owner.id);
    const assignmentId = `${subscription}/providers/Microsoft.Authorization/roleAssignments/${assignment}`;
    const documents: Record<string, Document> = {
        [directory]: { tenantId, displayName },
        [`${directory}/users/${objectId}`]: {
            id: objectId,
            displayName: "You",
            userPrincipalName,
            directoryRoles: ["Global Administrator"],
        },
        [`${directory}/userNames/${userPrincipalName}`]: { id: objectId },
        [`${directory}/servicePrincipals/${graphId}`]: {
            id: graphId,
            appId: graphAppId,
            displayName: "Microsoft Graph",
            servicePrincipalType: "Application",
            accountEnabled: true,
            appRoles: Object.entries(graphAppRoles).map(([value, id]) => ({ id, value })),
        },
        [`${directory}/appIds/${graphAppId}`]: { servicePrincipals: graphId },
        [subscription]: {
            id: subscription,
            name: subscriptionId,
            type: "Microsoft.Resources/subscriptions",
            tenantId,
            displayName: `Subscription of ${displayName}`,
            state: "Enabled",
        },
        [assignmentId]: {
            id: assignmentId,
            name: assignment,
            type: "Microsoft.Authorization/roleAssignments",
            properties: {
                scope: subscription,
                principalId: objectId,
                principalType: "User",
                roleDefinitionId: roleDefinitionId(subscriptionId, owner),
            },
        },
        [assignmentIndex(objectId, subscription, owner.id)]: { id: assignmentId },
    };
    return Object.entries(documents);
}

const initial: ReadonlyMap<string, Document> = new Map(
    [
        ...documentsOf(signedInUser, "Local directory"),
        ...documentsOf(otherTenant, "Another directory"),
    ].map(([id, document]) => [id.toLowerCase(), document]),
);

/** Version of what a store holds: documents of an older one lack the notes by which they are found. */
const format = "2";

/** Opens this machine's Azure in a folder. */
export function openStore(folder: string): Store {
    const file = path.join(folder, "format");
    // In this order: who makes a store writes its format before its key.
    const isThere = fs.existsSync(path.join(folder, "key"));
    const found = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    if (isThere && found !== format) {
        throw new UserError(
            `${folder} was made by another version of this project, and cannot be read by this one. ` +
                'Take the local stack down with "npm run local -- reset" and begin anew.',
        );
    }
    if (found === undefined) {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        fs.writeFileSync(file, format, { mode: 0o600 });
    }
    return new Store(folder, initial);
}
