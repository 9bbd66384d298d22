import { isGuid } from "../../../azure/guids";
import { roles } from "../../../azure/roles";
import type { ResourceModel } from "../model";
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
        const roleId = String(roleDefinitionId).split("/").at(-1)!;
        if (!roles.some((role) => sameId(role.id, roleId))) {
            throw new CloudError(
                400,
                "RoleDefinitionDoesNotExist",
                `The specified role definition with ID '${roleId}' does not exist.`,
            );
        }
        const principal = cloud.directory.get("servicePrincipals", String(principalId));
        if (principal && principalType !== "ServicePrincipal") {
            throw new CloudError(
                400,
                "UnmatchedPrincipalType",
                `The PrincipalId '${String(principalId)}' has type 'ServicePrincipal' , which is different from specified PrinciaplType '${String(principalType)}'.`,
            );
        }
        const before = existing?.properties as Document | undefined;
        const moved =
            before &&
            (before.principalId !== principalId ||
                !sameId(String(before.roleDefinitionId), String(roleDefinitionId)));
        if (moved) {
            throw new CloudError(
                400,
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            );
        }
        const same = (other: Document) => {
            const given = other.properties as Document;
            return (
                !sameId(String(other.id), id) &&
                given.principalId === principalId &&
                sameId(String(given.roleDefinitionId), String(roleDefinitionId))
            );
        };
        const folder = `${parsed.parent}/providers/Microsoft.Authorization/roleAssignments`;
        if (cloud.store.list(folder).some(same)) {
            throw new CloudError(
                409,
                "RoleAssignmentExists",
                "The role assignment already exists.",
            );
        }
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
                scope: parsed.parent,
                updatedBy: cloud.caller.objectId,
                updatedOn: before?.updatedOn ?? now,
            },
        };
    },
};
