/**
 * The least-privilege proof on the real engine: signed in as the stack's own deployer, the workload can be
 * deployed, and nothing else can be done. Cannot show that the real Azure grants and refuses the same; the
 * actions of each role and operation are those that Microsoft publishes (azure/roles.ts, azure/operations.ts).
 */
import { openStore } from "../../local/cloud/initial";
import { readActivity } from "../../local/cloud/activity";
import { localFolders } from "../../local/environment";
import { findPrincipal, signInEnvironment } from "../../local/principals";
import { lifetime, Sandbox } from "../support/sandbox";

const deployerName = "handing-deployer";

describe("signed in as the stack's own deployer", () => {
    const sandbox = new Sandbox();
    const stack = "dev";
    const others = `/subscriptions/${sandbox.cloud.caller.subscriptionId}/resourceGroups/others-rg`;
    afterAll(() => sandbox.remove());

    /** Environment of a job in the GitHub environment that the deployer trusts. */
    const env = () => signInEnvironment(sandbox.cloud, deployerName);
    const clientId = () => String(findPrincipal(sandbox.cloud, deployerName).appId);

    beforeAll(async () => {
        const resourceGroup = "handed-over-rg";
        const access = { deploys: "access", name: "handing", resourceGroup, image: "" };
        const credentials = { clientSecrets: lifetime() };
        sandbox.set({ ...access, ...credentials }, "test");
        const { code, output } = await sandbox.up({ stack: "test" });
        expect(output).toContain("deployerClientId");
        expect(code).toBe(0);
        await sandbox.cloud.put(others, { location: "westeurope" });
        sandbox.set({ deploys: "workload", name: "handed-over", resourceGroup }, stack);
    });

    it("deploys the workload, with a token of the pipeline", async () => {
        const { code, output } = await sandbox.up({ stack, env: env() });
        expect(output).toContain("https://handed-over-app.azurewebsites.net");
        expect(code).toBe(0);
    });

    it("changes image, settings and plan size", async () => {
        sandbox.set({ image: "ghcr.io/example/distilgpt2-api:1.1", sku: "B1" }, stack);
        sandbox.set({ appSettings: { LOG_LEVEL: "debug" } }, stack);
        const { code, output } = await sandbox.up({ stack, env: env() });
        expect(output).toMatch(/~ {2}azure-native:web:AppServicePlan plan updated/);
        expect(output).toMatch(/~ {2}azure-native:web:WebApp app updated/);
        expect(code).toBe(0);
    });

    it("refreshes and previews, and finds nothing to change", async () => {
        const refresh = await sandbox.pulumi(["refresh", "--yes"], { stack, env: env() });
        expect(refresh.code).toBe(0);
        const preview = ["preview", "--expect-no-changes"];
        expect((await sandbox.pulumi(preview, { stack, env: env() })).code).toBe(0);
    });

    it("deploys with a client secret as well, and fails with a wrong one", async () => {
        const shown = await sandbox.pulumi(["stack", "output", "--json", "--show-secrets"], {
            stack: "test",
        });
        const { tenantId, subscriptionId, deployerClientSecret } = JSON.parse(shown.output);
        const signIn = (secret: string) => ({
            ARM_TENANT_ID: tenantId,
            ARM_SUBSCRIPTION_ID: subscriptionId,
            ARM_CLIENT_ID: clientId(),
            ARM_CLIENT_SECRET: secret,
        });
        const right = { stack, env: signIn(deployerClientSecret) };
        expect((await sandbox.pulumi(["preview"], right)).code).toBe(0);
        const wrong = await sandbox.pulumi(["preview"], { stack, env: signIn("guessed") });
        expect(wrong.code).not.toBe(0);
        expect(wrong.output).toContain('Code="AADSTS7000215"');
        expect(wrong.output).toContain("Nothing was changed. Sign in with");
        expect(wrong.output).not.toMatch(/^\s+at .+:\d+:\d+/m);
        expect(wrong.output).not.toContain("guessed");
    });

    /** Runs an up that must fail, and must not change Azure: without the policies, which whoever tries would skip. */
    async function refused(): Promise<string> {
        const before = sandbox.cloudIds();
        const { code, output } = await sandbox.up({ stack, env: env() });
        expect(code).not.toBe(0);
        expect(sandbox.cloudIds()).toEqual(before);
        return output;
    }

    /** Adds code to the program for one refused up. */
    async function refusedWith(code: string): Promise<string> {
        const outputs = "/** Outputs of the stack;";
        sandbox.edit("index.ts", outputs, `${code}\n${outputs}`);
        try {
            return await refused();
        } finally {
            sandbox.edit("index.ts", `${code}\n${outputs}`, outputs);
        }
    }

    const azure = 'const azure = require("@pulumi/azure-native");';

    it("fails to create anything in another group", async () => {
        const output = await refusedWith(
            `${azure} new azure.web.AppServicePlan("foreign", { resourceGroupName: "others-rg", name: "foreign", sku: { name: "B1" } }, { provider: scope.providers[0] });`,
        );
        expect(output).toContain("AuthorizationFailed");
        expect(output).toContain("action 'Microsoft.Web/serverfarms/Read' over scope");
        expect(output).toContain(`${others}/providers/Microsoft.Web/serverfarms/foreign`);
    });

    it("fails to create a group", async () => {
        const output = await refusedWith(
            `${azure} new azure.resources.ResourceGroup("own", { resourceGroupName: "own-rg" }, { provider: scope.providers[0] });`,
        );
        expect(output).toContain("AuthorizationFailed");
        expect(output).toContain("/resourceGroups/own-rg'");
    });

    it("fails to assign a role, even in its own group", async () => {
        const output = await refusedWith(
            `${azure} new azure.authorization.RoleAssignment("more", { scope: scope.resourceGroupId, principalId: "${clientId()}", principalType: "ServicePrincipal", roleDefinitionId: "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635" }, { provider: scope.providers[0] });`,
        );
        expect(output).toMatch(
            /AuthorizationFailed.*'Microsoft.Authorization\/roleAssignments\/write'/,
        );
    });

    it("fails to touch the directory", async () => {
        sandbox.set({ deploys: "everything", createResourceGroup: "false" }, stack);
        const output = await refused();
        expect(output).toContain('Code="Authorization_RequestDenied"');
        expect(output).toContain("Insufficient privileges to complete the operation");
        sandbox.set({ deploys: "workload", createResourceGroup: undefined }, stack);
    });

    it("fails to read another group", async () => {
        sandbox.set({ resourceGroup: "others-rg" }, stack);
        const output = await refused();
        expect(output).toContain("'Microsoft.Resources/subscriptions/resourceGroups/read'");
        expect(output).toContain(`over scope '${others}'`);
        sandbox.set({ resourceGroup: "handed-over-rg" }, stack);
    });

    it("leaves a trace of what it did and was refused", async () => {
        const deployer = sandbox.cloud.directory.ofClient("servicePrincipals", clientId())!;
        const mine = readActivity(openStore(localFolders(sandbox.root).store)).filter(
            ({ objectId }) => objectId === deployer.id,
        );
        const allowed = mine.filter((one) => one.allowed).map(({ scope }) => scope.toLowerCase());
        const group = others.replace("others-rg", "handed-over-rg").toLowerCase();
        expect(allowed.length).toBeGreaterThan(0);
        expect(allowed.filter((scope) => !scope.startsWith(group))).toEqual([]);
        const access = await sandbox.local(["access", deployerName, "--used"]);
        expect(access.output).toContain("applications/create   refused");
    });

    it("deploys as before after all these refusals, and then finds nothing to change", async () => {
        expect((await sandbox.up({ stack, env: env() })).code).toBe(0);
        const preview = ["preview", "--expect-no-changes"];
        const { code } = await sandbox.pulumi(preview, { stack, env: env() });
        expect(code).toBe(0);
    });
});
