/**
 * The command `npm run prices`: writes azure/retailPrices.json anew from Azure's public Retail Prices API, which asks
 * for no sign-in. Format: learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import type { PriceTable, RegionPrices } from "../azure/prices";
import { isRegion } from "../azure/regions";
import { findSku } from "../azure/skus";
import { UserError } from "../engine/userError";
import { readOptions } from "./options";

const usage = "npm run prices [-- --from <address of the API>] [--to <file>]";

const api = "https://prices.azure.com/api/retail/prices";

/** What the table is about: pay as you go for App Service. Names are compared with case by newer versions of the API. */
const filter = "serviceName eq 'Azure App Service' and priceType eq 'Consumption'";

const file = path.resolve(__dirname, "..", "azure", "retailPrices.json");

/** One price, as the API answers it. */
export interface Item {
    readonly currencyCode: string;
    readonly tierMinimumUnits: number;
    readonly retailPrice: number;
    readonly armRegionName: string;
    readonly effectiveStartDate: string;
    readonly productName: string;
    /** Such as `B1` or `P1 v3`. */
    readonly skuName: string;
    readonly unitOfMeasure: string;
    readonly type: string;
}

interface Page {
    readonly Items: readonly Item[];
    readonly NextPageLink?: string | null;
}

/** Most pages that are followed: the API answers up to 1,000 prices on each, and App Service has some thousands. */
const mostPages = 200;

async function readPage(address: string): Promise<Page> {
    let answer: Response;
    try {
        answer = await fetch(address, { signal: AbortSignal.timeout(60_000) });
    } catch (error) {
        const { cause } = error as { cause?: { message?: string } };
        const why = cause?.message ?? (error as Error).message;
        throw new UserError(`${new URL(address).host} could not be reached: ${why}. ${unchanged}`);
    }
    const body = await answer.text();
    const parsed = answer.ok ? parsePage(body) : undefined;
    if (!parsed) {
        throw new UserError(
            `${address} answered ${answer.status} and no prices: "${body.slice(0, 120)}". ${unchanged}`,
        );
    }
    return parsed;
}

const unchanged = "The table of prices is unchanged.";

function parsePage(body: string): Page | undefined {
    try {
        const page = JSON.parse(body) as Page;
        return Array.isArray(page.Items) ? page : undefined;
    } catch {
        return undefined;
    }
}

/** Everything that the API has, page by page; it asks nobody but the host it was pointed at. */
async function readItems(from: string): Promise<Item[]> {
    const items: Item[] = [];
    let next: string | null | undefined = `${from}?$filter=${encodeURIComponent(filter)}`;
    for (let pages = 0; next; pages++) {
        if (pages === mostPages) throw new UserError(`${from} has no last page. ${unchanged}`);
        const page: Page = await readPage(next);
        items.push(...page.Items);
        next = page.NextPageLink;
        if (next && new URL(next).hostname !== new URL(from).hostname) {
            throw new UserError(
                `${from} sends to another host, ${new URL(next).host}. ${unchanged}`,
            );
        }
    }
    return items;
}

/** The prices that count, by region and size: of those in force on a day the latest, of plans on Linux. */
export function makeTable(items: readonly Item[], source: string, day: Date): PriceTable {
    const latest = new Map<string, Item>();
    for (const item of items) {
        const sku = findSku(item.skuName.replaceAll(" ", ""));
        const counts =
            sku !== undefined &&
            sku.tier !== "Free" &&
            item.type === "Consumption" &&
            item.currencyCode === "USD" &&
            item.unitOfMeasure === "1 Hour" &&
            item.tierMinimumUnits === 0 &&
            item.productName.endsWith(" - Linux") &&
            isRegion(item.armRegionName) &&
            new Date(item.effectiveStartDate) <= day;
        if (!counts) continue;
        const key = `${item.armRegionName} ${sku.name}`;
        const known = latest.get(key);
        if (!known || known.effectiveStartDate < item.effectiveStartDate) latest.set(key, item);
    }
    const regions: Record<string, RegionPrices> = {};
    for (const key of [...latest.keys()].sort()) {
        const [region = "", sku = ""] = key.split(" ");
        const { hourly = {} } = regions[region] ?? {};
        regions[region] = { source, hourly: { ...hourly, [sku]: latest.get(key)!.retailPrice } };
    }
    return { collected: day.toISOString().slice(0, 10), currency: "USD", regions };
}

export async function main(args: string[]): Promise<number> {
    const text = { type: "string" } as const;
    const { values } = readOptions(args, { from: text, to: text }, usage);
    const { from = api, to: given = file } = values;
    if (given === "") throw new UserError(`--to wants a file. ${usage}`);
    const to = path.resolve(given);
    if (!URL.canParse(from)) throw new UserError(`"${from}" is no address. ${usage}`);
    const table = makeTable(await readItems(from), from, new Date());
    const count = Object.values(table.regions).flatMap(({ hourly }) => Object.keys(hourly)).length;
    if (count === 0) {
        throw new UserError(`${from} answered no price of App Service on Linux. ${unchanged}`);
    }
    fs.writeFileSync(to, `${JSON.stringify(table, undefined, 4)}\n`);
    const regions = Object.keys(table.regions).length;
    console.log(`${count} prices in ${regions} regions written to ${path.relative(".", to)}.`);
    return 0;
}
