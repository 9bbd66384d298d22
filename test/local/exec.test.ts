/**
 * What stands for `pulumi` and `az` under `npm run local -- exec`: how arguments are read, and what `az` answers.
 * Cannot show that the real Azure CLI answers the same; where its form is known, the code names the source. The
 * engine behind `pulumi` is in test/engine/exec.test.ts.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { directoryRoles } from "../../azure/graph";
import { stackOption } from "../../engine/main";
import { main as az, parseArguments } from "../../local/exec/az";
import { commandOf, isStackless, main as pulumi } from "../../local/exec/pulumi";
import { request } from "../../local/exec/rest";
import type { Cloud } from "../../local/cloud/cloud";
import { signedInUser } from "../../local/identity";
import { storeVariable, userVariable } from "../../local/providers/session";
import { as, assign, azures, group, makePrincipal, refused, subscription } from "../support/people";

const version = "?api-version=2024-04-01";
const site = `${group("g")}/providers/Microsoft.Web/sites/shop`;
const plan = `${group("g")}/providers/Microsoft.Web/serverfarms/plan`;
const westEurope = { location: "westeurope" };

const azure = azures();
let cloud: Cloud;
let deployer: ReturnType<typeof makePrincipal>;
const before = { ...process.env };

beforeEach(async () => {
    cloud = azure.next();
    process.env = { ...before, [storeVariable]: azure.folder() };
    await cloud.put(group("g"), westEurope);
    await cloud.put(plan, { ...westEurope, sku: { name: "B2" }, properties: { reserved: true } });
    await cloud.put(site, { ...westEurope, properties: { serverFarmId: plan } });
    deployer = makePrincipal(cloud, "deployer");
});
afterAll(() => {
    process.env = before;
});

describe("the arguments of pulumi", () => {
    it.each([
        [["up", "--stack", "test"], "test"],
        [["--stack=test", "up"], "test"],
        [["up", "-s", "test", "--yes"], "test"],
        [["up", "-stest"], "test"],
        [["up", "-s=organization/azure-webapp-stack/test"], "organization/azure-webapp-stack/test"],
        [["up"], undefined],
        [["up", "--stack"], undefined],
        [["config", "set", "key", "--", "--stack", "test"], undefined],
    ])("%j name the stack %j", (args, stack) => {
        expect(stackOption(args)).toBe(stack);
    });

    it.each([
        [["up", "--yes"], "up"],
        [["-C", "folder", "--color", "never", "destroy"], "destroy"],
        [["--stack", "up", "preview"], "preview"],
        [["--help"], undefined],
    ])("%j say what to do: %j", (args, command) => {
        expect(commandOf(args)).toBe(command);
    });

    it.each([
        [[], true],
        [["version"], true],
        [["up", "--help"], true],
        [["plugin", "ls"], true],
        [["up"], false],
        [["config", "set", "key", "--", "--help"], false],
        [["--stack", "version", "up"], false],
    ])("%j are about no stack: %j", (args, expected) => {
        expect(isStackless(args)).toBe(expected);
    });

    it("fail outside of exec, which says where the real CLI is", async () => {
        delete process.env.LOCAL_AZURE_PULUMI;
        await expect(pulumi(["version"])).rejects.toThrow(/npm run local -- exec pulumi/);
    });
});

describe("az rest", () => {
    it("reads, writes and deletes", async () => {
        const id = group("other");
        const made = await request(cloud, "PUT", id + version, westEurope);
        expect(made).toMatchObject({ id });
        expect(await request(cloud, "get", `https://management.azure.com${id}${version}`)).toEqual(
            made,
        );
        expect(await request(cloud, "delete", id + version)).toBeUndefined();
        await refused(request(cloud, "get", id + version), 404, "ResourceGroupNotFound", "other");
        const gone = `${group("g")}/providers/Microsoft.Web/sites/gone`;
        await refused(request(cloud, "get", gone + version), 404, "ResourceNotFound");
    });

    it("lists the settings of an app", async () => {
        await cloud.put(`${site}/config/appsettings`, { properties: { LOG: "info" } });
        expect(
            await request(cloud, "post", `${site}/config/appsettings/list${version}`),
        ).toMatchObject({ properties: { LOG: "info" } });
    });

    it("lists what is in a group, and groups, for who may read there", async () => {
        const sites = `${group("g")}/providers/Microsoft.Web/sites${version}`;
        expect(await request(cloud, "get", sites)).toMatchObject({ value: [{ id: site }] });
        const groups = `/subscriptions/{subscriptionId}/resourceGroups${version}`;
        expect(await request(cloud, "get", groups)).toMatchObject({ value: [{ id: group("g") }] });
        const stranger = as(cloud, deployer);
        await refused(request(stranger, "get", sites), 403, "AuthorizationFailed");
        await refused(request(stranger, "get", groups), 403, "AuthorizationFailed");
        const none = `${group("none")}/providers/Microsoft.Web/sites${version}`;
        await refused(request(cloud, "get", none), 404, "ResourceGroupNotFound");
        const roles = `${group("g")}/providers/Microsoft.Authorization/roleAssignments${version}`;
        await refused(request(cloud, "get", roles), 400, "NotModelled");
    });

    it("answers what the caller may do at a scope, one entry for each role", async () => {
        const permissions = `${group("g")}/providers/Microsoft.Authorization/permissions${version}`;
        const owner = { actions: ["*"], notActions: [], dataActions: [], notDataActions: [] };
        expect(await request(cloud, "get", permissions)).toEqual({ value: [owner] });
        const caller = as(cloud, deployer);
        await refused(request(caller, "get", permissions), 403, "AuthorizationFailed");
        await assign(cloud, deployer.id, "Website Contributor", group("g"));
        await assign(cloud, deployer.id, "Reader", group("g"));
        const { value } = (await request(caller, "get", permissions)) as { value: object[] };
        expect(value).toHaveLength(2);
        expect(value).toContainEqual({ ...owner, actions: ["*/read"] });
        const whole = `${subscription}/providers/Microsoft.Authorization/permissions${version}`;
        await refused(request(caller, "get", whole), 403, "AuthorizationFailed");
        expect(await request(cloud, "get", whole)).toEqual({ value: [owner] });
    });

    it("shows the subscription to who has a role in it", async () => {
        const url = `/subscriptions/{subscriptionId}${version}`;
        const { subscriptionId, tenantId } = signedInUser;
        const shown = { subscriptionId, tenantId, state: "Enabled" };
        expect(await request(cloud, "get", url)).toMatchObject(shown);
        await refused(request(as(cloud, deployer), "get", url), 403, "AuthorizationFailed");
        await assign(cloud, deployer.id, "Reader", group("g"));
        expect(await request(as(cloud, deployer), "get", url)).toMatchObject(shown);
    });

    it.each([
        ["shop", { nameAvailable: false, reason: "AlreadyExists" }],
        ["-shop", { nameAvailable: false, reason: "Invalid" }],
        ["shop-2", { nameAvailable: true, reason: "" }],
    ])("says whether the app name %j is free", async (name, expected) => {
        const url = `/subscriptions/{subscriptionId}/providers/Microsoft.Web/checkNameAvailability${version}`;
        expect(await request(cloud, "post", url, { name, type: "Site" })).toMatchObject(expected);
        const stranger = request(as(cloud, deployer), "post", url, { name, type: "Site" });
        await refused(stranger, 403, "AuthorizationFailed", "checknameavailability/read");
        await refused(request(cloud, "post", url, { name, type: "Slot" }), 400, "NotModelled");
    });

    it("asks Graph who may make applications: a user, and a service principal by its app roles", async () => {
        const graph = (asker: Cloud, path: string) =>
            request(asker, "get", `https://graph.microsoft.com/v1.0/${path}`);
        const { objectId } = signedInUser;
        expect(await graph(cloud, "me")).toMatchObject({ id: objectId });
        expect(await graph(cloud, "me/memberOf/microsoft.graph.directoryRole")).toEqual({
            value: [
                {
                    displayName: "Global Administrator",
                    roleTemplateId: directoryRoles["Global Administrator"],
                },
            ],
        });
        expect(await graph(cloud, "policies/authorizationPolicy")).toEqual({
            defaultUserRolePermissions: { allowedToCreateApps: true },
        });
        const own = `servicePrincipals(appId='${deployer.appId}')/appRoleAssignments`;
        expect(await graph(cloud, own)).toEqual({ value: [] });
        await refused(graph(as(cloud, deployer), own), 403, "Authorization_RequestDenied");
        await refused(graph(as(cloud, deployer), "me"), 400, "BadRequest", "delegated");
        const nobody = "servicePrincipals(appId='nobody')/appRoleAssignments";
        await refused(graph(cloud, nobody), 404, "Request_ResourceNotFound");
    });

    it.each([
        ["patch", site + version, "NotModelled", "patch"],
        ["get", site, "MissingApiVersionParameter", "api-version"],
        ["get", "https://graph.microsoft.com/v1.0/groups", "NotModelled", "groups"],
        ["post", `https://graph.microsoft.com/v1.0/me${version}`, "NotModelled", "graph"],
        ["get", `https://management.azure.com.example.com/${version}`, "NotModelled", "example"],
        ["get", `/nothing${version}`, "InvalidResourceId", "nothing"],
        ["post", `${site}/explode${version}`, "NotModelled", "explode"],
    ])("refuses %s %s: %s", async (method, url, code, words) => {
        await refused(request(cloud, method, url), 400, code, words);
    });
});

