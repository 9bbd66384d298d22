import { monthlyPrice } from "../../azure/prices";
import { normalizeRegion } from "../../azure/regions";
import { flag, numberMap, whole } from "../options";
import { stackRule, type StackResource } from "../rule";
import { isAbsent, list, number, word } from "../values";

/** One thing that is paid by the month, and how much of it. */
interface Item {
    readonly key: string;
    readonly amount: number;
}

/** What a stack costs in a month is known before it is made. */
export const monthlyCostEstimate = stackRule({
    id: "monthly-cost-estimate",
    description: "A stack must cost no more in a month than allowed, by the prices given.",
    severity: "medium",
    level: "advisory",
    why:
        "A preview shows what is made, and not what it costs. Prices differ by contract and change, so this rule " +
        "says nothing without any, or without a yes to the published ones that the pack has.",
    fix: "a smaller size, fewer instances, or a higher maxMonthlyCost",
    setting: "pulumi config set sku, and instances",
    peers: ["clstokes/pulumi-policy-aws-cost (AWS and GCP only)"],
    onUnknown: "skip",
    options: {
        maxMonthlyCost: whole(100, "Highest cost of a month, in the currency of the prices.", 0),
        prices: numberMap(
            {},
            'Price of a month by size, such as "B2", or by size and region, such as "B2@westeurope"; of ' +
                'container groups "container-cpu" and "container-gib".',
        ),
        listPrices: flag(
            false,
            "Whether to count App Service plans on Linux, where `prices` has none, by published list prices in USD.",
        ),
    },
    check({ resources, options, violation, advise }) {
        if (Object.keys(options.prices).length === 0 && !options.listPrices) return;
        const prices = new Map(
            Object.entries(options.prices).map(([key, price]) => [key.trim().toLowerCase(), price]),
        );
        const unpriced = new Set<string>();
        let sum = 0;
        for (const resource of resources) {
            const region = resource.inputs.value("location");
            const place = typeof region === "string" ? normalizeRegion(region) : "";
            const at = place && `@${place}`;
            const listed = resource.inputs.value("reserved") === true;
            const listPrice = (sku: string) =>
                options.listPrices
                    ? monthlyPrice({ sku, region: place, instances: 1, listed })
                    : undefined;
            for (const { key, amount } of items(resource)) {
                const price = prices.get(key + at) ?? prices.get(key) ?? listPrice(key);
                if (price === undefined) unpriced.add(key + at);
                else sum += price * amount;
            }
        }
        if (sum > options.maxMonthlyCost) {
            const is = `at least ${sum.toFixed(2)} a month; at most ${options.maxMonthlyCost} allowed`;
            violation({ where: "The sum of prices", is });
        }
        if (unpriced.size > 0)
            advise(
                `No price is given for ${list([...unpriced])}: the sum of ${sum.toFixed(2)} is without.`,
            );
    },
});

function items({ type, inputs }: StackResource): Item[] {
    const item = (size: unknown, amount: unknown): Item[] => {
        const key = word(size);
        const count = isAbsent(amount) ? 1 : number(amount);
        return key === undefined || Number.isNaN(count) ? [] : [{ key, amount: count }];
    };
    switch (type.name) {
        case "web:AppServicePlan":
            return item(inputs.value("sku.name"), inputs.value("sku.capacity"));
        case "containerservice:ManagedCluster":
            return inputs
                .each("agentPoolProfiles")
                .flatMap((pool) => item(pool.value("vmSize"), pool.value("count")));
        case "containerservice:AgentPool":
            return item(inputs.value("vmSize"), inputs.value("count"));
        case "machinelearningservices:Compute":
            return item(
                inputs.value("properties.properties.vmSize"),
                inputs.value("properties.properties.scaleSettings.maxNodeCount"),
            );
        case "containerinstance:ContainerGroup":
            return inputs
                .each("containers")
                .flatMap((container) => [
                    ...item("container-cpu", container.value("resources.requests.cpu")),
                    ...item("container-gib", container.value("resources.requests.memoryInGB")),
                ]);
        default:
            return [];
    }
}
