/**
 * The commands az, show, access and token on a local Azure, and the principals that they and --as take.
 * Does not show the engine: what a refresh makes of a change is in test/engine.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { gitHubIssuer, tokenExchangeAudience } from "../../azure/federation";
import { describeAccess } from "../../local/access";
import { az } from "../../local/az";
import type { Cloud } from "../../local/cloud/cloud";
import { signInServicePrincipal } from "../../local/cloud/signIn";
import type { Document } from "../../local/cloud/store";
import { readToken } from "../../local/cloud/tokens";
import { localFolders, whoIsAtWork } from "../../local/environment";
import { signedInUser } from "../../local/identity";
import { main } from "../../local/main";
import { callerOf, findPrincipal, makeToken, signInEnvironment } from "../../local/principals";
import { userVariable } from "../../local/providers/session";
import { drawCloud } from "../../local/show";
import { temporaryFolder } from "../support/temporaryFolder";
import {
    as,
    assign,
    azures,
    elevate,
    giveDirectoryRights,
    group,
    makePrincipal,
    subscription,
    tenantGroup,
} from "../support/people";

const plan = `${group("g")}/providers/Microsoft.Web/serverfarms/plan`;
const site = `${group("g")}/providers/Microsoft.Web/sites/shop`;
const westEurope = { location: "westeurope" };
const customRole = "00000000-0000-4000-8000-000000000001";

const azure = azures();
let cloud: Cloud;
let deployer: ReturnType<typeof makePrincipal>;

/** An Azure with something of every kind in it. */
beforeEach(async () => {
    cloud = azure.next();
    await cloud.put(group("g"), westEurope);
    await cloud.put(plan, { ...westEurope, sku: { name: "B2" }, properties: { reserved: true } });
    await cloud.put(site, {
        ...westEurope,
        kind: "app,linux,container",
        identity: { type: "SystemAssigned" },
        tags: { by: "pulumi", "cost.centre": "1" },
        properties: { serverFarmId: plan, siteConfig: { ftpsState: "Disabled" } },
    });
    await cloud.put(`${site}/config/appsettings`, { properties: { LOG: "info", "A.B": "1" } });
    await cloud.put(`${site}/basicPublishingCredentialsPolicies/ftp`, {
        properties: { allow: false },
    });
    deployer = makePrincipal(cloud, "deployer");
    await assign(cloud, deployer.id, "Reader", site);
});

const get = async (id: string) => (await cloud.get(id))!;
const properties = async (id: string) => (await get(id)).properties as Document;
const settings = async () => (await cloud.post(`${site}/config/appsettings`, "list")).properties;
const run = (words: string) => az(cloud, words.split(" "));

