/**
 * Every row of the table of refusals: what it refuses, with its code, and the nearest thing that it lets be.
 * Cannot show that the real Azure refuses the same; where each row comes from is said in the row.
 */
import * as path from "node:path";
import { freePlansPerRegion, plansPerGroup, sitesPerPlan } from "../../azure/limits";
import type { Cloud } from "../../local/cloud/cloud";
import { setOldUnit, setQuota } from "../../local/cloud/conditions";
import { CloudError } from "../../local/cloud/errors";
import { findDeletedVault } from "../../local/cloud/models/vaults";
import { refusal, rules, type RuleName } from "../../local/cloud/rules";
import type { Document } from "../../local/cloud/store";
import {
    azureWithShop,
    group,
    inGroup,
    lock,
    lockBody,
    plan,
    planBody,
    site,
    siteBody,
    subscriptionId,
    vault,
    vaultBody,
    westEurope,
} from "../support/localAzure";
import { temporaryFolder } from "../support/temporaryFolder";

type Step = (cloud: Cloud) => Promise<unknown>;

interface Case {
    /** What is there before, for both. */
    readonly before?: Step;
    readonly refused: Step;
    /** The nearest that Azure lets be. */
    readonly allowed: Step;
}

const put =
    (id: string, body: Document): Step =>
    (cloud) =>
        cloud.put(id, body);
const all =
    (...steps: Step[]): Step =>
    async (cloud) => {
        for (const step of steps) await step(cloud);
    };
const remove =
    (id: string): Step =>
    (cloud) =>
        cloud.delete(id);
const windows = { reserved: false };
const slot = (name: string, app = "shop") => `${site(app)}/slots/${name}`;
const autoscale = (name: string) => inGroup("Microsoft.Insights/autoscaleSettings", name);
const autoscaleBody = (target: string) => ({
    ...westEurope,
    properties: { targetResourceUri: target, profiles: [] },
});
const otherGroup = put(group("other"), westEurope);
const alwaysOn = (value: boolean) => siteBody({ siteConfig: { alwaysOn: value } });
const onPlan = (name: string, more: Document = {}) =>
    siteBody({ serverFarmId: plan(name), ...more });
const quota =
    (tier: string, limit: number): Step =>
    async ({ store }) =>
        setQuota(store, subscriptionId, tier, limit);
const oldUnit: Step = async ({ store }) => setOldUnit(store, true);

function times(count: number, step: (index: number) => Step): Step {
    return all(...Array.from({ length: count }, (_, index) => step(index)));
}

/** Purges as `npm run local -- purge` does. */
const purge =
    (name: string): Step =>
    (cloud) =>
        cloud.post(String(findDeletedVault(cloud.store, name)!.id), "purge");

