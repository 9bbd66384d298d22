import { nameProblem, nameRules } from "../../../azure/names";
import { normalizeRegion } from "../../../azure/regions";
import type { ResourceModel } from "../model";
import { CloudError } from "../errors";
import { sites } from "./sites";

/** Source: learn.microsoft.com/rest/api/resources/resource-groups */
export const resourceGroups: ResourceModel = {
    type: "Microsoft.Resources/resourceGroups",
    located: true,
    put({ id, parsed, body }) {
        if (nameProblem(nameRules.resourceGroup, parsed.name)) {
            throw new CloudError(
                400,
                "InvalidResourceGroup",
                `The provided resource group name '${parsed.name}' has these invalid characters or length. ` +
                    "The name can only be a letter, digit, '-', '.', '(', ')' or '_', and must not end in '.'.",
            );
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
    beforeDelete(id, _, cloud) {
        // Azure deletes what is in the group; what belongs to a site outside of it goes with the site.
        for (const site of cloud.store.list(`${id}/providers/Microsoft.Web/sites`)) {
            sites.beforeDelete!(String(site.id), site, cloud);
        }
    },
};