describe("az", () => {
    it("sets properties, parts of the envelope, tags, configuration and app settings", async () => {
        const changes =
            "httpsOnly=true tags.by=hand tags.cost.centre=2 siteConfig.ftpsState=AllAllowed";
        const printed = await run(`shop set ${changes} appSettings.LOG=5 appSettings.A.B=x=y`);
        expect(printed).toContain("httpsOnly, tags.by, tags.cost.centre, siteConfig.ftpsState");
        expect(await get(site)).toMatchObject({
            tags: { by: "hand", "cost.centre": "2" },
            identity: { type: "SystemAssigned" },
            properties: { httpsOnly: true },
        });
        expect(await properties(`${site}/config/web`)).toMatchObject({ ftpsState: "AllAllowed" });
        expect(await settings()).toEqual({ LOG: "5", "A.B": "x=y" });
        await run("plan set sku.name=B1");
        expect((await get(plan)).sku).toMatchObject({ name: "B1" });
    });

    it("keeps what it does not name", async () => {
        const before = await get(site);
        await run("shop set httpsOnly=true");
        const { lastModifiedTimeUtc: _, ...after } = await properties(site);
        expect(before.properties).toMatchObject({ ...after, httpsOnly: false });
        expect((await get(site)).identity).toEqual(before.identity);
    });

    it("takes away properties, tags and app settings", async () => {
        await run("shop set httpsOnly=true");
        await run("shop unset httpsOnly tags.cost.centre appSettings.A.B");
        expect(await properties(site)).toMatchObject({ httpsOnly: false });
        expect((await get(site)).tags).toEqual({ by: "pulumi" });
        expect(await settings()).toEqual({ LOG: "info" });
    });

    it("says what Azure ignored, and stops an app", async () => {
        expect(await run("shop unset nothing")).toMatch(/^Not changed.*: nothing of/);
        expect(await run("shop set state=Stopped")).toMatch(/^Not changed.*: state of/);
        const printed = await run("shop set enabled=false defaultHostName=x");
        expect(printed).toMatch(/^Changed.*: enabled of .*\nNot changed.*: defaultHostName of/);
        expect(await properties(site)).toMatchObject({ state: "Stopped" });
        await run("shop set enabled=true");
        expect(await properties(site)).toMatchObject({ state: "Running" });
    });

    it("deletes, and shows, without app settings", async () => {
        const shown = await run("shop");
        expect(JSON.parse(shown)).toMatchObject({ id: site });
        expect(await run(`${site}/config/appsettings show`)).not.toContain("info");
        await run("shop delete");
        expect(await cloud.get(site)).toBeUndefined();
    });

    it("finds a resource by its id or name in any case", async () => {
        for (const text of [site, site.toUpperCase(), "SHOP"]) {
            expect(JSON.parse(await az(cloud, [text, "show"]))).toMatchObject({ id: site });
        }
    });

    it("takes an app that is called as its parts are for the app", async () => {
        const web = site.replace("shop", "web");
        await cloud.put(web, { ...westEurope, properties: { serverFarmId: plan } });
        await cloud.delete(site);
        expect(JSON.parse(await run("web"))).toMatchObject({ id: web });
    });

    it("fails on a name that several have, and names them", async () => {
        const other = plan.replace("/plan", "/shop");
        await cloud.put(other, { ...westEurope, sku: { name: "B1" } });
        await expect(run("shop")).rejects.toThrow(/several resources/);
        await expect(run("shop")).rejects.toThrow(other);
        await expect(run("shop")).rejects.toThrow(site);
    });

    it.each([
        ["nowhere", /no resource "nowhere"/],
        ["shop rename", /"rename" is not known/],
        ["shop set", /Set what\?/],
        ["shop set httpsOnly", /"httpsOnly" is no <path>=<value>/],
        ["shop set =x", /"=x" is no/],
        ["shop set tags.=x", /no path/],
        ["shop set kind.x=1", /"kind" is a value/],
        ["shop set appSettings={}", /Which of appSettings/],
        ["plan set appSettings.A=1", /Only an app has appSettings/],
        ["shop set name=foo", /"name" cannot be changed/],
        ["shop set id=foo", /"id" cannot be changed/],
        ["shop set type=x", /"type" cannot be changed/],
        ["shop unset tags.__proto__", /cannot be changed/],
        [`shop set ${Array(9000).fill("a").join(".")}=1`, /at most 32 names/],
        ["shop show more", /"more" is one word too many/],
        ["shop delete more", /"more" is one word too many/],
        ["shop unset", /Unset what\?/],
        ["shop unset siteConfig.ftpsState", /set siteConfig.ftpsState to another value/],
    ])("fails on %s, and changes nothing", async (words, message) => {
        const before = JSON.stringify(cloud.store.below(subscription));
        await expect(run(words)).rejects.toThrow(message);
        await expect(run(words)).rejects.toMatchObject({ name: "UserError" });
        expect(JSON.stringify(cloud.store.below(subscription))).toBe(before);
    });

    it("fails without a resource, and says how", async () => {
        await expect(az(cloud, [])).rejects.toThrow(/Which resource\?/);
    });

    it("fails where Azure refuses, in its words", async () => {
        await expect(run("plan set sku.name=Z9")).rejects.toThrow("'Z9' is not allowed");
    });

    it("adds nothing to what objects have in common", async () => {
        await expect(run("shop set __proto__.polluted=1")).rejects.toThrow(/cannot be changed/);
        expect(({} as Document).polluted).toBeUndefined();
    });
});

