import {
    freeLinuxPlansPerRegion,
    freePlansPerRegion,
    plansPerGroup,
    sitesPerPlan,
} from "../../../azure/limits";
import { nameProblem, nameRules } from "../../../azure/names";
import { normalizeRegion, regionDisplayName } from "../../../azure/regions";
import { findSku, planProblems, zoneRedundantMinimum, type Sku } from "../../../azure/skus";
import { isOldUnit, quotaOf, totalTier } from "../conditions";
import { resourceGroupId } from "../ids";
import type { PutRequest, ResourceModel, Surroundings } from "../model";
import { refusal } from "../rules";
import { propertiesOf, type Document, type Store } from "../store";

interface PlanSku {
    name?: string;
    tier?: string;
    capacity?: number;
}

/**
 * Where a plan keeps which apps are on it, so that nobody has to look through all apps of the world.
 * Written by the models of sites.
 */
export function appOnPlan(planId: string, site: string): string {
    return `${planId}/apps/${site}`;
}

/** How many apps are on a plan. */
export function appCount(planId: string, store: Store): number {
    return store.names(`${planId}/apps`).length;
}

/** Apps on a plan, in whichever group of the subscription they are. */
export function appsOn(planId: string, store: Store): Document[] {
    return store
        .list(`${planId}/apps`)
        .map(({ id }) => store.get(String(id)))
        .filter((site) => site !== undefined);
}

const skuOf = (plan: Document) => plan.sku as PlanSku;

/** The size asked for, or Azure's refusal of it. */
function checkSku(body: Document, wanted: PlanSku): Sku {
    const sku = findSku(wanted.name ?? "F1");
    if (!sku) throw refusal("planSku", { sku: String(wanted.name) });
    const instances = wanted.capacity ?? 1;
    const zoneRedundant = propertiesOf(body).zoneRedundant === true;
    for (const problem of planProblems({ sku: sku.name, instances, zoneRedundant })) {
        const { field, expected } = problem;
        if (field === "zoneRedundant") throw refusal("planZones", { expected });
        if (field !== "instances") continue;
        const tooFewForZones = zoneRedundant && instances >= 1 && instances < zoneRedundantMinimum;
        if (tooFewForZones && sku.zoneRedundancy) {
            throw refusal("planZoneInstances", { minimum: zoneRedundantMinimum, instances });
        }
        throw refusal("planInstances", { instances, expected });
    }
    return sku;
}

/** Refuses a size on which the plan's apps, as they are, could not run. */
function checkApps({ id, parsed, cloud: { store } }: PutRequest, sku: Sku): void {
    const limit = sitesPerPlan(sku.tier);
    if (appCount(id, store) > limit) {
        throw refusal("sitesOnPlan", { plan: parsed.name, tier: sku.tier, limit });
    }
    for (const site of appsOn(id, store)) {
        const config = propertiesOf(store.get(`${String(site.id)}/config/web`));
        if (sku.alwaysOn === false && config.alwaysOn === true) throw refusal("planAlwaysOn");
        const count = store.names(`${String(site.id)}/slots`).length;
        if (sku.slots !== undefined && count > sku.slots) {
            throw refusal("planSlots", { tier: sku.tier, site: String(site.name), count });
        }
    }
}

/** Every other plan of the subscription in a region. A long way: only for what is limited by region. */
function otherPlans({ id, parsed, body, cloud: { store } }: PutRequest): Document[] {
    const region = normalizeRegion(String(body.location));
    return store
        .names(`/subscriptions/${parsed.subscriptionId}/resourceGroups`)
        .flatMap((group) => {
            const groupId = resourceGroupId(parsed.subscriptionId, group);
            return store.list(`${groupId}/providers/Microsoft.Web/serverfarms`);
        })
        .filter((plan) => normalizeRegion(String(plan.location)) === region)
        .filter((plan) => String(plan.id).toLowerCase() !== id.toLowerCase());
}

