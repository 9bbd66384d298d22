/**
 * What must stay secret, planted once and looked for in all that the commands print, write and keep: output, state,
 * the local Azure's store, reports and the text for a pull request, drift, doctor, rotations and a handover.
 * Cannot show what the real Azure, GitHub or a terminal's history keep.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { lifetime, Sandbox } from "../support/sandbox";
import { credentialEnvironment, deliver, tokenEnvironment } from "../support/signIn";

/** Files below a folder, by their names. */
function filesBelow(folder: string): string[] {
    return fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
        .filter((file) => !file.includes(`${path.sep}node_modules${path.sep}`));
}

describe("a client secret, a private key and a token", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    const printed: string[] = [];
    const planted: string[] = [];
    const keyFile = path.join(sandbox.root, "deployer-dev.pem");

    /** Runs a command of delivery/, and keeps what it prints. */
    async function run(command: string, args: string[], env = {}) {
        const { output } = await deliver(sandbox, command, [...args, "--stack", "dev"], env);
        printed.push(output);
        return output;
    }

    it("come into being with a rotation and an up", async () => {
        sandbox.set({ clientSecrets: lifetime() });
        await run("rotate", ["certificate"]);
        printed.push((await sandbox.up()).output);
        const signIn = await credentialEnvironment(sandbox, "dev");
        planted.push(signIn.ARM_CLIENT_SECRET!);
        const key = /-----BEGIN PRIVATE KEY-----\s+([^-]+?)\s+-----END/.exec(
            fs.readFileSync(keyFile, "utf8"),
        )![1]!;
        // Any line of it is too much.
        planted.push(...key.split("\n").filter((line) => line.length > 30));
        const token = tokenEnvironment(
            sandbox,
            "example-model-dev-deployer",
            "repo:example/distilgpt2-api:environment:dev",
        );
        planted.push(token.ARM_OIDC_TOKEN!);
        expect(planted.length).toBeGreaterThan(10);
        expect(new Set(planted).size).toBe(planted.length);
    });

    it("are used by every command that may use them", async () => {
        const [secret] = planted;
        const { tenantId, subscriptionId } = sandbox.cloud.caller;
        const env = {
            ARM_CLIENT_ID: (await credentialEnvironment(sandbox, "dev")).ARM_CLIENT_ID!,
            ARM_CLIENT_SECRET: secret!,
            ARM_TENANT_ID: tenantId,
            ARM_SUBSCRIPTION_ID: subscriptionId,
        };
        const shown = await sandbox.pulumi(["preview", "--diff"], { env });
        printed.push(shown.output);
        expect(shown.code).toBe(0);
        const refused = { ...env, ARM_CLIENT_SECRET: `${secret}x` };
        printed.push((await sandbox.pulumi(["preview"], { env: refused })).output);
        const certificate = { ...env, ARM_CLIENT_SECRET: "", ARM_CLIENT_CERTIFICATE_PATH: keyFile };
        printed.push((await sandbox.pulumi(["preview"], { env: certificate })).output);
        await run("doctor", []);
        const report = await run("report", []);
        expect(report).toContain("report.md");
        await run("drift", ["--markdown", path.join(sandbox.root, "drift.md")]);
        const forbidden = await run("credentials", ["--format", "sdk-auth"], { CI: "true" });
        expect(forbidden).toContain("CI is set");
        await run("rotate", ["secret"]);
        printed.push((await sandbox.up()).output);
        await run("report", []);
        await run("handover", []);
        for (const words of [["show"], ["access", "example-model-dev-deployer", "--used"]]) {
            printed.push((await sandbox.local(words)).output);
        }
        for (const stack of ["dev", "dev-access"]) {
            for (const words of [["stack", "export"], ["stack", "output", "--json"], ["config"]]) {
                printed.push((await sandbox.pulumi(words, { stack })).output);
            }
        }
    });

    it("stand in nothing that was printed", () => {
        const all = printed.join("\n");
        expect(all.length).toBeGreaterThan(10_000);
        expect(planted.filter((secret) => all.includes(secret))).toEqual([]);
    });

    /** Files with a planted secret in them. */
    const holding = () =>
        filesBelow(sandbox.root).filter((file) => {
            const text = fs.readFileSync(file, "latin1");
            return planted.some((secret) => text.includes(secret));
        });

    it("stand in no file but the one that is for them", () => {
        expect(holding()).toEqual([keyFile]);
        const reports = filesBelow(path.join(sandbox.root, "dist"));
        expect(reports.map((file) => path.basename(file)).sort()).toEqual([
            "report.html",
            "report.md",
        ]);
    });

    it("would be found if they were there", () => {
        const deep = path.join(sandbox.root, ".local", "state", "deep");
        fs.mkdirSync(deep);
        for (const [index, secret] of planted.entries()) {
            const file = path.join(deep, String(index));
            fs.writeFileSync(file, `before ${secret} after`);
            expect(holding()).toContain(file);
            fs.rmSync(file);
        }
    });
});
