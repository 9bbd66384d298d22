/**
 * Each check of `npm run doctor`, with made-up answers of Azure and of the Pulumi CLI.
 * Cannot show that Azure and the CLI answer so; test/engine/doctor.test.ts asks the real CLI and a model of Azure.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { generate } from "selfsigned";
import { parse } from "yaml";
import { tokenExchangeAudience } from "../../azure/federation";
import { directoryRoles, graphAppRoles } from "../../azure/graph";
import { findRole } from "../../azure/roles";
import { AzureCliError, type Account, type AzureReader } from "../../delivery/azureCli";
import { checkBackend, checkPassphrase } from "../../delivery/doctor/backend";
import { checkCredentials } from "../../delivery/doctor/credentials";
import { checkDirectory } from "../../delivery/doctor/directory";
import { verdict, type Finding } from "../../delivery/doctor/finding";
import { checkGitHub } from "../../delivery/doctor/gitHub";
import { drawTable, wrap } from "../../delivery/doctor/print";
import { checkRights, rolesFor } from "../../delivery/doctor/rights";
import type { Answer } from "../../delivery/doctor/runner";
import { checkPlace, readSettings } from "../../delivery/doctor/settings";
import { checkSignIn, readClaims } from "../../delivery/doctor/signIn";
import { checkAzureCli, checkNode, checkPolicies } from "../../delivery/doctor/tools";
import { checkAppName, checkQuota } from "../../delivery/doctor/workload";
import { temporaryFolder } from "../support/temporaryFolder";

const tenantId = "11111111-1111-4111-8111-111111111111";
const subscriptionId = "22222222-2222-4222-8222-222222222222";
const elsewhere = "33333333-3333-4333-8333-333333333333";
const clientId = "44444444-4444-4444-8444-444444444444";
const groupId = `/subscriptions/${subscriptionId}/resourceGroups/shop-rg`;

const project = path.resolve(__dirname, "..", "..");
const { config } = parse(fs.readFileSync(path.join(project, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { default?: string }>;
};
const defaults = Object.entries(config)
    .filter(([key]) => !key.startsWith("pulumi:"))
    .map(([key, { default: value }]): [string, string] => [key, value ?? ""]);

/** What `pulumi config --json` prints of a stack. */
function printed(given: Record<string, string> = {}): string {
    const own = { name: "shop", tenantId, subscriptionId, ...given };
    const all = { ...Object.fromEntries(defaults), ...own };
    const entries = Object.entries(all).map(([key, value]) => [
        `azure-webapp-stack:${key}`,
        { value, secret: false },
    ]);
    return JSON.stringify(Object.fromEntries(entries));
}
const settingsOf = (given?: Record<string, string>) => readSettings(printed(given), "dev");

const user: Account = {
    tenantId,
    id: subscriptionId,
    user: { name: "ada@x.example", type: "user" },
};
const pipeline: Account = { ...user, user: { name: clientId, type: "servicePrincipal" } };

/** An Azure that answers by parts of the URL; a text is the code of a refusal. */
function azure(answers: Record<string, unknown>, account: Account | Error = user): AzureReader {
    const answer = async (url: string) => {
        const part = Object.keys(answers).find((one) => url.includes(one));
        const found = part === undefined ? "NotFound" : answers[part];
        if (typeof found === "string") throw new AzureCliError(`${found}: no.`, found);
        return found as never;
    };
    return {
        account: () =>
            account instanceof Error ? Promise.reject(account) : Promise.resolve(account),
        version: () => Promise.resolve("2.81.0"),
        get: answer,
        ask: answer,
    };
}

const now = new Date("2026-11-22T12:00:00Z");
const inDays = (days: number) =>
    new Date(now.getTime() + days * 24 * 60 * 60 * 1000).toISOString().replace(".000", "");
const brief = (findings: readonly Finding[]) =>
    findings.map(({ level, about }) => `${level} ${about}`);
const token = (claims: object) =>
    ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "c2ln"].join(".");

