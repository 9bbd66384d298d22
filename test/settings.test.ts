/**
 * Every setting as the program reads it: left out, malformed, well-formed, and together with others. The
 * defaults are those of Pulumi.yaml, as the engine fills them in.
 * Does not show how the engine reads YAML and decrypts secrets, nor how the CLI prints the message; for
 * that there are test/engine/refusals and test/engine/secrets.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { parse } from "yaml";
import { credentialDays, formatLifetime, lifetimeFrom } from "../azure/credentials";
import { findRole, readerActions, stateReaderRole, stateWriterRole } from "../azure/roles";
import { readSettings, type Settings } from "../settings";
import { testCertificate } from "./support/certificates";
import { run } from "./support/mockEngine";

type Values = Record<string, string>;

const project = parse(fs.readFileSync(path.resolve(__dirname, "..", "Pulumi.yaml"), "utf8"));
const defaults: Values = Object.fromEntries(
    Object.entries<{ default?: string }>(project.config)
        .filter(([key]) => !key.startsWith("pulumi:"))
        .map(([key, setting]) => [key, setting.default ?? ""]),
);
const keys = Object.keys(defaults);

const required: Values = {
    name: "shop",
    tenantId: "aaaaaaaa-0000-0000-0000-000000000001",
    subscriptionId: "bbbbbbbb-0000-0000-0000-000000000002",
    image: "ghcr.io/example/shop:1.0",
};
const password = "planted-password";
const guids = ["11111111-0000-0000-0000-000000000001", "11111111-0000-0000-0000-000000000002"];
const elsewhere = `/subscriptions/${guids[1]}/resourceGroups/shared-rg`;
const workspace = `${elsewhere}/providers/Microsoft.MachineLearningServices/workspaces/shop`;
const account = `${elsewhere}/providers/Microsoft.Storage/storageAccounts/shop`;
const container = `${account}/blobServices/default/containers/dev`;
const operation = "Microsoft.Network/publicIPAddresses/write";

/** What the program reads where the stack's file holds `values`, of which `secrets` are secret. */
function settings(values: Values = {}, secrets: readonly string[] = []): Settings {
    const full = (key: string) => `azure-webapp-stack:${key}`;
    const all = Object.entries({ ...defaults, ...required, ...values });
    const secretKeys = secrets.map(full);
    // As the language host hands them over: to the SDK, and in the environment.
    process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secretKeys);
    pulumi.runtime.setAllConfig(
        Object.fromEntries(all.map(([key, value]) => [full(key), value])),
        secretKeys,
    );
    return readSettings();
}

/** The one error that mistaken settings may end in. */
function refusal(values: Values, secrets: readonly string[] = []): string {
    try {
        settings(values, secrets);
    } catch (error) {
        if (!pulumi.RunError.isInstance(error)) throw error;
        return error.message;
    }
    throw new Error(`nothing refused in ${JSON.stringify(values)}`);
}

const day = 24 * 60 * 60 * 1000;

/** Start and end of what lives from one day to another, counted from now. */
function ends(from: number, to: number): [string, string] {
    const { start, end } = lifetimeFrom(new Date(Date.now() + from * day), to - from);
    return [start, end];
}

/** The same as a lifetime in the settings, and as a certificate. */
const lifetime = (from: number, to: number) => ends(from, to).join("/");
const certificate = (from: number, to: number) => testCertificate(...ends(from, to)).certificate;

/** The settings that a message names, in its order. */
function named(message: string): string[] {
    return [...message.matchAll(/^ {2}(\S+):/gm)].map(([, key]) => key!);
}