/** What the command prints, and how it ends. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const out = jest.spyOn(console, "log").mockImplementation();
    const err = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
        const code = await az(args);
        const printed = (calls: unknown[][]) => calls.map(([text]) => String(text)).join("");
        return { code, out: printed(out.mock.calls), err: printed(err.mock.calls) };
    } finally {
        out.mockRestore();
        err.mockRestore();
    }
}

describe("az", () => {
    it("says who is signed in, whoever that is", async () => {
        const { out } = await run("account", "show", "--output", "json");
        const { tenantId, subscriptionId: id, name } = signedInUser;
        expect(JSON.parse(out)).toMatchObject({ tenantId, id, user: { name, type: "user" } });
        const lifetime = { startDateTime: "2020-01-01", endDateTime: "2099-01-01" };
        const { secretText } = cloud.directory.addPassword(deployer.applicationId, lifetime);
        await assign(cloud, deployer.id, "Reader", group("g"));
        Object.assign(process.env, { ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: deployer.appId });
        process.env.ARM_CLIENT_SECRET = secretText;
        const user = { name: deployer.appId, type: "servicePrincipal" };
        expect(JSON.parse((await run("account", "show")).out)).toMatchObject({ user });
        process.env.ARM_CLIENT_SECRET = "guessed";
        const wrong = await run("account", "show");
        expect(wrong).toMatchObject({ code: 1, out: "" });
        expect(wrong.err).toMatch(/^ERROR: AADSTS7000215: Invalid client secret/);
        expect(wrong.err).not.toContain("guessed");
    });

    it("takes a body from a file, and prints a refusal as Azure's answer", async () => {
        const file = path.join(azure.folder(), "body.json");
        fs.writeFileSync(file, JSON.stringify(westEurope));
        const url = group("filed") + version;
        const put = ["rest", "-m", "put", "--uri", url, "--body", `@${file}`];
        expect(JSON.parse((await run(...put)).out)).toMatchObject({ id: group("filed") });
        const member = cloud.directory.createUser({ userPrincipalName: "m@local.example" });
        process.env[userVariable] = String(member.id);
        const { code, err } = await run(...put);
        expect(code).toBe(1);
        expect(err).toMatch(
            /^ERROR: Forbidden\(\{"error":\{"code":"AuthorizationFailed","message":/,
        );
    });

    it("finds applications, service principals, users and groups", async () => {
        const { appId, id, applicationId } = deployer;
        const one = async (...args: string[]) => JSON.parse((await run("ad", ...args)).out);
        expect(await one("app", "list", "--filter", "displayName eq 'deployer'")).toMatchObject([
            { id: applicationId, appId },
        ]);
        expect(await one("app", "list", "--filter", "displayName eq 'nobody'")).toEqual([]);
        expect(await one("app", "list", "--filter", "startswith(displayName,'dep')")).toHaveLength(
            1,
        );
        expect(await one("sp", "list", "--filter", `appId eq '${appId}'`)).toMatchObject([{ id }]);
        for (const name of [appId, id]) {
            expect(await one("sp", "show", "--id", name)).toMatchObject({ id, appId });
        }
        const { name } = signedInUser;
        expect(await one("user", "show", "--id", name)).toMatchObject({
            id: signedInUser.objectId,
        });
        const team = cloud.directory.createGroup({ displayName: "team" });
        expect(await one("group", "show", "-g", "TEAM")).toMatchObject({ id: team.id });
        const missing = await run("ad", "sp", "show", "--id", "nobody");
        expect(missing).toMatchObject({ code: 1, out: "" });
        expect(missing.err).toMatch(/^ERROR: Resource 'nobody' does not exist/);
    });

    it("shows of a client secret neither text nor hash, and deletes it for who may", async () => {
        const lifetime = { startDateTime: "2020-01-01", endDateTime: "2099-01-01" };
        const body = { displayName: "first", ...lifetime };
        const { keyId } = cloud.directory.addPassword(deployer.applicationId, body);
        const list = ["ad", "app", "credential", "list", "--id", deployer.appId];
        const { out } = await run(...list);
        expect(JSON.parse(out)).toEqual([
            { ...body, keyId, secretText: null, hint: expect.any(String) },
        ]);
        const remove = ["ad", "app", "credential", "delete", "--id", deployer.applicationId];
        const member = cloud.directory.createUser({ userPrincipalName: "m@local.example" });
        process.env[userVariable] = String(member.id);
        const refusal = await run(...remove, "--key-id", keyId);
        expect(refusal.err).toBe("ERROR: Insufficient privileges to complete the operation.\n");
        delete process.env[userVariable];
        expect(await run(...remove, "--key-id", keyId)).toMatchObject({ code: 0, out: "" });
        expect(JSON.parse((await run(...list)).out)).toEqual([]);
    });

    it.each([
        [["ad", "app", "create"], /"az ad app create" is not modelled.*az rest --url/s],
        [["constructor"], /"az constructor" is not modelled/],
        [["account", "show", "--query", "id"], /--query of "az account show" is not modelled/],
        [["account", "show", "-o", "table"], /--output table is not modelled/],
        [["rest"], /required: --url/],
        [["rest", "--url"], /argument --url: expected one argument/],
        [["rest", "--url", "/", "--body", "{"], /--body is not JSON/],
        [["rest", "--url", "/", "--body", "@/nowhere"], /nowhere is not there/],
        [["ad", "app", "list", "--filter", "displayName ne 'x'"], /The filter .* is not modelled/],
    ])("fails on %j", async (args, expected) => {
        const { code, out, err } = await run(...args);
        expect([code, out]).toEqual([1, ""]);
        expect(err).toMatch(expected);
    });

    it("reads options in any order, with their values beside or after them", () => {
        const word = fc.stringMatching(/^[a-z]+$/);
        fc.assert(
            fc.property(fc.array(word), fc.dictionary(word, fc.string()), (words, given) => {
                const named = Object.entries(given).map(([name, value]): [string, string] => [
                    `--${name}`,
                    value,
                ]);
                const inline = named.map(([name, value]) => `${name}=${value}`);
                const expected = { words: words.join(" "), options: new Map(named) };
                expect(parseArguments([...named.flat(), ...words])).toEqual(expected);
                expect(parseArguments([...words, ...inline])).toEqual(expected);
            }),
        );
    });
});
