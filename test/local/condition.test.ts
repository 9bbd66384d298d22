/**
 * The commands that set what differs from one real subscription to the next, and the purge of vaults.
 * Does not show what Azure then refuses: see rules.test.ts.
 */
import * as path from "node:path";
import type { Cloud } from "../../local/cloud/cloud";
import { isOldUnit, quotaOf } from "../../local/cloud/conditions";
import { findDeletedVault } from "../../local/cloud/models/vaults";
import { purge, quota, unit } from "../../local/condition";
import { azureWithShop, subscriptionId, vault, vaultBody } from "../support/localAzure";
import { temporaryFolder } from "../support/temporaryFolder";

describe("the command", () => {
    const base = temporaryFolder();
    let count = 0;
    let cloud: Cloud;
    beforeEach(async () => {
        cloud = await azureWithShop(path.join(base, String(count++)));
    });
    const commands: Record<string, typeof quota | typeof purge> = { quota, unit, purge };
    const run = async (...[verb, ...args]: string[]) => commands[verb!]!(cloud, args);
    const limit = (tier: string) => quotaOf(cloud.store, subscriptionId, tier);

    it("quota limits a tier, in any case, shows what is limited, and lifts it", async () => {
        expect(await run("quota")).toBe("No quota is set.");
        expect(await run("quota", "basic", "0")).toContain("Basic VMs: 0 per region");
        await run("quota", "Total", "7");
        expect([limit("Basic"), limit("Total"), limit("Standard")]).toEqual([0, 7, undefined]);
        expect((await run("quota")).split("\n").sort()).toEqual([
            "Basic VMs: 0 per region",
            "Total VMs: 7 per region",
        ]);
        await run("quota", "Basic", "none");
        expect(limit("Basic")).toBeUndefined();
    });

    it.each([
        [["quota", "basics", "0"], '"basics" is no tier; expected one of Basic, Standard'],
        [["quota", "Free", "0"], '"Free" is no tier'],
        [["quota", "Basic"], "quota Basic wants a number"],
        [["quota", "Basic", "-1"], "quota Basic wants a number"],
        [["quota", "Basic", "1", "2"], "quota Basic wants a number"],
        [["unit"], 'unit wants "old" or "new"'],
        [["unit", "ancient"], 'unit wants "old" or "new"'],
        [["purge"], "purge wants the name"],
        [["purge", "nobody"], 'There is no deleted vault "nobody"'],
    ])("fails on %j, and says what it wants", async (words, message) => {
        await expect(run(...words)).rejects.toThrow(message);
        await expect(run(...words)).rejects.toMatchObject({ name: "UserError" });
    });

    it("unit makes the deployment unit old, and new again", async () => {
        await run("unit", "old");
        expect(isOldUnit(cloud.store)).toBe(true);
        await run("unit", "new");
        expect(isOldUnit(cloud.store)).toBe(false);
    });

    it("purge frees the name of a deleted vault, unless that is protected", async () => {
        for (const [name, protection] of Object.entries({ keys: undefined, kept: true })) {
            await cloud.put(vault(name), vaultBody({ enablePurgeProtection: protection }));
            await cloud.delete(vault(name));
        }
        expect(await run("purge", "keys")).toContain("is purged");
        expect(findDeletedVault(cloud.store, "keys")).toBeUndefined();
        await expect(run("purge", "kept")).rejects.toThrow("'DeletedVaultPurge' is not allowed");
    });
});