describe("show", () => {
    beforeEach(async () => {
        const { directory } = cloud;
        const user = directory.createUser({ displayName: "Ann", userPrincipalName: "ann@b" });
        directory.createGroup({ displayName: "team", members: [user.id] });
        directory.addPassword(deployer.applicationId, {
            startDateTime: "",
            endDateTime: "2099-01-01",
        });
        directory.addFederatedCredential(deployer.applicationId, {
            name: "x",
            subject: "repo:o/r",
        });
        elevate(cloud.store, signedInUser.objectId);
        await cloud.put(
            `${group("g")}/providers/Microsoft.Authorization/roleDefinitions/${customRole}`,
            {
                properties: {
                    roleName: "Only gateways",
                    assignableScopes: [group("g")],
                    permissions: [{ actions: ["Microsoft.Network/applicationGateways/*"] }],
                },
            },
        );
        await assign(cloud, deployer.id, customRole, group("g"));
        await assign(cloud, String(user.id), "Reader", tenantGroup);
    });

    it("names something of every kind", () => {
        const drawn = drawCloud(cloud);
        for (const words of [
            "tenant Local directory",
            "user Ann <ann@b>",
            "group team, 1 members",
            "custom role Only gateways, assignable at resource group g",
            `role Reader → Ann, at Microsoft.Management/managementGroups ${signedInUser.tenantId}`,
            `application deployer, client id ${deployer.appId}`,
            `service principal ${deployer.id}`,
            "secret until 2099-01-01",
            "trusts repo:o/r",
            "role Owner → You",
            "resource group g  (westeurope)",
            "role Only gateways → deployer",
            "Microsoft.Web/serverfarms plan  (B2 × 1, linux, West Europe)",
            "Microsoft.Web/sites shop  (app,linux,container, West Europe, identity ",
            "role Reader → deployer",
            "Microsoft.Web/sites/basicPublishingCredentialsPolicies ftp  (off)",
        ]) {
            expect(drawn).toContain(words);
        }
    });

    it("draws every document of the subscription, once, and no value of an app setting", () => {
        const drawn = drawCloud(cloud).split("\n");
        const start = drawn.findIndex((line) => line.includes(`(${signedInUser.subscriptionId})`));
        const below = cloud.store.below(subscription).filter(({ type }) => type !== undefined);
        expect(drawn.length - start - 1).toBe(below.length);
        for (const { id, type } of below) {
            if (type === "Microsoft.Authorization/roleAssignments") continue;
            expect(drawn.some((line) => line.includes(` ${path.basename(String(id))}`))).toBe(true);
        }
        expect(drawn.join("\n")).not.toContain("info");
    });

    it("draws what is in something that is not there below the nearest thing that is", () => {
        const id = `${site}/slots/gone/config/web`;
        cloud.store.put(id, { id, name: "web", type: "Microsoft.Web/sites/slots/config" });
        const drawn = drawCloud(cloud).split("\n");
        const indent = (words: string) => drawn.find((line) => line.includes(words))!.indexOf("─ ");
        expect(indent("slots/config web")).toBe(
            indent("policies ftp".replace("policies", "Policies")),
        );
    });

    it("says of a role whose holder is gone that nobody has it", () => {
        cloud.directory.delete("applications", deployer.applicationId);
        expect(drawCloud(cloud)).toContain(
            `role Reader → ${deployer.id}, who is not in the directory`,
        );
    });
});

