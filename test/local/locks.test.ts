/**
 * Management locks: what each level forbids, and how far a lock reaches.
 * Cannot show that every operation of the real Azure obeys them: some, of its data, do not.
 */
import * as path from "node:path";
import type { Cloud } from "../../local/cloud/cloud";
import {
    azureWithShop,
    group,
    lock,
    lockBody,
    plan,
    planBody,
    site,
    siteBody,
    subscriptionId,
    westEurope,
} from "../support/localAzure";
import { temporaryFolder } from "../support/temporaryFolder";

const subscription = `/subscriptions/${subscriptionId}`;
const settings = `${site("shop")}/config/appsettings`;
const scopes: [string, string][] = [
    ["subscription", subscription],
    ["group", group("g")],
    ["app", site("shop")],
];

describe("a lock", () => {
    const base = temporaryFolder();
    let count = 0;
    let cloud: Cloud;
    beforeEach(async () => {
        cloud = await azureWithShop(path.join(base, String(count++)));
    });

    const locked = (work: Promise<unknown>, scope: string, operation = "delete") =>
        expect(work).rejects.toMatchObject({
            status: 409,
            code: "ScopeLocked",
            message: expect.stringMatching(
                new RegExp(
                    `cannot perform ${operation} operation because following scope\\(s\\) are locked: '${scope}'`,
                ),
            ),
        });

    describe.each(scopes)("of the %s against deletion", (_, scope) => {
        beforeEach(() => cloud.put(lock(scope), lockBody("CanNotDelete")));

        it("fails to delete what it is on and what is in that", async () => {
            await locked(cloud.delete(site("shop")), scope);
            await locked(cloud.delete(`${site("shop")}/config/web`), scope);
            expect(await cloud.get(site("shop"))).toBeDefined();
        });

        it("fails to delete the group around it, as a whole", async () => {
            await locked(cloud.delete(group("g")), scope);
            for (const id of [site("shop"), plan("p")]) expect(await cloud.get(id)).toBeDefined();
        });

        it("lets everything be changed, read and listed", async () => {
            await cloud.put(site("shop"), siteBody({ httpsOnly: true }));
            await cloud.put(settings, { properties: { A: "1" } });
            expect((await cloud.post(settings, "list")).properties).toEqual({ A: "1" });
        });
    });

    describe.each(scopes)("of the %s against changes", (_, scope) => {
        beforeEach(() => cloud.put(lock(scope), lockBody("ReadOnly")));

        it("fails to change, to delete and to list", async () => {
            await locked(cloud.put(site("shop"), siteBody()), scope, "write");
            await locked(cloud.put(settings, { properties: {} }), scope, "write");
            await locked(cloud.post(settings, "list"), scope, "write");
            await locked(cloud.delete(site("shop")), scope);
        });

        it("lets everything be read", async () => {
            expect(await cloud.get(site("shop"))).toBeDefined();
            expect(await cloud.get(`${site("shop")}/config/web`)).toBeDefined();
        });

        it("can be taken away, and then holds no longer", async () => {
            await cloud.delete(lock(scope));
            await cloud.put(site("shop"), siteBody());
            await cloud.delete(group("g"));
        });

        it("can be softened", async () => {
            await cloud.put(lock(scope), lockBody("CanNotDelete"));
            await cloud.put(site("shop"), siteBody());
            await locked(cloud.delete(site("shop")), scope);
        });
    });

    it("of one app says nothing of its neighbours, nor of a name that begins the same", async () => {
        await cloud.put(lock(site("shop")), lockBody("ReadOnly"));
        await cloud.put(site("shop2"), siteBody());
        await cloud.delete(site("shop2"));
        await cloud.put(plan("p"), planBody("B1"));
    });

    it("keeps role assignments of its scope, too", async () => {
        await cloud.put(lock(group("g")), lockBody("CanNotDelete"));
        const id = `${group("g")}/providers/Microsoft.Authorization/roleAssignments/10ca1000-0000-4000-8000-00000000aaaa`;
        const body = {
            properties: {
                principalId: cloud.caller.objectId,
                principalType: "User",
                roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
            },
        };
        await cloud.put(id, body);
        await locked(cloud.delete(id), group("g"));
    });

    it("beside another names both in the refusal", async () => {
        await cloud.put(lock(group("g")), lockBody("CanNotDelete"));
        await cloud.put(lock(site("shop")), lockBody("CanNotDelete"));
        const message = new RegExp(
            `'(${group("g")},${site("shop")}|${site("shop")},${group("g")})'`,
        );
        await expect(cloud.delete(site("shop"))).rejects.toThrow(message);
    });

    it("holds whatever the case of the id", async () => {
        await cloud.put(lock(group("G").toUpperCase()), lockBody("CanNotDelete"));
        await expect(cloud.delete(site("SHOP"))).rejects.toMatchObject({ code: "ScopeLocked" });
    });

    it("does not mind the deletion of what is not there", async () => {
        await cloud.put(group("h"), westEurope);
        await cloud.put(lock(group("g")), lockBody("CanNotDelete"));
        await cloud.delete(site("nobody"));
        await cloud.delete(group("h"));
    });
});
