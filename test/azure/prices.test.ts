/**
 * The table of prices and what is looked up in it.
 * Cannot show that a figure is what Azure charges today, nor for a contract of one's own.
 */
import { billing, hoursPerMonth, monthlyPrice, priceTable } from "../../azure/prices";
import { isRegion } from "../../azure/regions";
import { findSku } from "../../azure/skus";

const plan = "azure-native:web:AppServicePlan";
const inputs = { sku: { name: "b1", capacity: 2 }, location: "West Europe", reserved: true };

describe("the price table", () => {
    it("has a date, a currency, and a source for every region", () => {
        expect(priceTable.collected).toMatch(/^20\d\d-\d\d-\d\d$/);
        expect(priceTable.currency).toMatch(/^[A-Z]{3}$/);
        for (const [region, { source, hourly }] of Object.entries(priceTable.regions)) {
            expect([region, isRegion(region)]).toEqual([region, true]);
            expect(source).toMatch(/\w/);
            expect(Object.keys(hourly)).not.toEqual([]);
        }
    });

    it("names sizes as Azure does, with a price above nothing", () => {
        for (const { hourly } of Object.values(priceTable.regions)) {
            for (const [sku, price] of Object.entries(hourly)) {
                expect(findSku(sku)?.name).toBe(sku);
                expect(price).toBeGreaterThan(0);
            }
        }
    });
});

describe("what a resource is billed for", () => {
    it("is a plan's size, region and number of instances", () => {
        const expected = { sku: "B1", region: "westeurope", instances: 2, listed: true };
        expect(billing(plan, inputs)).toEqual(expected);
    });

    it("is nothing for an app, a group, a role and the directory's entries", () => {
        const types = [
            "azure-native:web:WebApp",
            "azure-native:web:WebAppScmAllowed",
            "azure-native:resources:ResourceGroup",
            "azure-native:authorization:RoleAssignment",
            "azuread:index/application:Application",
        ];
        for (const type of types) expect([type, billing(type, {})]).toEqual([type, "free"]);
    });

    it("is not known of other types", () => {
        expect(billing("azure-native:containerservice:ManagedCluster", {})).toBeUndefined();
    });
});

describe("the price of a month", () => {
    const table = {
        collected: "2026-01-01",
        currency: "USD",
        regions: { westeurope: { source: "a test", hourly: { B1: 0.5 } } },
    };
    const price = (more: object) => {
        const billed = billing(plan, { ...inputs, ...more });
        return billed && billed !== "free" ? monthlyPrice(billed, table) : NaN;
    };

    it("is that of all instances, around the clock", () => {
        expect(price({})).toBe(0.5 * hoursPerMonth * 2);
    });

    it("is nothing for a Free plan", () => {
        expect(price({ sku: { name: "F1" } })).toBe(0);
    });

    it.each([
        ["a size that the table does not have", { sku: { name: "B2" } }],
        ["a size that Azure does not have", { sku: { name: "constructor" } }],
        ["a region that the table does not have", { location: "eastus" }],
        ["a region that is known later", { location: undefined }],
        ["a plan on Windows", { reserved: false }],
    ])("is not known of %s", (_, more) => {
        expect(price(more)).toBeUndefined();
    });
});