describe("settings", () => {
    it("are read with their defaults", () => {
        expect(settingsOf({ location: "West Europe" })).toMatchObject({
            environment: "dev",
            deploysAccess: true,
            deploysWorkload: true,
            group: "shop-rg",
            createsGroup: true,
            location: "westeurope",
            sku: "B2",
            instances: 1,
            gitHub: undefined,
            gitHubBranch: "main",
            clientSecrets: [],
            makesPrincipal: true,
            makesRoles: false,
        });
    });

    it("know lists as texts and as YAML lists, and a secret without a value", () => {
        const list = { clientSecrets: '["a/b","c/d"]', deployerSubjects: "x, y" };
        expect(settingsOf(list)).toMatchObject({
            clientSecrets: ["a/b", "c/d"],
            deployerSubjects: ["x", "y"],
        });
        const secret = JSON.stringify({ "azure-webapp-stack:name": { secret: true } });
        expect(readSettings(secret, "dev").name).toBe("");
    });

    it('of "workload" make nothing in group and directory, those of "access" no app', () => {
        const nothing = { createsGroup: false, makesPrincipal: false, makesRoles: false };
        expect(settingsOf({ deploys: "workload" })).toMatchObject(nothing);
        expect(settingsOf({ deploys: "access" })).toMatchObject({ deploysWorkload: false });
        expect(settingsOf({ deployerRoles: "Website Contributor, custom" }).makesRoles).toBe(true);
        const known = { existingDeployer: clientId };
        expect(settingsOf(known).makesPrincipal).toBe(false);
        expect(settingsOf({ ...known, githubRepository: "o/r" }).makesPrincipal).toBe(true);
    });

    it("fail where the committed examples stand in for ids", () => {
        expect(checkPlace(settingsOf())).toEqual([]);
        const nobody = "00000000-0000-0000-0000-000000000000";
        const [tenant, subscription] = checkPlace(
            settingsOf({ tenantId: nobody, subscriptionId: "mine" }),
        );
        expect(tenant!.what).toBe("tenantId is that of the example.");
        expect(tenant!.command).toContain("pulumi config set tenantId");
        expect(subscription!.what).toBe("subscriptionId is no GUID.");
        expect(subscription!.command).toContain("--query id");
        expect(checkPlace(settingsOf({ name: "" }))).toHaveLength(1);
    });
});

describe("tools", () => {
    it("are judged by what package.json asks for", () => {
        expect(checkNode("20.1.0").level).toBe("ok");
        expect(checkNode("18.20.0").what).toMatch(/>=20 is needed/);
    });

    it("warns where az is missing", async () => {
        const { level, what } = await checkAzureCli({
            ...azure({}),
            version: () => Promise.reject(new AzureCliError("az was not found")),
        });
        expect([level, what]).toEqual(["warning", expect.stringContaining("aka.ms/azure-cli")]);
        expect((await checkAzureCli(azure({}))).what).toBe("2.81.0.");
    });

    it("fail where the environment has no policies", () => {
        expect(checkPolicies("dev")).toEqual([]);
        expect(checkPolicies("nowhere")[0]!.what).toContain("policies/config.nowhere.json");
    });
});

