import { findRole } from "../../../azure/roles";
import { roleIndex } from "../access";
import type { ResourceModel } from "../model";
import { CloudError } from "../errors";
import { sameId } from "../ids";
import type { Document } from "../store";

/** Custom roles. Source: learn.microsoft.com/azure/role-based-access-control/custom-roles */
export const roleDefinitions: ResourceModel = {
    type: "Microsoft.Authorization/roleDefinitions",
    put({ parsed, body, existing, id, cloud }) {
        const properties = (body.properties ?? {}) as Document;
        const { roleName } = properties;
        const index = roleNameIndex(String(roleName));
        const holder = cloud.store.get(index)?.roleId;
        if (findRole(String(roleName)) || (holder && !sameId(String(holder), parsed.name))) {
            throw new CloudError(
                409,
                "RoleDefinitionWithSameNameExists",
                "A custom role with the same name already exists in this directory. Use a different name.",
            );
        }
        const before = existing?.properties as Document | undefined;
        if (before) cloud.store.delete(roleNameIndex(String(before.roleName)));
        cloud.store.put(index, { roleId: parsed.name });
        cloud.store.put(roleIndex(parsed.name), { id });
        const now = new Date().toISOString();
        return {
            // Whatever the scope it was written at, Azure answers the subscription's.
            id: `/subscriptions/${parsed.subscriptionId}/providers/${parsed.type}/${parsed.name}`,
            name: parsed.name,
            type: parsed.type,
            properties: {
                roleType: "CustomRole",
                description: "",
                createdOn: now,
                createdBy: cloud.caller.objectId,
                ...before,
                ...properties,
                permissions: ((properties.permissions ?? []) as Document[]).map((set) => ({
                    actions: [],
                    notActions: [],
                    dataActions: [],
                    notDataActions: [],
                    ...set,
                })),
                updatedOn: now,
                updatedBy: cloud.caller.objectId,
            },
        };
    },
    beforeDelete(_, document, cloud) {
        const assigned = cloud.store.below("/assignmentsOf").some(({ id }) => {
            const assignment = cloud.store.get(String(id))?.properties as Document | undefined;
            const roleId = String(assignment?.roleDefinitionId).split("/").at(-1)!;
            return sameId(roleId, String(document.name));
        });
        if (assigned) {
            throw new CloudError(
                400,
                "RoleDefinitionHasAssignments",
                "There are existing role assignments referencing role.",
            );
        }
        cloud.store.delete(roleIndex(String(document.name)));
        const { roleName } = document.properties as Document;
        cloud.store.delete(roleNameIndex(String(roleName)));
    },
};

/** Names of custom roles are unique in a tenant. */
function roleNameIndex(name: string): string {
    return `/customRoleNames/${name}`;
}
