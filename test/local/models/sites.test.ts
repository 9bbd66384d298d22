/**
 * Apps and their plans in the local Azure: what plans know of their apps, identities, and settings that no GET shows.
 * Does not show what is refused: see ../rules.test.ts.
 */
import * as path from "node:path";
import type { Cloud } from "../../../local/cloud/cloud";
import { setQuota } from "../../../local/cloud/conditions";
import type { Document } from "../../../local/cloud/store";
import {
    azureWithShop,
    group,
    inGroup,
    plan,
    planBody,
    site,
    siteBody,
    subscriptionId,
    westEurope,
} from "../../support/localAzure";
import { temporaryFolder } from "../../support/temporaryFolder";

const identity = inGroup("Microsoft.ManagedIdentity/userAssignedIdentities", "id1");

const base = temporaryFolder();
let count = 0;
let cloud: Cloud;
beforeEach(async () => {
    cloud = await azureWithShop(path.join(base, String(count++)));
});
const properties = async (id: string) => (await cloud.get(id))?.properties as Document;
const sitesOn = async (name: string) => (await properties(plan(name))).numberOfSites;

describe("a plan", () => {
    it("knows its apps as they come, move and go, in whatever group", async () => {
        await cloud.put(plan("q"), planBody("B2"));
        await cloud.put(group("other"), westEurope);
        await cloud.put(site("Second", "other"), siteBody());
        expect([await sitesOn("p"), await sitesOn("q")]).toEqual([2, 0]);
        await cloud.put(site("Second", "other"), siteBody({ serverFarmId: plan("q") }));
        expect([await sitesOn("p"), await sitesOn("q")]).toEqual([1, 1]);
        await expect(cloud.delete(plan("q"))).rejects.toThrow("has web app(s) Second assigned");
        await cloud.delete(group("other"));
        expect(await sitesOn("q")).toBe(0);
        await cloud.delete(plan("q"));
    });

    it("fails to become a size that takes fewer apps than it has", async () => {
        for (let i = 0; i < 10; i++) await cloud.put(site(`app${i}`), siteBody());
        const free = () => cloud.put(plan("p"), planBody("F1"));
        await expect(free()).rejects.toThrow("cannot have more than 10 sites");
        await cloud.delete(site("app0"));
        await free();
    });

    it("does not begin with the apps of one that had its name", async () => {
        await cloud.delete(group("g"));
        await cloud.put(group("g"), westEurope);
        await cloud.put(plan("p"), planBody("B2"));
        expect(await sitesOn("p")).toBe(0);
    });

    it("is scaled within a quota that it has used up already, and not beyond", async () => {
        setQuota(cloud.store, subscriptionId, "Total", 2);
        await cloud.put(plan("p"), planBody("B2", {}, 2));
        await cloud.put(plan("p"), planBody("S1", {}, 2));
        await expect(cloud.put(plan("p"), planBody("S1", {}, 3))).rejects.toThrow(
            /Current Limit \(Total VMs\): 2 \nCurrent Usage: 2\nAmount required for this deployment \(Total VMs\): 1 \n.*: 3\. /,
        );
        await cloud.put(plan("p"), planBody("S1", {}, 1));
        await cloud.put(plan("free"), planBody("F1"));
    });
});

describe("an app", () => {
    it("is reserved as its plan is, unless it says otherwise", async () => {
        await cloud.put(plan("w"), planBody("B2", { reserved: false }));
        await cloud.put(site("win"), { ...siteBody({ serverFarmId: plan("w") }), kind: "app" });
        expect(await properties(site("shop"))).toMatchObject({ reserved: true });
        expect(await properties(site("win"))).toMatchObject({ reserved: false });
    });

    it("fails to get Always On through its configuration, too", async () => {
        await cloud.put(plan("p"), planBody("F1"));
        const config = `${site("shop")}/config/web`;
        const put = (alwaysOn: boolean) => cloud.put(config, { properties: { alwaysOn } });
        await expect(put(true)).rejects.toThrow("AlwaysOn cannot be set for this site");
        await put(false);
        await cloud.put(plan("p"), planBody("B1"));
        await put(true);
    });

    it("leaves nothing of itself where it is refused", async () => {
        await cloud.put(group("other"), westEurope);
        await cloud.put(plan("q"), planBody("B2"));
        const taken = cloud.put(site("shop", "other"), siteBody({ serverFarmId: plan("q") }));
        await expect(taken).rejects.toThrow("already exists");
        expect(await sitesOn("q")).toBe(0);
        await cloud.put(plan("free"), planBody("F1"));
        const onFree = (name: string) =>
            cloud.put(site(name), siteBody({ serverFarmId: plan("free") }));
        for (let i = 0; i < 10; i++) await onFree(`app${i}`);
        await expect(onFree("eleventh")).rejects.toThrow("cannot have more than 10 sites");
        await cloud.put(site("eleventh", "other"), siteBody());
    });
});

