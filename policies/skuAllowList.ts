import type { ResourceValidationPolicy } from "@pulumi/policy";
import { giveUpOn, isType, known, list, settings } from "./support";

interface Config {
    appServicePlan: string[];
    maxCapacity: number;
}

const defaults: Config = { appServicePlan: ["B2"], maxCapacity: 1 };

/** App Service plans have an allowed size and no more than the allowed number of instances. */
export const skuAllowList: ResourceValidationPolicy = {
    name: "sku-allow-list",
    description:
        "An App Service plan must have an allowed size and an allowed number of instances.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
        'Set "sku" and "instances" to what the list allows, or extend sku-allow-list in policies/config.<stack>.json.',
    configSchema: {
        properties: {
            appServicePlan: {
                type: "array",
                items: { type: "string" },
                description: "Allowed values of sku.name; case does not matter.",
                default: defaults.appServicePlan,
            },
            maxCapacity: {
                type: "integer",
                minimum: 1,
                description: "Most instances of a plan.",
                default: defaults.maxCapacity,
            },
        },
    },
    validateResource(args, reportViolation) {
        if (!isType(args.type, "web:AppServicePlan")) return;
        const { appServicePlan, maxCapacity } = settings(args, defaults);

        const name = known(args.props, "sku.name");
        if (name.known) {
            const allowed = appServicePlan.map((sku) => sku.toLowerCase());
            if (
                typeof name.value !== "string" ||
                !allowed.includes(name.value.trim().toLowerCase())
            ) {
                reportViolation(
                    `sku.name is ${name.value === undefined ? "not set" : `"${String(name.value)}"`}; allowed: ${list(appServicePlan)}. ` +
                        'Set it with "pulumi config set sku <one of these>".',
                );
            }
        }
        const capacity = known(args.props, "sku.capacity");
        if (capacity.known && Number(capacity.value ?? 1) > maxCapacity) {
            reportViolation(
                `sku.capacity is ${String(capacity.value)}; at most ${maxCapacity} allowed. ` +
                    `Set it with "pulumi config set instances ${maxCapacity}".`,
            );
        }
        giveUpOn([name, capacity]);
    },
};
