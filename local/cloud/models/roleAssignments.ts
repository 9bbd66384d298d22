import { isGuid } from "../../../azure/guids";
import { assignmentIndex, contains, findRoleDefinition, roleIdOf } from "../access";
import type { ResourceModel, Surroundings } from "../model";
import { sameId } from "../ids";
import { refusal } from "../rules";
import type { Document } from "../store";

/** Who was given which role where. Source: learn.microsoft.com/azure/role-based-access-control/role-assignments */
export const roleAssignments: ResourceModel = {
    type: "Microsoft.Authorization/roleAssignments",
    put({ id, parsed, body, existing, cloud }) {
        const { principalId, roleDefinitionId, principalType } = body.properties as Document;
        if (!isGuid(parsed.name)) throw refusal("assignmentName", { name: parsed.name });
        const roleId = roleIdOf(roleDefinitionId);
        const role = findRoleDefinition(cloud, roleId);
        // A custom role is known below its assignable scopes only.
        const { parent, subscriptionId } = parsed;
        if (!role?.assignableScopes.some((scope) => contains(scope, parent, cloud.store))) {
            throw refusal("assignedRoleMissing", { role: roleId });
        }
        const type = principalTypeOf(String(principalId), principalType, cloud);
        const before = existing?.properties as Document | undefined;
        const moved =
            before &&
            (!sameId(String(before.principalId), String(principalId)) ||
                roleIdOf(before.roleDefinitionId) !== roleId);
        if (moved) throw refusal("assignmentChanged");
        const index = assignmentIndex(String(principalId), parent, roleId);
        const holder = String(cloud.store.get(index)?.id ?? id);
        // A note stays behind when the group that the assignment was in is deleted.
        if (!sameId(holder, id) && cloud.store.get(holder)) throw refusal("assignmentExists");
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
        throw refusal("principalOfOtherType", {
            principal: principalId,
            type: principal.principalType,
            said: String(said),
        });
    }
    if (said) return said;
    const created = new Date(String(principal?.createdDateTime ?? 0)).getTime();
    if (principal && Date.now() - created >= replicationSeconds * 1000) {
        return principal.principalType;
    }
    throw refusal("principalNotFound", {
        principal: principalId.replaceAll("-", ""),
        tenant: directory.tenantId,
    });
}