describe("the backend", () => {
    const place = { cwd: temporaryFolder(), env: { PULUMI_CONFIG_PASSPHRASE: "x" }, stack: "dev" };
    const said = (answers: Record<string, Partial<Answer>>) => (command: string) =>
        Promise.resolve({ code: 0, stdout: "", stderr: "", ...answers[command] });
    const signedIn = (url: string) => ({ stdout: JSON.stringify({ user: "ada", url }) });

    it("is read, and its settings with it", async () => {
        const pulumi = said({
            whoami: signedIn("file:///state?metadata=skip"),
            config: { stdout: printed() },
        });
        const { findings, settings } = await checkBackend(pulumi, place);
        expect(brief(findings)).toEqual(["ok backend", "ok passphrase"]);
        expect(settings!.name).toBe("shop");
    });

    it.each([
        ["file:///state", "file:///state?metadata=skip"],
        ["file:///state?no_tmp_dir=true", "file:///state?no_tmp_dir=true&metadata=skip"],
    ])("warns of %s without metadata=skip", async (url, better) => {
        const pulumi = said({ whoami: signedIn(url), config: { stdout: printed() } });
        const [finding] = (await checkBackend(pulumi, place)).findings;
        expect(finding!.level).toBe("warning");
        expect(finding!.command).toBe(`npm run pulumi -- login '${better}'`);
    });

    it("fails signed out, out of reach, and without the stack, and shows no password", async () => {
        const out = { code: 3, stderr: "error: PULUMI_ACCESS_TOKEN must be set for login\n" };
        const first = await checkBackend(said({ whoami: out }), place);
        expect(first.settings).toBeUndefined();
        expect(first.findings).toEqual([
            expect.objectContaining({ level: "problem", command: "npm run pulumi -- login" }),
        ]);
        const dead = { code: 1, stderr: "error: unable to open bucket: no such host\n" };
        const [second] = (await checkBackend(said({ whoami: dead }), place)).findings;
        expect(second!.what).toBe("It does not answer: unable to open bucket: no such host.");
        const none = { code: 6, stderr: "error: no stack named 'dev' found\n" };
        const pulumi = said({ whoami: signedIn("https://ada:pw@pulumi.example"), config: none });
        const third = await checkBackend(pulumi, place);
        expect(third.findings.at(-1)!.command).toBe("npm run pulumi -- stack init dev");
        expect(JSON.stringify(third.findings)).not.toContain("pw");
    });

    it("asks for a passphrase only where one is needed", () => {
        const file = path.join(place.cwd, "Pulumi.x.yaml");
        const levels = (url: string, env: NodeJS.ProcessEnv) =>
            checkPassphrase(url, file, env).map(({ level }) => level);
        expect(levels("https://api.pulumi.com", {})).toEqual([]);
        expect(levels("azblob://state", {})).toEqual(["warning"]);
        const missing = { PULUMI_CONFIG_PASSPHRASE_FILE: path.join(place.cwd, "none") };
        expect(levels("azblob://state", missing)).toEqual(["problem"]);
        expect(levels("azblob://state", { PULUMI_CONFIG_PASSPHRASE_FILE: __filename })).toEqual([
            "ok",
        ]);
        fs.writeFileSync(file, "encryptionsalt: v1:x\n");
        expect(levels("https://api.pulumi.com", {})).toEqual(["warning"]);
        fs.writeFileSync(file, "secretsprovider: azurekeyvault://v.vault.azure.net/keys/k\n");
        expect(levels("azblob://state", {})).toEqual([]);
    });
});

