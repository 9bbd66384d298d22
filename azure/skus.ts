/**
 * App Service plan sizes (SKUs) and what Azure allows on each.
 *
 * Sources: [limits] learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-app-service-limits;
 * [pricing] azure.microsoft.com/pricing/details/app-service/linux; [zones]
 * learn.microsoft.com/azure/reliability/reliability-app-service. A capability that no source gives is
 * left out, and what is left out is never refused.
 */
export interface Sku {
    /** As Azure spells it, e.g. `B2`. Azure compares without regard to case. */
    readonly name: string;
    /** Pricing tier, e.g. `Basic`. */
    readonly tier: string;
    /** Letter that Azure answers as `sku.family`. */
    readonly family: string;
    /** Virtual CPUs of one instance; none is promised on shared sizes. */
    readonly virtualCpus?: number;
    /** Memory of one instance, in gibibytes. */
    readonly memoryGib?: number;
    /** Most instances that a plan of this size can have. */
    readonly maximumInstances?: number;
    /** Most deployment slots of an app, the production slot not counted. */
    readonly slots?: number;
    /** Whether Azure Monitor autoscale works on the plan. */
    readonly autoscale?: boolean;
    /** Whether an app may stay loaded while nobody calls it. */
    readonly alwaysOn?: boolean;
    /** Whether instances can be spread over availability zones. */
    readonly zoneRedundancy?: boolean;
    /** Whether Linux containers run on it. */
    readonly linux: boolean;
    /** Whether it exists only inside an App Service Environment, which this project does not build. */
    readonly needsEnvironment?: boolean;
}

type Capabilities = Omit<Sku, "name" | "virtualCpus" | "memoryGib">;

const free: Capabilities = {
    tier: "Free",
    family: "F",
    maximumInstances: 1,
    slots: 0,
    autoscale: false,
    alwaysOn: false,
    zoneRedundancy: false,
    linux: true,
};
const shared: Capabilities = { ...free, tier: "Shared", family: "D", linux: false };
const basic: Capabilities = {
    ...free,
    tier: "Basic",
    family: "B",
    maximumInstances: 3,
    alwaysOn: true,
};
const standard: Capabilities = {
    ...basic,
    tier: "Standard",
    family: "S",
    maximumInstances: 10,
    slots: 5,
    autoscale: true,
};
const premiumV2: Capabilities = {
    ...standard,
    tier: "PremiumV2",
    family: "Pv2",
    maximumInstances: 30,
    slots: 20,
    zoneRedundancy: true,
};
const premium0V3: Capabilities = { ...premiumV2, tier: "Premium0V3", family: "Pv3" };
const premiumV3: Capabilities = { ...premiumV2, tier: "PremiumV3", family: "Pv3" };
const premiumMV3: Capabilities = { ...premiumV2, tier: "PremiumMV3", family: "Pmv3" };
const { maximumInstances: _, ...likeV3 } = premiumV3;
// No source gives the most instances of the fourth generation.
const premiumV4: Capabilities = { ...likeV3, tier: "PremiumV4", family: "Pv4" };
// No source gives the limits of the memory-optimised fourth generation.
const premiumMV4: Capabilities = {
    tier: "PremiumMV4",
    family: "Pmv4",
    alwaysOn: true,
    linux: true,
};
const isolatedV2: Capabilities = {
    ...premiumV2,
    tier: "IsolatedV2",
    family: "Iv2",
    maximumInstances: 100,
    needsEnvironment: true,
};

function sku(
    name: string,
    capabilities: Capabilities,
    virtualCpus?: number,
    memoryGib?: number,
): Sku {
    return { name, ...capabilities, virtualCpus, memoryGib };
}

