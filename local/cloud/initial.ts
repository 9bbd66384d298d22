/**
 * What this machine's Azure holds before anybody did anything: two tenants with a subscription each, and
 * one user who owns both.
 */
import { graphAppId, graphAppRoles } from "../../azure/graph";
import { nameToGuid, roleAssignmentName } from "../../azure/guids";
import { findRole, roleDefinitionId } from "../../azure/roles";
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
        [assignmentIndex(objectId, assignmentId)]: { id: assignmentId },
    };
    return Object.entries(documents);
}

const initial: ReadonlyMap<string, Document> = new Map(
    [
        ...documentsOf(signedInUser, "Local directory"),
        ...documentsOf(otherTenant, "Another directory"),
    ].map(([id, document]) => [id.toLowerCase(), document]),
);

/** Opens this machine's Azure in a folder. */
export function openStore(folder: string): Store {
    return new Store(folder, initial);
}
