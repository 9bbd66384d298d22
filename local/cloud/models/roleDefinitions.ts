import { isGuid, nameToGuid } from "../../../azure/guids";
import { findRole } from "../../../azure/roles";
import { customRoles, roleIdOf } from "../access";
import type { ResourceModel, Surroundings } from "../model";
import { sameId } from "../ids";
import { refusal } from "../rules";
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
        const wrong = (problem: string) => refusal("roleNotValid", { problem });
        if (!isGuid(name)) throw wrong(`the id '${name}' is no GUID`);
        if (typeof roleName !== "string" || roleName === "") throw wrong("it needs a roleName");
        if (!Array.isArray(assignableScopes) || assignableScopes.length === 0) {
            throw wrong("it needs at least one of assignableScopes");
        }
        const index = roleNameIndex(cloud, roleName);
        const holder = cloud.store.get(index)?.roleId;
        if (findRole(roleName) || (holder && !sameId(String(holder), name))) {
            throw refusal("roleNameTaken");
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
        if (assigned) throw refusal("roleAssigned");
        const { roleName } = document.properties as Document;
        cloud.store.delete(roleNameIndex(cloud, String(roleName)));
    },
};

/** Names of custom roles are unique in a tenant. A name may have slashes, which no path here may. */
function roleNameIndex({ directory }: Surroundings, name: string): string {
    return `/tenants/${directory.tenantId}/customRoleNames/${nameToGuid(name.toLowerCase())}`;
}
