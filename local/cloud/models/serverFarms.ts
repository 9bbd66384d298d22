import { nameProblem, nameRules } from "../../../azure/names";
import { regionDisplayName } from "../../../azure/regions";
import { findSku, planProblems } from "../../../azure/skus";
import type { ResourceModel, Surroundings } from "../model";
import { CloudError } from "../errors";
import { sameId } from "../ids";
import type { Document } from "../store";

interface PlanSku {
    name?: string;
    capacity?: number;
}

/** Apps on a plan, in whichever group of the subscription they are. */
export function appsOn(planId: string, cloud: Surroundings): Document[] {
    return cloud.store
        .list("/siteNames")
        .map((claim) => cloud.store.get(String(claim.owner)))
        .filter((site) => site !== undefined)
        .filter((site) => sameId(String((site.properties as Document).serverFarmId), planId));
}

/** Source: learn.microsoft.com/rest/api/appservice/app-service-plans */
export const serverFarms: ResourceModel = {
    type: "Microsoft.Web/serverfarms",
    located: true,
    put({ id, parsed, body, existing }) {
        if (nameProblem(nameRules.plan, parsed.name)) {
            throw new CloudError(400, "BadRequest", `The plan name '${parsed.name}' is invalid.`);
        }
        const before = existing?.sku as PlanSku | undefined;
        const wanted: PlanSku = { ...before, ...(body.sku as PlanSku | undefined) };
        const sku = findSku(wanted.name ?? "F1");
        const capacity = wanted.capacity ?? 1;
        const properties = (body.properties ?? {}) as Document;
        const [problem] = sku
            ? planProblems({
                  sku: sku.name,
                  instances: capacity,
                  zoneRedundant: properties.zoneRedundant === true,
              }).filter(({ field }) => field !== "sku")
            : [];
        if (!sku || problem) {
            throw new CloudError(
                400,
                "BadRequest",
                problem
                    ? `The plan cannot have ${problem.field} ${problem.value}; expected ${problem.expected}.`
                    : `The pricing tier '${String(wanted.name)}' is not allowed.`,
            );
        }
        const reserved = properties.reserved === true;
        const kind = reserved ? "linux" : "app";
        return {
            ...body,
            id,
            name: parsed.name,
            type: parsed.type,
            kind: body.kind ?? existing?.kind ?? kind,
            location: regionDisplayName(String(body.location)),
            sku: {
                name: sku.name,
                tier: sku.tier,
                size: sku.name,
                family: sku.family,
                capacity,
            },
            properties: {
                elasticScaleEnabled: false,
                hyperV: false,
                isSpot: false,
                isXenon: false,
                maximumElasticWorkerCount: 1,
                perSiteScaling: false,
                targetWorkerCount: 0,
                targetWorkerSizeId: 0,
                zoneRedundant: false,
                ...properties,
                reserved,
                geoRegion: regionDisplayName(String(body.location)),
                maximumNumberOfWorkers: sku.maximumInstances ?? 30,
                numberOfWorkers: capacity,
                provisioningState: "Succeeded",
                resourceGroup: parsed.resourceGroup,
                status: "Ready",
                subscription: parsed.subscriptionId,
            },
        };
    },
    show(document, cloud) {
        const numberOfSites = appsOn(String(document.id), cloud).length;
        return { ...document, properties: { ...(document.properties as Document), numberOfSites } };
    },
    beforeDelete(id, document, cloud) {
        const apps = appsOn(id, cloud).map((site) => String(site.name));
        if (apps.length === 0) return;
        throw new CloudError(
            409,
            "Conflict",
            `Server farm '${String(document.name)}' cannot be deleted because it has web app(s) ${apps.join(",")} assigned to it.`,
        );
    },
};
