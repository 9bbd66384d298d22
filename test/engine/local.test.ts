/**
 * The command `npm run local` as a user types it, in a git repository and a hostile environment.
 * Does not show the first run on a machine without a CLI, which takes minutes: README says how it was tried.
 */
import { execFileSync } from "node:child_process";
import { Sandbox } from "../support/sandbox";

/** What a developer's or a pipeline's shell may hold; any of it would send the run elsewhere or break it. */
const poisoned = {
    ARM_TENANT_ID: "poison",
    ARM_SUBSCRIPTION_ID: "poison",
    ARM_CLIENT_ID: "poison",
    ARM_CLIENT_SECRET: "poison",
    AZURE_STORAGE_ACCOUNT: "poison",
    PULUMI_BACKEND_URL: "s3://poison",
    PULUMI_CONFIG_PASSPHRASE: "poison",
    PULUMI_HOME: "/dev/null/poison",
    PULUMI_STACK: "poison",
    PULUMI_OPTION_TARGET: "poison",
    NODE_OPTIONS: "--max-http-header-size=16384",
};

describe("npm run local", () => {
    const sandbox = new Sandbox();
    const git = (...args: string[]) =>
        execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
            cwd: sandbox.root,
        }).toString();
    beforeAll(() => {
        git("init", "--quiet");
        git("add", "--all");
        git("commit", "--quiet", "--message", "start");
    });
    afterAll(() => sandbox.remove());
    const env = { ...process.env, ...poisoned };

    it("brings the stack up, whatever the shell holds, and says what to try next", async () => {
        const { code, output } = await sandbox.local([], env);
        expect(output).toContain("https://example-model-dev-app.azurewebsites.net");
        expect(output).toContain("What to try next:");
        expect(output).toContain("✅ azure-webapp-policies");
        expect(code).toBe(0);
    });

    it("has no changes the second time", async () => {
        const { code, output } = await sandbox.local([], env);
        expect(output).toContain("18 unchanged");
        expect(output).not.toMatch(/\d+ (created|updated|replaced|deleted)/);
        expect(code).toBe(0);
    });

    it("runs any command in its environment, without the poison but with what the line gives", async () => {
        const { output } = await sandbox.local(["exec", "env", "ARM_CLIENT_ID=given", "env"], env);
        expect(output).not.toContain("poison");
        expect(output).toContain("ARM_CLIENT_ID=given");
        expect(output).not.toContain("NODE_OPTIONS");
    });

    it("hands on the exit code of the command", async () => {
        const { code } = await sandbox.local(["exec", "sh", "-c", "exit 7"]);
        expect(code).toBe(7);
    });

    it("prints the whole state by exec pulumi stack export", async () => {
        const { output } = await sandbox.local(["exec", "pulumi", "stack", "export"], env);
        expect(JSON.parse(output).deployment.resources).toHaveLength(18);
    });

    it("warns that a change of the derived configuration will be forgotten", async () => {
        const { output } = await sandbox.local(["exec", "pulumi", "config", "set", "port", "9000"]);
        expect(output).toContain("make it in Pulumi.dev.yaml");
        const { output: port } = await sandbox.local(["exec", "pulumi", "config", "get", "port"]);
        expect(port).toContain("8080");
    });

    it("brings up another environment beside the first, under its own policies", async () => {
        sandbox.set({ sku: "B1" }, "test");
        const refused = await sandbox.local(["--stack", "test", "preview"]);
        expect(refused.output).toContain('sku.name is "B1"; allowed: B2.');
        expect(refused.code).not.toBe(0);
        git("checkout", "--", "Pulumi.test.yaml");
        const { code, output } = await sandbox.local(["--stack", "test"]);
        expect(output).toContain("https://example-model-test-app.azurewebsites.net");
        expect(code).toBe(0);
    });

    it("takes an environment down", async () => {
        const { code, output } = await sandbox.local(["destroy"]);
        expect(output).toContain("18 deleted");
        expect(code).toBe(0);
        expect(sandbox.cloudIds().some((id) => id.includes("example-model-dev"))).toBe(false);
    });

    it("leaves the repository clean", () => {
        expect(git("status", "--porcelain")).toBe("");
    });

    it("fails on words that it does not know, with those that it does", async () => {
        for (const args of [
            ["launch"],
            ["--stack", "nowhere"],
            ["exec"],
            ["exec", "no-such-command"],
        ]) {
            const { code, output } = await sandbox.local(args);
            expect(code).toBe(1);
            expect(output).toMatch(/launch|nowhere|wants a command|no-such-command/);
            expect(output).not.toMatch(/^\s+at /m);
        }
    });
});
