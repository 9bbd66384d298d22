/**
 * What is refused on the real engine, in which words, and that a refusal changes nothing.
 * Does not show that the real Azure refuses in the same words; where the message is Azure's, the model's
 * source is named in local/README.md.
 */
import { otherTenant } from "../../local/identity";
import { Sandbox, summary } from "../support/sandbox";

const stackTrace = /^\s+at .+:\d+:\d+/m;

describe("a refused up", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());

    it("fails on all mistaken settings at once, with the command that mends each", async () => {
        sandbox.set({ name: "-bad-", port: "eighty", sku: "D1", location: "mars" });
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toContain("4 settings need mending in Pulumi.dev.yaml");
        expect(output).toContain('name: "-bad-" is not allowed; expected 1 to 35 characters');
        expect(output).toContain("pulumi config set port 8080");
        expect(output).not.toMatch(stackTrace);
        expect(sandbox.cloudIds()).toEqual([]);
        sandbox.set({ name: "refused-dev", port: "8080", sku: "B2", location: "westeurope" });
    });

    it("fails on a plan and a region that the policies do not allow", async () => {
        sandbox.set({ sku: "P3v3", location: "westus" });
        const { code, output } = await sandbox.pulumi(["up", "--yes"]);
        expect(code).not.toBe(0);
        expect(output).toContain('sku.name is "P3v3"; allowed: F1, B1, B2.');
        expect(output).toContain(
            'location is "westus"; allowed: westeurope, northeurope, uksouth.',
        );
        expect(sandbox.cloudIds()).toEqual([]);
        sandbox.set({ sku: "B2", location: "West Europe" });
    });

    it("fails on the wrong tenant, and on the wrong subscription, naming both", async () => {
        const { tenantId: elsewhere, subscriptionId: another } = otherTenant;
        const variables = { ARM_TENANT_ID: elsewhere, ARM_SUBSCRIPTION_ID: another };
        for (const [variable, wrong] of Object.entries(variables)) {
            const { code, output } = await sandbox.up({ env: { [variable]: wrong } });
            expect(code).not.toBe(0);
            const { tenantId, subscriptionId } = sandbox.cloud.caller;
            expect(output).toContain("error: You are signed in to tenant");
            expect(output).toContain(wrong);
            expect(output).toContain(
                `belongs to tenant ${tenantId}, subscription ${subscriptionId}`,
            );
            expect(output).not.toMatch(stackTrace);
            expect(sandbox.cloudIds()).toEqual([]);
            // The unpinned provider that asked, and its component: nothing that Azure would see.
            expect(summary(await sandbox.state())).toEqual([
                "azure-webapp-stack:index:AzureScope scope",
                "pulumi:providers:azure-native scope-signed-in",
            ]);
            const preview = await sandbox.pulumi(["preview"], { env: { [variable]: wrong } });
            expect(preview.code).not.toBe(0);
            expect(preview.output).toContain("error: You are signed in to tenant");
        }
    });

    it("would have written to Azure without the guard", async () => {
        const guard = "this.guard(args, signedIn)";
        sandbox.edit("components/azureScope.ts", guard, "({ ...args, signedIn })");
        const wrong = { ARM_TENANT_ID: otherTenant.tenantId };
        const { code } = await sandbox.up({ env: wrong });
        expect(code).toBe(0);
        expect(sandbox.cloudIds().some((id) => id.endsWith("/sites/refused-dev-app"))).toBe(true);
        sandbox.edit("components/azureScope.ts", "({ ...args, signedIn })", guard);
    });

    it("fails on a name that is taken, and offers two others", async () => {
        // No reader, whose role has a name that is unique in the tenant.
        const own = { resourceGroup: "another-group", githubRepository: "" };
        sandbox.set({ name: "refused-dev", ...own }, "test");
        // Somebody in the world has the name; somebody in this directory would have the deployer's too.
        const unique = "preventDuplicateNames: true,";
        sandbox.edit("components/pipelinePrincipal.ts", unique, "");
        const { code, output } = await sandbox.up({ stack: "test" });
        sandbox.edit(
            "components/pipelinePrincipal.ts",
            "displayName: args.displayName,",
            `displayName: args.displayName,\n${unique}`,
        );
        expect(code).not.toBe(0);
        expect(output).toContain("Website with given name refused-dev-app already exists.");
        expect(output).toMatch(
            /"refused-dev-app" is taken: .* (?:Free are|Hardly anybody has) "refused-dev-[0-9a-f]{4}" and "refused-dev-[0-9a-f]{4}"/,
        );
        expect(output).toMatch(/pulumi config set name refused-dev-[0-9a-f]{4}/);
    });

    it("fails on a misspelt property of any depth, and knows the right spelling", async () => {
        const before = sandbox.cloudIds();
        const [right, wrong] = ["remoteDebuggingEnabled: false", "remoteDebugingEnabled: false"];
        sandbox.edit("components/containerWebApp.ts", right, wrong);
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toContain(
            "'siteConfig.remoteDebugingEnabled' is not a known property; did you mean 'remoteDebuggingEnabled'?",
        );
        expect(sandbox.cloudIds()).toEqual(before);
        sandbox.edit("components/containerWebApp.ts", wrong, right);
    });

    it("fails on a type that is not modelled, and never pretends", async () => {
        const line =
            'import { VirtualNetwork } from "@pulumi/azure-native/network";\n' +
            'new VirtualNetwork("v", { resourceGroupName: "g" }, { provider: scope.providers[0] });\n';
        sandbox.edit("index.ts", "const deployer =", `${line}const deployer =`);
        const { code, output } = await sandbox.pulumi(["preview"]);
        expect(code).not.toBe(0);
        expect(output).toContain(
            "azure-native:network:VirtualNetwork is not modelled on this machine",
        );
        sandbox.edit("index.ts", line, "");
    });

    it("fails on an error in the program with its place in the TypeScript", async () => {
        const before = sandbox.cloudIds();
        sandbox.edit("index.ts", "const deployer =", "(undefined as any).boom;\nconst deployer =");
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toContain("Cannot read properties of undefined (reading 'boom')");
        const line = lineOf(sandbox, "index.ts", "(undefined as any)");
        expect(output).toMatch(new RegExp(`index\\.ts:${line}:`));
        expect(sandbox.cloudIds()).toEqual(before);
    });
});

function lineOf(sandbox: Sandbox, file: string, text: string): number {
    const { readFileSync } = require("node:fs") as typeof import("node:fs");
    const lines = readFileSync(`${sandbox.root}/${file}`, "utf8").split("\n");
    return lines.findIndex((line) => line.startsWith(text)) + 1;
}