function checkLimits(request: PutRequest, sku: Sku, reserved: boolean): void {
    const { parsed, cloud } = request;
    if (sku.tier === "Free") {
        const free = otherPlans(request).filter((plan) => skuOf(plan).tier === "Free");
        const onLinux = free.filter((plan) => propertiesOf(plan).reserved === true);
        if (reserved && onLinux.length >= freeLinuxPlansPerRegion) {
            throw refusal("freeLinuxPlans", { limit: freeLinuxPlansPerRegion });
        }
        if (free.length >= freePlansPerRegion) {
            throw refusal("freePlans", { limit: freePlansPerRegion });
        }
    }
    const limit = plansPerGroup(sku.tier);
    const plans = `${parsed.parent}/providers/Microsoft.Web/serverfarms`;
    if (cloud.store.names(plans).length < limit) return;
    const ofTier = cloud.store.list(plans).filter((plan) => skuOf(plan).tier === sku.tier);
    if (ofTier.length >= limit) {
        throw refusal("plansInGroup", { group: parsed.resourceGroup!, limit, tier: sku.tier });
    }
}

/** Refuses more instances than the subscription's quota, if one is set. Free and Shared plans have none. */
function checkQuota(request: PutRequest, sku: Sku, capacity: number): void {
    if (sku.virtualCpus === undefined) return;
    const { cloud, existing, parsed } = request;
    const before = existing && skuOf(existing);
    for (const tier of [sku.tier, totalTier]) {
        const limit = quotaOf(cloud.store, parsed.subscriptionId, tier);
        if (limit === undefined) continue;
        const counts = (plan: PlanSku) =>
            tier === totalTier
                ? findSku(String(plan.name))?.virtualCpus !== undefined
                : plan.tier === tier;
        const own = before && counts(before) ? (before.capacity ?? 1) : 0;
        const required = capacity - own;
        const usage = otherPlans(request)
            .map(skuOf)
            .filter(counts)
            .reduce((sum, plan) => sum + (plan.capacity ?? 1), own);
        if (required <= 0 || usage + required <= limit) continue;
        throw refusal("quota", { tier, limit, usage, required, wanted: usage + required });
    }
}

/** What only an old deployment unit refuses; see ../conditions.ts. */
function checkUnit(request: PutRequest, sku: Sku, reserved: boolean): void {
    const { parsed, existing, cloud } = request;
    if (!isOldUnit(cloud.store)) return;
    const group = parsed.resourceGroup!;
    const others = otherPlans(request).filter((plan) =>
        String(plan.id).toLowerCase().startsWith(`${parsed.parent}/`.toLowerCase()),
    );
    if (others.some((plan) => (propertiesOf(plan).reserved === true) !== reserved)) {
        throw refusal(reserved ? "linuxWorkers" : "windowsWorkers", { group });
    }
    const isV3 = (name: string) => findSku(name)?.family.endsWith("v3") === true;
    if (existing && isV3(sku.name) && !isV3(String(skuOf(existing).name))) {
        throw refusal("premiumV3Unit", { name: parsed.name, sku: sku.name });
    }
}

/** Source: learn.microsoft.com/rest/api/appservice/app-service-plans */
export const serverFarms: ResourceModel = {
    type: "Microsoft.Web/serverfarms",
    located: true,
    put(request) {
        const { id, parsed, body, existing } = request;
        if (nameProblem(nameRules.plan, parsed.name)) {
            throw refusal("planName", { name: parsed.name });
        }
        const before = existing && skuOf(existing);
        const wanted: PlanSku = { ...before, ...(body.sku as PlanSku | undefined) };
        const sku = checkSku(body, wanted);
        const capacity = wanted.capacity ?? 1;
        const properties = propertiesOf(body);
        const reserved = properties.reserved === true;
        if (existing && propertiesOf(existing).reserved === true && !reserved) {
            throw refusal("planSystem");
        }
        checkUnit(request, sku, reserved);
        if (before?.name !== sku.name) {
            checkApps(request, sku);
            if (before?.tier !== sku.tier) checkLimits(request, sku, reserved);
        }
        checkQuota(request, sku, capacity);
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
    show(document, cloud: Surroundings) {
        const numberOfSites = appCount(String(document.id), cloud.store);
        return { ...document, properties: { ...propertiesOf(document), numberOfSites } };
    },
    beforeDelete(id, document, { store }) {
        const apps = appsOn(id, store).map((site) => String(site.name));
        if (apps.length === 0) return;
        throw refusal("planHasApps", { name: String(document.name), apps: apps.join(",") });
    },
};