describe("access", () => {
    it("says what somebody can do, where, by which way", async () => {
        const members = [deployer.id];
        const team = String(cloud.directory.createGroup({ displayName: "team", members }).id);
        await assign(cloud, team, "Contributor", group("g"));
        giveDirectoryRights(cloud, "servicePrincipals", deployer.id, {
            appRoles: ["Application.Read.All"],
        });
        cloud.directory.addFederatedCredential(deployer.applicationId, {
            name: "x",
            issuer: gitHubIssuer,
            subject: "repo:o/r",
            audiences: [],
        });
        const text = describeAccess(cloud, ["deployer"]);
        const id = `object id ${deployer.id}, client id ${deployer.appId}`;
        expect(text).toContain(`deployer: service principal, ${id}`);
        expect(text).toContain("Reader at Microsoft.Web/sites shop in g\n    */read");
        expect(text).toContain("Contributor at resource group g, through the group team\n    *");
        expect(text).toContain("but not Microsoft.Authorization/*/Write");
        expect(text).toContain("In the directory: Application.Read.All");
        expect(text).toContain(`${gitHubIssuer}, subject repo:o/r`);
        expect(describeAccess(cloud, ["team"])).toContain("Contributor at resource group g\n");
        expect(describeAccess(cloud, [signedInUser.name])).toContain(
            "Subscription of Local directory",
        );
    });

    it("says so where somebody can do nothing", () => {
        makePrincipal(cloud, "other");
        const text = describeAccess(cloud, ["other"]);
        expect(text).toMatch(/no role in Azure[^]*In the directory: no rights/);
        expect(describeAccess(cloud, ["other", "--used"])).toMatch(/\n {2}nothing$/);
    });

    it("says what somebody did, how often, and what was refused", async () => {
        const mine = as(cloud, deployer);
        await mine.get(site);
        await mine.get(site);
        await mine.get(plan).catch(() => undefined);
        const text = describeAccess(cloud, ["--used", "deployer"]);
        expect(text).toContain("  Microsoft.Web/sites/Read\n    2 × Microsoft.Web/sites shop in g");
        expect(text).toContain("Microsoft.Web/serverfarms/Read   refused\n    1 ×");
    });

    it("lists the actions that somebody was allowed, one a line, without those of the directory", async () => {
        const mine = as(cloud, deployer);
        await mine.get(site);
        await mine.get(plan).catch(() => undefined);
        const appRoles = ["Application.Read.All"];
        giveDirectoryRights(cloud, "servicePrincipals", deployer.id, { appRoles });
        mine.askDirectory("applications/read");
        expect(describeAccess(cloud, ["deployer", "--used"])).toContain("the directory");
        expect(describeAccess(cloud, ["deployer", "--used", "--actions"])).toBe(
            "Microsoft.Web/sites/Read",
        );
    });

    it("reads an activity log of Azure, and fails on what is none", () => {
        const file = path.join(azure.folder(), "log.json");
        const event = {
            authorization: { action: "Microsoft.Web/sites/write", scope: "/subscriptions/s" },
            caller: "somebody",
        };
        fs.writeFileSync(file, JSON.stringify([event]));
        const args = ["--used", "--log", file];
        expect(describeAccess(cloud, args)).toMatch(
            /^somebody, among 1 event:\n {2}Microsoft.Web\/sites\/Write\n/,
        );
        expect(() => describeAccess(cloud, [...args, "--caller", "x"])).toThrow(
            `${file} has no operation of "x"`,
        );
        const notes = jest.spyOn(console, "error").mockReturnValue();
        try {
            expect(describeAccess(cloud, [...args, "--actions"])).toBe("Microsoft.Web/sites/Write");
            expect(notes).toHaveBeenCalledWith(expect.stringContaining("holds no reads"));
        } finally {
            notes.mockRestore();
        }
    });

    it.each([
        [[]],
        [["--used"]],
        [["a", "b"]],
        [["a", "--actions"]],
        [["a", "--used", "--log", "f"]],
        [["--log", "f"]],
        [["a", "--caller", "b"]],
        [["a", "--wrong"]],
    ])("fails on %j, and says how", (args) => {
        expect(() => describeAccess(cloud, args)).toThrow(/npm run local -- access <principal>/);
    });
});

