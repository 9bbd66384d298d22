/**
 * The two principals of an environment on the real engine: whose tokens each trusts and what each can do; principals
 * that exist already; owners; roles of one's own making and roles elsewhere.
 * Cannot show that the real Azure grants and refuses the same: permissions are those that Microsoft publishes.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { assign, giveDirectoryRights, makePrincipal } from "../support/people";
import { Sandbox } from "../support/sandbox";
import { tokenEnvironment } from "../support/signIn";

const stack = "dev";
const deployer = "example-model-dev-deployer";
const reader = "example-model-dev-reader";
const repository = "repo:example/distilgpt2-api";

describe("deployer and reader", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());

    /** How Pulumi ends, signed in with a token of a subject. */
    async function as(principal: string, subject: string, args: string[]) {
        const env = tokenEnvironment(sandbox, principal, subject);
        return sandbox.pulumi(args, { stack, env });
    }

    const noChanges = ["preview", "--expect-no-changes"];

    beforeAll(async () => {
        expect((await sandbox.up()).code).toBe(0);
    });

    it.each([
        ["a pull request", `${repository}:pull_request`],
        ["the branch", `${repository}:ref:refs/heads/main`],
        ["another environment", `${repository}:environment:prod`],
        ["another repository", "repo:example/another:environment:dev"],
    ])("the deployer refuses a token of %s", async (_, subject) => {
        const { code, output } = await as(deployer, subject, noChanges);
        expect(output).toContain('Code="AADSTS700213"');
        expect(code).not.toBe(0);
    });

    it("the reader refuses a token of the deployer's environment", async () => {
        const { output } = await as(reader, `${repository}:environment:dev`, noChanges);
        expect(output).toContain('Code="AADSTS700213"');
    });

    it("the reader previews, with a token of a pull request and with one of the branch", async () => {
        for (const subject of ["pull_request", "ref:refs/heads/main"]) {
            const { code, output } = await as(reader, `${repository}:${subject}`, noChanges);
            if (code !== 0) throw new Error(output);
        }
    });

    it("the reader writes nothing: neither app nor plan, group, role or directory", async () => {
        const before = sandbox.cloudIds();
        const settings: Record<string, unknown>[] = [
            { image: "ghcr.io/example/distilgpt2-api:1.1" },
            { sku: "B1" },
            { tags: { owner: "pull-request" } },
            { deployerRoles: "Website Contributor, Web Plan Contributor, AcrPull" },
            { githubRepository: "intruder/repository" },
        ];
        for (const setting of settings) {
            const file = path.join(sandbox.root, `Pulumi.${stack}.yaml`);
            const whole = fs.readFileSync(file, "utf8");
            sandbox.set(setting);
            const up = ["up", "--yes", "--skip-preview"];
            const { code, output } = await as(reader, `${repository}:pull_request`, up);
            fs.writeFileSync(file, whole);
            expect([setting, code === 0]).toEqual([setting, false]);
            expect(output).toMatch(/AuthorizationFailed|Authorization_RequestDenied/);
        }
        expect(sandbox.cloudIds()).toEqual(before);
        const group = before.find((id) => /\/resourcegroups\/[^/]+$/.test(id))!;
        expect((await sandbox.cloud.get(group))?.tags).not.toHaveProperty("owner");
    });

    it("the reader has two roles, and what it lacks is what the second one adds", async () => {
        const { output } = await sandbox.local(["access", reader]);
        expect(output).toContain("Reader at resource group example-model-dev-rg");
        expect(output).toContain(`${reader} settings at resource group example-model-dev-rg`);
        expect(output).toContain("    Microsoft.Web/sites/config/list/Action");
        expect(output).toContain("In the directory: no rights");
    });
});

describe("the deployer's roles", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());
    const access = { deploys: "access", image: "", name: "roles" };
    const actions = [
        "Microsoft.Network/publicIPAddresses/read",
        "Microsoft.Network/publicIPAddresses/write",
        "Microsoft.Network/applicationGateways/read",
        "Microsoft.Network/applicationGateways/write",
    ];

    it("can be one of single actions: only public IP addresses and gateways", async () => {
        sandbox.set({ ...access, deployerRoles: "custom", deployerActions: actions });
        const { code, output } = await sandbox.up();
        if (code !== 0) throw new Error(output);
        const shown = await sandbox.local(["access", "roles-deployer"]);
        const lines = [
            "  roles-deployer custom at resource group roles-rg",
            ...actions.map((it) => `    ${it}`),
        ];
        expect(shown.output).toContain(lines.join("\n"));
        expect(shown.output).not.toContain("Microsoft.Web");
    });

    it("change in place when an action is added, and go when another role takes their place", async () => {
        sandbox.set({
            deployerActions: [...actions, "Microsoft.Network/publicIPAddresses/delete"],
        });
        const { output } = await sandbox.up();
        expect(output).toMatch(/RoleDefinition deployer-access-custom-definition updated/);
        sandbox.set({ deployerActions: undefined, deployerRoles: "Website Contributor" });
        const gone = await sandbox.up();
        expect(gone.output).toMatch(/RoleDefinition deployer-access-custom-definition deleted/);
        expect(gone.code).toBe(0);
    });

    it("reach a resource elsewhere only if the policies list it, and own it only with a waiver", async () => {
        const { subscriptionId } = sandbox.cloud.caller;
        const group = `/subscriptions/${subscriptionId}/resourceGroups/science-rg`;
        await sandbox.cloud.put(group, { location: "westeurope" });
        const science = `${group}/providers/Microsoft.MachineLearningServices/workspaces/demo`;
        sandbox.set({ rolesElsewhere: { [science]: "AzureML Data Scientist" } });
        const refused = await sandbox.up();
        expect(refused.output).toContain("role-scope-provenance");
        expect(refused.code).not.toBe(0);

        const file = path.join(sandbox.root, "policies", "config.dev.json");
        const config = JSON.parse(fs.readFileSync(file, "utf8"));
        config["role-scope-provenance"] = {
            enforcementLevel: "mandatory",
            allowedResources: [science],
        };
        fs.writeFileSync(file, JSON.stringify(config));
        const { code, output } = await sandbox.up();
        if (code !== 0) throw new Error(output);
        const shown = await sandbox.local(["access", "roles-deployer"]);
        expect(shown.output).toMatch(/AzureML Data Scientist at .*demo/);

        sandbox.set({ rolesElsewhere: { [science]: "Owner" } });
        const owner = await sandbox.up();
        expect(owner.output).toMatch(/role-definition-allow-list[\s\S]*"Owner", which is denied/);
        expect(owner.code).not.toBe(0);
        config["role-definition-allow-list"] = {
            enforcementLevel: "mandatory",
            waivers: [
                {
                    resource: "deployer-access-owner-science-rg-demo",
                    reason: "The lesson shares the workspace as its owner.",
                    owner: "science@example.com",
                    lastDay: new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10),
                },
            ],
        };
        fs.writeFileSync(file, JSON.stringify(config));
        const waived = await sandbox.up();
        if (waived.code !== 0) throw new Error(waived.output);
        expect(waived.output).toContain("Waived by science@example.com");
    });
});