describe("the sign-in", () => {
    const folder = temporaryFolder();
    const signIn = (account: Account | Error, env: NodeJS.ProcessEnv = {}, given = {}) =>
        checkSignIn(azure({}, account), settingsOf(given), env, now);
    const ids = {
        ARM_CLIENT_ID: clientId,
        ARM_TENANT_ID: tenantId,
        ARM_SUBSCRIPTION_ID: subscriptionId,
    };

    it("is a user's, at the right place", async () => {
        const { findings, asker } = await signIn(user);
        expect(brief(findings)).toEqual(["ok sign-in", "ok place"]);
        expect(asker).toEqual({ account: user, trustedAs: undefined });
    });

    it("fails in another tenant or subscription, and asks nothing more there", async () => {
        const { findings, asker } = await signIn({ ...user, tenantId: elsewhere });
        expect(brief(findings)).toEqual(["ok sign-in", "problem place"]);
        expect(findings[1]!.what).toMatch(new RegExp(`${elsewhere}.*${tenantId}`, "s"));
        expect(findings[1]!.command).toContain(`az login --tenant ${tenantId}`);
        expect(asker).toBeUndefined();
        const other = { ...ids, ARM_CLIENT_SECRET: "s3cret", ARM_SUBSCRIPTION_ID: elsewhere };
        const byVariable = await signIn(pipeline, other);
        expect(byVariable.findings.at(-1)!.command).toMatch(/^export ARM_TENANT_ID=/);
    });

    it("fails signed out, and with a service principal that only the Azure CLI knows", async () => {
        const out = await signIn(new AzureCliError("Please run 'az login'."));
        expect(brief(out.findings)).toEqual(["problem sign-in"]);
        expect(out.findings[0]!.command).toContain(`az login --tenant ${tenantId}`);
        const { findings } = await signIn(pipeline);
        expect(findings[0]).toMatchObject({ level: "problem" });
        expect(findings[0]!.command).toContain(`export ARM_CLIENT_ID=${clientId}`);
    });

    it("does not know the rights of whom the Azure CLI is not signed in as, and shows no secret", async () => {
        const env = { ...ids, ARM_CLIENT_SECRET: "s3cret" };
        for (const account of [user, new AzureCliError("az was not found")]) {
            const { findings, asker } = await signIn(account, env);
            const [unasked] = findings.filter(({ command }) => command?.includes("az login"));
            expect(unasked!.level).toBe("unknown");
            expect(unasked!.command).toContain(`--username ${clientId} --tenant ${tenantId}`);
            expect(unasked!.command).toContain('--password "$ARM_CLIENT_SECRET"');
            expect(asker).toBeUndefined();
            expect(JSON.stringify(findings)).not.toContain("s3cret");
        }
    });

    it("fails without the ids beside a credential", async () => {
        const { findings } = await signIn(user, { ARM_CLIENT_SECRET: "s3cret" });
        expect(findings.filter(({ level }) => level === "problem").map((it) => it.command)).toEqual(
            [
                "export ARM_CLIENT_ID=<client id>",
                `export ARM_TENANT_ID=${tenantId}`,
                `export ARM_SUBSCRIPTION_ID=${subscriptionId}`,
            ],
        );
    });

    it.each([
        [90, "ok", /good until/],
        [5, "warning", /ends on 2026-11-27, in 5 days/],
        [-1, "problem", /ended on 2026-11-21/],
    ])("tells a certificate with %d days left", async (days, level, what) => {
        const made = await generate([{ name: "commonName", value: "x" }], {
            notBeforeDate: new Date(inDays(-30)),
            notAfterDate: new Date(inDays(days)),
        });
        const file = path.join(folder, "signing.pem");
        fs.writeFileSync(file, `${made.private}\n${made.cert}`);
        const { findings } = await signIn(pipeline, { ...ids, ARM_CLIENT_CERTIFICATE_PATH: file });
        expect(findings[1]).toMatchObject({ level, what: expect.stringMatching(what) });
        expect(JSON.stringify(findings)).not.toContain(made.private.slice(40, 80));
    });

    it("fails with a certificate that is not there, and does not know the end of another form", async () => {
        const file = path.join(folder, "none.pem");
        const level = async () =>
            (await signIn(pipeline, { ...ids, ARM_CLIENT_CERTIFICATE_PATH: file })).findings[1]!
                .level;
        expect(await level()).toBe("problem");
        fs.writeFileSync(file, "PKCS 12, say");
        expect(await level()).toBe("unknown");
    });

    describe("with a token", () => {
        const good = { sub: "repo:o/r:environment:dev", aud: tokenExchangeAudience, exp: 4e9 };
        const gitHub = { githubRepository: "o/r" };
        const withToken = (text: string, given: object = gitHub) =>
            signIn(pipeline, { ...ids, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: text }, given);

        it("knows who trusts its subject", async () => {
            const { findings, asker } = await withToken(token(good));
            expect(brief(findings)).toEqual(["ok sign-in", "ok sign-in", "ok place"]);
            expect(findings[1]!.what).toContain("which the deployer trusts");
            expect(asker!.trustedAs).toBe("deployer");
            const pull = await withToken(token({ ...good, sub: "repo:o/r:pull_request" }));
            expect(pull.asker!.trustedAs).toBe("reader");
            const workload = await withToken(token(good), { deploys: "workload" });
            expect(workload.findings[1]).toMatchObject({ level: "ok" });
        });

        it.each([
            ["repo:O/r:environment:dev", "capitals"],
            ["repo:o@1/r@2:environment:dev", "numeric ids"],
            ["repo:o/other:environment:dev", "environment:dev."],
        ])("warns of the subject %s: %s", async (sub, words) => {
            const [, finding] = (await withToken(token({ ...good, sub }))).findings;
            expect(finding!.level).toBe("warning");
            expect(finding!.what).toContain(words);
        });

        it.each([
            [token({ ...good, exp: 1000 }), "ended at 1970"],
            [token({ ...good, aud: "https://github.com/o" }), "audience"],
            ["ghs_notatoken", "no JSON Web Token"],
        ])("fails with %s: %s", async (text, words) => {
            const { findings } = await withToken(text);
            const [problem] = findings.filter(({ level }) => level === "problem");
            expect(problem!.what).toContain(words);
            expect(JSON.stringify(findings)).not.toContain(text);
        });

        it("fails where there is neither a token nor an address to fetch one from", async () => {
            const env: NodeJS.ProcessEnv = { ...ids, ARM_USE_OIDC: "true" };
            expect((await signIn(pipeline, env)).findings[1]!.what).toContain("id-token: write");
            const job = { ACTIONS_ID_TOKEN_REQUEST_URL: "u", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t" };
            expect((await signIn(pipeline, { ...env, ...job })).findings[1]!.level).toBe("unknown");
        });
    });

    it("reads the claims of every token, and of nothing else", () => {
        fc.assert(
            fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
                expect(readClaims(token(claims))).toEqual(JSON.parse(JSON.stringify(claims)));
            }),
        );
        fc.assert(
            fc.property(fc.string(), (text) => {
                const claims = readClaims(text);
                expect(claims === undefined || typeof claims === "object").toBe(true);
            }),
        );
    });
});

