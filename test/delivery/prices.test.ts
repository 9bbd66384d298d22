/**
 * Prices, read from a local server that answers as the Retail Prices API does: pages of items, NextPageLink.
 * Cannot show that the real API still answers like that, nor how many prices it has.
 */
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { main, makeTable, type Item } from "../../delivery/prices";
import { temporaryFolder } from "../support/temporaryFolder";

/** As the API answered for West Europe (see the source in azure/retailPrices.json), with the fields that it documents. */
const item: Item = {
    currencyCode: "USD",
    tierMinimumUnits: 0,
    retailPrice: 0.018,
    armRegionName: "westeurope",
    effectiveStartDate: "2019-06-01T00:00:00Z",
    productName: "Azure App Service Basic Plan - Linux",
    skuName: "B1",
    unitOfMeasure: "1 Hour",
    type: "Consumption",
};
const day = new Date("2026-11-22T12:00:00Z");

describe("the table", () => {
    const hourly = (...items: Partial<Item>[]) => {
        const all = items.map((each) => ({ ...item, ...each }));
        return makeTable(all, "a test", day).regions.westeurope?.hourly;
    };

    it("has the price of an hour by region and size, spelt as Azure's", () => {
        const premium = {
            skuName: "P1 v3",
            productName: "Azure App Service Premium v3 Plan - Linux",
            retailPrice: 0.2,
        };
        expect(hourly({}, premium)).toEqual({ B1: 0.018, P1v3: 0.2 });
    });

    it("has the latest price that is in force", () => {
        const old = { effectiveStartDate: "2018-01-01T00:00:00Z", retailPrice: 1 };
        const next = { effectiveStartDate: "2027-01-01T00:00:00Z", retailPrice: 2 };
        expect(hourly(old, {}, next)).toEqual({ B1: 0.018 });
        expect(hourly(next, {}, old)).toEqual({ B1: 0.018 });
    });

    it.each([
        ["Windows", { productName: "Azure App Service Basic Plan" }],
        ["reservations", { type: "Reservation" }],
        ["other units", { unitOfMeasure: "1/Month" }],
        ["other currencies", { currencyCode: "EUR" }],
        ["prices from an amount on", { tierMinimumUnits: 100 }],
        ["other products", { skuName: "SNI SSL" }],
        ["regions that are none", { armRegionName: "Global" }],
    ])("leaves %s out", (_, change) => {
        expect(hourly(change)).toBeUndefined();
    });
});

describe("npm run prices", () => {
    const folder = temporaryFolder();
    const file = () => path.join(folder, "prices.json");
    let server: http.Server;
    let address = "";
    let answers: Record<string, { status?: number; body: unknown }> = {};
    const asked: string[] = [];

    beforeAll(async () => {
        server = http.createServer((request, response) => {
            const url = new URL(request.url!, address);
            asked.push(decodeURIComponent(url.search));
            const skip = url.searchParams.get("$skip") ?? "0";
            const { status = 200, body } = answers[skip] ?? { status: 404, body: "" };
            response.writeHead(status, { "content-type": "application/json" });
            response.end(typeof body === "string" ? body : JSON.stringify(body));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/retail/prices`;
        jest.spyOn(console, "log").mockImplementation();
    });
    afterAll(() => {
        jest.restoreAllMocks();
        server.close();
    });

    const page = (items: Partial<Item>[], next: string | null) => ({
        BillingCurrency: "USD",
        CustomerEntityId: "Default",
        CustomerEntityType: "Retail",
        Items: items.map((each) => ({ ...item, ...each })),
        NextPageLink: next,
        Count: items.length,
    });
    const run = () => main(["--from", address, "--to", file()]);

    it("follows all pages, and writes a table with date and source", async () => {
        answers = {
            "0": { body: page([{}], `${address}?$filter=x&$skip=1`) },
            "1": { body: page([{ armRegionName: "eastus", retailPrice: 0.017 }], null) },
        };
        expect(await run()).toBe(0);
        const text = fs.readFileSync(file(), "utf8");
        const table = JSON.parse(text);
        expect(table.collected).toBe(new Date().toISOString().slice(0, 10));
        expect(table.regions).toEqual({
            eastus: { source: address, hourly: { B1: 0.017 } },
            westeurope: { source: address, hourly: { B1: 0.018 } },
        });
        // As the formatter would have it, so that a commit of it passes the checks.
        expect(text).toBe(`${JSON.stringify(table, undefined, 4)}\n`);
        expect(asked[0]).toBe(
            "?$filter=serviceName eq 'Azure App Service' and priceType eq 'Consumption'",
        );
    });

    it.each([
        [
            "an error of the API",
            { "0": { status: 500, body: "no" } },
            'answered 500 and no prices: "no"',
        ],
        ["an answer that is no JSON", { "0": { body: "<html>" } }, "answered 200 and no prices"],
        ["an answer without items", { "0": { body: {} } }, "answered 200 and no prices"],
        ["no price at all", { "0": { body: page([], null) } }, "no price of App Service on Linux"],
        [
            "a link to another host",
            { "0": { body: page([{}], "http://192.0.2.1/") } },
            "sends to another host, 192.0.2.1",
        ],
    ])("fails on %s, and leaves the table as it is", async (_, given, message) => {
        fs.writeFileSync(file(), "before");
        answers = given;
        await expect(run()).rejects.toThrow(message);
        await expect(run()).rejects.toThrow("table of prices is unchanged");
        expect(fs.readFileSync(file(), "utf8")).toBe("before");
    });

    it("fails where nobody answers", async () => {
        const closed = "http://127.0.0.1:1/api";
        await expect(main(["--from", closed])).rejects.toThrow("127.0.0.1:1 could not be reached");
    });

    it("fails on what it does not know", async () => {
        await expect(main(["--now"])).rejects.toThrow("npm run prices");
        await expect(main(["--to", ""])).rejects.toThrow("--to wants a file");
        await expect(main(["now"])).rejects.toThrow('"now" is not understood');
        await expect(main(["--from", "nowhere"])).rejects.toThrow('"nowhere" is no address');
    });
});