describe("principals", () => {
    it("are found by name, principal name, client id and object id, in any case", () => {
        const { appId, id } = deployer;
        for (const text of ["deployer", "DEPLOYER", appId, id.toUpperCase()]) {
            expect(findPrincipal(cloud, text)).toMatchObject({
                id,
                principalType: "ServicePrincipal",
            });
        }
        const you = { id: signedInUser.objectId, principalType: "User" };
        expect(findPrincipal(cloud, signedInUser.name)).toMatchObject(you);
    });

    it("fail where there is none or several", () => {
        expect(() => findPrincipal(cloud, "nobody")).toThrow(
            /no principal "nobody".*deployer.*shop/,
        );
        expect(() => findPrincipal(cloud, "undefined")).toThrow(/no principal/);
        const { id } = makePrincipal(cloud, "deployer");
        expect(() => findPrincipal(cloud, "deployer")).toThrow(/name of several/);
        expect(() => findPrincipal(cloud, "deployer")).toThrow(id);
    });

    it("fail with an empty name", () => {
        expect(() => findPrincipal(cloud, "")).toThrow(/is empty/);
    });

    it("fail to sign in as a group, an app's identity or who is disabled, for az and the rest", () => {
        cloud.directory.createGroup({ displayName: "team", members: [] });
        const { id } = cloud.directory.createUser({ displayName: "Ann", userPrincipalName: "a@b" });
        const ann = cloud.directory.require("users", String(id));
        cloud.directory.put("users", { ...ann, accountEnabled: false });
        for (const signIn of [callerOf, signInEnvironment]) {
            expect(() => signIn(cloud, "team")).toThrow(/is a group/);
            expect(() => signIn(cloud, "shop")).toThrow(/identity of an app/);
            expect(() => signIn(cloud, "Ann")).toThrow(/is disabled/);
        }
    });

    it("fail to get a token without a subject, or of an issuer that is no URL", () => {
        expect(() => makeToken(cloud, ["--subject", ""])).toThrow(/needs a subject/);
        const args = ["--subject", "s", "--issuer", "github"];
        expect(() => makeToken(cloud, args)).toThrow(/"github" is no URL/);
    });

    it("sign in as a user by object id, and as what trusts a token with one", () => {
        const user = signInEnvironment(cloud, signedInUser.name);
        expect(user).toEqual({ [userVariable]: signedInUser.objectId });
        cloud.directory.addFederatedCredential(deployer.applicationId, {
            name: "x",
            issuer: gitHubIssuer,
            subject: "s",
            audiences: ["a"],
        });
        const env = signInEnvironment(cloud, "deployer");
        expect(env).toMatchObject({ ARM_USE_OIDC: "true", ARM_CLIENT_ID: deployer.appId });
        const proof = { kind: "token", text: env.ARM_OIDC_TOKEN! } as const;
        const { tenantId } = signedInUser;
        const caller = signInServicePrincipal(cloud.store, tenantId, deployer.appId, proof);
        expect(caller.objectId).toBe(deployer.id);
    });

    it("fail to be signed in as where nothing can prove it here", () => {
        cloud.directory.createGroup({ displayName: "team" });
        expect(() => signInEnvironment(cloud, "team")).toThrow(/is a group/);
        expect(() => signInEnvironment(cloud, "shop")).toThrow(/identity of an app/);
        expect(() => signInEnvironment(cloud, "deployer")).toThrow(/ARM_CLIENT_SECRET=\.\.\./);
    });
});

describe("token", () => {
    it("is GitHub's for Azure, unless something else is said", () => {
        const claims = (...args: string[]) => readToken(cloud.store, makeToken(cloud, args));
        const usual = { iss: gitHubIssuer, aud: tokenExchangeAudience, sub: "repo:o/r" };
        expect(claims("--subject", "repo:o/r")).toMatchObject(usual);
        expect(claims("--issuer", "https://i", "--audience", "a", "--subject", "s")).toMatchObject({
            iss: "https://i",
            aud: "a",
            sub: "s",
        });
    });

    it.each([[[]], [["--subject"]], [["--issuer", "i"]], [["--scope", "s"]]])(
        "fails on %j",
        (args) => {
            expect(() => makeToken(cloud, args)).toThrow(/npm run local -- token --subject/);
        },
    );
});

describe("--as", () => {
    it.each(["show", "access", "token", "quota", "reset"])(
        "fails before %s, which it does not change",
        async (verb) => {
            await expect(main(["--as", "deployer", verb])).rejects.toThrow(/goes with up, preview/);
        },
    );
});

describe("--stack", () => {
    it.each(["show", "access", "token", "quota", "az", "fault", "reset"])(
        "fails before %s, which is about all stacks",
        async (verb) => {
            const work = main(["--stack", "dev", verb]);
            await expect(work).rejects.toThrow(/--stack goes with up, preview/);
        },
    );
});

describe("a process that changes a stack", () => {
    const folders = localFolders(temporaryFolder());
    const lock = path.join(
        folders.state,
        ".pulumi/locks/organization/azure-webapp-stack/test/lock.json",
    );
    const setup = path.join(folders.root, "setup.lock");
    const dead = 2 ** 30;

    it("is known by its lock as long as it lives", () => {
        expect(whoIsAtWork(folders)).toBeUndefined();
        fs.mkdirSync(path.dirname(lock), { recursive: true });
        fs.writeFileSync(lock, JSON.stringify({ pid: dead }));
        fs.writeFileSync(setup, String(dead));
        expect(whoIsAtWork(folders)).toBeUndefined();
        fs.writeFileSync(lock, JSON.stringify({ pid: process.pid }));
        expect(whoIsAtWork(folders)).toBe(
            `The stack "test" is being changed by process ${process.pid}`,
        );
        fs.writeFileSync(setup, String(process.pid));
        expect(whoIsAtWork(folders)).toContain(`being prepared by process ${process.pid}`);
    });
});
