/**
 * The command `npm run local` as a user types it, in a git repository and a hostile environment.
 * Does not show the first run on a machine without a CLI, which takes minutes: README says how it was tried.
 */
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
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
        expect(output).toContain("28 unchanged");
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
        expect(JSON.parse(output).deployment.resources).toHaveLength(28);
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

    it("goes on where a run was killed and left the stack locked", async () => {
        const folder = ".local/state/.pulumi/locks/organization/azure-webapp-stack/dev";
        const locks = path.join(sandbox.root, folder);
        fs.mkdirSync(locks, { recursive: true });
        const { pid } = spawnSync(process.execPath, ["--version"]);
        const lock = { pid, username: "me", hostname: os.hostname(), timestamp: new Date() };
        fs.writeFileSync(path.join(locks, "0a0a0a0a.json"), JSON.stringify(lock));
        fs.writeFileSync(path.join(sandbox.root, ".local", "setup.lock"), "");
        const { code, output } = await sandbox.local([]);
        expect(output).toContain(
            `An earlier run (process ${pid}) ended without unlocking the stack.`,
        );
        expect(output).toContain("28 unchanged");
        expect(code).toBe(0);
    });

    it("keeps every digit of a number, and takes lists", async () => {
        const written = { githubOwnerId: 12345678901234567890n, githubRepositoryId: 1 };
        sandbox.set({ ...written, allowedIpRanges: ["203.0.113.7", "198.51.100.0/24"] }, "test");
        const { code } = await sandbox.local(["--stack", "test", "preview"]);
        expect(code).toBe(0);
        const derived = path.join(sandbox.root, ".local", "Pulumi.test.yaml");
        expect(fs.readFileSync(derived, "utf8")).toContain("githubOwnerId: 12345678901234567890");
        git("checkout", "--", "Pulumi.test.yaml");
    });

    it.each([
        ["config: [1,", "Pulumi.test.yaml is not valid YAML"],
        ["config: hello", 'Pulumi.test.yaml must hold "config:"'],
        ["confg:\n  a: b", 'it has "confg"'],
        ["- a", 'Pulumi.test.yaml must hold "config:"'],
    ])("fails on a file that says %p, naming it", async (text, expected) => {
        fs.writeFileSync(path.join(sandbox.root, "Pulumi.test.yaml"), `${text}\n`);
        const { code, output } = await sandbox.local(["--stack", "test", "preview"]);
        expect(output).toContain(expected);
        expect(output).not.toMatch(/^\s+at /m);
        expect(code).toBe(1);
        git("checkout", "--", "Pulumi.test.yaml");
    });

    it("takes an environment down", async () => {
        const { code, output } = await sandbox.local(["destroy"]);
        expect(output).toContain("28 deleted");
        expect(code).toBe(0);
        expect(sandbox.cloudIds().some((id) => id.includes("example-model-dev"))).toBe(false);
    });

    it("leaves the repository clean", () => {
        expect(git("status", "--porcelain")).toBe("");
    });

    it("fails on words that it does not know, with those that it does", async () => {
        for (const args of [
            ["--diff", "launch"],
            ["reset", "launch"],
            ["--stack=", "launch"],
            ["exec", "./launch"],
            ["launch"],
            ["--stack", "nowhere"],
            ["exec"],
            ["exec", "no-such-command"],
            ["logs", "--launch"],
        ]) {
            const { code, output } = await sandbox.local(args);
            expect(code).toBe(1);
            expect(output).toMatch(/launch|nowhere|wants|no-such-command/);
            expect(output).not.toMatch(/^\s+at /m);
        }
    });
});
