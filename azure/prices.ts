/**
 * What Azure charges for App Service plans on Linux, from a table with a date, and what costs nothing by itself.
 *
 * The table is data (retailPrices.json): each region with the published source of its figures, prices of an hour of one
 * instance, pay as you go, without taxes or discounts. `npm run prices` writes it anew from the Retail Prices API
 * (learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices). A price that no source gives
 * is absent, and never guessed from another.
 */
import data from "./retailPrices.json";
import { normalizeRegion } from "./regions";
import { findSku } from "./skus";

/** Hours that Azure's own calculator counts a month. Source: MicrosoftDocs/azure-docs issue 72280. */
export const hoursPerMonth = 730;

export interface PriceTable {
    /** Day on which the figures were collected, as `2026-11-22`. */
    readonly collected: string;
    /** ISO 4217 code of all figures. */
    readonly currency: string;
    /** By region, as the API spells it. */
    readonly regions: Readonly<Record<string, RegionPrices>>;
}

export interface RegionPrices {
    /** Where the figures were published. */
    readonly source: string;
    /** Price of one instance for an hour, by size as `findSku` spells it. */
    readonly hourly: Readonly<Record<string, number>>;
}

export const priceTable: PriceTable = data;

/** What a resource is billed for. */
export interface Billed {
    /** Size, as the resource asks for it. */
    readonly sku: string;
    readonly region: string;
    readonly instances: number;
    /** Whether the table can hold it: plans on Windows have other prices. */
    readonly listed: boolean;
}

/** Types that cost nothing themselves: an app is paid for by its plan, and these are only entries. */
const free =
    /^(azuread:|azure-native:(resources:ResourceGroup|web:WebApp\w*|authorization:\w+|managedidentity:\w+|monitor:AutoscaleSetting)$)/;

const text = (value: unknown) => (typeof value === "string" ? value : "");

/** What is to pay for a resource with these inputs; undefined where this project does not know. */
export function billing(
    type: string,
    inputs: Readonly<Record<string, unknown>>,
): Billed | "free" | undefined {
    if (free.test(type)) return "free";
    if (type !== "azure-native:web:AppServicePlan") return undefined;
    const { name, capacity } = (inputs.sku ?? {}) as { name?: unknown; capacity?: unknown };
    return {
        sku: findSku(text(name))?.name ?? text(name),
        region: normalizeRegion(text(inputs.location)),
        instances: typeof capacity === "number" ? capacity : 1,
        listed: inputs.reserved === true,
    };
}

/** Price of a month of what is billed, in the table's currency; undefined if the table does not have it. */
export function monthlyPrice(billed: Billed, table: PriceTable = priceTable): number | undefined {
    const sku = findSku(billed.sku);
    if (sku?.tier === "Free") return 0;
    const { hourly = {} } = table.regions[billed.region] ?? {};
    if (!sku || !billed.listed || !Object.hasOwn(hourly, sku.name)) return undefined;
    return hourly[sku.name]! * hoursPerMonth * billed.instances;
}
