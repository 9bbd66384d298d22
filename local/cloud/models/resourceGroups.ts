import { randomUUID } from "node:crypto";
import { nameProblem, nameRules } from "../../../azure/names";
import { normalizeRegion } from "../../../azure/regions";
import { isWithin } from "../../../azure/scopes";
import type { ResourceModel } from "../model";
import { refusal } from "../rules";
import type { Store } from "../store";
import { autoscaleSettings } from "./autoscaleSettings";
import { identities } from "./identities";
import { appsOn } from "./serverFarms";
import { sites } from "./sites";
import { vaults } from "./vaults";

/** Types that leave something outside of their group, or have something there, which goes with them. */
const tidied: readonly ResourceModel[] = [sites, identities, vaults, autoscaleSettings];

/** The plans of a group that cannot go, because apps of other groups are on them. */
function plansInUse(group: string, store: Store): string[] {
    return store
        .list(`${group}/providers/Microsoft.Web/serverfarms`)
        .filter((plan) =>
            appsOn(String(plan.id), store).some((app) => !isWithin(String(app.id), group)),
        )
        .map((plan) => `Microsoft.Web/serverFarms/${String(plan.name)}`);
}

/** Source: learn.microsoft.com/rest/api/resources/resource-groups */
export const resourceGroups: ResourceModel = {
    type: "Microsoft.Resources/resourceGroups",
    located: true,
    put({ id, parsed, body }) {
        if (nameProblem(nameRules.resourceGroup, parsed.name)) {
            throw refusal("groupName", { name: parsed.name });
        }
        return {
            ...body,
            id,
            name: parsed.name,
            type: parsed.type,
            location: normalizeRegion(String(body.location)),
            properties: { provisioningState: "Succeeded" },
        };
    },
    beforeDelete(id, document, cloud) {
        const inUse = plansInUse(id, cloud.store);
        if (inUse.length > 0) {
            const resources = inUse.join(",");
            const group = String(document.name);
            throw refusal("groupDeletionBlocked", { group, resources, tracking: randomUUID() });
        }
        for (const model of tidied) {
            for (const resource of cloud.store.list(`${id}/providers/${model.type}`)) {
                model.beforeDelete!(String(resource.id), resource, cloud);
            }
        }
    },
};
