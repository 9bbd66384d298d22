/**
 * A custom role through its life on the real engine: "only public IP addresses and gateways", made, given to a
 * service principal at a group, changed, refreshed and taken down.
 * Cannot show that the real Azure accepts these actions; nor are the gateways themselves made here.
 */
import { az } from "../../local/az";
import { Sandbox } from "../support/sandbox";

const actions = [
    "Microsoft.Network/publicIPAddresses/*",
    "Microsoft.Network/applicationGateways/*",
];

/** Code that makes the role, and gives it to the deployer. */
const code = `
const azure = require("@pulumi/azure-native");
const role = new azure.authorization.RoleDefinition("gateways", {
    scope: scope.resourceGroupId,
    roleName: "Only gateways",
    roleType: "CustomRole",
    description: "Public IP addresses and gateways.",
    assignableScopes: [scope.resourceGroupId],
    permissions: [{ actions: ${JSON.stringify(actions)} }],
}, { provider: scope.providers[0] });
new azure.authorization.RoleAssignment("deployer-gateways", {
    scope: scope.resourceGroupId,
    roleDefinitionId: role.id,
    principalId: deployer!.principalId,
    principalType: "ServicePrincipal",
}, { provider: scope.providers[0] });
`;

describe("a custom role", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());

    const roleId = async () => {
        const resources = await sandbox.state();
        return resources.find(({ type }) => type.endsWith(":RoleDefinition"))!.id!;
    };

    it("is created and given to a service principal at a group", async () => {
        sandbox.set({ deploys: "access", name: "gateways", image: "" });
        const outputs = "/** Outputs of the stack;";
        sandbox.edit("index.ts", outputs, `${code}\n${outputs}`);
        const { code: exit, output } = await sandbox.up();
        expect(output).toContain("azure-native:authorization:RoleDefinition gateways created");
        if (exit !== 0) throw new Error(output);
        const { subscriptionId } = sandbox.cloud.caller;
        const end = "/providers/Microsoft.Authorization/roleDefinitions/";
        expect(await roleId()).toMatch(`/subscriptions/${subscriptionId}${end}`);
    });

    it("is what access shows of the service principal", async () => {
        const { output } = await sandbox.local(["access", "gateways-deployer"]);
        const group = "resource group gateways-rg";
        expect(output).toContain(
            [`  Only gateways at ${group}`, ...actions.map((action) => `    ${action}`)].join("\n"),
        );
    });

    it("shows no difference in a preview and after a refresh", async () => {
        const preview = ["preview", "--expect-no-changes"];
        expect((await sandbox.pulumi(preview)).code).toBe(0);
        const refresh = await sandbox.pulumi(["refresh", "--yes", "--expect-no-changes"]);
        expect(refresh.output).not.toMatch(/ {2}[~+-] /);
        expect(refresh.code).toBe(0);
        expect((await sandbox.pulumi(preview)).code).toBe(0);
    });

    it("shows what somebody changed behind Pulumi's back, and is put right again", async () => {
        const id = await roleId();
        const document = (await sandbox.cloud.get(id))!;
        const properties = { ...(document.properties as object), description: "by hand" };
        await sandbox.cloud.put(id, { properties });
        await az(sandbox.cloud, ["gateways-rg", "set", "tags.by=hand"]);
        const refresh = await sandbox.pulumi(["refresh", "--yes"]);
        expect(refresh.output).toMatch(/RoleDefinition gateways updated.*\[diff: ~description/);
        expect(refresh.output).toMatch(/ResourceGroup scope-group updated.*\[diff: [+~]tags/);
        const { output, code: exit } = await sandbox.up();
        expect(output).toMatch(/RoleDefinition gateways updated/);
        if (exit !== 0) throw new Error(output);
        expect((await sandbox.cloud.get(id))?.properties).toMatchObject({
            description: "Public IP addresses and gateways.",
        });
    });

    it("changes its actions in place", async () => {
        const before = await roleId();
        sandbox.edit("index.ts", actions[1]!, "Microsoft.Network/virtualNetworkGateways/*");
        const { output, code: exit } = await sandbox.up();
        expect(output).toMatch(/RoleDefinition gateways updated/);
        if (exit !== 0) throw new Error(output);
        expect(await roleId()).toBe(before);
        const access = await sandbox.local(["access", "gateways-deployer"]);
        expect(access.output).toContain("Microsoft.Network/virtualNetworkGateways/*");
    });

    it("fails to be deleted while it is assigned", async () => {
        await expect(sandbox.cloud.delete(await roleId())).rejects.toMatchObject({
            code: "RoleDefinitionHasAssignments",
        });
    });

    it("is taken down after its assignment", async () => {
        const { code: exit, output } = await sandbox.pulumi(["destroy", "--yes", "--skip-preview"]);
        if (exit !== 0) throw new Error(output);
        const assignment = output.indexOf("RoleAssignment deployer-gateways deleted");
        expect(assignment).toBeGreaterThan(0);
        expect(output.indexOf("RoleDefinition gateways deleted")).toBeGreaterThan(assignment);
        expect(sandbox.cloudIds()).toEqual([]);
    });
});
