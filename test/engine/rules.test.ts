/**
 * Azure's own rules on the real engine: what a program does wrong is refused in Azure's words, and what it does
 * right stays as it is.
 * Does not show that the real Azure refuses the same; local/cloud/rules.ts names the source of each rule.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { localEnvironment } from "../../local/environment";
import { lock, lockBody, group } from "../support/localAzure";
import { Sandbox, summary, type Result } from "../support/sandbox";

/** A group with a plan, and what a test adds to them. */
function program(planSku: string, rest = ""): string {
    return `
import * as azure from "@pulumi/azure-native";
const { subscriptionId, tenantId } = {
    subscriptionId: "10ca1000-0000-4000-8000-000000000002",
    tenantId: "10ca1000-0000-4000-8000-000000000001",
};
const provider = new azure.Provider("azure", { subscriptionId, tenantId, location: "westeurope" });
const options = { provider };
const group = new azure.resources.ResourceGroup("group", { resourceGroupName: "ruled" }, options);
const inGroup = { resourceGroupName: group.name };
const plan = new azure.web.AppServicePlan(
    "plan",
    { ...inGroup, kind: "linux", reserved: true, sku: { name: "${planSku}" } },
    options,
);
${rest}`;
}

const app = `
const app = new azure.web.WebApp(
    "app",
    { ...inGroup, name: "ruled-app", kind: "app,linux", reserved: true, serverFarmId: plan.id },
    options,
);`;
const slot = `
const stage = new azure.web.WebAppSlot(
    "stage",
    { ...inGroup, name: app.name, kind: "app,linux", reserved: true, serverFarmId: plan.id },
    options,
);`;
const vault = `
const keys = new azure.keyvault.Vault(
    "vault",
    {
        ...inGroup,
        vaultName: "ruled-keys",
        properties: { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true },
    },
    options,
);`;
/** One of every other type; the lock depends on all, or a destroy would meet it. */
const rest = `
const workspace = new azure.operationalinsights.Workspace("logs", { ...inGroup, retentionInDays: 30 }, options);
const others = [
    new azure.web.WebAppSlotConfigurationNames("names", { ...inGroup, name: app.name, appSettingNames: ["A"] }, options),
    new azure.web.WebAppConnectionStrings(
        "strings",
        { ...inGroup, name: app.name, properties: { db: { value: "x", type: "Custom" } } },
        options,
    ),
    new azure.managedidentity.UserAssignedIdentity("identity", inGroup, options),
    new azure.monitor.AutoscaleSetting(
        "scale",
        {
            ...inGroup,
            targetResourceUri: plan.id,
            profiles: [{ name: "p", capacity: { minimum: "1", maximum: "2", default: "1" }, rules: [] }],
        },
        options,
    ),
    new azure.applicationinsights.Component(
        "insights",
        { ...inGroup, kind: "web", applicationType: "web", workspaceResourceId: workspace.id },
        options,
    ),
];
new azure.authorization.ManagementLockByScope(
    "keep",
    { scope: group.id, level: "CanNotDelete" },
    { provider, dependsOn: [plan, app, stage, keys, ...others] },
);`;

describe("Azure's own rules", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());

    /** Runs Pulumi on a program, without the policy pack of this project. */
    async function pulumi(text: string, ...args: string[]): Promise<Result> {
        fs.writeFileSync(path.join(sandbox.root, "index.ts"), text);
        const local = await localEnvironment(sandbox.root, "dev");
        const {
            PULUMI_OPTION_POLICY_PACK: _,
            PULUMI_OPTION_POLICY_PACK_CONFIG: __,
            ...env
        } = local.env;
        return sandbox.run(local.pulumi, [...args, "--non-interactive"], env);
    }
    const up = (text: string, ...args: string[]) =>
        pulumi(text, "up", "--yes", "--skip-preview", ...args);
    const resources = async () => summary(await sandbox.state());

    it("fails on a quota that is used up, in Azure's words, until it is lifted", async () => {
        await sandbox.local(["quota", "Basic", "0"]);
        const { code, output } = await up(program("B2"));
        expect(code).not.toBe(0);
        expect(output).toContain("Operation cannot be completed without additional quota.");
        expect(output).toContain("Current Limit (Basic VMs): 0");
        expect(await resources()).not.toContain("azure-native:web:AppServicePlan plan");
        await sandbox.local(["quota", "Basic", "none"]);
        expect((await up(program("B2"))).code).toBe(0);
    });

    it("fails on a slot that the plan's size does not have, and takes it on one that has", async () => {
        const { code, output } = await up(program("B2", app + slot));
        expect(code).not.toBe(0);
        expect(output).toContain("exceed the number of slots allowed for the 'Basic' SKU.");
        expect((await up(program("S1", app + slot))).code).toBe(0);
        expect(await resources()).toContain("azure-native:web:WebAppSlot stage");
        const smaller = await up(program("B2", app + slot));
        expect(smaller.code).not.toBe(0);
        expect(smaller.output).toContain("The plan cannot be changed to the 'Basic' SKU");
    });

    it("fails to change what somebody has locked", async () => {
        const locked = lock(group("ruled"));
        await sandbox.cloud.put(locked, lockBody("ReadOnly"));
        const { code, output } = await up(program("S2", app + slot));
        expect(code).not.toBe(0);
        expect(output).toMatch(
            /cannot perform write operation because following scope\(s\) are locked: '.*\/ruled'/,
        );
        await sandbox.cloud.delete(locked);
        expect((await up(program("S2", app + slot))).code).toBe(0);
    });

    it("fails to make a vault again that was deleted, until it is purged", async () => {
        expect((await up(program("S2", app + slot + vault))).code).toBe(0);
        expect((await up(program("S2", app + slot))).code).toBe(0);
        const { code, output } = await up(program("S2", app + slot + vault));
        expect(code).not.toBe(0);
        expect(output).toContain("A vault with the same name already exists in deleted state.");
        expect((await sandbox.local(["purge", "ruled-keys"])).output).toContain("is purged");
        expect((await up(program("S2", app + slot + vault))).code).toBe(0);
    });

    it("lets a program be that keeps them: nothing changes at the next look, and all of it goes", async () => {
        const all = program("S2", app + slot + vault + rest);
        expect(await up(all)).toMatchObject({ code: 0 });
        const again = await pulumi(all, "preview", "--refresh", "--expect-no-changes");
        expect(again).toMatchObject({ code: 0 });
        const destroyed = await pulumi(all, "destroy", "--yes", "--skip-preview");
        expect(destroyed).toMatchObject({ code: 0 });
        expect(sandbox.cloudIds().filter((id) => id.startsWith("/subscriptions/"))).toEqual([
            expect.stringMatching(/\/deletedvaults\/ruled-keys$/),
        ]);
    });
});
