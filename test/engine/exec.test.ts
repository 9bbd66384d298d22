/**
 * `npm run local -- exec` on the real engine: `pulumi` and `az` on its PATH mean this machine's Azure, for every
 * stack and whoever is signed in. Cannot show what the real Azure CLI would answer.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "../support/sandbox";

describe("npm run local -- exec", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    const exec = (...args: string[]) => sandbox.local(["exec", ...args]);
    const shell = (script: string) => exec("sh", "-c", script);
    const at = (...parts: string[]) => path.join(sandbox.root, ...parts);

    it("has a pulumi that brings up every stack, one that is new too", async () => {
        const { code, output } = await shell(
            "pulumi up --yes --skip-preview --stack dev && pulumi up --yes --skip-preview -s test",
        );
        expect(output).toContain("https://example-model-dev-app.azurewebsites.net");
        expect(output).toContain("https://example-model-test-app.azurewebsites.net");
        expect(code).toBe(0);
        const names = sandbox.cloudIds().filter((id) => /\/sites\/[^/]+$/.test(id));
        expect(names).toHaveLength(2);
    });

    it("judges each stack by its own policies, and by none where somebody says so", async () => {
        sandbox.set({ sku: "B1" }, "test");
        const preview = ["pulumi", "preview", "--stack=test"];
        const judged = await exec(...preview);
        expect(judged.output).toContain('sku.name is "B1"; allowed: B2.');
        expect(judged.code).not.toBe(0);
        const none = ["PULUMI_OPTION_POLICY_PACK=", "PULUMI_OPTION_POLICY_PACK_CONFIG="];
        const free = await exec("env", ...none, ...preview);
        expect(free.output).toContain("2 to update");
        expect(free.code).toBe(0);
        sandbox.set({ sku: undefined }, "test");
    });

    it("keeps the variables that a command sets, for the commands of delivery/", async () => {
        const events = at("events");
        const variables = ["PULUMI_DEBUG_COMMANDS=true", `PULUMI_OPTION_EVENT_LOG=${events}`];
        const { code } = await exec("env", ...variables, "pulumi", "preview", "--stack", "test");
        expect(code).toBe(0);
        expect(fs.readFileSync(events, "utf8")).toContain("example-model-test-app");
    });

    it("lets npm run up and preview work there as on Azure", async () => {
        const up = ["node", "engine/run.js", "delivery/up.ts", "--stack", "test", "--yes"];
        const { code, output } = await exec(...up);
        expect(output).toContain("28 unchanged");
        expect(code).toBe(0);
        const { output: preview } = await exec(
            ...["node", "engine/run.js", "engine/main.ts", "preview", "--stack", "dev"],
        );
        expect(preview).toContain("28 unchanged");
    });

    it("leaves the stacks of other projects alone", async () => {
        fs.mkdirSync(at("other"));
        fs.writeFileSync(at("other", "Pulumi.yaml"), "name: other\nruntime: nodejs\n");
        const { code, output } = await shell(
            "cd other && pulumi stack init dev && pulumi config set a b && pulumi stack ls --json",
        );
        expect(code).toBe(0);
        expect(output).toContain('"name": "dev"');
        expect(fs.readFileSync(at("other", "Pulumi.dev.yaml"), "utf8")).toContain("other:a: b");
        expect((await exec("pulumi", "-C", "other", "config", "get", "a")).output).toBe("b\n");
    });

    it("hands on exit codes and answers, and says where a stack is missing", async () => {
        const names = await exec("pulumi", "config", "get", "name", "--stack", "test");
        expect(names.output).toBe("example-model-test\n");
        expect((await exec("pulumi", "version")).output).toMatch(/^v3\.\d+\.\d+\n$/);
        expect((await exec("pulumi", "no-such-command")).code).not.toBe(0);
        const missing = await exec("pulumi", "preview", "--stack", "nowhere");
        expect(missing.output).toContain('There is no stack "nowhere"');
        expect(missing.code).toBe(1);
    });

    it("has an az that answers, and refuses the deployer what Azure would", async () => {
        const groups = "/subscriptions/{subscriptionId}/resourceGroups";
        const get = `az rest --url "${groups}/example-model-dev-rg?api-version=2021-04-01"`;
        const put = `${get} --method put --body '{"location":"westeurope"}'`;
        const { output, code } = await shell(`az account show && ${put} --output none && ${get}`);
        expect(output).toContain('"name": "you@local.example"');
        expect(output).toContain('"location": "westeurope"');
        expect(code).toBe(0);
        const deployer = ["--as", "example-model-dev-deployer", "exec", "sh", "-c"];
        const refused = await sandbox.local([...deployer, `${get} && ${put}`]);
        expect(refused.output).toContain('"name": "example-model-dev-rg"');
        expect(refused.output).toMatch(
            /ERROR: Forbidden\(\{"error":\{"code":"AuthorizationFailed".*resourceGroups\/write/,
        );
        expect(refused.code).toBe(1);
    });
});
