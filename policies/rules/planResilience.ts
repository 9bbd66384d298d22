import { zoneRedundantMinimum } from "../../azure/skus";
import { flag, whole } from "../options";
import { rule } from "../rule";
import { isAbsent, isTrue, number, shown } from "../values";

/** A plan outlives the loss of one machine, and if asked of one building. */
export const planResilience = rule({
    id: "plan-resilience",
    description: "An App Service plan must have more than one instance.",
    types: ["web:AppServicePlan"],
    severity: "medium",
    level: "disabled",
    why: "With one instance every restart is an outage. Off, as this stack's B2 with one instance is a choice.",
    fix: "sku: { capacity: 2 }, zoneRedundant: true on a Premium size",
    setting: "pulumi config set instances 2",
    peers: [
        "checkov CKV_AZURE_212",
        "checkov CKV_AZURE_225",
        "PSRule AZR-000071",
        "PSRule AZR-000442",
    ],
    options: {
        minCapacity: whole(zoneRedundantMinimum, "Fewest instances.", 1),
        requireZones: flag(false, "Whether instances must be spread over zones, too."),
    },
    check({ props, options, must, violation }) {
        const capacity = props.read("sku.capacity");
        const count =
            capacity.known && isAbsent(capacity.value)
                ? 1
                : number(capacity.known ? capacity.value : NaN);
        if (capacity.known && !(count >= options.minCapacity)) {
            violation({
                where: "sku.capacity",
                is: shown(capacity.value),
                allowed: `${options.minCapacity} or more`,
            });
        }
        if (options.requireZones) must("zoneRedundant", isTrue, "true");
    },
});
