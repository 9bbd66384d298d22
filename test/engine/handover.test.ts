/**
 * The two ways to work on the real engine: one stack that deploys everything, and, after a handover, one for the
 * administrator and one for whoever deploys, signed in as the deployer with each kind of credential.
 * Cannot show that the real Azure lets the deployer do the same.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { lifetime, Sandbox } from "../support/sandbox";
import { credentialEnvironment, deliver, tokenEnvironment } from "../support/signIn";

describe("a stack that deploys everything", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    const keyFile = path.join(sandbox.root, "deployer-dev.pem");
    const read = (file: string) => fs.readFileSync(path.join(sandbox.root, file), "utf8");
    let before: string[];
    /** What is in Azure, apart from the key that this machine signs tokens with. */
    const ids = () => sandbox.cloudIds().filter((id) => id !== "/issuers/key");

    it("is brought up by the administrator, with each kind of credential", async () => {
        sandbox.set({ clientSecrets: lifetime(), tags: { owner: "team" } });
        const rotated = await deliver(sandbox, "rotate", ["certificate", "--stack", "dev"]);
        expect(rotated.code).toBe(0);
        const { code, output } = await sandbox.up();
        if (code !== 0) throw new Error(output);
        before = ids();
    });

    it("is divided in two, with nothing replaced, changed or made in Azure", async () => {
        const { code, output } = await deliver(sandbox, "handover", ["--stack", "dev"]);
        if (code !== 0) throw new Error(output);
        expect(output).toContain("Previews of both change nothing in Azure.");
        expect(output).toMatch(/client id +[0-9a-f-]{36}/);
        expect(read("Pulumi.dev-access.yaml")).toContain("azure-webapp-stack:deploys: access");
        expect(read("Pulumi.dev.yaml")).toContain("azure-webapp-stack:deploys: workload");
        expect(read("Pulumi.dev.yaml")).not.toMatch(/clientSecrets|certificates|githubRepository/);
        expect(ids()).toEqual(before);
    });

    it("leaves the administrator a stack in which an up changes nothing in Azure", async () => {
        const { code, output } = await sandbox.up({ stack: "dev-access" });
        if (code !== 0) throw new Error(output);
        expect(output).not.toMatch(/(azure-native|azuread):.* (created|updated|deleted|replaced)/);
        expect(ids()).toEqual(before);
        const again = await sandbox.pulumi(["preview", "--expect-no-changes"], {
            stack: "dev-access",
        });
        expect(again.code).toBe(0);
    });

    it.each<[string, (sandbox: Sandbox) => Promise<Record<string, string>>]>([
        ["a client secret", (box) => credentialEnvironment(box, "dev-access")],
        [
            "a certificate",
            (box) => credentialEnvironment(box, "dev-access", "--certificate", keyFile),
        ],
        [
            "a token of the pipeline",
            async (box) =>
                tokenEnvironment(
                    box,
                    "example-model-dev-deployer",
                    "repo:example/distilgpt2-api:environment:dev",
                ),
        ],
    ])("lets the deployer change the app with %s", async (kind, signIn) => {
        const env = await signIn(sandbox);
        sandbox.set({ appSettings: { SIGNED_IN_WITH: kind } });
        const { code, output } = await sandbox.up({ env });
        if (code !== 0) throw new Error(output);
        expect(output).toMatch(/WebApp app updated/);
        expect(ids()).toEqual(before);
        const again = await sandbox.pulumi(["preview", "--expect-no-changes"], { env });
        expect(again.code).toBe(0);
    });

    it("lets the reader look for drift, with a token of the branch, and change nothing", async () => {
        const subject = "repo:example/distilgpt2-api:ref:refs/heads/main";
        const env = tokenEnvironment(sandbox, "example-model-dev-reader", subject);
        const drift = ["preview", "--refresh", "--expect-no-changes"];
        const { code, output } = await sandbox.pulumi(drift, { env });
        if (code !== 0) throw new Error(output);
        sandbox.set({ appSettings: { SIGNED_IN_WITH: "a reader" } });
        const up = await sandbox.up({ env });
        expect(up.output).toContain("'Microsoft.Web/sites/Write'");
        expect(up.code).not.toBe(0);
    });

    it("has its credentials rotated by the administrator, not where they would do nothing", async () => {
        const { code, output } = await deliver(sandbox, "rotate", ["secret", "--stack", "dev"]);
        expect(output).toContain("Rotate in the stack that deploys access: --stack dev-access");
        expect(code).not.toBe(0);
        expect(read("Pulumi.dev.yaml")).not.toContain("clientSecrets");
    });

    it("is not divided twice", async () => {
        const { code, output } = await deliver(sandbox, "handover", ["--stack", "dev"]);
        expect(output).toContain('deploys: "workload" stands in Pulumi.dev.yaml');
        expect(code).not.toBe(0);
    });

    it("is taken down by both, each its own part", async () => {
        const destroy = ["destroy", "--yes", "--skip-preview"];
        const workload = await sandbox.pulumi(destroy);
        if (workload.code !== 0) throw new Error(workload.output);
        expect(ids().some((id) => id.endsWith("/example-model-dev-rg"))).toBe(true);
        const access = await sandbox.pulumi(destroy, { stack: "dev-access" });
        if (access.code !== 0) throw new Error(access.output);
        expect(ids()).toEqual([]);
    });
});

describe("a handover that is cut off", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());

    /** Runs a handover that ends at a line, and puts the line back. */
    async function cutOff(line: string, instead: string): Promise<void> {
        sandbox.edit("delivery/handover.ts", line, instead);
        const { code } = await deliver(sandbox, "handover", ["--stack", "dev"]);
        expect(code).toBe(137);
        sandbox.edit("delivery/handover.ts", instead, line);
    }

    it("between the two states loses nothing, and is finished by the same command", async () => {
        expect((await sandbox.up()).code).toBe(0);
        const before = sandbox.cloudIds();
        // The second state is not written: as if the process had been killed there.
        const step =
            "    await importState(place, withEntries(without(entries, leaving).map(withoutCredentials)));";
        await cutOff(step, `    process.exit(137);\n${step}`);
        expect((await sandbox.pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
        // Then after both states, before the settings.
        await cutOff("    file.save();", "    process.exit(137);");
        const { code, output } = await deliver(sandbox, "handover", ["--stack", "dev"]);
        if (code !== 0) throw new Error(output);
        expect(output).toContain("Previews of both change nothing in Azure.");
        expect(sandbox.cloudIds()).toEqual(before);
    });
});
