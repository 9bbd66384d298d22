/**
 * The report on the real engine: what it says of previews that go well, are refused or fail, and how its page looks in
 * a real browser. Cannot show how GitHub renders the Markdown, nor what a preview on the real Azure would say.
 */
import { priceTable, type RegionPrices } from "../../azure/prices";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Browser } from "playwright-core";
import { markdown } from "../../delivery/report/markdown";
import { readReport, verdict, type Change, type Report } from "../../delivery/report/model";
import { page } from "../../delivery/report/page";
import { runWatched } from "../../engine/events";
import { localEnvironment } from "../../local/environment";
import { attacks } from "../support/hostile";
import { open, startChromium } from "../support/chromium";
import { Sandbox } from "../support/sandbox";

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** What was previewed, and all that came of it: the report, its two forms, and the events that were kept. */
interface Made {
    readonly report: Report;
    readonly all: string;
}

const made: Record<string, Made> = {};

/** A preview with the policies; its own output is not shown, but for what a test asks for. */
async function preview(name: string, more: readonly string[] = []): Promise<Report> {
    const local = await localEnvironment(sandbox.root, "dev");
    const script = path.join(sandbox.root, "quiet.sh");
    const shown = path.join(sandbox.root, ".local", "shown");
    fs.writeFileSync(script, `#!/bin/sh\nexec "${local.pulumi}" "$@" >"${shown}" 2>&1\n`, {
        mode: 0o755,
    });
    const where = { cwd: sandbox.root, env: local.env };
    const args = ["preview", "--non-interactive", ...more];
    const { code, events, errors } = await runWatched(script, args, where, true);
    const previewed = { stack: "dev", code, events, errors, project: sandbox.root };
    const report = readReport({ ...previewed, at: new Date("2026-11-22T12:00:00Z") });
    const output = fs.readFileSync(shown, "utf8");
    made[name] = { report, all: [markdown(report), page(report), events, output].join("\n") };
    return report;
}

const named = (report: Report, name: string): Change =>
    report.changes.find((change) => change.name === name)!;

const texts = ({ properties }: Change) =>
    properties.map(({ path, old, now }) =>
        [path, old, now].map((each) =>
            typeof each === "string" ? each : each.kind === "text" ? each.text : `(${each.kind})`,
        ),
    );