describe("principals that exist already", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    const workload = { deploys: "access", image: "", name: "given", githubRepository: undefined };

    it.each<[string, () => [string, string]]>([
        [
            "a service principal by its client id",
            () => {
                const made = makePrincipal(sandbox.cloud, "robot-by-client");
                return [made.appId, made.id];
            },
        ],
        [
            "a service principal by its object id",
            () => {
                const made = makePrincipal(sandbox.cloud, "robot-by-object");
                return [made.id, made.id];
            },
        ],
        [
            "a user by sign-in name",
            () => {
                const made = sandbox.cloud.directory.createUser({
                    displayName: "Grace",
                    userPrincipalName: "grace@example.com",
                    mailNickname: "grace",
                    password: "made-up-Password-1",
                });
                return ["user:grace@example.com", String(made.id)];
            },
        ],
        [
            "a group by its name",
            () => {
                const made = sandbox.cloud.directory.createGroup({
                    displayName: "Deployers",
                    securityEnabled: true,
                });
                return ["group:Deployers", String(made.id)];
            },
        ],
    ])("are only given roles: %s", async (_, make) => {
        const [existingDeployer, objectId] = make();
        const principals = () => sandbox.cloud.directory.list("servicePrincipals").length;
        const before = principals();
        sandbox.set({ ...workload, existingDeployer });
        const { code, output } = await sandbox.up();
        if (code !== 0) throw new Error(output);
        expect(output).toMatch(new RegExp(`deployerPrincipalId *: .*"${objectId}"`));
        expect(principals()).toBe(before);
        const grants = sandbox.cloud.access.grantsOf(objectId).map(({ role }) => role.name);
        expect(grants.sort()).toEqual(["Web Plan Contributor", "Website Contributor"]);
    });

    it("are refused in one line where there is none, and nothing changes", async () => {
        const before = sandbox.cloudIds();
        sandbox.set({ existingDeployer: "11111111-2222-3333-4444-555555555555" });
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toContain(
            'existingDeployer: "11111111-2222-3333-4444-555555555555" was not found as a service principal',
        );
        expect(output).not.toMatch(/^\s+at .+:\d+:\d+/m);
        expect(sandbox.cloudIds()).toEqual(before);
    });
});

describe("an administrator's pipeline that may only maintain what it owns", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    const issuer = "https://issuer.example/admin";
    const subject = "administration";

    it("maintains the principals where it is among their owners", async () => {
        const robot = makePrincipal(sandbox.cloud, "administration");
        giveDirectoryRights(sandbox.cloud, "servicePrincipals", robot.id, {
            appRoles: ["Application.ReadWrite.OwnedBy"],
        });
        const { directory, caller } = sandbox.cloud;
        directory.addFederatedCredential(robot.applicationId, {
            name: "pipeline",
            issuer,
            subject,
            audiences: ["api://AzureADTokenExchange"],
        });
        const { subscriptionId } = caller;
        await assign(sandbox.cloud, robot.id, "Owner", `/subscriptions/${subscriptionId}`);
        const access = { deploys: "access", image: "", name: "owned" };
        sandbox.set(access);
        expect((await sandbox.up()).code).toBe(0);

        const env = () => tokenEnvironment(sandbox, "administration", subject, issuer);
        sandbox.set({ githubBranch: "trunk" });
        const stranger = await sandbox.up({ env: env() });
        expect(stranger.output).toContain("Authorization_RequestDenied");
        expect(stranger.code).not.toBe(0);

        sandbox.set({ principalOwners: [caller.objectId, robot.id] });
        const named = await sandbox.up();
        if (named.code !== 0) throw new Error(named.output);
        sandbox.set({ githubBranch: "main" });
        const { code, output } = await sandbox.up({ env: env() });
        if (code !== 0) throw new Error(output);
        expect(output).toMatch(/reader-github-branch updated/);
    });
});
