import type { ResourceValidationPolicy } from "@pulumi/policy";
import { normalizeRegion } from "../azure/regions";
import { giveUpOn, isAzure, known, list, settings } from "./support";

interface Config {
    listOfAllowedLocations: string[];
}

const defaults: Config = { listOfAllowedLocations: ["westeurope"] };

/** Where Azure keeps what belongs to no region. */
const everywhere = "global";

/** Everything that has a location is in an allowed region. */
export const regionAllowList: ResourceValidationPolicy = {
    name: "region-allow-list",
    description: "A resource must be in an allowed region.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
        'Set "location" to an allowed region, or extend region-allow-list in policies/config.<stack>.json.',
    configSchema: {
        properties: {
            listOfAllowedLocations: {
                type: "array",
                items: { type: "string" },
                description: "Allowed regions; case and spaces do not matter.",
                default: defaults.listOfAllowedLocations,
            },
        },
    },
    validateResource(args, reportViolation) {
        if (!isAzure(args.type)) return;
        const { listOfAllowedLocations } = settings(args, defaults);
        const location = known(args.props, "location");
        if (!location.known) return giveUpOn([location]);
        // Children and extensions are where their parent is, and have no location of their own.
        if (typeof location.value !== "string") return;
        const allowed = [...listOfAllowedLocations.map(normalizeRegion), everywhere];
        if (allowed.includes(normalizeRegion(location.value))) return;
        reportViolation(
            `location is "${location.value}"; allowed: ${list(listOfAllowedLocations)}. ` +
                'Set it with "pulumi config set location <one of these>".',
        );
    },
};
