/**
 * What `npm run drift` makes of the engine's events, of a state and of what Azure lists. All three are written here
 * by hand; that the engine writes them so is in test/engine/drift.test.ts. Does not show that the real Azure lists
 * app settings for whoever may.
 */
import fc from "fast-check";
import { exitCodes, main, parseArguments } from "../../delivery/drift";
import { appsOf, reveal, settingsDrift } from "../../delivery/drift/appSettings";
import { unseen, verdictOf, type Change, type Drift } from "../../delivery/drift/model";
import { markdownReport, textReport } from "../../delivery/drift/report";
import { parsePath, resourceDrift, unseenResources } from "../../delivery/drift/resources";
import { readRefresh } from "../../engine/refresh";
import type { StateEntry } from "../../engine/state";

const urn = (type: string, name: string) => `urn:pulumi:prod::p::comp$${type}::${name}`;
const siteId = "/subscriptions/s/resourceGroups/shop-rg/providers/Microsoft.Web/sites/shop-app";
const siteType = "azure-native:web:WebApp";
const siteUrn = urn(siteType, "app");
const masked = { "4dabf18193072939515e22adb298388d": "1b47", ciphertext: "[secret]" };
const secret = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext: JSON.stringify(value),
});

/** The events of a refresh that came to its end, as the engine writes them. */
function log(...events: object[]): string {
    return [...events, { summaryEvent: {} }].map((event) => JSON.stringify(event)).join("\n");
}

function step(op: string, type: string, name: string, more: object = {}): object[] {
    const old = { custom: true, id: siteId, inputs: {}, outputs: {} };
    const metadata = { urn: urn(type, name), type, old, new: old, detailedDiff: {}, ...more };
    return [
        { resourcePreEvent: { metadata: { ...metadata, op: "refresh" } } },
        ...(op === "" ? [] : [{ resOutputsEvent: { metadata: { ...metadata, op } } }]),
    ];
}

const found = (...events: object[]) => resourceDrift(readRefresh(log(...events))!);

/** The changes of one app that was changed so. */
function changes(
    old: object,
    now: object,
    detailedDiff: object | null,
    more = {},
): readonly Change[] {
    const state = (inputs: object) => ({ custom: true, id: siteId, inputs, outputs: inputs });
    const [app] = found(
        ...step("update", siteType, "app", {
            old: state(old),
            new: state(now),
            detailedDiff,
            ...more,
        }),
    );
    return app!.changes;
}

const update = { diffKind: "update", inputDiff: true };