describe("readSettings", () => {
    beforeAll(async () => {
        // Names project and stack, which the settings are read for.
        await run(() => undefined, { stack: "dev" });
    });
    afterEach(() => {
        delete process.env.PULUMI_CONFIG_SECRET_KEYS;
    });

    describe("where only what is required is set", () => {
        it("takes everything else from the defaults", () => {
            expect(settings()).toEqual({
                environment: "dev",
                deploysAccess: true,
                deploysWorkload: true,
                name: "shop",
                tenantId: required.tenantId,
                subscriptionId: required.subscriptionId,
                location: "westeurope",
                resourceGroup: { name: "shop-rg", create: true },
                plan: { sku: "B2", instances: 1, zoneRedundant: false, alwaysOn: true },
                app: {
                    image: required.image,
                    registry: undefined,
                    port: 8080,
                    healthCheckPath: undefined,
                    startTimeLimitSeconds: 1800,
                    warmUpPath: undefined,
                    warmUpStatuses: undefined,
                    settings: {},
                    allowedIpRanges: [],
                    minTlsVersion: "1.2",
                },
                deployer: {
                    displayName: "shop-deployer",
                    existing: undefined,
                    trusts: [],
                    clientSecrets: [],
                    certificates: [],
                    owners: [],
                    roles: [findRole("Website Contributor"), findRole("Web Plan Contributor")],
                    customRoles: [],
                    elsewhere: [],
                },
                reader: undefined,
                tags: { env: "dev", name: "shop" },
            });
        });

        it.each(Object.keys(required))("fails without %s, and says how to set it", (key) => {
            const message = refusal({ [key]: "" });
            expect(message).toContain(`${key}: is missing; expected `);
            expect(message).toContain(`pulumi config set ${key} `);
            expect(named(message)).toEqual([key]);
        });
    });

    describe("well-formed", () => {
        it.each<[string, string, (read: Settings) => unknown, unknown]>([
            ["name", "a", (read) => read.name, "a"],
            ["name", "x".repeat(35), (read) => read.resourceGroup.name, `${"x".repeat(35)}-rg`],
            [
                "tenantId",
                "ABCDEF00-0000-0000-0000-00000000000F",
                (read) => read.tenantId,
                "abcdef00-0000-0000-0000-00000000000f",
            ],
            [
                "subscriptionId",
                " ABCDEF00-0000-0000-0000-00000000000F ",
                (read) => read.subscriptionId,
                "abcdef00-0000-0000-0000-00000000000f",
            ],
            ["location", "North Europe", (read) => read.location, "northeurope"],
            ["resourceGroup", "ours", (read) => read.resourceGroup, { name: "ours", create: true }],
            [
                "createResourceGroup",
                "false",
                (read) => read.resourceGroup,
                { name: "shop-rg", create: false },
            ],
            ["sku", "p1V3", (read) => read.plan.sku, "P1v3"],
            ["instances", "3", (read) => read.plan.instances, 3],
            ["alwaysOn", "false", (read) => read.plan.alwaysOn, false],
            ["alwaysOn", "true", (read) => read.plan.alwaysOn, true],
            [
                "image",
                `shop@sha256:${"0".repeat(64)}`,
                (read) => read.app.image,
                `shop@sha256:${"0".repeat(64)}`,
            ],
            ["port", "65535", (read) => read.app.port, 65535],
            ["port", "1", (read) => read.app.port, 1],
            [
                "healthCheckPath",
                "/healthz",
                (read) => [read.app.healthCheckPath, read.app.warmUpPath, read.app.warmUpStatuses],
                ["/healthz", undefined, undefined],
            ],
            ["startTimeLimitSeconds", "10", (read) => read.app.startTimeLimitSeconds, 10],
            [
                "warmUpPath",
                "/ready",
                (read) => [read.app.healthCheckPath, read.app.warmUpPath, read.app.warmUpStatuses],
                [undefined, "/ready", undefined],
            ],
            ["warmUpStatuses", "200,202", (read) => read.app.warmUpStatuses, "200,202"],
            [
                "appSettings",
                '{"LOG_LEVEL":"info","WORKERS":2,"DEBUG":true}',
                (read) => read.app.settings,
                { LOG_LEVEL: "info", WORKERS: "2", DEBUG: "true" },
            ],
            [
                "appSettings",
                '{"constructor":"one","toString":"two"}',
                (read) => read.app.settings,
                { constructor: "one", toString: "two" },
            ],
            [
                "allowedIpRanges",
                "203.0.113.0/24, 198.51.100.7",
                (read) => read.app.allowedIpRanges,
                ["203.0.113.0/24", "198.51.100.7/32"],
            ],
            ["minTlsVersion", "1.3", (read) => read.app.minTlsVersion, "1.3"],
            ["environment", "Production 1", (read) => read.environment, "Production 1"],
            [
                "environment",
                "live",
                (read) => [read.tags, read.resourceGroup.name],
                [{ env: "live", name: "shop" }, "shop-rg"],
            ],
            [
                "deployerRoles",
                "reader,AcrPush",
                (read) => read.deployer!.roles.map(({ name }) => name),
                ["Reader", "AcrPush"],
            ],
            [
                "deployerRoles",
                "Reader, reader",
                (read) => read.deployer!.roles.map(({ name }) => name),
                ["Reader"],
            ],
            [
                "rolesElsewhere",
                JSON.stringify({ [workspace]: "azureml data scientist" }),
                (read) => read.deployer!.elsewhere,
                [{ resourceId: workspace, role: findRole("AzureML Data Scientist") }],
            ],
            [
                "stateContainer",
                container,
                (read) => read.deployer!.elsewhere,
                [{ resourceId: container, role: stateWriterRole }],
            ],
            [
                "githubRepository",
                "example/shop",
                (read) => read.deployer!.trusts,
                [
                    {
                        name: "github-environment",
                        issuer: "https://token.actions.githubusercontent.com",
                        subject: "repo:example/shop:environment:dev",
                    },
                ],
            ],
            ["githubBranch", "release/1.0", (read) => read.reader, undefined],
            ["oidcIssuer", "https://gitlab.com", (read) => read.deployer!.trusts, []],
            ["principalOwners", guids.join(","), (read) => read.deployer!.owners, guids],
            ...["existingDeployer", "existingReader"].flatMap((setting) =>
                (
                    [
                        [guids[0], "servicePrincipal", guids[0]],
                        [`servicePrincipal:${guids[0]}`, "servicePrincipal", guids[0]],
                        [`user:${guids[0]}`, "user", guids[0]],
                        ["user:ada@example.com", "user", "ada@example.com"],
                        [`group:${guids[0]}`, "group", guids[0]],
                        ["group:The Team", "group", "The Team"],
                    ] as [string, string, string][]
                ).map(
                    ([value, kind, name]): [
                        string,
                        string,
                        (read: Settings) => unknown,
                        unknown,
                    ] => [
                        setting,
                        value,
                        ({ deployer, reader }) =>
                            (setting === "existingReader" ? reader : deployer)!.existing,
                        { kind, name, setting },
                    ],
                ),
            ),
            [
                "tags",
                '{"owner":"me"}',
                (read) => read.tags,
                { owner: "me", env: "dev", name: "shop" },
            ],
        ])("%s may be %s", (key, value, part, expected) => {
            expect(part(settings({ [key]: value }))).toEqual(expected);
        });
    });

    /** A malformed value of each setting: what is expected instead. */
    const malformed: [string, string, string][] = [
        ["deploys", "all", "one of everything, access, workload"],
        ["name", "-shop", "1 to 35 characters: letters, digits and hyphens"],
        ["name", "my shop", "1 to 35 characters"],
        ["name", "shop-", "no hyphen at either end"],
        ["name", "x".repeat(36), "1 to 35 characters"],
        ["tenantId", "contoso.com", 'a GUID; "az account show --query tenantId" prints yours'],
        ["subscriptionId", "mine", 'a GUID; "az account show --query id" prints yours'],
        ["location", "mars", "an Azure region such as westeurope"],
        ["resourceGroup", "ours.", "not ending in a period"],
        ["createResourceGroup", "yes", "one of true, false"],
        ["sku", "B9", "a size that runs Linux containers: F1, B1, B2"],
        ["instances", "two", "a whole number"],
        ["instances", "0", "a whole number from 1 to 3 on B2"],
        ["instances", "1.5", "a whole number"],
        ["instances", "4", "a whole number from 1 to 3 on B2, or a larger sku: S1"],
        ["zoneRedundant", "yes", "one of false, true"],
        ["alwaysOn", "maybe", "one of auto, true, false"],
        ["image", "ghcr.io/Example/Shop:1.0", 'a lower-case "<registry>/<repository>:<tag>"'],
        ["port", "http", "a whole number from 1 to 65535"],
        ["port", "0", "a whole number from 1 to 65535"],
        ["port", "65536", "a whole number from 1 to 65535"],
        ["healthCheckPath", "healthz", "a path that starts with / and has no query"],
        ["healthCheckPath", "/healthz?deep=1", "a path that starts with / and has no query"],
        ["startTimeLimitSeconds", "9", "a whole number from 10 to 1800"],
        ["startTimeLimitSeconds", "1801", "a whole number from 10 to 1800"],
        ["warmUpPath", "ready", "a path that starts with / and has no query"],
        ["warmUpStatuses", "200, 202", "HTTP statuses separated by commas, without spaces"],
        ["githubRepository", "../..", "OWNER/REPO, spelt as on GitHub"],
        ["warmUpStatuses", "600", "HTTP statuses separated by commas, without spaces"],
        ["appSettings", "LOG_LEVEL=info", "a map of names to texts"],
        ["appSettings", '["info"]', "a map of names to texts"],
        ["appSettings", '{"LOG":{"LEVEL":"info"}}', "a map of names to texts"],
        ["appSettings", "null", "a map of names to texts"],
        ["allowedIpRanges", "198.51.100.7,everywhere", "IP addresses or CIDR ranges"],
        ["minTlsVersion", "1.1", "one of 1.2, 1.3"],
        ["deployerRoles", "Owner", "some of: Website Contributor, Web Plan Contributor, Reader"],
        ["deployerRoles", "Emperor", "some of: Website Contributor, Web Plan Contributor, Reader"],
        ["deployerRoles", "Website Contributer", 'did you mean "Website Contributor"?'],
        ["githubRepository", "shop", "OWNER/REPO, spelt as on GitHub"],
        ["githubBranch", "feature/*", "the name of a branch"],
        ["githubBranch", "my branch", "the name of a branch"],
        ["environment", "a:b", "the name of an environment: up to 255 characters without a colon"],
        ["environment", "a/b", "the name of an environment: up to 255 characters without a colon"],
        [
            "existingDeployer",
            "ada@example.com",
            "the client id or object id of a service principal",
        ],
        ["existingDeployer", "1234", "the client id or object id of a service principal"],
        ["existingDeployer", "user:ada", "user:<object id or sign-in name>"],
        ["existingDeployer", "group:", "group:<object id or name>"],
        ["existingReader", "person:ada@example.com", "group:<object id or name>"],
        ["principalOwners", "me", '"az ad signed-in-user show --query id" prints yours'],
        ["rolesElsewhere", "AcrPull", "a map of names to texts"],
        ["oidcIssuer", "gitlab.com", "the https URL of an issuer"],
        ["oidcIssuer", "http://gitlab.com", "the https URL of an issuer"],
        ["oidcIssuer", "https://gitlab.com?a", "the https URL of an issuer"],
        ["stateContainer", "dev", "the resource id of a blob container"],
        ["stateContainer", workspace, "the resource id of a blob container"],
        ["stateContainer", account, "the resource id of a blob container"],
        ["tags", "owner=me", "a map of names to texts"],
    ];

    describe("malformed", () => {
        it.each(malformed)("fails on %s set to %s, and only on it", (key, value, expected) => {
            const message = refusal({ [key]: value });
            expect(named(message)).toEqual([key]);
            expect(message).toContain("One setting needs mending in Pulumi.dev.yaml:");
            expect(message).toContain(`${key}: "${value.slice(0, 80)}" is not allowed; expected `);
            expect(message).toContain(expected);
        });

        it.each(malformed)("mends %s set to %s by the command it prints", (key, value) => {
            const message = refusal({ [key]: value });
            const command = /^ {6}pulumi config set (\S+) (?:'(.*)'|(\S+))$/m.exec(message);
            expect(command?.[1]).toBe(key);
            expect(() => settings({ [key]: command![2] ?? command![3]! })).not.toThrow();
        });

        it.each(["[a]", '["1.2.3"]', "[1.2.3.4,]"])("fails on %s for allowedIpRanges", (value) => {
            expect(named(refusal({ allowedIpRanges: value }))[0]).toBe("allowedIpRanges");
        });

        it("takes a YAML list for allowedIpRanges", () => {
            const { app } = settings({ allowedIpRanges: '["203.0.113.7","198.51.100.0/24"]' });
            expect(app.allowedIpRanges).toEqual(["203.0.113.7/32", "198.51.100.0/24"]);
        });

        it("fails on tags that Azure or this stack has no room for, each by its name", () => {
            const message = refusal({ tags: '{"ENV":"mine","a<b":"c","owner":"me"}' });
            expect(named(message)).toEqual(["tags.ENV", "tags.a<b"]);
            expect(message).toContain("expected another name: env and name are added");
            expect(message).toContain("expected a name of 1 to 512 characters");
            expect(message).toContain(`pulumi config rm --path 'tags["ENV"]'`);
        });

        it("has a case above or below for every setting", () => {
            const elsewhere = ["registryUsername", "registryPassword", "secretAppSettings"];
            const numbers = ["githubOwnerId", "githubRepositoryId"];
            const together = ["deployerActions", "deployerSubjects", "readerSubjects"];
            const credentials = ["clientSecrets", "certificates"];
            const here = malformed.map(([key]) => key);
            expect(
                [
                    ...new Set([...here, ...elsewhere, ...numbers, ...together, ...credentials]),
                ].sort(),
            ).toEqual([...keys].sort());
        });

        it.each([
            ["appSettings", []],
            ["secretAppSettings", ["secretAppSettings"]],
        ])("fails on names in %s that cannot be, and has only them removed", (key, secrets) => {
            const entries = { "LOG-LEVEL": "planted-1", Websites_Port: "planted-2", FREE: "3" };
            const message = refusal({ [key]: JSON.stringify(entries) }, secrets);
            expect(named(message)).toEqual([`${key}.LOG-LEVEL`, `${key}.Websites_Port`]);
            expect(message).toContain("expected a name of letters, digits and underscores");
            expect(message).toContain("that no other setting of this stack stands for");
            expect(message).toContain(`pulumi config rm --path '${key}["LOG-LEVEL"]'`);
            expect(message).not.toContain("planted");
        });

        it("fails on a setting that does not exist, and says how to remove it", () => {
            const message = refusal({ prot: "80" });
            expect(named(message)).toEqual(["prot"]);
            expect(message).toContain("pulumi config rm prot");
        });

        it("fails on all mistakes at once, in one error", () => {
            const values = Object.fromEntries(malformed.map(([key, value]) => [key, value]));
            values.instances = "two"; // No limit of an unknown sku is known.
            const message = refusal(values);
            expect(named(message).sort()).toEqual(Object.keys(values).sort());
            const count = Object.keys(values).length;
            expect(message).toContain(`${count} settings need mending in Pulumi.dev.yaml:`);
            expect(message.match(/^ {6}pulumi config set /gm)).toHaveLength(count);
        });
    });

    describe("deploys", () => {
        const modes = (read: Settings) => [
            read.deploysAccess,
            read.deploysWorkload,
            read.resourceGroup.create,
        ];

        it.each([
            ["everything", [true, true, true]],
            ["access", [true, false, true]],
            ["workload", [false, true, false]],
        ])(
            '"%s" decides on access, workload and the creation of the group',
            (deploys, expected) => {
                expect(modes(settings({ deploys }))).toEqual(expected);
            },
        );

        it('"access" needs no image, and does not mind one that is malformed', () => {
            expect(settings({ deploys: "access", image: "" }).deploysWorkload).toBe(false);
            const values = { deploys: "access", image: "Ghcr.io/X", port: "http" };
            expect(settings(values).deploysAccess).toBe(true);
        });

        it('"workload" fails without an image', () => {
            expect(named(refusal({ deploys: "workload", image: "" }))).toEqual(["image"]);
        });
    });

    describe("the plan", () => {
        it.each([
            ["zones on Basic", { zoneRedundant: "true", instances: "2" }, "zoneRedundant", "B2"],
            ["Always On on Free", { alwaysOn: "true", sku: "F1" }, "alwaysOn", "false on F1"],
            [
                "one instance over several zones",
                { zoneRedundant: "true", sku: "P1v3" },
                "instances",
                "at least 2, because the plan is zone redundant",
            ],
        ])("fails on %s", (_, values, key, expected) => {
            const message = refusal(values);
            expect(named(message)).toEqual([key]);
            expect(message).toContain(expected);
        });

        it("spreads two Premium instances over zones", () => {
            const values = { zoneRedundant: "true", sku: "P1v3", instances: "2" };
            expect(settings(values).plan).toEqual({
                sku: "P1v3",
                instances: 2,
                zoneRedundant: true,
                alwaysOn: true,
            });
        });

        it("keeps the app loaded wherever the size allows it, unless told otherwise", () => {
            expect(settings({ sku: "F1" }).plan.alwaysOn).toBe(false);
            expect(settings({ sku: "B1" }).plan.alwaysOn).toBe(true);
        });
    });

    describe("the registry", () => {
        it("takes a user name with a secret password, and keeps the password secret", async () => {
            const values = { registryUsername: "robot", registryPassword: password };
            const { registry } = settings(values, ["registryPassword"]).app;
            expect(registry!.username).toBe("robot");
            expect(await pulumi.isSecret(registry!.password)).toBe(true);
            const [revealed] = await new Promise<string[]>((resolve) =>
                pulumi.all([pulumi.unsecret(registry!.password)]).apply(resolve),
            );
            expect(revealed).toBe(password);
        });

        it("fails on a user name without a password", () => {
            const message = refusal({ registryUsername: "robot" });
            expect(message).toContain("registryPassword: is missing");
            expect(message).toContain("pulumi config set --secret registryPassword");
        });

        it("fails on a user name with an empty secret for a password", () => {
            const message = refusal({ registryUsername: "robot" }, ["registryPassword"]);
            expect(message).toContain("registryPassword: is missing");
        });

        it("fails on a password without a user name", () => {
            const message = refusal({ registryPassword: password }, ["registryPassword"]);
            expect(named(message)).toEqual(["registryUsername"]);
            expect(message).toContain("pulumi config set registryUsername USER");
            expect(message).not.toContain(password);
        });

        it("fails on a password in clear without showing it", () => {
            const message = refusal({ registryUsername: "robot", registryPassword: password });
            expect(message).toContain("registryPassword: is stored in clear; expected a secret");
            expect(message).not.toContain(password);
        });
    });

    describe("the repository on GitHub", () => {
        const githubRepository = "example/shop";

        it("takes both numeric ids", () => {
            const ids = { githubOwnerId: "12", githubRepositoryId: "34" };
            const { deployer, reader } = settings({ githubRepository, ...ids });
            const subjects = [...deployer!.trusts, ...reader!.trusts].map((one) => one.subject);
            expect(subjects).toEqual([
                "repo:example@12/shop@34:environment:dev",
                "repo:example@12/shop@34:pull_request",
                "repo:example@12/shop@34:ref:refs/heads/main",
            ]);
        });

        it.each([
            ["githubOwnerId", "githubRepositoryId"],
            ["githubRepositoryId", "githubOwnerId"],
        ])("fails on %s without %s", (given, missing) => {
            const message = refusal({ githubRepository, [given]: "12" });
            expect(named(message)).toEqual([missing]);
            expect(message).toContain(`a number, because ${given} is set`);
        });

        it.each(["githubOwnerId", "githubRepositoryId"])("fails on a name for %s", (key) => {
            const both = { githubOwnerId: "12", githubRepositoryId: "34" };
            const message = refusal({ githubRepository, ...both, [key]: "octocat" });
            expect(named(message)).toEqual([key]);
            expect(message).toContain(`${key}: "octocat" is not allowed; expected a number`);
        });
    });

    describe("deployer and reader", () => {
        const githubRepository = "example/shop";
        const subjects = (list: readonly { subject: string }[]) => list.map((one) => one.subject);

        it("trust no token both, and the deployer none of a pull request", () => {
            const read = settings({ githubRepository, environment: "live", githubBranch: "next" });
            expect(subjects(read.deployer!.trusts)).toEqual(["repo:example/shop:environment:live"]);
            expect(subjects(read.reader!.trusts)).toEqual([
                "repo:example/shop:pull_request",
                "repo:example/shop:ref:refs/heads/next",
            ]);
        });

        it("are told apart by what they may do", () => {
            const { deployer, reader } = settings({ githubRepository, stateContainer: container });
            expect(reader).toEqual({
                ...deployer,
                displayName: "shop-reader",
                trusts: reader!.trusts,
                roles: [findRole("Reader")],
                customRoles: [
                    {
                        key: "settings",
                        roleName: "shop-reader settings",
                        actions: readerActions,
                    },
                ],
                elsewhere: [{ resourceId: container, role: stateReaderRole }],
            });
        });

        it("trust tokens of another issuer, each once and by its whole subject", () => {
            const oidcIssuer = "https://gitlab.com";
            const read = settings({
                oidcIssuer,
                deployerSubjects: "project_path:o/r:ref_type:branch:ref:main, other, other",
                readerSubjects: '["third"]',
            });
            expect(read.deployer!.trusts).toEqual([
                {
                    name: "oidc-d4ca0d08",
                    issuer: oidcIssuer,
                    subject: "project_path:o/r:ref_type:branch:ref:main",
                },
                { name: "oidc-bed1bdd6", issuer: oidcIssuer, subject: "other" },
            ]);
            expect(read.reader!.trusts).toEqual([
                {
                    name: expect.stringMatching(/^oidc-[0-9a-f]{8}$/),
                    issuer: oidcIssuer,
                    subject: "third",
                },
            ]);
        });

        it.each<Record<string, string>>([
            { deployerSubjects: "project_path:o/r, shared", readerSubjects: "shared" },
            { deployerSubjects: "repo:o/r:pull_request" },
        ])("fail where whoever reads could deploy: %j", (subjects) => {
            const message = refusal({ oidcIssuer: "https://issuer.example", ...subjects });
            expect(named(message)).toEqual(["deployerSubjects"]);
            expect(message).toContain("who reads must not deploy");
        });

        it("fail on GitHub as another issuer than GitHub", () => {
            const message = refusal({ oidcIssuer: "https://token.actions.githubusercontent.com" });
            expect(message).toContain("GitHub's goes with githubRepository");
        });

        it.each(["deployerSubjects", "readerSubjects"])("fail on %s without an issuer", (key) => {
            const message = refusal({ [key]: "project_path:o/r" });
            expect(named(message)).toEqual(["oidcIssuer"]);
            expect(message).toContain(`is missing; expected an issuer, because ${key} is set`);
        });

        const odd: [string, string][] = [
            ["a pattern", "repo:*"],
            ["a text with a space", "a b"],
            ["more letters than Entra takes", "x".repeat(601)],
        ];
        it.each([
            ...odd.map((row) => ["deployerSubjects", ...row] as const),
            ...odd.map((row) => ["readerSubjects", ...row] as const),
        ])("fail in %s on %s", (key, _, subject) => {
            const message = refusal({ oidcIssuer: "https://gitlab.com", [key]: `fine,${subject}` });
            expect(named(message)).toEqual([key]);
            expect(message).toContain(`${key}: "${subject.slice(0, 80)}" is not allowed`);
            expect(message).toContain("expected whole subjects, letter for letter");
        });

        it("fail on the one owner that is no object id", () => {
            const message = refusal({ principalOwners: `${guids[0]},ada@example.com` });
            expect(message).toContain('principalOwners: "ada@example.com" is not allowed');
        });

        it("are nobody's concern where the stack deploys the workload only", () => {
            const odd = { deployerRoles: "Emperor", clientSecrets: "x", existingReader: "?" };
            const read = settings({ deploys: "workload", githubRepository, ...odd });
            expect([read.deployer, read.reader]).toEqual([undefined, undefined]);
        });

        it.each([
            ["clientSecrets", () => lifetime(0, 30)],
            ["certificates", () => certificate(0, 30)],
            ["deployerSubjects", () => "project_path:o/r"],
        ])("fail on %s for a deployer that exists already", (key, value) => {
            const existing = { existingDeployer: guids[0]!, oidcIssuer: "https://gitlab.com" };
            const message = refusal({ ...existing, [key]: value() });
            expect(named(message)).toEqual([key]);
            expect(message).toContain("a principal that exists already is only given roles");
            expect(message).toContain(`pulumi config rm ${key}`);
        });
    });

    describe("the role custom", () => {
        const deployerRoles = "Reader,custom";

        it("is made of the actions that are listed, each once", () => {
            const other = "Microsoft.Network/natGateways/write";
            const deployerActions = `${operation}, ${other},${operation}`;
            const { deployer } = settings({ deployerRoles, deployerActions });
            expect(deployer!.roles).toEqual([findRole("Reader")]);
            const actions = [operation, other];
            expect(deployer!.customRoles).toEqual([
                { key: "custom", roleName: "shop-deployer custom", actions },
            ]);
        });

        it.each([
            ["Microsoft.Network/*", "a single operation, not a pattern of them"],
            ["*", "a single operation, not a pattern of them"],
            ["Microsoft.Network", "an operation, such as Microsoft.Network/"],
            ["Microsoft.Authorization/roleAssignments/write", "no operation that hands out access"],
        ])("fails on %s, and only on it", (action, expected) => {
            const deployerActions = `${operation},${action}`;
            const message = refusal({ deployerRoles, deployerActions });
            expect(named(message)).toEqual(["deployerActions"]);
            expect(message).toContain(`deployerActions: "${action}" is not allowed; expected `);
            expect(message).toContain(expected);
            const command = /pulumi config set deployerActions (\S+)/.exec(message);
            expect(() => settings({ deployerRoles, deployerActions: command![1]! })).not.toThrow();
        });

        it("fails without actions, and they without it", () => {
            const without = refusal({ deployerRoles });
            expect(named(without)).toEqual(["deployerActions"]);
            expect(without).toContain(`is missing; expected operations, because deployerRoles has`);
            const alone = refusal({ deployerActions: operation });
            expect(named(alone)).toEqual(["deployerRoles"]);
            expect(alone).toContain('expected "custom" too, because deployerActions is set');
        });
    });

    describe("roles elsewhere", () => {
        const refused = (map: Values) => refusal({ rolesElsewhere: JSON.stringify(map) });

        it("join the one on the container of the state", () => {
            const rolesElsewhere = JSON.stringify({ [workspace]: "Reader" });
            const { deployer } = settings({ rolesElsewhere, stateContainer: container });
            expect(deployer!.elsewhere).toEqual([
                { resourceId: workspace, role: findRole("Reader") },
                { resourceId: container, role: stateWriterRole },
            ]);
        });

        it.each(["/", `/subscriptions/${guids[0]}`, elsewhere, "workspace"])(
            "fail at %s, which is no single resource",
            (scope) => {
                const message = refused({ [workspace]: "Reader", [scope]: "Reader" });
                expect(named(message)).toEqual(["rolesElsewhere"]);
                expect(message).toContain(`rolesElsewhere: "${scope.slice(0, 80)}" is not allowed`);
                expect(message).toContain("no group, subscription or tenant");
            },
        );

        it("fail on the name of no role, with the nearest one that is", () => {
            const message = refused({ [workspace]: "AzureML DataScientist" });
            expect(message).toContain('"AzureML DataScientist" is not allowed');
            expect(message).toContain('did you mean "AzureML Data Scientist"?');
            expect(refused({ [workspace]: "Emperor" })).not.toContain("did you mean");
        });

        it("are mended by the command that is printed", () => {
            const message = refused({ [workspace]: "Emperor" });
            const command = /pulumi config set rolesElsewhere '(.*)'$/m.exec(message);
            expect(() => settings({ rolesElsewhere: command![1]! })).not.toThrow();
        });

        it("are not shown where they are secret", () => {
            for (const map of [{ planted: "Reader" }, { [workspace]: "planted" }]) {
                const message = refusal({ rolesElsewhere: JSON.stringify(map) }, [
                    "rolesElsewhere",
                ]);
                expect(message).toContain("rolesElsewhere: the value given is not allowed");
                expect(message).not.toContain("planted");
            }
        });
    });

    describe("credentials", () => {
        const pem = () => [certificate(-40, 20), certificate(-1, 89)] as const;

        it("are read, the current one first, in whatever order they stand", () => {
            const [previous, current] = [lifetime(-40, 20), lifetime(-1, 89)];
            for (const list of [`${previous}, ${current}`, `["${current}","${previous}"]`]) {
                const { clientSecrets } = settings({ clientSecrets: list }).deployer!;
                expect(clientSecrets.map(formatLifetime)).toEqual([current, previous]);
            }
            const [old, fresh] = pem();
            for (const text of [old + fresh, JSON.stringify([fresh, old])]) {
                const { certificates } = settings({ certificates: text }).deployer!;
                expect(certificates.map((one) => one.pem)).toEqual([fresh, old]);
            }
        });

        it("may live as long as is allowed, and days may be written alone", () => {
            const { longest } = credentialDays;
            const both = {
                clientSecrets: lifetime(0, longest),
                certificates: certificate(0, longest),
            };
            expect(() => settings(both)).not.toThrow();
            const { deployer } = settings({ clientSecrets: "2999-01-01/2999-03-01" });
            expect(deployer!.clientSecrets).toEqual([
                { start: "2999-01-01T00:00:00Z", end: "2999-03-01T00:00:00Z" },
            ]);
        });

        it("may have a previous one that is over", () => {
            const clientSecrets = `${lifetime(-90, -1)},${lifetime(-2, 88)}`;
            expect(settings({ clientSecrets }).deployer!.clientSecrets).toHaveLength(2);
        });

        const three = (one: (from: number, to: number) => string) =>
            [one(-3, 30), one(-2, 30), one(-1, 30)].join("\n");
        const kept = certificate(-1, 30);
        it.each<[string, string, string, string]>([
            ["clientSecrets", "text", "in 90 days", "expected lifetimes as <start>/<end>"],
            ["clientSecrets", "a day that is none", "2999-02-30/2999-03-01", "expected lifetimes"],
            ["clientSecrets", "an end first", "2999-03-01/2999-02-01", "expected lifetimes"],
            [
                "clientSecrets",
                "three",
                three(lifetime).replaceAll("\n", ","),
                "holds 3; expected 2",
            ],
            ["clientSecrets", "a long life", lifetime(0, 181), "a life of at most 180 days"],
            [
                "clientSecrets",
                "the end of the current one",
                lifetime(-9, -1),
                "the current one ended",
            ],
            [
                "clientSecrets",
                "one twice",
                "2999-01-01/2999-03-01,2999-01-01/2999-02-01",
                "two different",
            ],
            ["certificates", "text", "my certificate", "expected X.509 certificates as PEM"],
            ["certificates", "one that is cut", kept.replace(/\n.{60}/, "\n"), "expected X.509"],
            ["certificates", "three", three(certificate), "holds 3; expected 2"],
            ["certificates", "a long life", certificate(0, 181), "a life of at most 180 days"],
            [
                "certificates",
                "the end of the current one",
                certificate(-9, -1),
                "the current one ended",
            ],
            ["certificates", "one twice", kept + kept, "expected two different certificates"],
        ])("fail in %s on %s, with the command that rotates", (key, _, value, expected) => {
            const message = refusal({ [key]: value });
            expect(named(message)).toEqual([key]);
            expect(message).toContain(expected);
            const word = key === "clientSecrets" ? "secret" : "certificate";
            expect(message).toMatch(new RegExp(`^ {6}npm run rotate -- ${word} --stack dev$`, "m"));
            for (const part of value.split(/[,\s]+/).filter((text) => text.length > 15)) {
                expect(message).not.toContain(part);
            }
        });

        it("fail on a private key, of which nothing is shown", () => {
            const { certificate: own, privateKey } = testCertificate(...ends(-1, 30));
            const secret = privateKey.split("\n")[1]!;
            for (const text of [own + privateKey, privateKey, JSON.stringify([own, privateKey])]) {
                const message = refusal({ certificates: text });
                expect(named(message)).toEqual(["certificates"]);
                expect(message).toContain("holds a private key, which must stand in no setting");
                expect(message).not.toContain(secret);
                expect(message).not.toContain("PRIVATE KEY");
            }
        });

        it("are read the same while the clock moves, until the current one ends", () => {
            const values = {
                clientSecrets: `${lifetime(-40, 20)},${lifetime(-1, 89)}`,
                certificates: pem().join(""),
            };
            const before = settings(values);
            try {
                for (const days of [-10, 1, 7, 30, 88]) {
                    jest.useFakeTimers({ now: Date.now() + days * day });
                    expect(settings(values)).toEqual(before);
                    jest.useRealTimers();
                }
                jest.useFakeTimers({ now: Date.now() + 90 * day });
                expect(named(refusal(values))).toEqual(["clientSecrets", "certificates"]);
            } finally {
                jest.useRealTimers();
            }
        });
    });

    describe("secret app settings", () => {
        const secretAppSettings = JSON.stringify({ API_TOKEN: "planted-token" });
        const secrets = ["secretAppSettings"];

        it("join the others, and stay secret", async () => {
            const values = { appSettings: '{"LOG_LEVEL":"info"}', secretAppSettings };
            const found = settings(values, secrets).app.settings;
            expect(Object.keys(found).sort()).toEqual(["API_TOKEN", "LOG_LEVEL"]);
            expect(found.LOG_LEVEL).toBe("info");
            expect(await pulumi.isSecret(pulumi.output(found.API_TOKEN))).toBe(true);
        });

        it("fail in clear, without being shown", () => {
            const message = refusal({ secretAppSettings });
            expect(message).toContain("secretAppSettings: is stored in clear; expected a secret");
            expect(message).toContain("pulumi config set --secret --path secretAppSettings.NAME");
            expect(message).not.toContain("planted");
        });

        it.each([[secrets], [[]]])("fail where they are no map, without being shown", (marked) => {
            const message = refusal({ secretAppSettings: "planted-token" }, marked);
            expect(message).toContain("secretAppSettings: the value given is not allowed");
            expect(message).toContain("expected a map of names to texts");
            expect(message).toContain("pulumi config set --secret secretAppSettings ");
            expect(message).not.toContain("planted");
        });

        it("fail under a name that appSettings has too", () => {
            const values = { appSettings: '{"API_TOKEN":"x"}', secretAppSettings };
            const message = refusal(values, secrets);
            expect(named(message)).toEqual(["secretAppSettings.API_TOKEN"]);
            expect(message).toContain("expected a name that is not in appSettings too");
            expect(message).not.toContain("planted");
        });
    });

    describe("whatever is set", () => {
        it.each(keys)("never shows a value of %s that is secret", (key) => {
            const values = { port: "http", [key]: "<planted> 'secret'" };
            expect(refusal({ ...values, instances: "many" }, [key])).not.toContain("planted");
        });

        const anything = fc.oneof(
            fc.string(),
            fc.string({ unit: "binary" }),
            fc.json(),
            fc.constantFrom("", "true", "0", "-1", "1e3", "__proto__", "constructor", "{}", "P1v3"),
        );
        const planted = anything.map((text) => `planted-${text}`);
        const map = fc.dictionary(anything, planted).map((entries) => JSON.stringify(entries));
        const values = fc.record(
            Object.fromEntries(
                keys.map((key) => {
                    if (key === "registryPassword") return [key, planted];
                    if (key === "secretAppSettings") return [key, fc.oneof(planted, map)];
                    return [key, fc.oneof(anything, fc.constant(defaults[key]!))];
                }),
            ),
            { requiredKeys: [] },
        );

        it("fails in a RunError or not at all, and never shows a secret", () => {
            const secret = ["registryPassword", "secretAppSettings"];
            fc.assert(
                fc.property(values, fc.subarray(secret), (given, secrets) => {
                    try {
                        settings(given as Values, secrets);
                    } catch (error) {
                        expect(pulumi.RunError.isInstance(error)).toBe(true);
                        expect((error as Error).message).not.toContain("planted-");
                    }
                }),
                { numRuns: 500 },
            );
        });

        it("keeps every app setting that it accepts, whatever its name", () => {
            const name = fc.oneof(
                fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/),
                fc.constantFrom("constructor", "toString", "__proto__"),
            );
            fc.assert(
                fc.property(fc.dictionary(name, fc.string()), (entries) => {
                    const read = settings({ appSettings: JSON.stringify(entries) });
                    expect(Object.entries(read.app.settings).sort()).toEqual(
                        Object.entries(entries).sort(),
                    );
                }),
            );
        });
    });
});