describe("rights", () => {
    const asker = { account: pipeline };
    const withRoles = (...names: string[]) => ({
        value: names.flatMap((name) => findRole(name)!.permissions),
    });
    const permissions = "/providers/Microsoft.Authorization/permissions";
    const workload = settingsOf({ deploys: "workload" });
    const missing = (finding: Finding) => /you may not: (.*?)\. /.exec(finding.what)![1];

    it("suffice a deployer that has its two roles", async () => {
        const roles = withRoles("Website Contributor", "Web Plan Contributor");
        const findings = await checkRights(
            azure({ [permissions]: roles, "shop-rg?": {} }),
            asker,
            workload,
        );
        expect(brief(findings)).toEqual(["ok rights"]);
    });

    it("that are missing are named, with scope and command", async () => {
        const answers = { [permissions]: withRoles("Website Contributor"), "shop-rg?": {} };
        const [finding] = await checkRights(azure(answers), asker, workload);
        expect(missing(finding!)).toBe(
            "Microsoft.Web/serverfarms/Write, Microsoft.Web/serverfarms/Delete",
        );
        expect(finding!.command).toBe(
            `az role assignment create --assignee-object-id "$(az ad sp show --id ${clientId} --query id --output tsv)" ` +
                `--assignee-principal-type ServicePrincipal --role "Web Plan Contributor" --scope ${groupId}`,
        );
    });

    it("of the stack's own principals are never to be widened", async () => {
        const answers = { [permissions]: withRoles("Reader"), "shop-rg?": {} };
        const deployer = { ...asker, trustedAs: "deployer" as const };
        const [own] = await checkRights(azure(answers), deployer, settingsOf());
        expect(own!.what).toContain("Sign in as an administrator");
        expect(own!.command).toBeUndefined();
        // Where an administrator has made it elsewhere, it may be given what it lacks.
        const [lacking] = await checkRights(azure(answers), deployer, workload);
        expect(lacking!.command).toContain("Website Contributor");
        const [finding] = await checkRights(
            azure(answers),
            { ...asker, trustedAs: "reader" },
            workload,
        );
        expect(finding!.what).toContain("Sign in as the deployer");
        expect(finding!.command).toBeUndefined();
    });

    it("are wanted at the subscription where the group is to be made", async () => {
        const everything = settingsOf();
        const permissionsThere = `${subscriptionId}${permissions}`;
        const fresh = {
            [permissionsThere]: withRoles("Contributor"),
            "shop-rg?": "ResourceGroupNotFound",
        };
        const ada = { account: user, trustedAs: undefined };
        const [finding] = await checkRights(azure(fresh), ada, everything);
        expect(missing(finding!)).toBe("Microsoft.Authorization/roleAssignments/write");
        expect(finding!.command).toContain('--role "Role Based Access Control Administrator"');
        expect(finding!.command).toContain("--assignee-principal-type User");
        expect(finding!.command).toMatch(new RegExp(`--scope /subscriptions/${subscriptionId}$`));
        const owner = { ...fresh, [permissionsThere]: withRoles("Owner") };
        expect(brief(await checkRights(azure(owner), ada, everything))).toEqual(["ok rights"]);
    });

    it("are enough at the group once that is there", async () => {
        const inside = { [`shop-rg${permissions}`]: withRoles("Owner"), "shop-rg?": {} };
        const [finding] = await checkRights(azure(inside), asker, settingsOf());
        expect(finding).toMatchObject({ level: "ok", what: expect.stringContaining(groupId) });
    });

    it("fail where the group is not there and nobody makes it", async () => {
        const absent = azure({ "shop-rg?": "ResourceGroupNotFound" });
        const [finding] = await checkRights(absent, asker, workload);
        expect(finding!.what).toContain("shop-rg is not there");
        const [own] = await checkRights(
            absent,
            asker,
            settingsOf({ createResourceGroup: "false" }),
        );
        expect(own!.command).toContain("az group create --name shop-rg --location westeurope");
    });

    it("are missing, all of them, to whom the group is hidden", async () => {
        const none = { [permissions]: "AuthorizationFailed", "shop-rg?": "AuthorizationFailed" };
        const [finding] = await checkRights(azure(none), asker, workload);
        expect(missing(finding!)).toMatch(/resourceGroups\/read.* and \d+ more/);
        expect(finding!.command!.match(/--role "[^"]*"/g)).toEqual([
            '--role "Website Contributor"',
            '--role "Web Plan Contributor"',
        ]);
    });

    it("are not known to who may look at the group, but not ask", async () => {
        const answers = { [permissions]: "AuthorizationFailed", "shop-rg?": {} };
        expect(brief(await checkRights(azure(answers), asker, workload))).toEqual([
            "unknown rights",
        ]);
        const broken = azure({ "shop-rg?": "InternalServerError" });
        expect(brief(await checkRights(broken, asker, workload))).toEqual(["unknown rights"]);
    });

    it("are asked for at each resource elsewhere, page by page", async () => {
        const id = `/subscriptions/${subscriptionId}/resourceGroups/ml/providers/A.B/c/d`;
        const answers = {
            "page=2": withRoles("Owner"),
            [`d${permissions}`]: { ...withRoles("Reader"), nextLink: "https://x/?page=2" },
            [permissions]: withRoles("Owner"),
            "shop-rg?": {},
        };
        const there = settingsOf({ stateContainer: id });
        const findings = await checkRights(azure(answers), asker, there);
        expect(brief(findings)).toEqual(["ok rights", "ok rights"]);
        const onePage = { ...answers, [`d${permissions}`]: withRoles("Reader") };
        const [, finding] = await checkRights(azure(onePage), asker, there);
        expect(finding!.command).toMatch(new RegExp(`--scope ${id}$`));
    });

    it("have a set of roles for every action, Owner at the worst", () => {
        expect(rolesFor(["Microsoft.Web/sites/read"]).map(({ name }) => name)).toEqual(["Reader"]);
        expect(rolesFor(["Anything/at/all/write"]).map(({ name }) => name)).toEqual([
            "Contributor",
        ]);
        const both = ["Anything/write", "Microsoft.Authorization/roleAssignments/write"];
        expect(rolesFor(both).map(({ name }) => name)).toEqual(["Owner"]);
    });
});

