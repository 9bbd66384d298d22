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
import { findRole } from "../azure/roles";
import { readSettings, type Settings } from "../settings";
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
                    roles: [findRole("Website Contributor"), findRole("Web Plan Contributor")],
                    gitHub: undefined,
                    gitHubEnvironment: "dev",
                    clientSecretStartDate: undefined,
                    clientSecretEndDate: undefined,
                },
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
            [
                "deployerRoles",
                "reader,AcrPush",
                (read) => read.deployer.roles.map(({ name }) => name),
                ["Reader", "AcrPush"],
            ],
            [
                "deployerRoles",
                "Reader, reader",
                (read) => read.deployer.roles.map(({ name }) => name),
                ["Reader"],
            ],
            [
                "githubRepository",
                "example/shop",
                (read) => read.deployer.gitHub,
                { repository: "example/shop", ids: undefined },
            ],
            [
                "githubEnvironment",
                "Production 1",
                (read) => read.deployer.gitHubEnvironment,
                "Production 1",
            ],
            [
                "clientSecretStartDate",
                "2027-12-01",
                (read) => read.deployer.clientSecretStartDate,
                "2027-12-01",
            ],
            [
                "clientSecretEndDate",
                "2028-02-29",
                (read) => read.deployer.clientSecretEndDate,
                "2028-02-29",
            ],
            [
                "tags",
                '{"owner":"me"}',
                (read) => read.tags,
                { owner: "me", env: "dev", name: "shop" },
            ],
        ])("%s may be %s", (key, value, part, expected) => {
            expect(part(settings({ [key]: value }))).toEqual(expected);
        });

        it("takes a day that YAML, without quotation marks, read as a time", () => {
            const clientSecretEndDate = "2027-01-31 00:00:00 +0000 UTC";
            const { deployer } = settings({ clientSecretEndDate });
            expect(deployer.clientSecretEndDate).toBe("2027-01-31");
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
        ["clientSecretEndDate", "2020-01-31", "a day as YYYY-MM-DD that is not over yet"],
        ["githubEnvironment", "a:b", "up to 255 characters without a colon"],
        ["warmUpStatuses", "600", "HTTP statuses separated by commas, without spaces"],
        ["appSettings", "LOG_LEVEL=info", "a map of names to texts"],
        ["appSettings", '["info"]', "a map of names to texts"],
        ["appSettings", '{"LOG":{"LEVEL":"info"}}', "a map of names to texts"],
        ["appSettings", "null", "a map of names to texts"],
        ["allowedIpRanges", "198.51.100.7,everywhere", "IP addresses or CIDR ranges"],
        ["minTlsVersion", "1.1", "one of 1.2, 1.3"],
        ["deployerRoles", "Owner", "some of: Website Contributor, Web Plan Contributor, Reader"],
        ["deployerRoles", "Emperor", "some of: Website Contributor, Web Plan Contributor, Reader"],
        ["githubRepository", "shop", "OWNER/REPO, spelt as on GitHub"],
        ["clientSecretStartDate", "2027-02-29", "a day as YYYY-MM-DD"],
        ["clientSecretEndDate", "2027-02-29", "a day as YYYY-MM-DD"],
        ["clientSecretEndDate", "tomorrow", "a day as YYYY-MM-DD"],
        ["tags", "owner=me", "a map of names to texts"],
    ];

    describe("malformed", () => {
        it.each(malformed)("fails on %s set to %s, and only on it", (key, value, expected) => {
            const message = refusal({ [key]: value });
            expect(named(message)).toEqual([key]);
            expect(message).toContain("One setting needs mending in Pulumi.dev.yaml:");
            expect(message).toContain(`${key}: "${value}" is not allowed; expected `);
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
            const here = malformed.map(([key]) => key);
            expect([...new Set([...here, ...elsewhere, ...numbers])].sort()).toEqual(
                [...keys].sort(),
            );
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
            expect(settings({ githubRepository, ...ids }).deployer.gitHub).toEqual({
                repository: githubRepository,
                ids: { owner: "12", repository: "34" },
            });
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