describe("the report of a preview", () => {
    it("lists what a new stack creates, what hangs on what, and what it costs", async () => {
        const report = await preview("created");
        const { length } = report.changes;
        expect(length).toBeGreaterThan(9);
        const text = `${length} resources: ${length} created.`;
        expect(verdict(report)).toEqual({ tone: "good", text });
        const hangsOn = report.nodes.map(({ name, refersTo }) => [
            name,
            refersTo?.split("::").at(-1),
        ]);
        expect(Object.fromEntries(hangsOn)).toMatchObject({
            plan: "scope-group",
            app: "plan",
            "app-scm": "app",
            "deployer-principal": "deployer",
        });
        const b2 = { sku: "B2", region: "westeurope", instances: 1 };
        expect(report.estimate.lines).toMatchObject([{ name: "plan", old: undefined, now: b2 }]);
    });

    it("says so where nothing changes", async () => {
        const { code, output } = await sandbox.up();
        expect([code, code ? output : ""]).toEqual([0, ""]);
        const report = await preview("none");
        expect(verdict(report)).toEqual({ tone: "good", text: "No changes." });
        expect(report).toMatchObject({ passed: true, changes: [], errors: [] });
        expect(report.unchanged).toBe(made.created!.report.changes.length);
    });

    it("gives old and new value, what is interrupted, and both prices", async () => {
        // Which regions the table has is its own affair: this one gets a price for the moment.
        const regions = priceTable.regions as Record<string, RegionPrices>;
        regions.westeurope = { source: "a test", hourly: { B1: 0.5 } };
        sandbox.set({ image: "ghcr.io/example/distilgpt2-api:1.1", sku: "B1" });
        const report = await preview("changed");
        expect(report.changes.map(({ name, action }) => [name, action])).toEqual([
            ["plan", "update"],
            ["app", "update"],
        ]);
        expect(texts(named(report, "plan"))).toEqual([["sku.name", "B2", "B1"]]);
        expect(texts(named(report, "app"))).toEqual([
            [
                "siteConfig.linuxFxVersion",
                "DOCKER|ghcr.io/example/distilgpt2-api:1.0",
                "DOCKER|ghcr.io/example/distilgpt2-api:1.1",
            ],
        ]);
        expect(named(report, "app").interrupts).toContain("its container restarts");
        expect(markdown(report)).toContain("1 × B2 in westeurope: no price known");
        expect(markdown(report)).toContain("1 × B1 in westeurope: USD 365.00`");
        delete regions.westeurope;
    });

    it("is what the README shows", async () => {
        const readme = fs.readFileSync(path.join(__dirname, "..", "..", "README.md"), "utf8");
        const quoted = readme.match(/^>.*$/gm)!.map((line) => line.replace(/^> ?/, ""));
        // The formatter fills up tables. Prices have their day.
        const parts = (text: string) =>
            text
                .replaceAll(/^#+ /gm, "## ")
                .replaceAll(/ +\| */g, " | ")
                .replaceAll(/-{3,}/g, "---")
                .split(/^## /m)
                .filter((part) => !part.startsWith("Cost"))
                .map((part) => part.trim());
        const [, ...sections] = parts(markdown(await preview("readme")));
        const withoutTitle = sections.map((part) => part.replace(/^Preview of .*\n\n/, ""));
        expect(parts(quoted.join("\n"))).toEqual(withoutTitle);
    });

    it("puts replacements first, with what forces them", async () => {
        sandbox.set({ location: "northeurope" });
        const report = await preview("replaced");
        expect(verdict(report).tone).toBe("careful");
        const [group, plan] = report.changes;
        expect(group).toMatchObject({ name: "scope-group", action: "replace" });
        expect(group!.forcedBy).toEqual(["location"]);
        expect(texts(group!)).toEqual([["location", "westeurope", "northeurope"]]);
        expect(group!.interrupts).toContain("down meanwhile");
        expect(plan!.forcedBy).toEqual(["resourceGroupName"]);
        expect(texts(plan!)[0]).toEqual(["resourceGroupName", "example-model-dev-rg", "(later)"]);
        // No price is published for this region: it is not made up from another's.
        expect(markdown(report)).toContain("1 × B1 in northeurope: no price known");
        sandbox.set({ location: "westeurope" });
    });

    it("lists what is deleted", async () => {
        sandbox.set({ deploys: "access" });
        const report = await preview("deleted");
        expect(report.changes.map(({ name }) => name).sort()).toEqual([
            ...["app", "app-ftp", "app-scm", "plan"],
        ]);
        expect(verdict(report).text).toBe("Look closely. 4 resources: 4 deleted.");
        expect(report.estimate.now).toEqual({ monthly: 0, atLeast: false });
        sandbox.set({ deploys: "everything" });
    });

    it("fails where a policy refuses, with its fix", async () => {
        sandbox.set({ sku: "P3v3" });
        const report = await preview("refused");
        expect(report).toMatchObject({ passed: false, refused: true, errors: [] });
        expect(verdict(report).text).toMatch(/^Refused: 1 violation of mandatory policies\./);
        expect(report.findings).toMatchObject([
            {
                policy: "sku-allow-list",
                level: "mandatory",
                resource: "plan",
                found: 'sku.name is "P3v3"; allowed: F1, B1, B2',
                fix: 'name: "<one of these>"',
                setting: "Pulumi.dev.yaml: azure-webapp-stack:sku: F1",
            },
        ]);
    });

    it("fails where the settings do, in their own words", async () => {
        sandbox.set({ sku: "Q9" });
        const report = await preview("settings");
        expect(report).toMatchObject({ passed: false, refused: false, changes: [] });
        expect(report.errors.join()).toContain('sku: "Q9" is not allowed');
        expect(report.errors.join()).toContain("pulumi config set sku B2");
        sandbox.set({ sku: "B1" });
    });

    it("fails where the program does, and names no folder of this machine", async () => {
        const before = "const settings = readSettings();";
        const hostile = Buffer.from(attacks.join("\n")).toString("base64");
        const failing = `\nif (settings) throw new Error(Buffer.from("${hostile}", "base64").toString());`;
        sandbox.edit("index.ts", before, before + failing);
        const report = await preview("failing");
        sandbox.edit("index.ts", failing, "");
        expect(report).toMatchObject({ passed: false, refused: false });
        expect(report.errors.join()).toContain("@hostile");
        expect(markdown(report) + page(report)).not.toContain(sandbox.root);
        expect(markdown(report)).not.toMatch(/^\s+at .*node:internal/m);
    });

    it("fails where the engine does not even begin, with what it said", async () => {
        const { code } = await sandbox.local(["exec", "true"]);
        expect(code).toBe(0);
        const env = { ...process.env, PATH: process.env.PATH };
        const script = path.join(sandbox.root, "broken.sh");
        fs.writeFileSync(script, "#!/bin/sh\necho 'error: no such stack' >&2\nexit 255\n", {
            mode: 0o755,
        });
        const silence = jest.spyOn(process.stderr, "write").mockReturnValue(true);
        const where = { cwd: sandbox.root, env };
        const watched = await runWatched(script, ["preview"], where, true);
        silence.mockRestore();
        expect(watched).toEqual({ code: 255, events: "", errors: "error: no such stack\n" });
        const report = readReport({
            ...watched,
            stack: "dev",
            project: sandbox.root,
            at: new Date(),
        });
        expect(report).toMatchObject({ passed: false, errors: ["error: no such stack"] });
    });

    it("shows that a secret changes, and never its value", async () => {
        const secrets = path.join(sandbox.root, ".local", "secrets");
        const plant = async (value: string) => {
            // What the derived configuration takes stand-ins from: here it takes the planted values.
            const { code, output } = await sandbox.pulumi(
                [
                    ...["config", "set", "--secret", "azure-webapp-stack:secretAppSettings"],
                    ...[JSON.stringify({ API_TOKEN: value }), "-C", secrets],
                ],
                { env: { PULUMI_OPTION_CONFIG_FILE: path.join(secrets, "Pulumi.dev.yaml") } },
            );
            expect([code, output]).toEqual([0, ""]);
            sandbox.set({ secretAppSettings: { secure: "v1:not:readable" } });
        };
        await plant("planted-before");
        expect((await sandbox.up()).code).toBe(0);
        await plant("planted-after");
        const report = await preview("secret");
        expect(texts(named(report, "app"))).toEqual([
            ["siteConfig.appSettings[0].value", "(secret)", "(secret)"],
        ]);
        expect(markdown(report)).toContain("| _secret_ | _secret, changed_ |");
        for (const { all } of Object.values(made)) expect(all).not.toContain("planted-");
    });
});

describe("the report of a preview with --refresh", () => {
    it("has what changes, though each resource is looked at first", async () => {
        sandbox.set({ image: "ghcr.io/example/distilgpt2-api:1.3" });
        await sandbox.local(["az", "example-model-dev-app", "set", "httpsOnly=false"]);
        const report = await preview("refreshed", ["--refresh"]);
        expect(verdict(report).text).toContain("1 resource: 1 changed.");
        expect(texts(named(report, "app"))).toEqual(
            expect.arrayContaining([["httpsOnly", "false", "true"]]),
        );
        await sandbox.local(["az", "example-model-dev-app", "set", "httpsOnly=true"]);
    });

    it("names what a policy has changed, not only what it found", async () => {
        const file = path.join(sandbox.root, "policies", "config.dev.json");
        const before = fs.readFileSync(file, "utf8");
        const config = { ...JSON.parse(before), "webapp-always-on": "remediate" };
        fs.writeFileSync(file, JSON.stringify(config));
        sandbox.set({ alwaysOn: "false" });
        const report = await preview("repaired");
        fs.writeFileSync(file, before);
        sandbox.set({ alwaysOn: undefined });
        expect(report.repairs).toEqual([
            { policy: "webapp-always-on", resource: "app", properties: ["siteConfig.alwaysOn"] },
        ]);
        expect(markdown(report)).toContain(
            "### Repaired by policies\n\n- **`webapp-always-on`** on `app`: `siteConfig.alwaysOn`",
        );
        expect(page(report)).toContain("Repaired by policies");
    });
});

describe("npm run report", () => {
    const run = (...args: string[]) =>
        sandbox.local([
            ...["exec", process.execPath, "engine/run.js", "delivery/report.ts"],
            ...args,
        ]);
    const read = (file: string) => fs.readFileSync(path.join(sandbox.root, file), "utf8");

    it("shows the preview, writes both forms, and says where", async () => {
        const { code, output } = await run("--stack", "dev", "--out", "made");
        expect([code, code ? output : ""]).toEqual([0, ""]);
        expect(output).toContain("Previewing update (dev)");
        expect(output).toContain("Report: made/report.md and made/report.html");
        expect(read("made/report.md")).toMatch(/^## Preview of `dev`\n\n✅ \*\*/);
        expect(read("made/report.html")).toContain("<title>Preview of dev</title>");
        expect(output + read("made/report.md") + read("made/report.html")).not.toContain("planted");
    });

    it("fails where the preview does, and writes the report all the same", async () => {
        sandbox.set({ sku: "P3v3" });
        const { code, output } = await run("--stack=dev");
        sandbox.set({ sku: "B1" });
        expect([code, output]).toEqual([1, expect.stringContaining("Refused: 1 violation")]);
        expect(read("dist/report/report.md")).toContain("**`sku-allow-list`** on `plan`");
    });

    it("fails where the stack has no policies or its file is broken, with a report that says so", async () => {
        expect((await run("--stack", "nowhere", "--out", "made")).code).toBe(1);
        expect(read("made/report.md")).toContain("policies/config.nowhere.json is missing");
        const own = path.join(sandbox.root, "Pulumi.dev.yaml");
        const whole = fs.readFileSync(own);
        fs.writeFileSync(own, "config: [\n");
        expect((await run("--stack", "dev", "--out", "made")).code).toBe(1);
        fs.writeFileSync(own, whole);
        expect(read("made/report.md")).toContain("Pulumi.dev.yaml is not valid YAML");
        fs.writeFileSync(path.join(sandbox.root, "Pulumi.test.yaml"), "config: [\n");
        expect((await run("--stack", "test", "--out", "made")).code).toBe(1);
        expect(read("made/report.md")).toContain("Pulumi.test.yaml is not valid YAML");
        expect(read("made/report.md")).toContain("❌ **The preview failed.");
    });

    it.each([
        [["--stack"], "argument missing"],
        [["--stack", "dev", "--yes"], "Unknown option '--yes'"],
        [["--stack", "dev", "more"], "more"],
        [["--stack", "dev", "--out", ""], "--out wants a folder"],
        [["--stack", "dev", "--out", "package.json/x"], '--out "'],
    ])("fails on %j", async (args, message) => {
        const { code, output } = await run(...args);
        expect([code, output]).toEqual([1, expect.stringContaining(message)]);
    });
});

describe("the page in a browser", () => {
    let browser: Browser;
    beforeAll(async () => {
        browser = await startChromium();
    });
    afterAll(() => browser?.close());

    const file = (name: string) => {
        const at = path.join(sandbox.root, `${name}.html`);
        fs.writeFileSync(at, page(made[name]!.report));
        return at;
    };

    it.each(["created", "none", "changed", "replaced", "deleted", "refused", "failing", "secret"])(
        "%s: asks nobody, reports no error, and needs no scrolling sideways",
        async (name) => {
            const at = file(name);
            for (const width of [320, 390, 768, 1280]) {
                const viewport = { width, height: 800 };
                const { page: shown, noise } = await open(browser, at, { viewport });
                expect(noise).toEqual({ requests: [`file://${at}`], messages: [] });
                const wide = await shown.evaluate("document.documentElement.scrollWidth");
                expect([width, wide]).toEqual([width, width]);
                await shown.context().close();
            }
        },
    );

    it.each([320, 1280])(
        "shows one diagram, large enough to read, at a width of %i",
        async (width) => {
            const viewport = { width, height: 800 };
            const { page: shown } = await open(browser, file("replaced"), { viewport });
            const diagrams = shown.getByRole("img");
            expect(await diagrams.count()).toBe(1);
            expect(await diagrams.getAttribute("aria-label")).toContain("app (WebApp) replaced");
            const box = (await diagrams.boundingBox())!;
            expect(box.height).toBeGreaterThan(150);
            const letters = await shown.locator("svg:visible text.title").first().boundingBox();
            expect(letters!.height).toBeGreaterThan(10);
            await shown.context().close();
        },
    );

    it("names its parts for who hears them", async () => {
        const { page: shown } = await open(browser, file("replaced"));
        const heading = shown.getByRole("heading", { level: 1, name: "Preview of dev" });
        expect(await heading.count()).toBe(1);
        expect(await shown.getByRole("region", { name: "Replaced" }).count()).toBe(1);
        const table = shown.getByRole("table", { name: "Properties of scope-group" });
        expect(await table.getByRole("rowheader").allInnerTexts()).toEqual([
            expect.stringContaining("location"),
        ]);
        expect(await shown.getByRole("status").innerText()).toContain("Look closely.");
        await shown.context().close();
    });

    it.each(["light", "dark"] as const)("has letters that stand out, %s", async (colorScheme) => {
        const { page: shown } = await open(browser, file("replaced"), { colorScheme });
        const contrasts = await shown.evaluate<number[]>(`(() => {
            const channels = (css) => css.match(/[\\d.]+/g).map(Number);
            const luminance = (css) => {
                const [r, g, b] = channels(css).map((c) => c / 255)
                    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = (element) => {
                const css = getComputedStyle(element).backgroundColor;
                return channels(css)[3] === 0 && element.parentElement ? ground(element.parentElement) : css;
            };
            return [...document.querySelectorAll("h1, h2, h3, p, th, td, code, .tag, .counts li:not(.zero)")].map((element) => {
                const pair = [getComputedStyle(element).color, ground(element)].map(luminance);
                return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
            });
        })()`);
        expect(contrasts.length).toBeGreaterThan(30);
        expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
        const ground = await shown.evaluate<string>(
            "getComputedStyle(document.body).backgroundColor",
        );
        expect(ground).toBe(colorScheme === "light" ? "rgb(246, 248, 250)" : "rgb(13, 17, 23)");
        await shown.context().close();
    });

    it("makes nothing of hostile text", async () => {
        const { page: shown, noise } = await open(browser, file("failing"));
        expect(await shown.locator("pre").first().innerText()).toContain("<script>alert");
        expect(await shown.locator("script, img, a, iframe, main link, object").count()).toBe(0);
        expect(noise.messages).toEqual([]);
        await shown.context().close();
    });
});