describe("the events of a refresh", () => {
    it("say nothing where everything is as it was", () => {
        const component = { old: { inputs: {} } };
        const events = [
            ...step("same", siteType, "app"),
            ...step("same", "azure-webapp-stack:index:ContainerWebApp", "app", component),
        ];
        const refreshed = readRefresh(log(...events))!;
        expect(refreshed.seen).toHaveLength(1);
        expect(resourceDrift(refreshed)).toEqual([]);
        expect(refreshed.unseen).toEqual([]);
    });

    it("say what was deleted, and no property of it", () => {
        const deleted = step("delete", siteType, "app", { new: undefined, detailedDiff: null });
        expect(found(...deleted)).toEqual([
            { urn: siteUrn, name: "app", type: siteType, id: siteId, deleted: true, changes: [] },
        ]);
    });

    it("say what was changed, added and removed, with both values", () => {
        const old = { httpsOnly: true, tags: { "a.b": "1" }, list: [{ x: 1 }] };
        const now = { httpsOnly: false, tags: { new: "2" }, list: [{ x: 2 }] };
        const diff = {
            httpsOnly: update,
            'tags["a.b"]': { diffKind: "delete", inputDiff: true },
            "tags.new": { diffKind: "add", inputDiff: false },
            "list[0].x": { diffKind: "update-replace", inputDiff: true },
        };
        expect(changes(old, now, diff)).toEqual([
            { path: "httpsOnly", kind: "changed", before: true, now: false, secret: false },
            { path: 'tags["a.b"]', kind: "removed", before: "1", secret: false },
            { path: "tags.new", kind: "added", now: "2", secret: false },
            { path: "list[0].x", kind: "changed", before: 1, now: 2, secret: false },
        ]);
    });

    it("say which property, where the provider says no more", () => {
        const expected = [{ path: "a", kind: "changed", before: 1, now: 2, secret: false }];
        expect(changes({ a: 1 }, { a: 2 }, null, { diffs: ["a"] })).toEqual(expected);
    });

    it.each([
        ["is one", { a: masked }, { a: "hunter2" }, "a"],
        ["is within one", { a: masked }, { a: { b: "hunter2" } }, "a.b"],
        ["holds one", { a: { b: masked } }, { a: { b: "hunter2" } }, "a"],
        ["was none and is one now", { a: "hunter2" }, { a: masked }, "a"],
        ["is one in the short form", { a: "[secret]" }, { a: { b: "hunter2" } }, "a.b"],
    ])("show no value where it %s", (_, old, now, path) => {
        const [change, ...others] = changes(old, now, { [path]: update });
        expect(others).toEqual([]);
        expect(change).toEqual({ path, kind: "changed", secret: true });
    });

    it("say what could not be looked at, and why", () => {
        const refused = urn("azuread:index/application:Application", "deployer");
        const message = 'Preview failed: Status=403 Code="Authorization_RequestDenied"\n';
        const refreshed = readRefresh(
            log(
                ...step("", "azuread:index/application:Application", "deployer"),
                ...step("", siteType, "app"),
                { diagnosticEvent: { urn: refused, severity: "warning", message: "slow" } },
                { diagnosticEvent: { urn: refused, severity: "error", message } },
            ),
        )!;
        expect(unseenResources(refreshed)).toEqual([
            {
                name: "deployer",
                what: "azuread:index/application:Application",
                reason: message.trim(),
                refused: true,
            },
            {
                name: "app",
                what: siteType,
                reason: "the engine did not come to it",
                refused: false,
            },
        ]);
    });

    it("are no answer where the engine did not come to its end", () => {
        expect(readRefresh("")).toBeUndefined();
        const [begun] = step("same", siteType, "app");
        expect(readRefresh(`${JSON.stringify(begun)}\n{"summaryEv`)).toBeUndefined();
    });

    it("name properties whatever is in their names", () => {
        const plain = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]*$/);
        const steps = fc.array(fc.oneof(plain, fc.nat().map(String), fc.string()), {
            minLength: 1,
        });
        const write = (step: string, index: number) => {
            if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(step)) return index === 0 ? step : `.${step}`;
            if (/^\d+$/.test(step)) return `[${step}]`;
            return `["${step.replaceAll(/["\\]/g, "\\$&")}"]`;
        };
        fc.assert(
            fc.property(steps, (given) => {
                expect(parsePath(given.map(write).join(""))).toEqual(given);
            }),
        );
    });
});

