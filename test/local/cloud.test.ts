/**
 * The local Azure: what it refuses, with which code, and what it answers and forgets.
 * Cannot show that the real Azure answers so; where each rule comes from is said beside it in local/cloud.
 */
import * as path from "node:path";
import { roleAssignmentName } from "../../azure/guids";
import { findRole, roleDefinitionId } from "../../azure/roles";
import { withLock } from "../../engine/lock";
import type { Cloud } from "../../local/cloud/cloud";
import type { Document } from "../../local/cloud/store";
import { signedInUser } from "../../local/identity";
import {
    azureWithShop,
    group,
    plan,
    planBody,
    site,
    siteBody,
    subscriptionId,
    westEurope,
} from "../support/localAzure";
import { temporaryFolder } from "../support/temporaryFolder";

describe("the local Azure", () => {
    const base = temporaryFolder();
    let count = 0;
    let cloud: Cloud;

    beforeEach(async () => {
        cloud = await azureWithShop(path.join(base, String(count++)));
    });

    const properties = async (id: string) => (await cloud.get(id))?.properties as Document;

    function refused(work: Promise<unknown>, status: number, code: string, message: string) {
        const refusal = { status, code, message: expect.stringContaining(message) };
        return expect(work).rejects.toMatchObject(refusal);
    }

    describe("as a whole", () => {
        it("fails on what is no id and on types that are not modelled", async () => {
            await refused(
                cloud.put("shop", {}),
                400,
                "InvalidResourceId",
                "'shop' is no resource id",
            );
            const network = `${group("g")}/providers/Microsoft.Network/virtualNetworks/v`;
            const message = "Microsoft.Network/virtualNetworks is not";
            await refused(cloud.put(network, {}), 400, "NotModelled", message);
            await expect(cloud.get(network)).rejects.toThrow("is not modelled on this machine");
            await refused(cloud.delete(network), 400, "NotModelled", message);
        });

        it("fails on another subscription", async () => {
            const other = "10ca1000-0000-4000-8000-00000000ffff";
            const id = group("g").replace(subscriptionId, other);
            await refused(cloud.put(id, westEurope), 404, "SubscriptionNotFound", other);
            await expect(cloud.get(id)).rejects.toThrow("could not be found");
        });

        it("fails on a missing group, and makes nothing", async () => {
            const id = plan("p", "nowhere");
            const message = "Resource group 'nowhere' could not be found.";
            await refused(cloud.put(id, planBody("B2")), 404, "ResourceGroupNotFound", message);
            expect(await cloud.get(id)).toBeUndefined();
        });

        it("fails on a missing parent", async () => {
            const id = `${site("nobody")}/config/web`;
            await refused(cloud.put(id, {}), 404, "ParentResourceNotFound", site("nobody"));
        });

        it("fails on a region that does not exist", async () => {
            const put = cloud.put(group("g2"), { location: "mars" });
            await refused(put, 400, "LocationNotAvailableForResourceType", "'mars'");
        });

        it("fails on a new resource that names no region, and keeps that of an old one", async () => {
            const { location: _, ...without } = planBody("B2") as { location?: string };
            await refused(cloud.put(plan("q"), without), 400, "LocationRequired", "location");
            await cloud.put(plan("q"), planBody("B2"));
            const { location } = await cloud.put(plan("q"), without);
            expect(location).toBe("West Europe");
        });

        it("fails on a move to another region, however the same one is spelt", async () => {
            await cloud.put(plan("p"), { ...planBody("B2"), location: "West Europe" });
            const moved = { ...planBody("B2"), location: "northeurope" };
            const message = "already exists in location 'westeurope'";
            await refused(cloud.put(plan("p"), moved), 409, "InvalidResourceLocation", message);
        });

        it("finds resources in any case", async () => {
            expect((await cloud.get(site("SHOP").toUpperCase()))?.name).toBe("shop");
        });

        it("answers nothing for what is not there, and deletes it without complaint", async () => {
            expect(await cloud.get(site("nobody"))).toBeUndefined();
            await cloud.delete(site("nobody"));
        });

        it("fails on an action that is not modelled, and on one of what is not there", async () => {
            await expect(cloud.post(site("shop"), "restart")).rejects.toThrow("is not modelled");
            const settings = `${site("nobody")}/config/appsettings`;
            await expect(cloud.post(settings, "list")).rejects.toThrow("was not found");
        });
    });

    describe("resource groups", () => {
        it.each(["ends.", "a b", "x".repeat(91)])("fail on the name %j", async (name) => {
            const put = cloud.put(group(encodeURI(name)), westEurope);
            await refused(put, 400, "InvalidResourceGroup", "invalid characters or length");
        });

        it("take everything in them along when they are deleted", async () => {
            const { principalId } = (await cloud.get(site("shop")))!.identity as Document;
            await cloud.delete(group("g"));
            for (const id of [group("g"), plan("p"), site("shop"), `${site("shop")}/config/web`]) {
                expect(await cloud.get(id)).toBeUndefined();
            }
            expect(cloud.directory.get("servicePrincipals", String(principalId))).toBeUndefined();
            await cloud.put(group("other"), westEurope);
            await cloud.put(plan("p", "other"), planBody("B2"));
            const elsewhere = siteBody({ serverFarmId: plan("p", "other") });
            await expect(cloud.put(site("shop", "other"), elsewhere)).resolves.toBeDefined();
        });
    });

    describe("plans", () => {
        it("answer what Azure adds to what was asked", async () => {
            expect(await cloud.get(plan("p"))).toMatchObject({
                kind: "linux",
                location: "West Europe",
                sku: { name: "B2", tier: "Basic", size: "B2", family: "B", capacity: 1 },
                properties: { maximumNumberOfWorkers: 3, numberOfWorkers: 1, numberOfSites: 1 },
            });
        });

        it.each([
            ["a size that does not exist", planBody("Z9"), "'Z9' is not allowed"],
            [
                "more instances than the size has",
                { ...planBody("B2"), sku: { name: "B2", capacity: 4 } },
                "cannot have instances 4",
            ],
            [
                "zones on a size without them",
                planBody("B2", { zoneRedundant: true }),
                "cannot have zoneRedundant",
            ],
        ])("fail on %s", async (_, body, message) => {
            await refused(cloud.put(plan("q"), body), 400, "BadRequest", message);
            expect(await cloud.get(plan("q"))).toBeUndefined();
        });

        it("fail on a name out of shape", async () => {
            await refused(cloud.put(plan("a.b"), planBody("B2")), 400, "BadRequest", "'a.b'");
        });

        it("keep the size where a PUT names none", async () => {
            await cloud.put(plan("p"), { ...westEurope, properties: { reserved: true } });
            expect((await cloud.get(plan("p")))?.sku).toMatchObject({ name: "B2" });
        });

        it("fail to be deleted while apps are on them, from whatever group", async () => {
            await cloud.put(group("other"), westEurope);
            await cloud.put(site("second", "other"), siteBody());
            const remove = () => cloud.delete(plan("p"));
            const both = /has web app\(s\) (second,shop|shop,second) assigned to it/;
            await expect(remove()).rejects.toThrow(both);
            await cloud.delete(site("shop"));
            await refused(remove(), 409, "Conflict", "has web app(s) second assigned to it");
            await cloud.delete(site("second", "other"));
            await remove();
            expect(await cloud.get(plan("p"))).toBeUndefined();
        });
    });

    describe("sites", () => {
        it("answer what Azure adds to what was asked", async () => {
            expect(await cloud.get(site("shop"))).toMatchObject({
                identity: { type: "SystemAssigned", tenantId: signedInUser.tenantId },
                properties: {
                    defaultHostName: "shop.azurewebsites.net",
                    state: "Running",
                    httpsOnly: false,
                },
            });
        });

        it.each(["shop", "SHOP"])("fail on the name %s, which another group has", async (name) => {
            await cloud.put(group("other"), westEurope);
            const put = cloud.put(site(name, "other"), siteBody());
            const message = `Website with given name ${name} already exists.`;
            await refused(put, 409, "Conflict", message);
            expect(await cloud.get(site(name, "other"))).toBeUndefined();
        });

        it("free their name when they are deleted", async () => {
            await cloud.delete(site("shop"));
            await cloud.put(group("other"), westEurope);
            await expect(cloud.put(site("shop", "other"), siteBody())).resolves.toBeDefined();
        });

        it("fail on a name out of shape", async () => {
            await refused(
                cloud.put(site("a_b"), siteBody()),
                400,
                "BadRequest",
                "'a_b' is invalid",
            );
        });

        it("fail on a plan that is not there", async () => {
            const body = siteBody({ serverFarmId: plan("nowhere") });
            const message = "Cannot find ServerFarm with name nowhere.";
            await refused(cloud.put(site("new"), body), 404, "NotFound", message);
            const without = { ...westEurope, properties: {} };
            await refused(cloud.put(site("new"), without), 404, "NotFound", "Cannot find");
        });

        it("fail on a plan in another region", async () => {
            const body = { ...siteBody(), location: "northeurope" };
            const message = "is in 'northeurope' but its App Service plan is in 'West Europe'";
            await refused(cloud.put(site("new"), body), 400, "BadRequest", message);
        });

        it("fail on a Windows plan for a Linux container", async () => {
            await cloud.put(plan("windows"), planBody("B2", { reserved: false }));
            const body = siteBody({ serverFarmId: plan("windows") });
            await refused(cloud.put(site("new"), body), 400, "BadRequest", "not a Linux plan");
        });

        it("fail on Always On where the plan does not allow it", async () => {
            await cloud.put(plan("free"), planBody("F1"));
            const body = (alwaysOn: boolean) =>
                siteBody({ serverFarmId: plan("free"), siteConfig: { alwaysOn } });
            const message = "AlwaysOn cannot be set for this site as the plan does not allow it.";
            await refused(cloud.put(site("new"), body(true)), 409, "Conflict", message);
            await expect(cloud.put(site("new"), body(false))).resolves.toBeDefined();
        });

        it("keep their identity over updates, and lose it when they are deleted", async () => {
            const identity = async () => (await cloud.get(site("shop")))!.identity as Document;
            const { principalId } = await identity();
            await cloud.put(site("shop"), siteBody({ httpsOnly: true }));
            expect((await identity()).principalId).toBe(principalId);
            const principal = () => cloud.directory.get("servicePrincipals", String(principalId));
            expect(principal()).toMatchObject({ servicePrincipalType: "ManagedIdentity" });
            await cloud.delete(site("shop"));
            expect(principal()).toBeUndefined();
        });

        it("keep what an update of their configuration does not name", async () => {
            const config = `${site("shop")}/config/web`;
            await cloud.put(config, { properties: { ftpsState: "Disabled" } });
            await cloud.put(config, { properties: { minTlsVersion: "1.3" } });
            expect(await properties(config)).toMatchObject({
                ftpsState: "Disabled",
                minTlsVersion: "1.3",
            });
        });

        it("end their list of address rules with Azure's own", async () => {
            const rule = { ipAddress: "203.0.113.7/32", action: "Allow", priority: 100 };
            const config = (action: string) => ({
                ipSecurityRestrictions: [rule],
                ipSecurityRestrictionsDefaultAction: action,
            });
            for (const action of ["Deny", "Allow"]) {
                await cloud.put(site("shop"), siteBody({ siteConfig: config(action) }));
                const rules = (await properties(`${site("shop")}/config/web`))
                    .ipSecurityRestrictions;
                expect(rules).toEqual([
                    rule,
                    expect.objectContaining({ ipAddress: "Any", action }),
                ]);
            }
        });
    });

    describe("app settings", () => {
        const settings = `${site("shop")}/config/appsettings`;

        it("are answered to the list action only", async () => {
            const answer = await cloud.put(settings, { properties: { KEY: "value" } });
            expect(answer.properties).toBeNull();
            expect((await cloud.get(settings))?.properties).toBeNull();
            expect((await cloud.post(settings, "list")).properties).toEqual({ KEY: "value" });
            expect(JSON.stringify(await cloud.get(site("shop")))).not.toContain("KEY");
        });

        it("are replaced as a whole, and are none before and after", async () => {
            expect((await cloud.post(settings, "list")).properties).toEqual({});
            await cloud.put(settings, { properties: { A: "1" } });
            await cloud.put(settings, { properties: { B: "2" } });
            expect((await cloud.post(settings, "list")).properties).toEqual({ B: "2" });
            await cloud.delete(settings);
            expect((await cloud.post(settings, "list")).properties).toEqual({});
        });

        it("may be given with the site, which then does not show them either", async () => {
            const appSettings = [{ name: "A", value: "hidden" }];
            await cloud.put(site("shop"), siteBody({ siteConfig: { appSettings } }));
            expect((await cloud.post(settings, "list")).properties).toEqual({ A: "hidden" });
            const shown = [
                await cloud.get(site("shop")),
                await cloud.get(`${site("shop")}/config/web`),
            ];
            expect(JSON.stringify(shown)).not.toContain("hidden");
        });
    });

    describe("publishing policies", () => {
        it.each(["ftp", "scm"])("allow %s from the start, and as they are told", async (name) => {
            const policy = `${site("shop")}/basicPublishingCredentialsPolicies/${name}`;
            expect(await properties(policy)).toEqual({ allow: true });
            await cloud.put(policy, { properties: { allow: false } });
            expect(await properties(policy)).toEqual({ allow: false });
            await cloud.put(policy, { properties: { allow: true } });
            expect(await properties(policy)).toEqual({ allow: true });
        });

        it("are not there without their site", async () => {
            const policy = `${site("nobody")}/basicPublishingCredentialsPolicies/ftp`;
            expect(await cloud.get(policy)).toBeUndefined();
        });
    });

    describe("role assignments", () => {
        const reader = roleDefinitionId(subscriptionId, findRole("Reader")!);
        const contributor = roleDefinitionId(subscriptionId, findRole("Contributor")!);
        const person = signedInUser.objectId;
        const scope = group("g");
        const assignment = (name: string, at = scope) =>
            `${at}/providers/Microsoft.Authorization/roleAssignments/${name}`;
        const names = ["reader", "other"].map((role) => roleAssignmentName(scope, person, role));
        const [first = "", second = ""] = names.map((name) => assignment(name));
        const body = (more: Document = {}): Document => ({
            properties: {
                principalId: person,
                principalType: "User",
                roleDefinitionId: reader,
                ...more,
            },
        });

        it("answer scope and author", async () => {
            await cloud.put(first, body());
            expect(await properties(first)).toMatchObject({
                scope,
                createdBy: signedInUser.objectId,
            });
        });

        it("fail where the same one exists under another name", async () => {
            await cloud.put(first, body());
            const message = "The role assignment already exists.";
            const again = body({ roleDefinitionId: reader.toUpperCase() });
            await refused(cloud.put(second, again), 409, "RoleAssignmentExists", message);
            await cloud.put(second, body({ roleDefinitionId: contributor }));
        });

        it("do not mind the same one at another scope", async () => {
            await cloud.put(first, body());
            await cloud.put(assignment(names[0]!, site("shop")), body());
            await cloud.put(assignment(names[0]!, `/subscriptions/${subscriptionId}`), body());
        });

        it.each([
            ["role", { roleDefinitionId: contributor }],
            ["principal", { principalId: "10ca1000-0000-4000-8000-00000000ffff" }],
        ])("fail on an update of their %s", async (_, change) => {
            await cloud.put(first, body());
            await refused(
                cloud.put(first, body(change)),
                400,
                "RoleAssignmentUpdateNotPermitted",
                "are not allowed to be updated",
            );
        });

        it("fail on a name that is no GUID", async () => {
            const put = cloud.put(assignment("reader"), body());
            await refused(put, 400, "InvalidRoleAssignmentId", "must be a GUID");
        });

        it("fail on a role that does not exist", async () => {
            const none = reader.slice(0, -1) + "0";
            const put = cloud.put(first, body({ roleDefinitionId: none }));
            await refused(put, 400, "RoleDefinitionDoesNotExist", none.split("/").at(-1)!);
        });

        it("fail on a service principal that is said to be a user", async () => {
            const { principalId } = (await cloud.get(site("shop")))!.identity as Document;
            const put = cloud.put(first, body({ principalId, principalType: "User" }));
            await refused(put, 400, "UnmatchedPrincipalType", String(principalId));
            const right = body({ principalId, principalType: "ServicePrincipal" });
            await expect(cloud.put(first, right)).resolves.toBeDefined();
        });

        it("fail at the scope of a group that is not there", async () => {
            const put = cloud.put(assignment(names[0]!, group("nowhere")), body());
            await refused(put, 404, "ResourceGroupNotFound", "'nowhere'");
        });
    });

    describe("the directory", () => {
        const day = { startDateTime: "2026-01-01T00:00:00Z", endDateTime: "2027-01-01T00:00:00Z" };

        it("fails on a service principal of no application, and on a second one", () => {
            const { directory } = cloud;
            expect(() => directory.createServicePrincipal({ appId: "none" })).toThrow(
                expect.objectContaining({ status: 400, code: "NoBackingApplicationObject" }),
            );
            const { appId } = directory.createApplication({ displayName: "a" });
            const principal = directory.createServicePrincipal({ appId });
            expect(principal).toMatchObject({ appId, displayName: "a" });
            expect(() => directory.createServicePrincipal({ appId })).toThrow(
                expect.objectContaining({
                    status: 409,
                    code: "Request_MultipleObjectsWithSameKeyValue",
                }),
            );
        });

        it("keeps no text of a client secret", () => {
            const { id } = cloud.directory.createApplication({ displayName: "a" });
            const { keyId, secretText } = cloud.directory.addPassword(String(id), day);
            const kept = JSON.stringify(cloud.directory.get("applications", String(id)));
            expect(kept).toContain(keyId);
            expect(kept).not.toContain(secretText);
            expect(cloud.directory.addPassword(String(id), day).secretText).not.toBe(secretText);
        });

        it("fails on a credential of an application that is not there", () => {
            expect(() => cloud.directory.addPassword("none", day)).toThrow(
                expect.objectContaining({ status: 404, code: "Request_ResourceNotFound" }),
            );
        });

        it("fails on a second federated credential of one name, or of one issuer and subject", () => {
            const { id } = cloud.directory.createApplication({ displayName: "a" });
            const add = (name: string, issuer: string, subject: string) => () =>
                cloud.directory.addFederatedCredential(String(id), { name, issuer, subject });
            const clash = (status: number) => expect.objectContaining({ status });
            add("one", "i", "s")();
            expect(add("one", "i", "other")).toThrow(clash(409));
            expect(add("two", "i", "s")).toThrow(clash(400));
            expect(add("two", "other", "s")).not.toThrow();
        });
    });

    it("changes nothing while another process changes something", async () => {
        const id = group("late");
        const put = await withLock(cloud.store.lockFile, async () => {
            const started = cloud.put(id, westEurope);
            for (let i = 0; i < 10; i++) await new Promise(setImmediate);
            expect(await cloud.get(id)).toBeUndefined();
            return { started };
        });
        await put.started;
        expect(await cloud.get(id)).toBeDefined();
    });

    it("lets one of two win that take a name", async () => {
        await cloud.put(group("other"), westEurope);
        const answers = await Promise.allSettled([
            cloud.put(site("race"), siteBody()),
            cloud.put(site("race", "other"), siteBody()),
        ]);
        expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });
});
