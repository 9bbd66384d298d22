/**
 * `npm run drift` on the real engine: what was changed behind Pulumi's back is found, and neither the state nor Azure
 * is changed by looking. Does not show that the real Azure lists app settings, nor how long it takes to.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { gitHubIssuer, tokenExchangeAudience } from "../../azure/federation";
import { nameToGuid } from "../../azure/guids";
import { signedInUser } from "../../local/identity";
import { assign, makePrincipal } from "../support/people";
import { Sandbox } from "../support/sandbox";

describe("npm run drift", () => {
    const sandbox = new Sandbox();
    const group = `/subscriptions/${signedInUser.subscriptionId}/resourceGroups/example-model-dev-rg`;
    const app = "example-model-dev-app";
    const site = `${group}/providers/Microsoft.Web/sites/${app}`;
    const command = ["npm", "run", "--silent", "drift", "--", "--stack", "dev"];
    beforeAll(async () => {
        expect((await sandbox.up()).code).toBe(0);
    });
    afterAll(() => sandbox.remove());

    /** Every file of the state, its locks and history included. */
    function state(): string[] {
        const root = path.join(sandbox.root, ".local", "state");
        return fs
            .readdirSync(root, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
            .map(
                (file) =>
                    `${createHash("sha256").update(fs.readFileSync(file)).digest("hex")} ${file}`,
            )
            .sort();
    }

    /** Looks, which must change nothing. */
    async function drift(...args: string[]) {
        const [before, ids] = [state(), sandbox.cloudIds()];
        const result = await sandbox.local(["exec", ...command, ...args]);
        expect(state()).toEqual(before);
        expect(sandbox.cloudIds()).toEqual(ids);
        return result;
    }
    const byHand = (...changes: string[]) => sandbox.local(["az", app, ...changes]);

    it("finds none after an up", async () => {
        const { code, output } = await drift();
        expect(output).toBe(
            "No drift in dev: what Azure has is what the state says (18 looked at).\n",
        );
        expect(code).toBe(0);
    });

    it("finds none as a reader who may list app settings, and says that the directory is closed", async () => {
        const { cloud } = sandbox;
        const reader = makePrincipal(cloud, "reader");
        cloud.directory.addFederatedCredential(reader.applicationId, {
            name: "pull-requests",
            issuer: gitHubIssuer,
            subject: "repo:example/distilgpt2-api:pull_request",
            audiences: [tokenExchangeAudience],
        });
        const role = nameToGuid("list app settings");
        await cloud.put(`${group}/providers/Microsoft.Authorization/roleDefinitions/${role}`, {
            properties: {
                roleName: "App settings lister",
                type: "CustomRole",
                permissions: [{ actions: ["Microsoft.Web/sites/config/list/action"] }],
                assignableScopes: [group],
            },
        });
        const look = () => sandbox.local(["--as", "reader", "exec", ...command]);
        await assign(cloud, reader.id, "Reader", group);
        const half = await look();
        expect(half.output).toMatch(
            /app \(app settings\): .*'Microsoft.Web\/sites\/config\/list\/Action'/,
        );
        expect(half.code).toBe(1);
        await assign(cloud, reader.id, role, group);
        const { code, output } = await look();
        expect(output).toContain("No drift in dev");
        expect(output).toContain("(10 looked at, 8 not)");
        expect(output).toMatch(
            /deployer-principal .*: whoever is signed in may not look at principals/,
        );
        expect(code).toBe(0);
    });

    it("finds a changed property and changed and added app settings, as text, JSON and Markdown", async () => {
        await byHand(
            "set",
            "httpsOnly=false",
            "appSettings.WEBSITES_PORT=9999",
            "appSettings.KEY=sk-1",
        );
        const { code, output } = await drift("--markdown", "drift.md");
        expect(output).toContain("dev drifted: 2 were changed behind Pulumi's back");
        expect(output).toContain("  httpsOnly: true became false\n");
        expect(output).toContain('  WEBSITES_PORT: "8080" became "9999"\n');
        expect(output).toContain("  KEY: added; its value is not shown\n");
        expect(output).not.toContain("sk-1");
        expect(code).toBe(2);
        const markdown = fs.readFileSync(path.join(sandbox.root, "drift.md"), "utf8");
        expect(markdown).toContain("- `httpsOnly: true became false`");
        expect(markdown).not.toContain("sk-1");
        const json = await drift("--json");
        expect(JSON.parse(json.output)).toMatchObject({
            verdict: "drift",
            resources: [{ name: "app", id: site, changes: [{ path: "httpsOnly", now: false }] }],
            settings: [{ id: site, changes: [{ path: "KEY" }, { path: "WEBSITES_PORT" }] }],
            unseen: [],
        });
        expect(json.output).not.toContain("sk-1");
        expect(json.code).toBe(2);
    });

    it("is put right by up --refresh, where a property of the app drifted too", async () => {
        const up = ["npm", "run", "--silent", "up", "--", "--stack", "dev", "--yes", "--refresh"];
        expect((await sandbox.local(["exec", ...up])).code).toBe(0);
        expect((await drift()).code).toBe(0);
    });

    it("is put right by --repair where app settings drifted alone, which up --refresh does not see", async () => {
        await byHand("set", "appSettings.WEBSITES_PORT=9999", "appSettings.KEY=sk-1");
        const refreshed = await sandbox.pulumi(["up", "--yes", "--skip-preview", "--refresh"]);
        expect(refreshed.output).toContain("28 unchanged");
        // One that does not go through leaves no change behind that nobody made.
        await sandbox.local(["fault", "busy", "--on", "Microsoft.Web/sites"]);
        const busy = await sandbox.local(["exec", ...command, "--repair", "--yes"]);
        expect(busy.output).toContain("another operation is in progress");
        expect(busy.code).not.toBe(0);
        const unchanged = await sandbox.pulumi(["preview", "--expect-no-changes"]);
        expect(unchanged.code).toBe(0);
        const { code, output } = await sandbox.local(["exec", ...command, "--repair", "--yes"]);
        expect(output).toContain("npm run drift -- --stack dev --repair");
        expect(output).toContain("1 updated");
        expect(code).toBe(0);
        const { properties } = await sandbox.cloud.post(`${site}/config/appsettings`, "list");
        expect(properties).toMatchObject({ WEBSITES_PORT: "8080" });
        expect(properties).not.toHaveProperty("KEY");
        expect((await drift()).code).toBe(0);
        const preview = await sandbox.pulumi(["preview", "--expect-no-changes"]);
        expect(preview.code).toBe(0);
    });

    it("shows of a changed secret that it changed, and no value", async () => {
        sandbox.set({ secretAppSettings: { API_TOKEN: { secure: "v1:another:key" } } });
        expect((await sandbox.up()).code).toBe(0);
        await byHand("set", "appSettings.API_TOKEN=planted-by-hand");
        const { output } = await drift("--json", "--markdown", "drift.md");
        const markdown = fs.readFileSync(path.join(sandbox.root, "drift.md"), "utf8");
        expect(markdown).toContain("`API_TOKEN: changed; its value is not shown`");
        for (const text of [output, markdown]) {
            expect(text).toContain("API_TOKEN");
            expect(text).not.toMatch(/planted-by-hand|stand-in/);
        }
    });

    it("finds what was deleted, an app with all that is in it", async () => {
        await sandbox.cloud.delete(site);
        const { code, output } = await drift();
        expect(output).toContain("app (azure-native:web:WebApp): deleted");
        expect(output).toContain("app-ftp (azure-native:web:WebAppFtpAllowed): deleted");
        expect(code).toBe(2);
    });

    it("fails where there is nothing that could drift, or no such stack", async () => {
        const empty = await sandbox.local(["exec", ...command.slice(0, -1), "test"]);
        expect(empty.output).toContain('The stack "test" is empty');
        expect(empty.code).toBe(1);
        const missing = await sandbox.local(["exec", ...command.slice(0, -1), "nowhere"]);
        expect(missing.output).toContain('"nowhere"');
        expect(missing.output).not.toMatch(/^\s+at /m);
        expect(missing.code).toBe(1);
    });
});