const cases: Record<RuleName, Case> = {
    subscriptionNotFound: {
        refused: (cloud) => cloud.put(group("x").replace(subscriptionId, "another"), westEurope),
        allowed: (cloud) =>
            cloud.put(group("x").replace(subscriptionId, subscriptionId.toUpperCase()), westEurope),
    },
    resourceGroupNotFound: {
        refused: put(plan("q", "nowhere"), planBody("B2")),
        allowed: put(plan("q", "G"), planBody("B2")),
    },
    parentResourceNotFound: {
        refused: put(`${site("nobody")}/config/web`, {}),
        allowed: put(`${site("shop")}/config/web`, {}),
    },
    locationRequired: {
        refused: put(plan("q"), { sku: { name: "B2" } }),
        allowed: put(plan("p"), { sku: { name: "B2" }, properties: { reserved: true } }),
    },
    locationNotAvailable: {
        refused: put(group("x"), { location: "mars" }),
        allowed: put(group("x"), { location: "UK South" }),
    },
    locationChanged: {
        refused: put(plan("p"), { ...planBody("B2"), location: "northeurope" }),
        allowed: put(plan("p"), { ...planBody("B2"), location: "West Europe" }),
    },
    scopeLocked: {
        before: put(lock(site("shop")), lockBody("CanNotDelete")),
        refused: remove(site("shop")),
        allowed: put(site("shop"), siteBody({ httpsOnly: true })),
    },

    groupName: {
        refused: put(group("ends."), westEurope),
        allowed: put(group("ends.not"), westEurope),
    },
    groupDeletionBlocked: {
        before: all(otherGroup, put(site("second", "other"), siteBody())),
        refused: remove(group("g")),
        allowed: remove(group("other")),
    },

    planName: {
        refused: put(plan("a.b"), planBody("B2")),
        allowed: put(plan("a_b"), planBody("B2")),
    },
    planSku: {
        refused: put(plan("q"), planBody("Z9")),
        allowed: put(plan("q"), planBody("b2")),
    },
    planInstances: {
        refused: put(plan("q"), planBody("B2", {}, 4)),
        allowed: put(plan("q"), planBody("B2", {}, 3)),
    },
    planZones: {
        refused: put(plan("q"), planBody("S1", { zoneRedundant: true }, 2)),
        allowed: put(plan("q"), planBody("P1v3", { zoneRedundant: true }, 2)),
    },
    planZoneInstances: {
        refused: put(plan("q"), planBody("P1v3", { zoneRedundant: true }, 1)),
        allowed: put(plan("q"), planBody("P1v3", { zoneRedundant: false }, 1)),
    },
    planSystem: {
        refused: put(plan("p"), { ...westEurope, sku: { name: "B2" }, properties: {} }),
        allowed: all(put(plan("w"), planBody("B2", windows)), put(plan("w"), planBody("B2"))),
    },
    planAlwaysOn: {
        before: put(site("shop"), alwaysOn(true)),
        refused: put(plan("p"), planBody("F1")),
        allowed: all(put(site("shop"), alwaysOn(false)), put(plan("p"), planBody("F1"))),
    },
    planSlots: {
        before: all(put(plan("p"), planBody("S1")), put(slot("stage"), siteBody())),
        refused: put(plan("p"), planBody("B2")),
        allowed: all(remove(slot("stage")), put(plan("p"), planBody("B2"))),
    },
    planHasApps: {
        refused: remove(plan("p")),
        allowed: all(remove(site("shop")), remove(plan("p"))),
    },
    freePlans: {
        before: times(freePlansPerRegion, (i) => put(plan(`f${i}`), planBody("F1", windows))),
        refused: put(plan("one-more"), planBody("F1", windows)),
        allowed: all(
            put(plan("f0"), planBody("F1", { ...windows, perSiteScaling: true })),
            put(plan("elsewhere"), { ...planBody("F1", windows), location: "uksouth" }),
        ),
    },
    freeLinuxPlans: {
        before: put(plan("free"), planBody("F1")),
        refused: put(plan("second"), planBody("F1")),
        allowed: all(
            put(plan("windows"), planBody("F1", windows)),
            put(plan("elsewhere"), { ...planBody("F1"), location: "uksouth" }),
        ),
    },
    plansInGroup: {
        before: times(plansPerGroup("Shared"), (i) => put(plan(`d${i}`), planBody("D1", windows))),
        refused: put(plan("one-more"), planBody("D1", windows)),
        allowed: all(
            put(plan("basic"), planBody("B1", windows)),
            otherGroup,
            put(plan("one-more", "other"), planBody("D1", windows)),
        ),
    },
    quota: {
        before: quota("Basic", 2),
        refused: put(plan("q"), planBody("B1", {}, 2)),
        allowed: all(
            put(plan("q"), planBody("B1", {}, 1)),
            put(plan("standard"), planBody("S1", {}, 3)),
            put(plan("elsewhere"), { ...planBody("B1", {}, 2), location: "uksouth" }),
        ),
    },
    linuxWorkers: {
        before: all(otherGroup, put(plan("w", "other"), planBody("B2", windows)), oldUnit),
        refused: put(plan("q", "other"), planBody("B2")),
        allowed: all(
            put(plan("q"), planBody("B2")),
            put(plan("q", "other"), { ...planBody("B2"), location: "uksouth" }),
        ),
    },
    windowsWorkers: {
        before: oldUnit,
        refused: put(plan("w"), planBody("B2", windows)),
        allowed: all(otherGroup, put(plan("w", "other"), planBody("B2", windows))),
    },
    premiumV3Unit: {
        before: oldUnit,
        refused: put(plan("p"), planBody("P1v3")),
        allowed: all(
            put(plan("p"), planBody("P1v2")),
            otherGroup,
            put(plan("q", "other"), planBody("P1v3")),
            put(plan("q", "other"), planBody("P2v3")),
        ),
    },

    siteName: {
        refused: put(site("a_b"), siteBody()),
        allowed: put(site("a-b"), siteBody()),
    },
    siteNameTaken: {
        before: otherGroup,
        refused: put(site("SHOP", "other"), siteBody()),
        allowed: put(site("SHOP"), siteBody()),
    },
    sitePlanMissing: {
        refused: put(site("new"), onPlan("nowhere")),
        allowed: put(site("new"), onPlan("P")),
    },
    sitePlanRegion: {
        refused: put(site("new"), { ...siteBody(), location: "northeurope" }),
        allowed: put(site("new"), { ...siteBody(), location: "West Europe" }),
    },
    sitePlanMoved: {
        before: all(
            otherGroup,
            put(plan("q", "other"), planBody("B2")),
            put(plan("q"), planBody("B2")),
        ),
        refused: put(site("shop"), siteBody({ serverFarmId: plan("q", "other") })),
        allowed: all(
            put(site("shop"), onPlan("q")),
            put(site("new"), siteBody({ serverFarmId: plan("q", "other") })),
        ),
    },
    siteSystem: {
        before: put(plan("w"), planBody("B2", windows)),
        refused: put(site("new"), onPlan("w")),
        allowed: put(site("new"), { ...onPlan("w"), kind: "app" }),
    },
    siteAlwaysOn: {
        before: put(plan("free"), planBody("F1")),
        refused: put(site("new"), onPlan("free", { siteConfig: { alwaysOn: true } })),
        allowed: all(
            put(site("new"), onPlan("free", { siteConfig: { alwaysOn: false } })),
            put(site("shop"), alwaysOn(true)),
        ),
    },
    sitesOnPlan: {
        before: all(
            put(plan("free"), planBody("F1")),
            times(sitesPerPlan("Free"), (i) => put(site(`app${i}`), onPlan("free"))),
        ),
        refused: put(site("one-more"), onPlan("free")),
        allowed: all(
            put(site("app0"), onPlan("free", { httpsOnly: true })),
            put(site("one-more"), onPlan("p")),
        ),
    },

    slotName: {
        before: put(plan("p"), planBody("S1")),
        refused: put(slot("a_b"), siteBody()),
        allowed: put(slot("a-b"), siteBody()),
    },
    slotsOfSku: {
        before: all(
            put(plan("p"), planBody("S1")),
            times(5, (i) => put(slot(`s${i}`), siteBody())),
        ),
        refused: put(slot("one-more"), siteBody()),
        allowed: all(
            put(slot("s0"), siteBody({ httpsOnly: true })),
            put(plan("p"), planBody("P1v3")),
            put(slot("one-more"), siteBody()),
        ),
    },

    autoscaleSku: {
        before: put(plan("s"), planBody("S1")),
        refused: put(autoscale("a"), autoscaleBody(plan("p"))),
        allowed: put(autoscale("a"), autoscaleBody(plan("s"))),
    },
    autoscaleTwice: {
        before: all(put(plan("s"), planBody("S1")), put(autoscale("a"), autoscaleBody(plan("s")))),
        refused: put(autoscale("b"), autoscaleBody(plan("S"))),
        allowed: all(
            put(autoscale("a"), autoscaleBody(plan("s"))),
            remove(autoscale("a")),
            put(autoscale("b"), autoscaleBody(plan("s"))),
        ),
    },

    vaultName: {
        refused: put(vault("two--hyphens"), vaultBody()),
        allowed: put(vault("one-hyphen"), vaultBody()),
    },
    vaultNameTaken: {
        before: all(otherGroup, put(vault("keys"), vaultBody())),
        refused: put(vault("Keys", "other"), vaultBody()),
        allowed: put(vault("keys"), vaultBody()),
    },
    vaultDeleted: {
        before: all(put(vault("keys"), vaultBody()), remove(vault("keys"))),
        refused: put(vault("keys"), vaultBody()),
        allowed: all(purge("keys"), put(vault("keys"), vaultBody())),
    },
    vaultNotDeleted: {
        before: all(put(vault("old"), vaultBody()), remove(vault("old"))),
        refused: put(vault("keys"), vaultBody({ createMode: "recover" })),
        allowed: put(vault("old"), vaultBody({ createMode: "recover" })),
    },
    vaultRetention: {
        refused: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 6 })),
        allowed: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 7 })),
    },
    vaultRetentionChanged: {
        before: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 7 })),
        refused: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 8 })),
        allowed: all(
            put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 7 })),
            put(vault("keys"), vaultBody()),
        ),
    },
    vaultPurgeProtection: {
        refused: put(vault("keys"), vaultBody({ enablePurgeProtection: false })),
        allowed: put(vault("keys"), vaultBody({ enablePurgeProtection: true })),
    },
    vaultPurge: {
        before: all(
            put(vault("kept"), vaultBody({ enablePurgeProtection: true })),
            put(vault("keys"), vaultBody()),
            remove(vault("kept")),
            remove(vault("keys")),
        ),
        refused: purge("kept"),
        allowed: purge("keys"),
    },

    resourceName: {
        refused: put(inGroup("Microsoft.OperationalInsights/workspaces", "abc"), westEurope),
        allowed: put(inGroup("Microsoft.OperationalInsights/workspaces", "abcd"), westEurope),
    },
};

