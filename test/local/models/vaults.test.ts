/**
 * Key vaults of the local Azure: soft delete, recovery and purge.
 * Does not show secrets and keys, which are not modelled, nor the real length of a retention.
 */
import * as path from "node:path";
import type { Cloud } from "../../../local/cloud/cloud";
import { findDeletedVault } from "../../../local/cloud/models/vaults";
import type { Document } from "../../../local/cloud/store";
import { azureWithShop, group, vault, vaultBody, westEurope } from "../../support/localAzure";
import { temporaryFolder } from "../../support/temporaryFolder";

describe("a vault", () => {
    const base = temporaryFolder();
    let count = 0;
    let cloud: Cloud;
    beforeEach(async () => {
        cloud = await azureWithShop(path.join(base, String(count++)));
        await cloud.put(vault("Keys"), vaultBody({ enableRbacAuthorization: true }));
    });
    afterEach(() => jest.useRealTimers());

    const deleted = () => findDeletedVault(cloud.store, "keys");

    it("answers its address and what nobody asked for", async () => {
        expect((await cloud.get(vault("Keys")))?.properties).toMatchObject({
            vaultUri: "https://keys.vault.azure.net/",
            enableSoftDelete: true,
            softDeleteRetentionInDays: 90,
            enableRbacAuthorization: true,
        });
    });

    it.each([
        ["on its own", () => vault("Keys")],
        ["with its group", () => group("g")],
    ])("stays as a deleted one when it is deleted %s", async (_, id) => {
        await cloud.delete(id());
        expect(await cloud.get(vault("Keys"))).toBeUndefined();
        const left = await cloud.get(String(deleted()?.id));
        expect(left).toMatchObject({ name: "Keys", properties: { vaultId: vault("Keys") } });
        expect(left).not.toHaveProperty("vault");
        await cloud.put(group("g"), westEurope);
        await expect(cloud.put(vault("Keys"), vaultBody())).rejects.toMatchObject({
            code: "ConflictError",
        });
    });

    it("comes back as it was when it is recovered", async () => {
        await cloud.delete(vault("Keys"));
        await cloud.put(vault("keys"), vaultBody({ createMode: "recover" }));
        const { properties } = (await cloud.get(vault("Keys")))!;
        expect(properties).toMatchObject({ enableRbacAuthorization: true });
        expect(properties).not.toHaveProperty("createMode");
        expect(deleted()).toBeUndefined();
        await cloud.put(vault("Keys"), vaultBody());
    });

    it("leaves its name when its retention is over", async () => {
        await cloud.delete(vault("Keys"));
        const { scheduledPurgeDate } = deleted()!.properties as Document;
        const end = new Date(String(scheduledPurgeDate)).getTime();
        const doNotFake = ["nextTick", "setImmediate", "setTimeout"] as const;
        jest.useFakeTimers({ doNotFake: [...doNotFake], now: end - 1000 });
        expect(deleted()).toBeDefined();
        jest.setSystemTime(end + 1000);
        expect(deleted()).toBeUndefined();
        await cloud.put(vault("Keys"), vaultBody());
    });

    it("fails to be written or deleted once more while it is deleted", async () => {
        await cloud.put(vault("kept"), vaultBody({ enablePurgeProtection: true }));
        await cloud.delete(vault("kept"));
        const id = String(findDeletedVault(cloud.store, "kept")!.id);
        await expect(cloud.put(id, {})).rejects.toThrow();
        await expect(cloud.delete(id)).rejects.toThrow();
        expect(findDeletedVault(cloud.store, "kept")).toBeDefined();
    });
});
