import { isGuid, nameToGuid } from "../../../azure/guids";
import { findRole } from "../../../azure/roles";
import { customRoles, roleIdOf } from "../access";
import type { ResourceModel, Surroundings } from "../model";
import { CloudError } from "../errors";
import { sameId } from "../ids";
import type { Document } from "../store";

/** Custom roles. Source: learn.microsoft.com/azure/role-based-access-control/custom-roles */
export const roleDefinitions: ResourceModel = {
    type: "Microsoft.Authorization/roleDefinitions",
    // A role belongs to the tenant: it outlives the group at which it was written.
    keptAt: ({ name }, { directory }) => `${customRoles(directory.tenantId)}/${name}`,
    put({ parsed, body, existing, cloud }) {
        const { name, type, subscriptionId } = parsed;
        const properties = (body.properties ?? {}) as Document;
        const { roleName, assignableScopes } = properties;
        if (!isGuid(name)) throw refusal(`the id '${name}' is no GUID`);
        if (typeof roleName !== "string" || roleName === "") throw refusal("it needs a roleName");
        if (!Array.isArray(assignableScopes) || assignableScopes.length === 0) {
            throw refusal("it needs at least one of assignableScopes");
        }
        const index = roleNameIndex(cloud, roleName);
        const holder = cloud.store.get(index)?.roleId;
        if (findRole(roleName) || (holder && !sameId(String(holder), name))) {
            throw new CloudError(
                409,
                "RoleDefinitionWithSameNameExists",
                "A custom role with the same name already exists in this directory. Use a different name.",
            );
        }
        const before = existing?.properties as Document | undefined;
        if (before) cloud.store.delete(roleNameIndex(cloud, String(before.roleName)));
        cloud.store.put(index, { roleId: name });
        const now = new Date().toISOString();
        // Whatever the scope it was written at, Azure answers the subscription's.
        const scope = subscriptionId ? `/subscriptions/${subscriptionId}` : "";
        return {
            id: `${scope}/providers/${type}/${name}`,
            name,
            type,
            properties: {
                description: "",
                ...properties,
                roleType: "CustomRole",
                permissions: ((properties.permissions ?? []) as Document[]).map((set) => ({
                    actions: [],
                    notActions: [],
                    dataActions: [],
                    notDataActions: [],
                    ...set,
                })),
                createdOn: before?.createdOn ?? now,
                createdBy: before?.createdBy ?? cloud.caller.objectId,
                updatedOn: now,
                updatedBy: cloud.caller.objectId,
            },
        };
    },
    beforeDelete(_, document, cloud) {
        const assigned = cloud.store.below("/assignmentsOf").some(({ id }) => {
            const assignment = cloud.store.get(String(id))?.properties as Document | undefined;
            return (
                assignment && sameId(roleIdOf(assignment.roleDefinitionId), String(document.name))
            );
        });
        if (assigned) {
            throw new CloudError(
                400,
                "RoleDefinitionHasAssignments",
                "There are existing role assignments referencing role.",
            );
        }
        const { roleName } = document.properties as Document;
        cloud.store.delete(roleNameIndex(cloud, String(roleName)));
    },
};

function refusal(problem: string): CloudError {
    return new CloudError(400, "BadRequest", `The role definition is not valid: ${problem}.`);
}

/** Names of custom roles are unique in a tenant. A name may have slashes, which no path here may. */
function roleNameIndex({ directory }: Surroundings, name: string): string {
    return `/tenants/${directory.tenantId}/customRoleNames/${nameToGuid(name.toLowerCase())}`;
}