describe("an app's own identity", () => {
    it.each([
        ["left out", undefined],
        ["None", { type: "None" }],
        ["only another's", { type: "UserAssigned", userAssignedIdentities: [identity] }],
    ])("is deleted when the next PUT has %s", async (_, wanted) => {
        await cloud.put(identity, westEurope);
        const { principalId } = (await cloud.get(site("shop")))!.identity as Document;
        await cloud.put(site("shop"), { ...siteBody(), identity: wanted });
        expect(cloud.directory.get("servicePrincipals", String(principalId))).toBeUndefined();
        const now = (await cloud.get(site("shop")))?.identity as Document | undefined;
        expect(now?.principalId).toBeUndefined();
    });

    it("goes together with another's, of which it shows the ids", async () => {
        await cloud.put(identity, westEurope);
        const { principalId, clientId } = await properties(identity);
        const wanted = {
            type: "SystemAssigned, UserAssigned",
            userAssignedIdentities: [identity],
        };
        await cloud.put(site("shop"), { ...siteBody(), identity: wanted });
        expect((await cloud.get(site("shop")))?.identity).toMatchObject({
            principalId: expect.any(String),
            userAssignedIdentities: { [identity]: { principalId, clientId } },
        });
    });
});

describe("a user-assigned identity", () => {
    it("is a principal of the directory for as long as it is there", async () => {
        await cloud.put(identity, westEurope);
        const before = await properties(identity);
        await cloud.put(identity, { ...westEurope, tags: { a: "1" } });
        expect(await properties(identity)).toEqual(before);
        const principal = () =>
            cloud.directory.get("servicePrincipals", String(before.principalId));
        expect(principal()).toMatchObject({
            servicePrincipalType: "ManagedIdentity",
            appId: before.clientId,
        });
        await cloud.delete(group("g"));
        expect(principal()).toBeUndefined();
    });
});

describe("settings that only the list action answers", () => {
    const configuration = (name: string) => `${site("shop")}/config/${name}`;
    const list = async (name: string) => (await cloud.post(configuration(name), "list")).properties;

    it("are connection strings, given with the app or alone", async () => {
        const connectionStrings = [{ name: "db", connectionString: "hidden", type: "SQLAzure" }];
        await cloud.put(site("shop"), siteBody({ siteConfig: { connectionStrings } }));
        const given = { db: { value: "hidden", type: "SQLAzure" } };
        expect(await list("connectionstrings")).toEqual(given);
        expect((await cloud.get(configuration("connectionstrings")))?.properties).toBeNull();
        const shown = [await cloud.get(site("shop")), await cloud.get(configuration("web"))];
        expect(JSON.stringify(shown)).not.toContain("hidden");
        const alone = { other: { value: "x", type: "Custom" } };
        await cloud.put(configuration("connectionstrings"), { properties: alone });
        expect(await list("connectionstrings")).toEqual(alone);
    });

    it("are publishing credentials, which stay the same", async () => {
        const first = (await list("publishingcredentials")) as Document;
        expect(first).toMatchObject({ publishingUserName: "$shop" });
        expect(String(first.publishingPassword)).toHaveLength(60);
        await cloud.put(site("shop"), siteBody({ httpsOnly: true }));
        expect(await list("publishingcredentials")).toEqual(first);
        expect((await cloud.get(configuration("publishingcredentials")))?.properties).toBeNull();
    });

    it("are no others: to list a configuration that a GET shows is not modelled", async () => {
        await expect(list("web")).rejects.toMatchObject({ code: "NotModelled" });
    });
});
