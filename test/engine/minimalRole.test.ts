/**
 * The minimal role (azure/minimalRole.ts) on the real engine: it suffices for the life of a stack, all of it is
 * used, and with any one action taken away a step fails.
 * Cannot show that the real Azure asks for these actions and no others: which one a request needs is what
 * azure/operations.ts says, and the model answers a long operation at once.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { minimalDeployerActions, type DeploymentStep } from "../../azure/minimalRole";
import { readActivity } from "../../local/cloud/activity";
import type { Document } from "../../local/cloud/store";
import { signInEnvironment } from "../../local/principals";
import { Sandbox } from "../support/sandbox";

const deployer = "least-deployer";
const actions = minimalDeployerActions.map(({ action }) => action);

describe("the minimal role", () => {
    const sandbox = new Sandbox();
    const snapshots = path.join(sandbox.root, "snapshots");
    afterAll(() => sandbox.remove());

    const principalId = () =>
        String(
            sandbox.cloud.directory
                .list("servicePrincipals")
                .find(({ displayName }) => displayName === deployer)!.id,
        );

    /** What the deployer asked of Azure, after the first so many requests. */
    const requests = (after = 0) =>
        readActivity(sandbox.cloud.store)
            .slice(after)
            .filter(({ objectId }) => objectId === principalId());

    const distinct = (all: readonly string[]) => [...new Set(all)].sort();

    /** The id of the deployer's only role. */
    async function roleId(): Promise<string> {
        const grants = sandbox.cloud.access.grantsOf(principalId());
        expect(grants).toHaveLength(1);
        const assignment = await sandbox.cloud.get(grants[0]!.id);
        return String((assignment!.properties as Document).roleDefinitionId);
    }

    /** Takes an action away from the deployer. */
    async function forbid(action: string): Promise<void> {
        const id = await roleId();
        const properties = (await sandbox.cloud.get(id))!.properties as Document;
        const permissions = [{ actions: actions.filter((other) => other !== action) }];
        await sandbox.cloud.put(id, { properties: { ...properties, permissions } });
    }

    /** Runs Pulumi on the workload, signed in as the deployer. */
    function pulumi(args: string[]) {
        return sandbox.pulumi(args, { env: signInEnvironment(sandbox.cloud, deployer) });
    }

    async function succeeds(...args: string[]): Promise<string> {
        const { code, output } = await pulumi(args);
        if (code !== 0) throw new Error(output);
        return output;
    }

    /** Keeps Azure, with its record of requests, and the stacks' states under a name. */
    const kept = ["azure", "state"];
    function keep(name: string): void {
        for (const folder of kept) {
            const source = path.join(sandbox.root, ".local", folder);
            fs.cpSync(source, path.join(snapshots, name, folder), { recursive: true });
        }
    }
    function goBackTo(name: string): void {
        for (const folder of kept) {
            const target = path.join(sandbox.root, ".local", folder);
            fs.rmSync(target, { recursive: true });
            fs.cpSync(path.join(snapshots, name, folder), target, { recursive: true });
        }
    }

    beforeAll(async () => {
        const resourceGroup = "least-rg";
        const access = { deploys: "access", name: "least", image: "" };
        sandbox.set({ ...access, resourceGroup, deployerRoles: "minimal" }, "test");
        const { code, output } = await sandbox.up({ stack: "test" });
        if (code !== 0) throw new Error(output);
        const secret = { secure: "v1:only:the-stack-itself" };
        sandbox.set({
            deploys: "workload",
            name: "least-model",
            resourceGroup,
            tags: { owner: "us" },
            warmUpPath: "/ready",
            warmUpStatuses: "200,202",
            startTimeLimitSeconds: "600",
            registryUsername: "robot",
            registryPassword: secret,
            appSettings: { LOG_LEVEL: "info" },
            secretAppSettings: { API_TOKEN: secret },
            allowedIpRanges: "203.0.113.0/24",
            minTlsVersion: "1.3",
        });
    });

    it("is what deployerRoles: minimal gives, and all that it gives", async () => {
        const { properties } = (await sandbox.cloud.get(await roleId()))!;
        expect(properties).toMatchObject({
            permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }],
        });
    });

    it("suffices to create, where the first try is cut off too", async () => {
        const fault = await sandbox.local(["fault", "kill-engine", "--on", "Microsoft.Web/sites"]);
        expect(fault.code).toBe(0);
        expect((await pulumi(["up", "--yes", "--skip-preview"])).code).not.toBe(0);
        const { code, output } = await sandbox.local(["--as", deployer, "--skip-preview"]);
        expect(output).toContain("app: imported");
        expect(output).toContain("https://least-model-app.azurewebsites.net");
        expect(code).toBe(0);
        await succeeds("preview", "--expect-no-changes");
    });

    it("suffices to update, from what is really there", async () => {
        sandbox.set({
            image: "example.azurecr.io/model:2.0",
            sku: "P1v3",
            instances: "2",
            port: "9000",
            registryUsername: undefined,
            registryPassword: undefined,
            appSettings: {},
            secretAppSettings: {},
            allowedIpRanges: "",
            tags: {},
        });
        const output = await succeeds("up", "--refresh", "--yes", "--skip-preview");
        expect(output).toMatch(/ {2}azure-native:web:AppServicePlan plan updated/);
        expect(output).toMatch(/ {2}azure-native:web:WebApp app updated/);
        keep("deployed");
    });

    it("suffices to replace, to refresh and to destroy", async () => {
        sandbox.set({ name: "renamed-model" });
        const output = await succeeds("up", "--yes", "--skip-preview");
        expect(output).toMatch(/AppServicePlan plan replaced/);
        expect(output).toMatch(/WebApp app replaced/);
        await succeeds("refresh", "--yes");
        await succeeds("destroy", "--yes", "--skip-preview");
        sandbox.set({ name: "least-model" });
        keep("empty");
    });

    it("has no action that was not used then, and nothing else was asked for", async () => {
        const all = requests();
        expect(all.filter(({ allowed }) => !allowed)).toEqual([]);
        expect(distinct(all.map(({ action }) => action))).toEqual([...actions].sort());
        const { output } = await sandbox.local(["access", deployer, "--used", "--actions"]);
        expect(output.trim().split("\n").sort()).toEqual([...actions].sort());
    });

    const up = ["up", "--yes", "--skip-preview"];
    const destroy = ["destroy", "--yes", "--skip-preview"];

    /** Where each step begins, what runs it, and whose failure it then is. */
    const steps: Record<DeploymentStep, { from: string; args: string[]; fails: string }> = {
        "look up the group": { from: "empty", args: ["preview"], fails: "scope-group" },
        "create the plan": { from: "empty", args: up, fails: "plan" },
        "create the app": { from: "empty", args: up, fails: "app" },
        "close publishing by password": { from: "empty", args: up, fails: "app-ftp" },
        "delete the app": { from: "deployed", args: destroy, fails: "app" },
        "delete the plan": { from: "deployed", args: destroy, fails: "plan" },
    };

    it.each(minimalDeployerActions)("without $action fails to $step", async ({ action, step }) => {
        const { from, args, fails } = steps[step];
        goBackTo(from);
        await forbid(action);
        const before = readActivity(sandbox.cloud.store).length;
        const { code, output } = await pulumi(args);
        expect(code).not.toBe(0);
        const refused = requests(before).filter(({ allowed }) => !allowed);
        expect(distinct(refused.map((request) => request.action))).toEqual([action]);
        const [, diagnostics] = output.split("Diagnostics:\n");
        expect(diagnostics).toMatch(
            new RegExp(`azure-native:\\w+:\\w+ \\(${fails}\\):\n +error: `),
        );
        expect(diagnostics).toMatch(/\b(Linked)?AuthorizationFailed\b/);
        expect(diagnostics).toContain(`'${action}' o`); // over a scope, or on a linked one
    });
});