/** Every size for web apps, from small to large. */
export const skus: readonly Sku[] = [
    sku("F1", free, undefined, 1),
    sku("D1", shared, undefined, 1),
    sku("B1", basic, 1, 1.75),
    sku("B2", basic, 2, 3.5),
    sku("B3", basic, 4, 7),
    sku("S1", standard, 1, 1.75),
    sku("S2", standard, 2, 3.5),
    sku("S3", standard, 4, 7),
    sku("P1v2", premiumV2, 1, 3.5),
    sku("P2v2", premiumV2, 2, 7),
    sku("P3v2", premiumV2, 4, 14),
    sku("P0v3", premium0V3, 1, 4),
    sku("P1v3", premiumV3, 2, 8),
    sku("P2v3", premiumV3, 4, 16),
    sku("P3v3", premiumV3, 8, 32),
    sku("P1mv3", premiumMV3, 2, 16),
    sku("P2mv3", premiumMV3, 4, 32),
    sku("P3mv3", premiumMV3, 8, 64),
    sku("P4mv3", premiumMV3, 16, 128),
    sku("P5mv3", premiumMV3, 32, 256),
    sku("P0v4", premiumV4, 1, 4),
    sku("P1v4", premiumV4, 2, 8),
    sku("P2v4", premiumV4, 4, 16),
    sku("P3v4", premiumV4, 8, 32),
    sku("P1mv4", premiumMV4, 2, 16),
    sku("P2mv4", premiumMV4, 4, 32),
    sku("P3mv4", premiumMV4, 8, 64),
    sku("P4mv4", premiumMV4, 16, 128),
    sku("P5mv4", premiumMV4, 32, 256),
    sku("I1v2", isolatedV2, 2, 8),
    sku("I2v2", isolatedV2, 4, 16),
    sku("I3v2", isolatedV2, 8, 32),
    sku("I4v2", isolatedV2, 16, 64),
    sku("I5v2", isolatedV2, 32, 128),
    sku("I6v2", isolatedV2, 64, 256),
];

const bySpelling = new Map(skus.map((row) => [row.name.toLowerCase(), row]));

/** The row of a SKU, whatever its case; undefined for what Azure does not offer to web apps. */
export function findSku(name: string): Sku | undefined {
    return bySpelling.get(name.trim().toLowerCase());
}

/** SKUs on which this project can run a container: Linux, outside an App Service Environment. */
export const containerSkus: readonly Sku[] = skus.filter(
    (row) => row.linux && !row.needsEnvironment,
);

/** Fewest instances of a zone-redundant plan. [zones] */
export const zoneRedundantMinimum = 2;

/** What is asked of a plan; what is left out is not asked for. */
export interface PlanRequest {
    readonly sku: string;
    readonly instances?: number;
    readonly slots?: number;
    readonly autoscale?: boolean;
    readonly alwaysOn?: boolean;
    readonly zoneRedundant?: boolean;
}

/** One thing that Azure would refuse, and how to mend it. */
export interface Problem {
    /** Field of the request that is at fault. */
    readonly field: string;
    readonly value: string;
    /** What is allowed instead, as the end of the sentence "expected ...". */
    readonly expected: string;
}

/** The names of the SKUs that can do something, for a message. */
function offering(can: (row: Sku) => boolean): string {
    return containerSkus
        .filter(can)
        .map((row) => row.name)
        .join(", ");
}

/** Everything about the request that Azure would refuse; empty if it can be had. */
export function planProblems(request: PlanRequest): Problem[] {
    const row = findSku(request.sku);
    if (!row || row.needsEnvironment || !row.linux) {
        const expected = `a size that runs Linux containers: ${offering(() => true)}`;
        return [{ field: "sku", value: request.sku, expected }];
    }
    const problems: Problem[] = [];
    const refuse = (field: string, value: unknown, expected: string) =>
        problems.push({ field, value: String(value), expected });

    const { instances = 1, slots = 0 } = request;
    const most = row.maximumInstances ?? Infinity;
    if (!Number.isInteger(instances) || instances < 1 || instances > most) {
        const larger = offering((other) => (other.maximumInstances ?? 0) >= instances);
        const way = instances > most && larger ? `, or a larger sku: ${larger}` : "";
        refuse("instances", instances, `a whole number from 1 to ${most} on ${row.name}${way}`);
    }
    if (row.slots !== undefined && slots > row.slots) {
        const larger = offering((other) => (other.slots ?? 0) >= slots);
        const way = larger ? `, or one of the sku ${larger}` : "";
        refuse("slots", slots, `at most ${row.slots} on ${row.name}${way}`);
    }
    if (request.autoscale && row.autoscale === false) {
        const able = offering((other) => other.autoscale === true);
        refuse("autoscale", true, `false on ${row.name}, or one of the sku ${able}`);
    }
    if (request.alwaysOn && row.alwaysOn === false) {
        const able = offering((other) => other.alwaysOn === true);
        refuse("alwaysOn", true, `false on ${row.name}, or one of the sku ${able}`);
    }
    if (request.zoneRedundant && row.zoneRedundancy === false) {
        const able = offering((other) => other.zoneRedundancy === true);
        refuse("zoneRedundant", true, `false on ${row.name}, or one of the sku ${able}`);
    } else if (request.zoneRedundant && instances < zoneRedundantMinimum) {
        refuse(
            "instances",
            instances,
            `at least ${zoneRedundantMinimum}, because the plan is zone redundant`,
        );
    }
    return problems;
}
