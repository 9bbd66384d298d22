/** What a stack costs in a month, before and after, from a table of prices with a date. */
import { billing, monthlyPrice, type Billed, type PriceTable } from "../../azure/prices";

export interface Cost {
    readonly sku: string;
    readonly region: string;
    readonly instances: number;
    /** Price of a month of all instances; undefined where the table has none. */
    readonly monthly?: number;
}

export interface CostLine {
    readonly name: string;
    /** Before the change; undefined if there is nothing yet. */
    readonly old?: Cost;
    /** After it; undefined if nothing is left. */
    readonly now?: Cost;
}

export interface Total {
    readonly monthly: number;
    /** Whether there is something without a price, so that the sum is "at least". */
    readonly atLeast: boolean;
}

/** An estimate: list prices, around the clock, without traffic, taxes and discounts. */
export interface Estimate {
    readonly currency: string;
    /** Day of the table. */
    readonly collected: string;
    readonly lines: readonly CostLine[];
    readonly old: Total;
    readonly now: Total;
    /** Types that this project does not know the price of, and how many there are after the change. */
    readonly unknown: Readonly<Record<string, number>>;
    /** Where the prices were published, by region. */
    readonly sources: Readonly<Record<string, string>>;
}

/** A resource before and after. */
export interface Priced {
    readonly name: string;
    readonly type: string;
    readonly old?: Readonly<Record<string, unknown>>;
    readonly now?: Readonly<Record<string, unknown>>;
}

function cost(billed: Billed, table: PriceTable): Cost {
    const { sku, region, instances } = billed;
    return { sku, region, instances, monthly: monthlyPrice(billed, table) };
}

export function estimate(resources: readonly Priced[], table: PriceTable): Estimate {
    const lines: CostLine[] = [];
    const unknown: Record<string, number> = {};
    let [oldUnknown, nowUnknown] = [false, false];
    for (const { name, type, old, now } of resources) {
        const before = old && billing(type, old);
        const after = now && billing(type, now);
        if (old && !before) oldUnknown = true;
        if (now && !after) {
            nowUnknown = true;
            unknown[type] = (unknown[type] ?? 0) + 1;
        }
        const paid = (billed: typeof before) =>
            billed && billed !== "free" ? cost(billed, table) : undefined;
        const line = { name, old: paid(before), now: paid(after) };
        if (line.old || line.now) lines.push(line);
    }
    const total = (side: "old" | "now", others: boolean): Total => {
        const costs = lines.flatMap((line) => line[side] ?? []);
        return {
            monthly: costs.reduce((sum, { monthly = 0 }) => sum + monthly, 0),
            atLeast: others || costs.some(({ monthly }) => monthly === undefined),
        };
    };
    const regions = lines
        .flatMap(({ old, now }) => [old, now])
        .flatMap((each) => (each?.monthly === undefined ? [] : [each.region]));
    const sources = [...new Set(regions)]
        .filter((region) => Object.hasOwn(table.regions, region))
        .map((region) => [region, table.regions[region]!.source]);
    return {
        currency: table.currency,
        collected: table.collected,
        lines,
        unknown,
        old: total("old", oldUnknown),
        now: total("now", nowUnknown),
        sources: Object.fromEntries(sources),
    };
}