describe("app settings", () => {
    const provider = {
        urn: urn("pulumi:providers:azure-native", "azure"),
        type: "p",
        inputs: { tenantId: "t" },
    };
    const resource = (type: string, id: string, inputs: object, name = "app"): StateEntry => ({
        urn: urn(type, name),
        type,
        id,
        inputs: inputs as Record<string, unknown>,
        provider: `${provider.urn}::id`,
    });
    const one = (...resources: StateEntry[]) => appsOf([provider, ...resources])[0]!;
    const list = [
        { name: "PORT", value: "8080" },
        { name: "TOKEN", value: secret("hunter2") },
    ];

    it("are found at apps and slots, in every version of the type, with the provider to ask", () => {
        const siteConfig = { appSettings: list };
        const slot = resource("azure-native:web:WebAppSlot", `${siteId}/slots/next`, {
            siteConfig,
        });
        const site = resource("azure-native:web/v20240401:WebApp", siteId, { siteConfig });
        const apps = appsOf([
            provider,
            site,
            slot,
            resource("other:web:WebApp", "/x", { siteConfig }),
        ]);
        expect(apps).toMatchObject([
            { id: siteId, resourceGroupName: "shop-rg", name: "shop-app", slot: undefined },
            { name: "shop-app", slot: "next", provider: { tenantId: "t" } },
        ]);
        expect([...apps[0]!.settings]).toEqual([
            ["PORT", { value: "8080", secret: false }],
            ["TOKEN", { value: "hunter2", secret: true }],
        ]);
    });

    it.each([
        ["the list", { siteConfig: { appSettings: secret([{ name: "A", value: "1" }]) } }],
        ["the configuration", { siteConfig: secret({ appSettings: [{ name: "A", value: "1" }] }) }],
        ["the item", { siteConfig: { appSettings: [secret({ name: "A", value: "1" })] } }],
        ["the name", { siteConfig: { appSettings: [{ name: secret("A"), value: secret("1") }] } }],
    ])("are secret where %s is", (_, inputs) => {
        const { settings } = one(resource(siteType, siteId, inputs));
        expect([...settings]).toEqual([["A", { value: "1", secret: true }]]);
    });

    it("are those of a resource of their own where there is one, and of nobody where none gives any", () => {
        const own = resource(
            "azure-native:web:WebAppApplicationSettings",
            `${siteId}/config/appsettings`,
            { properties: { A: "1", B: secret("2") } },
            "settings",
        );
        const site = resource(siteType, siteId, { siteConfig: { appSettings: list } });
        const apps = appsOf([provider, site, own]);
        expect(apps).toHaveLength(1);
        expect(apps[0]).toMatchObject({ urn: own.urn, name: "shop-app" });
        expect([...apps[0]!.settings.keys()]).toEqual(["A", "B"]);
        expect(appsOf([provider, resource(siteType, siteId, { siteConfig: {} })])).toEqual([]);
        expect(appsOf([provider, resource(siteType, siteId, {})])).toEqual([]);
    });

    it("differ where they were changed, added or removed, and show what is no secret", () => {
        const inputs = { siteConfig: { appSettings: [...list, { name: "OLD", value: "x" }] } };
        const app = one(resource(siteType, siteId, inputs));
        expect(settingsDrift(app, { PORT: "8080", TOKEN: "hunter2", OLD: "x" })).toBeUndefined();
        const drift = settingsDrift(app, { PORT: "1", TOKEN: "guessed", NEW: "sk-123" });
        expect(drift).toEqual({
            urn: siteUrn,
            name: "app",
            id: siteId,
            changes: [
                { path: "NEW", kind: "added", secret: true },
                { path: "OLD", kind: "removed", before: "x", secret: false },
                { path: "PORT", kind: "changed", before: "8080", now: "1", secret: false },
                { path: "TOKEN", kind: "changed", secret: true },
            ],
        });
        expect(JSON.stringify(drift)).not.toMatch(/hunter2|guessed|sk-123/);
    });

    it("are not looked for among what every object has", () => {
        const inputs = { siteConfig: { appSettings: [{ name: "constructor", value: "1" }] } };
        const drift = settingsDrift(one(resource(siteType, siteId, inputs)), {});
        expect(drift?.changes).toMatchObject([{ path: "constructor", kind: "removed" }]);
    });

    it("are read as they were written, secret or not", () => {
        fc.assert(
            fc.property(fc.jsonValue(), (value) => {
                expect(reveal(value)).toEqual({ value, secret: false });
                expect(reveal(secret(value))).toEqual({
                    value: JSON.parse(JSON.stringify(value)),
                    secret: true,
                });
            }),
        );
    });
});

const nothing: Drift = { stack: "prod", lookedAt: 3, resources: [], settings: [], unseen: [] };
const change: Change = {
    path: "httpsOnly",
    kind: "changed",
    before: true,
    now: false,
    secret: false,
};
const site = { urn: siteUrn, name: "app", type: siteType, id: siteId };
const changed = { ...site, deleted: false, changes: [change] };
const settings = { ...site, changes: [{ path: "TOKEN", kind: "changed", secret: true } as const] };
const forbidden = unseen("deployer", "azuread", "403 Authorization_RequestDenied");
const denied = unseen(
    "plan",
    "plan",
    "403 AuthorizationFailed: no authorization to perform action",
);
const failed = unseen("plan", "plan", "503 ServerTimeout");

describe("the verdict", () => {
    it.each([
        ["none", 0, nothing],
        ["drift", 2, { ...nothing, resources: [changed] }],
        ["drift", 2, { ...nothing, settings: [settings], unseen: [failed] }],
        ["none", 0, { ...nothing, unseen: [forbidden] }],
        ["unknown", 1, { ...nothing, unseen: [forbidden, failed] }],
        ["unknown", 1, { ...nothing, unseen: [denied] }],
        ["unknown", 1, { ...nothing, lookedAt: 0, unseen: [forbidden] }],
    ])("is %s, with the exit code %d", (verdict, code, drift) => {
        expect(verdictOf(drift)).toBe(verdict);
        expect(exitCodes[verdictOf(drift)]).toBe(code);
    });
});

