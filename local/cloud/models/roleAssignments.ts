import { isGuid } from "../../../azure/guids";
import { assignmentIndex, contains, findRoleDefinition, roleIdOf } from "../access";
import type { ResourceModel, Surroundings } from "../model";
import { CloudError } from "../errors";
import { sameId } from "../ids";
import type { Document } from "../store";

/** Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting and the service's answers. */
export const roleAssignments: ResourceModel = {
    type: "Microsoft.Authorization/roleAssignments",
    put({ id, parsed, body, existing, cloud }) {
        const { principalId, roleDefinitionId, principalType } = body.properties as Document;
        if (!isGuid(parsed.name)) {
            throw new CloudError(
                400,
                "InvalidRoleAssignmentId",
                `The role assignment ID '${parsed.name}' is not valid. The role assignment ID must be a GUID.`,
            );
        }
        const roleId = roleIdOf(roleDefinitionId);
        const role = findRoleDefinition(cloud, roleId);
        // A custom role is known below its assignable scopes only.
        const { parent, subscriptionId } = parsed;
        if (!role?.assignableScopes.some((scope) => contains(scope, parent, cloud.store))) {
            throw new CloudError(
                400,
                "RoleDefinitionDoesNotExist",
                `The specified role definition with ID '${roleId}' does not exist.`,
            );
        }
        const type = principalTypeOf(String(principalId), principalType, cloud);
        const before = existing?.properties as Document | undefined;
        const moved =
            before &&
            (!sameId(String(before.principalId), String(principalId)) ||
                roleIdOf(before.roleDefinitionId) !== roleId);
        if (moved) {
            throw new CloudError(
                400,
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            );
        }
        const index = assignmentIndex(String(principalId), parent, roleId);
        const holder = String(cloud.store.get(index)?.id ?? id);
        // A note stays behind when the group that the assignment was in is deleted.
        if (!sameId(holder, id) && cloud.store.get(holder)) {
            throw new CloudError(
                409,
                "RoleAssignmentExists",
                "The role assignment already exists.",
            );
        }
        cloud.store.put(index, { id });
        const scope = subscriptionId ? `/subscriptions/${subscriptionId}` : "";
        const now = new Date().toISOString();
        return {
            id,
            name: parsed.name,
            type: parsed.type,
            properties: {
                createdBy: cloud.caller.objectId,
                createdOn: now,
                ...before,
                ...(body.properties as Document),
                roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
                principalType: type,
                scope: parent,
                updatedBy: cloud.caller.objectId,
                updatedOn: before?.updatedOn ?? now,
            },
        };
    },
    beforeDelete(_, document, cloud) {
        const { principalId, scope, roleDefinitionId } = document.properties as Document;
        const roleId = roleIdOf(roleDefinitionId);
        cloud.store.delete(assignmentIndex(String(principalId), String(scope), roleId));
    },
};

/** How long the directory takes to show a new principal to others, in seconds. Azure promises no time. */
export const replicationSeconds = 10;

/**
 * The type of a principal. Where it is said, a principal that nobody can see yet is taken on trust; where it
 * is not, Azure looks it up and fails while a new one replicates.
 * Source: learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails
 */
function principalTypeOf(principalId: string, said: unknown, { directory }: Surroundings): unknown {
    const principal = directory.principal(principalId);
    if (said && principal && principal.principalType !== said) {
        throw new CloudError(
            400,
            "UnmatchedPrincipalType",
            `The PrincipalId '${principalId}' has type '${principal.principalType}' , which is different from specified PrinciaplType '${String(said)}'.`,
        );
    }
    if (said) return said;
    const created = new Date(String(principal?.createdDateTime ?? 0)).getTime();
    if (principal && Date.now() - created >= replicationSeconds * 1000) {
        return principal.principalType;
    }
    throw new CloudError(
        400,
        "PrincipalNotFound",
        `Principal ${principalId.replaceAll("-", "")} does not exist in the directory ${directory.tenantId}. Check that you have the correct ` +
            "principal ID. If you are creating this principal and then immediately assigning a role, this error might be " +
            "related to a replication delay. In this case, set the role assignment principalType property to a value, such " +
            "as ServicePrincipal, User, or Group. See https://aka.ms/docs-principaltype",
    );
}