describe("the directory", () => {
    const check = (answers: Record<string, unknown>, account = user, given = {}) =>
        checkDirectory(azure(answers, account), account, settingsOf(given));
    const role = (name: string) => ({ value: [{ roleTemplateId: directoryRoles[name] }] });
    const allowed = (allowedToCreateApps: boolean) => ({
        defaultUserRolePermissions: { allowedToCreateApps },
    });

    it("lets users by default, or by a role", async () => {
        const member = { memberOf: { value: [] } };
        expect(brief(await check({ ...member, authorizationPolicy: allowed(true) }))).toEqual([
            "ok directory",
        ]);
        const developer = { memberOf: role("Application Developer") };
        expect(brief(await check(developer))).toEqual(["ok directory"]);
        const reader = { memberOf: role("Directory Readers"), "/me": { id: elsewhere } };
        const [refused] = await check({ ...reader, authorizationPolicy: allowed(false) });
        expect(refused).toMatchObject({ level: "problem" });
        expect(refused!.command).toContain(`"principalId":"${elsewhere}"`);
    });

    it("lets service principals by an app role", async () => {
        const held = (name: string) => ({
            appRoleAssignments: { value: [{ appRoleId: graphAppRoles[name] }] },
        });
        const owned = held("Application.ReadWrite.OwnedBy");
        expect(brief(await check(owned, pipeline))).toEqual(["ok directory"]);
        const [refused] = await check(held("Directory.Read.All"), pipeline);
        expect(refused!.command).toContain("az ad app permission admin-consent");
    });

    it("is not asked where no principal is made, and not known where it does not answer", async () => {
        expect(await check({}, user, { deploys: "workload" })).toEqual([]);
        expect(brief(await check({}))).toEqual(["unknown directory"]);
    });
});