describe("the report", () => {
    it("says in one line that there is nothing, and what that rests on", () => {
        expect(textReport(nothing)).toBe(
            "No drift in prod: what Azure has is what the state says (3 looked at).",
        );
        expect(textReport({ ...nothing, unseen: [failed] })).toContain("503 ServerTimeout");
        const report = textReport({ ...nothing, unseen: [forbidden] });
        expect(report).toContain("No drift in prod");
        expect(report).toContain("(3 looked at, 1 not)");
        expect(report).toContain(
            "deployer (azuread): whoever is signed in may not look at principals and roles",
        );
    });

    it("says what was changed, and the command that puts it right", () => {
        const report = textReport({ ...nothing, resources: [changed] });
        expect(report).toContain("prod drifted: 1 was changed behind Pulumi's back (3 looked at).");
        expect(report).toContain("  httpsOnly: true became false");
        expect(report).toContain("npm run up -- --stack prod --refresh\n");
        const withSettings = textReport({ ...nothing, resources: [changed], settings: [settings] });
        expect(withSettings).toContain("  TOKEN: changed; its value is not shown");
        expect(withSettings).toContain("npm run drift -- --stack prod --repair");
        const deleted = { ...changed, deleted: true, changes: [] };
        expect(textReport({ ...nothing, resources: [deleted] })).toContain(
            "app (azure-native:web:WebApp): deleted",
        );
    });

    it("gives one reason once", () => {
        const reason = "Preview failed: 401 AADSTS700016: no such application";
        const listing =
            "invocation of azure-native:web:list returned an error: 401 AADSTS700016:\n no such application";
        const missed = [unseen("plan", "a", reason), unseen("app", "app settings", listing)];
        expect(textReport({ ...nothing, unseen: missed })).toContain(
            "\n  plan (a), app (app settings): 401 AADSTS700016: no such application",
        );
    });

    it("lets no value be Markdown", () => {
        const evil = "x` @everyone [a](http://b) <img src=c>\n# ``d";
        const changes: Change[] = [{ path: evil, kind: "added", now: evil, secret: false }];
        const report = markdownReport({ ...nothing, resources: [{ ...changed, changes }] });
        const line = report.split("\n").find((text) => text.includes("everyone"))!;
        // All signs that Markdown or HTML would read are entities, and the rest is code.
        expect(line).toMatch(/^- <code>[^<>`@[\]]*<\/code>$/);
        expect(report).not.toMatch(/^# /m);
        expect(markdownReport({ ...nothing, unseen: [forbidden] })).toContain("### Not looked at");
    });

    it("cuts a long value", () => {
        const long = [{ ...change, now: "y".repeat(1000) }];
        const report = textReport({ ...nothing, resources: [{ ...changed, changes: long }] });
        expect(report).not.toContain("y".repeat(101));
        expect(report).toContain("…");
    });
});

describe("the command's arguments", () => {
    it("are the stack, the form of the report, and the repair", () => {
        expect(parseArguments(["-s", "prod", "--json", "--markdown=f.md"])).toEqual({
            help: false,
            json: true,
            repair: false,
            yes: false,
            markdown: "f.md",
            stack: ["--stack", "prod"],
        });
        const repair = parseArguments(["--repair", "--yes", "--stack=prod"]);
        expect(repair).toMatchObject({ repair: true, yes: true, stack: ["--stack", "prod"] });
    });

    it.each([
        [["prod"], '"prod" is not understood'],
        [["--stacks", "prod"], "Unknown option '--stacks'"],
        [["--stack"], "argument missing"],
        [["--markdown="], "--markdown wants a value"],
        [["--stack="], "--stack wants a value"],
        [["--repair", "--json"], "--repair does not go with --json"],
        [["--yes"], "--yes goes with --repair"],
    ])("fail as %j", (args, message) => {
        expect(() => parseArguments(args)).toThrow(message);
    });

    it("fail as a repair that nobody can agree to", async () => {
        const { isTTY } = process.stdin;
        process.stdin.isTTY = false;
        try {
            await expect(main(["--repair"])).rejects.toThrow("say --yes too");
        } finally {
            process.stdin.isTTY = isTTY;
        }
    });
});
