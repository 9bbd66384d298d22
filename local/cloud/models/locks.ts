import { nameToGuid } from "../../../azure/guids";
import { nameRules } from "../../../azure/names";
import { lockIndex, lockType } from "../locks";
import type { ResourceModel } from "../model";
import type { Document } from "../store";
import { checkName } from "./checkName";

const indexEntry = (id: string) => `${lockIndex}/${nameToGuid(id.toLowerCase())}`;

/** Source: learn.microsoft.com/rest/api/resources/management-locks; what locks do is in ../locks.ts. */
export const locks: ResourceModel = {
    type: lockType,
    put({ id, parsed, body, cloud }) {
        checkName(nameRules.lock, parsed);
        const properties = body.properties as Document;
        cloud.store.put(indexEntry(id), { scope: parsed.parent, level: properties.level });
        return { id, name: parsed.name, type: parsed.type, properties };
    },
    beforeDelete(id, _, cloud) {
        cloud.store.delete(indexEntry(id));
    },
};