describe("the name of the app", () => {
    const check = (answers: Record<string, unknown>, given = {}) =>
        checkAppName(azure(answers), settingsOf(given));
    const absent = { "sites/shop-app": "ResourceNotFound" };

    it.each([
        ["is its own", { "sites/shop-app": {} }, "ok", /in the resource group already/],
        ["is free", { ...absent, checkName: { nameAvailable: true } }, "ok", /is free/],
        [
            "may not be asked",
            { ...absent, checkName: "AuthorizationFailed" },
            "unknown",
            /not be asked/,
        ],
        [
            "is taken",
            { ...absent, checkName: { nameAvailable: false, message: "Taken." } },
            "problem",
            /Taken\.$/,
        ],
        [
            "is taken, perhaps by itself",
            { "sites/shop-app": "AuthorizationFailed", checkName: { nameAvailable: false } },
            "problem",
            /may be this stack's own/,
        ],
    ])("%s", async (_, answers, level, what) => {
        const [finding] = await check(answers);
        expect(finding).toMatchObject({ level, what: expect.stringMatching(what) });
    });

    it("has another one offered where it is taken", async () => {
        const [finding] = await check({ ...absent, checkName: { nameAvailable: false } });
        expect(finding!.command).toMatch(/^pulumi config set name shop-[0-9a-f]{4} --stack dev$/);
        expect(await check({}, { deploys: "access" })).toEqual([]);
    });
});

describe("quota", () => {
    const check = (answers: Record<string, unknown>, given = {}) =>
        checkQuota(azure({ "serverfarms/": "ResourceNotFound", ...answers }), settingsOf(given));
    const usage = (value: string, currentValue: number, limit: number) => ({
        value: [{ name: { value }, currentValue, limit }],
    });

    it.each([
        ["B2 VMs", 0, 1, "ok"],
        ["Basic VMs", 0, 0, "warning"],
        ["Total VMs", 10, 10, "warning"],
        ["PremiumV3 VMs", 0, 0, "unknown"],
        ["B20", 0, 0, "unknown"],
    ])("%s: %d of %d is %s", async (name, used, limit, level) => {
        const [finding] = await check({ usages: usage(name, used, limit) });
        expect(finding!.level).toBe(level);
        if (level === "warning") expect(finding!.what).toContain(`${name}: ${used} of ${limit}`);
    });

    it("is not asked for a plan that is there, nor known where Azure does not answer", async () => {
        expect(brief(await check({ "serverfarms/": {} }))).toEqual(["ok quota"]);
        expect(brief(await check({}))).toEqual(["unknown quota"]);
        expect(await check({}, { deploys: "access" })).toEqual([]);
    });
});

describe("the settings' credentials", () => {
    const check = (given: Record<string, string>) => checkCredentials(settingsOf(given), now);
    const lifetime = (from: number, to: number) => `${inDays(from)}/${inDays(to)}`;

    it.each([
        [lifetime(-1, 89), "ok"],
        [lifetime(-80, 5), "warning"],
        [lifetime(-90, -1), "problem"],
        // The newest counts, wherever it stands.
        [`${lifetime(-90, -1)}, ${lifetime(-2, 60)}`, "ok"],
        ["nonsense", "problem"],
    ])("clientSecrets %s: %s", (clientSecrets, level) => {
        const [finding, ...rest] = check({ clientSecrets });
        expect(rest).toEqual([]);
        expect(finding!.level).toBe(level);
        if (level !== "ok") {
            expect(finding!.command).toBe("npm run rotate -- secret --stack dev");
        }
    });

    it("certificates that cannot be read, and none", () => {
        expect(brief(check({ certificates: "-----BEGIN CERTIFICATE-----" }))).toEqual([
            "problem certificates",
        ]);
        expect(check({})).toEqual([]);
        expect(check({ deploys: "workload", clientSecrets: lifetime(-90, -1) })).toEqual([]);
    });
});

