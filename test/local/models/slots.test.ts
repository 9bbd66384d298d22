/**
 * Deployment slots of the local Azure: what they share with their app, and what they have of their own.
 * Does not show swaps, which are not modelled.
 */
import * as path from "node:path";
import type { Cloud } from "../../../local/cloud/cloud";
import type { Document } from "../../../local/cloud/store";
import {
    azureWithShop,
    group,
    plan,
    planBody,
    site,
    siteBody,
    westEurope,
} from "../../support/localAzure";
import { temporaryFolder } from "../../support/temporaryFolder";

const stage = `${site("shop")}/slots/stage`;

describe("a slot", () => {
    const base = temporaryFolder();
    let count = 0;
    let cloud: Cloud;
    beforeEach(async () => {
        cloud = await azureWithShop(path.join(base, String(count++)));
        await cloud.put(plan("p"), planBody("S1"));
        const { serverFarmId: _, ...properties } = siteBody().properties as Document;
        await cloud.put(stage, { ...siteBody(), properties });
    });

    const properties = async (id: string) => (await cloud.get(id))?.properties as Document;
    const principal = async (id: string) => {
        const { principalId } = (await cloud.get(id))!.identity as Document;
        return cloud.directory.get("servicePrincipals", String(principalId));
    };

    it("is on its app's plan, with a name and a host of its own", async () => {
        expect(await cloud.get(stage)).toMatchObject({
            name: "shop/stage",
            type: "Microsoft.Web/sites/slots",
            properties: {
                serverFarmId: plan("p"),
                defaultHostName: "shop-stage.azurewebsites.net",
                repositorySiteName: "shop",
            },
        });
        expect((await properties(plan("p"))).numberOfSites).toBe(1);
    });

    it("has settings, configuration and policies of its own", async () => {
        const settings = "config/appsettings";
        await cloud.put(`${site("shop")}/${settings}`, { properties: { A: "app" } });
        await cloud.put(`${stage}/${settings}`, { properties: { A: "slot" } });
        expect((await cloud.get(`${stage}/${settings}`))?.properties).toBeNull();
        const listed = await cloud.post(`${stage}/${settings}`, "list");
        expect(listed.properties).toEqual({ A: "slot" });
        await cloud.put(`${stage}/config/web`, { properties: { minTlsVersion: "1.3" } });
        expect(await properties(`${stage}/config/web`)).toMatchObject({ minTlsVersion: "1.3" });
        expect(await properties(`${site("shop")}/config/web`)).toMatchObject({
            minTlsVersion: "1.2",
        });
        const policy = "basicPublishingCredentialsPolicies/ftp";
        await cloud.put(`${stage}/${policy}`, { properties: { allow: false } });
        expect(await properties(`${site("shop")}/${policy}`)).toEqual({ allow: true });
    });

    it("has an identity of its own, which goes with it, with its app and with its group", async () => {
        const [own, apps] = [await principal(stage), await principal(site("shop"))];
        expect(own?.id).not.toBe(apps?.id);
        expect(own?.displayName).toBe("shop/stage");
        const gone = () => cloud.directory.get("servicePrincipals", String(own?.id)) === undefined;
        await cloud.delete(stage);
        expect(gone()).toBe(true);
        for (const around of [site("shop"), group("g")]) {
            await cloud.put(group("g"), westEurope);
            await cloud.put(plan("p"), planBody("S1"));
            await cloud.put(site("shop"), siteBody());
            await cloud.put(stage, siteBody());
            const again = await principal(stage);
            await cloud.delete(around);
            expect(cloud.directory.get("servicePrincipals", String(again?.id))).toBeUndefined();
        }
    });

    it("fails to come along to a plan whose size has no slots, nor Always On", async () => {
        await cloud.put(plan("basic"), planBody("B2"));
        const move = (name: string) =>
            cloud.put(site("shop"), siteBody({ serverFarmId: plan(name) }));
        await expect(move("basic")).rejects.toThrow("number of slots allowed for the 'Basic' SKU");
        await cloud.delete(stage);
        await move("basic");
        await cloud.put(`${site("shop")}/config/web`, { properties: { alwaysOn: true } });
        await cloud.put(plan("free"), planBody("F1"));
        await expect(move("free")).rejects.toThrow("AlwaysOn cannot be set for this site");
    });

    it("fails without its app", async () => {
        const put = cloud.put(`${site("nobody")}/slots/stage`, siteBody());
        await expect(put).rejects.toMatchObject({ code: "ParentResourceNotFound" });
    });

    it("counts for its own app alone", async () => {
        for (let i = 1; i < 5; i++) await cloud.put(`${site("shop")}/slots/s${i}`, siteBody());
        await cloud.put(site("other"), siteBody());
        await cloud.put(`${site("other")}/slots/stage`, siteBody());
        const sixth = cloud.put(`${site("shop")}/slots/s6`, siteBody());
        await expect(sixth).rejects.toThrow("the number of slots allowed for the 'Standard' SKU");
    });

    it("keeps the names of settings that stay with a slot", async () => {
        const names = `${site("shop")}/config/slotConfigNames`;
        await cloud.put(names, { properties: { appSettingNames: ["A"] } });
        expect(await properties(names)).toEqual({ appSettingNames: ["A"] });
    });
});
