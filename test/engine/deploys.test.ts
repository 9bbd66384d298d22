/**
 * Each value of `deploys` on the real engine: who creates what, and what a change of it does.
 * Does not show that a deployer's roles suffice: leastPrivilege.test.ts does.
 */
import { principals, Sandbox, summary } from "../support/sandbox";

const providers = [
    "pulumi:providers:azure-native scope-azure",
    "pulumi:providers:azure-native scope-signed-in",
];
const directory = "pulumi:providers:azuread scope-directory";

describe("deploys", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());

    it('"access" creates the group, the principal and its roles, and needs no image', async () => {
        const resourceGroup = "handed-over-rg";
        sandbox.set({ deploys: "access", name: "handing", resourceGroup, image: "" });
        sandbox.set({ environment: "dev-eu" });
        const { code, output } = await sandbox.up();
        expect(output).toContain("deployerClientId");
        expect(code).toBe(0);
        expect(summary(await sandbox.state())).toEqual(
            [
                ...principals,
                "azure-native:resources:ResourceGroup scope-group",
                "azure-webapp-stack:index:AzureScope scope",
                ...providers,
                directory,
            ].sort(),
        );
        const trusted = sandbox.cloud.directory
            .list("applications")
            .flatMap(({ federatedIdentityCredentials }) => federatedIdentityCredentials)
            .map((credential) => (credential as { subject: string }).subject);
        expect(trusted.sort()).toEqual([
            "repo:example/distilgpt2-api:environment:dev-eu",
            "repo:example/distilgpt2-api:pull_request",
            "repo:example/distilgpt2-api:ref:refs/heads/main",
        ]);
    });

    it('"workload" creates plan and app in the group that is there, and touches no directory', async () => {
        const settings = { deploys: "workload", name: "handed-over" };
        sandbox.set({ ...settings, resourceGroup: "handed-over-rg" }, "test");
        const { code, output } = await sandbox.up({ stack: "test" });
        expect(output).toContain("https://handed-over-app.azurewebsites.net");
        expect(code).toBe(0);
        const resources = await sandbox.state("test");
        expect(summary(resources)).toEqual([
            "azure-native:resources:ResourceGroup scope-group",
            "azure-native:web:AppServicePlan plan",
            "azure-native:web:WebApp app",
            "azure-native:web:WebAppFtpAllowed app-ftp",
            "azure-native:web:WebAppScmAllowed app-scm",
            "azure-webapp-stack:index:AppServicePlan plan",
            "azure-webapp-stack:index:AzureScope scope",
            "azure-webapp-stack:index:ContainerWebApp app",
            ...providers,
        ]);
        expect(resources.find(({ urn }) => urn.endsWith("::scope-group"))?.external).toBe(true);
    });

    it('"workload" leaves the group where it is when it is destroyed', async () => {
        await sandbox.pulumi(["destroy", "--yes"], { stack: "test" });
        const left = sandbox.cloudIds().filter((id) => /\/(resourcegroups|sites)\/[^/]+$/.test(id));
        expect(left).toEqual([expect.stringMatching(/\/resourcegroups\/handed-over-rg$/)]);
    });

    it('"workload" fails without a group to work in, and says which', async () => {
        sandbox.set({ resourceGroup: "nobody-made-this" }, "test");
        const { code, output } = await sandbox.up({ stack: "test" });
        expect(code).not.toBe(0);
        expect(output).toMatch(/resourceGroups\/nobody-made-this' does not exist/);
    });

    it("lets go of a group, and does not delete it, when createResourceGroup becomes false", async () => {
        sandbox.set({ createResourceGroup: "false" });
        const { code, output } = await sandbox.up();
        expect(output).not.toMatch(/ResourceGroup scope-group delet/);
        expect(code).toBe(0);
        expect(sandbox.cloudIds()).toContainEqual(
            expect.stringMatching(/resourcegroups\/handed-over-rg$/),
        );
    });
});