describe("GitHub's subjects", () => {
    it("are told for deployer and reader, with how to read GitHub's own", () => {
        const findings = checkGitHub(settingsOf({ githubRepository: "O/r", environment: "test" }));
        const text = findings.map(({ about, what }) => `${about} ${what}`).join("\n");
        expect(text).toContain("deployer It trusts the subject repo:O/r:environment:test");
        expect(text).toContain("reader It trusts the subject repo:O/r:pull_request");
        expect(text).toContain("reader It trusts the subject repo:O/r:ref:refs/heads/main");
        expect(text).toContain("It must answer repo:O/r, letter for letter");
        expect(findings.map(({ command }) => command).filter(Boolean)).toEqual([
            "gh api repos/O/r/environments/test/deployment-branch-policies --jq '.branch_policies[].name'",
            "gh api repos/O/r/actions/oidc/customization/sub --jq .sub_claim_prefix",
            "gh api repos/O/r --jq '.owner.id, .id, .created_at'",
        ]);
    });

    it("hold the ids where the settings have them, and those of other issuers", () => {
        const ids = { githubOwnerId: "1", githubRepositoryId: "2" };
        const findings = checkGitHub(settingsOf({ githubRepository: "o/r", ...ids }));
        expect(findings.at(-1)!.what).toContain("It must answer repo:o@1/r@2,");
        const gitLab = { oidcIssuer: "https://gitlab.com", readerSubjects: "project_path:g/p" };
        expect(brief(checkGitHub(settingsOf(gitLab)))).toEqual(["ok reader"]);
        expect(checkGitHub(settingsOf({ deploys: "workload", githubRepository: "o/r" }))).toEqual(
            [],
        );
    });
});

describe("what is printed", () => {
    it("keeps every word, in lines that fit", () => {
        fc.assert(
            fc.property(fc.array(fc.stringMatching(/^\S{1,12}$/), { minLength: 1 }), (words) => {
                const lines = wrap(words.join(" "), 20);
                expect(lines.join(" ")).toBe(words.join(" "));
                expect(lines.every((line) => line.length <= 20)).toBe(true);
            }),
        );
    });

    it("is a table with the commands in whole lines, and a verdict", () => {
        const command = `az ${"x".repeat(200)}`;
        const findings: Finding[] = [
            { about: "name", level: "ok", what: "It is free." },
            { about: "rights", level: "problem", what: "You may not.", command },
        ];
        expect(drawTable(findings).split("\n")).toEqual([
            "ok       name    It is free.",
            "problem  rights  You may not.",
            `                 > ${command}`,
            "",
            "1 problem would stop an up.",
        ]);
    });

    it("says how many problems and warnings there are", () => {
        const of = (...all: Finding["level"][]) =>
            verdict(all.map((level) => ({ about: "x", level, what: "y" })));
        expect(of("ok")).toBe("Nothing was found that would stop an up.");
        expect(of("problem", "problem", "warning", "unknown")).toBe(
            "2 problems would stop an up; 1 warning; 1 not known.",
        );
    });
});

describe("the command", () => {
    const run = (...args: string[]) => {
        const words = ["engine/run.js", "delivery/doctor.ts", ...args];
        return execFileSync(process.execPath, words, { cwd: project, stdio: "pipe" }).toString();
    };

    it("explains itself, and fails on what it does not know", () => {
        expect(run("--help")).toContain("npm run doctor -- --stack dev");
        expect(() => run("--fix")).toThrow(/Unknown option '--fix'/);
        expect(() => run("stray")).toThrow(/"stray" is not understood/);
    });
});
