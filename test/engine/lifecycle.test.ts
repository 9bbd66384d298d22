/**
 * The stack on the real engine, from nothing to nothing, against this machine's Azure.
 * Does not show that the real Azure answers as this machine's does.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { principals, Sandbox, summary } from "../support/sandbox";

const everything = [
    ...principals,
    "azure-native:resources:ResourceGroup scope-group",
    "azure-native:web:AppServicePlan plan",
    "azure-native:web:WebApp app",
    "azure-native:web:WebAppFtpAllowed app-ftp",
    "azure-native:web:WebAppScmAllowed app-scm",
    "azure-webapp-stack:index:AppServicePlan plan",
    "azure-webapp-stack:index:AzureScope scope",
    "azure-webapp-stack:index:ContainerWebApp app",
    "pulumi:providers:azure-native scope-azure",
    "pulumi:providers:azure-native scope-signed-in",
    "pulumi:providers:azuread scope-directory",
].sort();

/** What an update changed in place: a component counts, because its arguments did. */
function updated(output: string): string[] {
    const lines = output.matchAll(/^ ~ +\S+:(\w+) (\S+) updating \(/gm);
    return [...lines].map(([, type, name]) => `${type} ${name}`).sort();
}

describe("the dev stack", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());

    it("previews without writing anything to Azure", async () => {
        const { code, output } = await sandbox.pulumi(["preview"]);
        expect(output).toContain("28 to create");
        expect(code).toBe(0);
        expect(sandbox.cloudIds()).toEqual([]);
    });

    it("comes up with exactly these resources, all through the pinned providers", async () => {
        const { code, output } = await sandbox.up();
        expect(output).toContain("https://example-model-dev-app.azurewebsites.net");
        expect(code).toBe(0);
        const resources = await sandbox.state();
        expect(summary(resources)).toEqual(everything);
        for (const { type, provider } of resources) {
            if (type.startsWith("azure-native:")) expect(provider).toContain("::scope-azure::");
            if (type.startsWith("azuread:")) expect(provider).toContain("::scope-directory::");
        }
    });

    it("keeps in Azure what it was told, with every side door closed", async () => {
        const { subscriptionId } = sandbox.cloud.caller;
        const group = `/subscriptions/${subscriptionId}/resourceGroups/example-model-dev-rg`;
        const site = `${group}/providers/Microsoft.Web/sites/example-model-dev-app`;
        const { cloud } = sandbox;
        expect(
            await cloud.get(`${group}/providers/Microsoft.Web/serverfarms/example-model-dev-plan`),
        ).toMatchObject({
            kind: "linux",
            sku: { name: "B2", tier: "Basic", capacity: 1 },
            properties: { reserved: true, maximumNumberOfWorkers: 3, numberOfSites: 1 },
        });
        expect(await cloud.get(site)).toMatchObject({
            kind: "app,linux,container",
            identity: { type: "SystemAssigned" },
            properties: { httpsOnly: true, clientAffinityEnabled: false, reserved: true },
        });
        expect((await cloud.get(`${site}/config/web`))?.properties).toMatchObject({
            linuxFxVersion: "DOCKER|ghcr.io/example/distilgpt2-api:1.0",
            alwaysOn: true,
            ftpsState: "Disabled",
            http20Enabled: true,
            minTlsVersion: "1.2",
            scmMinTlsVersion: "1.2",
            remoteDebuggingEnabled: false,
            healthCheckPath: "/healthz",
        });
        expect((await cloud.post(`${site}/config/appsettings`, "list")).properties).toEqual({
            WEBSITES_CONTAINER_START_TIME_LIMIT: "1800",
            WEBSITES_ENABLE_APP_SERVICE_STORAGE: "false",
            WEBSITES_PORT: "8080",
            WEBSITE_WARMUP_PATH: "/healthz",
            WEBSITE_WARMUP_STATUSES: "200",
        });
        for (const door of ["ftp", "scm"]) {
            const policy = await cloud.get(`${site}/basicPublishingCredentialsPolicies/${door}`);
            expect(policy?.properties).toEqual({ allow: false });
        }
    });

    it("has nothing to change the second time, and nothing to refresh", async () => {
        const again = await sandbox.pulumi(["up", "--yes", "--expect-no-changes"]);
        expect(again.output).toContain("28 unchanged");
        expect(again.code).toBe(0);
        const refresh = await sandbox.pulumi(["refresh", "--yes", "--expect-no-changes"]);
        expect(refresh.output).toContain("unchanged");
        expect(refresh.code).toBe(0);
    });

    it("updates the app in place when an app setting changes", async () => {
        sandbox.set({ appSettings: { LOG_LEVEL: "debug" } });
        const { code, output } = await sandbox.up();
        expect(updated(output)).toEqual(["ContainerWebApp app", "WebApp app"]);
        expect(output).toContain("26 unchanged");
        expect(code).toBe(0);
    });

    it("updates the plan in place when its size changes", async () => {
        sandbox.set({ sku: "B1" });
        const { code, output } = await sandbox.up();
        expect(updated(output)).toEqual(["AppServicePlan plan", "AppServicePlan plan"]);
        expect(code).toBe(0);
    });

    it("finds in a refresh what was changed behind its back, and puts it right", async () => {
        const { cloud } = sandbox;
        const plan = (await sandbox.state()).find(({ type }) =>
            type.endsWith(":web:AppServicePlan"),
        )!;
        const document = (await cloud.get(plan.id!))!;
        await cloud.put(plan.id!, { ...document, sku: { name: "B3", capacity: 1 } });
        const drift = await sandbox.pulumi(["refresh", "--yes"]);
        expect(drift.output).toContain("~ 1 updated");
        const { output } = await sandbox.up();
        expect(output).toContain("~ 1 updated");
        expect((await cloud.get(plan.id!))?.sku).toMatchObject({ name: "B1" });
    });

    it("takes in again what the state has lost, by import", async () => {
        const door = (await sandbox.state()).find(({ type }) => type.endsWith("WebAppScmAllowed"))!;
        const forgotten = await sandbox.pulumi(["state", "delete", door.urn, "--yes"]);
        expect(forgotten.code).toBe(0);
        const parent = `app=${door.parent}`;
        const provider = `azure=${door.provider!.split("::").slice(0, -1).join("::")}`;
        const imported = await sandbox.pulumi([
            ...["import", door.type, "app-scm", door.id!],
            ...["--parent", parent, "--provider", provider],
            ...["--yes", "--protect=false", "--generate-code=false"],
        ]);
        expect(imported.output).toContain("= 1 imported");
        expect(imported.code).toBe(0);
        const again = await sandbox.pulumi(["up", "--yes", "--expect-no-changes"]);
        expect(again.output).toContain("28 unchanged");
        expect(again.code).toBe(0);
    });

    /** Logical names of what a preview would replace. */
    async function replacements(): Promise<string[]> {
        const { output } = await sandbox.pulumi(["preview", "--json"]);
        const { steps } = JSON.parse(output) as { steps: { op: string; urn: string }[] };
        const names = steps
            .filter(({ op }) => op === "replace")
            .map(({ urn }) => urn.split("::").at(-1)!);
        return [...new Set(names)].sort();
    }

    it("would replace all that is in the group when a change of place or name moves that", async () => {
        const all = [
            ...["app", "app-ftp", "app-scm", "deployer-access-web-plan-contributor"],
            ...["deployer-access-website-contributor", "plan", "reader-access-reader"],
            ...["reader-access-settings", "reader-access-settings-definition", "scope-group"],
        ];
        sandbox.set({ location: "northeurope" });
        expect(await replacements()).toEqual(all);
        sandbox.set({ location: "westeurope", resourceGroup: "another-group" });
        expect(await replacements()).toEqual(all);
        sandbox.set({ resourceGroup: "" });
        expect(await replacements()).toEqual([]);
    });

    it("replaces plan and app when the name changes, and nothing else in a group of its own", async () => {
        sandbox.set({ name: "renamed-model-dev", resourceGroup: "example-model-dev-rg" });
        expect(await replacements()).toEqual(["app", "app-ftp", "app-scm", "plan"]);
        const { code, output } = await sandbox.up();
        expect(output).toMatch(/\+-\s*4 replaced/);
        expect(code).toBe(0);
        const names = sandbox.cloudIds().filter((id) => id.startsWith("/sitenames/"));
        expect(names).toEqual(["/sitenames/renamed-model-dev-app"]);
    });

    it("opens again to everybody, and forgets the health check, when their settings go", async () => {
        const site = (await sandbox.state()).find(({ type }) => type.endsWith(":web:WebApp"))!;
        const config = async () =>
            (await sandbox.cloud.get(`${site.id}/config/web`))!.properties as any;
        sandbox.set({ allowedIpRanges: "203.0.113.0/24", healthCheckPath: "/alive" });
        await sandbox.up();
        expect((await config()).ipSecurityRestrictions).toMatchObject([
            { action: "Allow", ipAddress: "203.0.113.0/24" },
            { action: "Deny", ipAddress: "Any" },
        ]);
        expect((await config()).healthCheckPath).toBe("/alive");
        sandbox.set({ allowedIpRanges: "", healthCheckPath: "" });
        await sandbox.up();
        expect((await config()).ipSecurityRestrictions).toMatchObject([
            { action: "Allow", ipAddress: "Any" },
        ]);
        expect((await config()).healthCheckPath).toBe("");
    });

    it("fails to move to another subscription, and changes nothing", async () => {
        const other = "22222222-2222-2222-2222-222222222222";
        const before = sandbox.cloudIds();
        const derived = path.join(sandbox.root, ".local", "Pulumi.dev.yaml");
        const moved = path.join(sandbox.root, ".local", "moved.yaml");
        const { subscriptionId } = sandbox.cloud.caller;
        fs.writeFileSync(moved, fs.readFileSync(derived, "utf8").replace(subscriptionId, other));
        const env = { PULUMI_OPTION_CONFIG_FILE: moved, ARM_SUBSCRIPTION_ID: other };
        const { code, output } = await sandbox.up({ env });
        expect(code).not.toBe(0);
        expect(output).toContain(`but its setting subscriptionId says ${other}`);
        expect(sandbox.cloudIds()).toEqual(before);
        const back = await sandbox.up();
        expect(back.code).toBe(0);
    });

    it("leaves nothing behind when it is destroyed", async () => {
        const { code, output } = await sandbox.pulumi(["destroy", "--yes"]);
        expect(output).toContain("28 deleted");
        expect(code).toBe(0);
        expect(await sandbox.state()).toEqual([]);
        expect(sandbox.cloudIds()).toEqual([]);
    });
});