describe("the rule", () => {
    const base = temporaryFolder();
    const names = Object.keys(rules) as RuleName[];

    async function made(name: string, { before }: Case): Promise<Cloud> {
        const cloud = await azureWithShop(path.join(base, name));
        await before?.(cloud);
        return cloud;
    }

    it.each(names)("%s fails what it says, with its code", async (name) => {
        const cloud = await made(`${name}-refused`, cases[name]);
        const { status, code } = rules[name];
        const refused = cases[name].refused(cloud);
        await expect(refused).rejects.toMatchObject({ status, code });
        const { message } = (await refused.catch((error: CloudError) => error)) as CloudError;
        // The row's own words, with every value filled in.
        const words = rules[name].message.split(/\{\w+\}/);
        for (const part of words) expect(message).toContain(part);
        expect(message).not.toMatch(/\{|\}|undefined|NaN|\[object/);
    });

    it.each(names)("%s lets the nearest thing be", async (name) => {
        const cloud = await made(`${name}-allowed`, cases[name]);
        await expect(cases[name].allowed(cloud)).resolves.not.toThrow();
    });

    it.each(names)("%s names its source", (name) => {
        expect(rules[name].source).toMatch(/^(learn\.microsoft\.com\/|[\w.-]+\/[\w.-]+[ #,])/);
        expect(rules[name].when).toMatch(/^\S/);
    });

    it("fills the values into the words", () => {
        const { message } = refusal("siteNameTaken", { name: "shop" });
        expect(message).toBe("Website with given name shop already exists.");
    });
});
