import { nameRules } from "../../../azure/names";
import type { ResourceModel, Surroundings } from "../model";
import { propertiesOf, type Document } from "../store";
import { checkName } from "./checkName";

/** What Azure answers of a user-assigned identity that a resource has. */
export function userAssigned(id: string, { store }: Surroundings): Document {
    const { principalId, clientId } = propertiesOf(store.get(id));
    return { principalId, clientId };
}

/** Source: learn.microsoft.com/rest/api/managedidentity/user-assigned-identities */
export const identities: ResourceModel = {
    type: "Microsoft.ManagedIdentity/userAssignedIdentities",
    located: true,
    put({ id, parsed, body, existing, cloud }) {
        checkName(nameRules.identity, parsed);
        const { name, type } = parsed;
        if (existing)
            return { ...existing, ...body, id, name, type, properties: existing.properties };
        const properties = cloud.directory.createManagedIdentity(name);
        return { ...body, id, name, type, properties };
    },
    beforeDelete(_, document, cloud) {
        const { principalId } = document.properties as Document;
        cloud.directory.delete("servicePrincipals", String(principalId));
    },
};
