/**
 * Each kind of credential on the real engine: made, used to sign in, rotated without a gap, ended, refused.
 * Cannot show that the real Entra takes them; signing in is this machine's model of it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { formatLifetime, lifetimeFrom } from "../../azure/credentials";
import { lifetime, Sandbox } from "../support/sandbox";
import { credentialEnvironment, deliver, tokenEnvironment } from "../support/signIn";

const day = 24 * 60 * 60 * 1000;
const stack = "dev";
const rotate = (sandbox: Sandbox, ...args: string[]) =>
    deliver(sandbox, "rotate", [...args, "--stack", stack]);

/** Environment in which every process of Node.js lives some days later. */
function later(days: number) {
    const shift = path.join(__dirname, "..", "support", "movedClock.js");
    return { NODE_OPTIONS: `--require ${shift}`, MOVED_CLOCK_DAYS: String(days) };
}

/** Whether a sign-in may see the stack's resources; else what it is refused with. */
async function preview(sandbox: Sandbox, env: Record<string, string>): Promise<string> {
    const { code, output } = await sandbox.pulumi(["preview", "--expect-no-changes"], {
        stack,
        env,
    });
    return code === 0 ? "signed in" : (/AADSTS\d+/.exec(output)?.[0] ?? output);
}

describe("the deployer's credentials", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    const keyFile = path.join(sandbox.root, "deployer-dev.pem");
    let firstSecret: Record<string, string>;
    let firstCertificate: Record<string, string>;

    it("of all three kinds are made side by side", async () => {
        sandbox.set({ clientSecrets: lifetime() });
        const { code, output } = await rotate(sandbox, "certificate", "--days", "30");
        expect(output).toContain("Pulumi.dev.yaml: a certificate until ");
        expect(output).toContain("deployer-dev.pem: the certificate with its private key");
        expect(code).toBe(0);
        const up = await sandbox.up();
        expect(up.output).toMatch(/deployerClientSecret +: \[secret\]/);
        expect(up.output).toMatch(/deployerSdkAuth +: \[secret\]/);
        expect(up.output).toMatch(/deployerCertificateEnds +: "\d{4}-/);
        expect(up.code).toBe(0);
    });

    it("each sign in, for a preview of the whole stack's workload", async () => {
        firstSecret = await credentialEnvironment(sandbox, stack);
        expect(Object.keys(firstSecret)).toEqual([
            ...["ARM_CLIENT_ID", "ARM_CLIENT_SECRET", "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"],
        ]);
        firstCertificate = await credentialEnvironment(sandbox, stack, "--certificate", keyFile);
        expect(firstCertificate.ARM_CLIENT_CERTIFICATE_PATH).toBe(keyFile);
        const token = tokenEnvironment(
            sandbox,
            "example-model-dev-deployer",
            "repo:example/distilgpt2-api:environment:dev",
        );
        for (const env of [firstSecret, firstCertificate, token]) {
            expect(await preview(sandbox, env)).toBe("signed in");
        }
    });

    it("are the lesson's ten keys in the lesson's order, as an output and as a command prints them", async () => {
        const { output: shown } = await sandbox.pulumi([
            ...["stack", "output", "deployerSdkAuth", "--show-secrets"],
        ]);
        const keys = [
            ...["clientId", "clientSecret", "subscriptionId", "tenantId"],
            ...["activeDirectoryEndpointUrl", "resourceManagerEndpointUrl"],
            ...["activeDirectoryGraphResourceId", "sqlManagementEndpointUrl"],
            ...["galleryEndpointUrl", "managementEndpointUrl"],
        ];
        expect(Object.keys(JSON.parse(shown))).toEqual(keys);
        const { output } = await deliver(sandbox, "credentials", [
            ...["--stack", stack, "--format", "sdk-auth"],
        ]);
        expect(output).toContain(shown.trim());
    });

    it("are printed into no log, and written to a file that only its owner reads", async () => {
        const args = ["--stack", stack, "--format", "env"];
        const refused = await deliver(sandbox, "credentials", args, { CI: "true" });
        expect(refused.output).toContain("CI is set: what is printed here would be in a log.");
        expect(refused.code).not.toBe(0);
        const out = path.join(sandbox.root, "sign-in.env");
        const written = await deliver(sandbox, "credentials", [...args, "--out", out], {
            CI: "true",
        });
        expect(written.code).toBe(0);
        const secret = firstSecret.ARM_CLIENT_SECRET!;
        expect(refused.output + written.output).not.toContain(secret);
        expect(fs.readFileSync(out, "utf8")).toContain(secret);
        for (const file of [out, keyFile]) {
            expect((fs.statSync(file).mode & 0o777).toString(8)).toBe("600");
        }
    });

    it.each([1, 7])("are the same %d days later, when an up changes nothing", async (days) => {
        const args = ["up", "--yes", "--skip-preview", "--expect-no-changes"];
        const { code, output } = await sandbox.pulumi(args, { env: later(days) });
        expect(output).toContain("unchanged");
        expect(code).toBe(0);
    });

    it("warn when little time is left, and name the command that makes the next one", async () => {
        const { code, output } = await sandbox.pulumi(["preview"], { env: later(20) });
        expect(output).toMatch(/The client secret ends on \d{4}-\d\d-\d\d, in \d days: /);
        expect(output).toContain('"npm run rotate -- secret" makes the next one');
        expect(code).toBe(0);
    });

    it("are refused when they are over, before anything is registered", async () => {
        const { code, output } = await sandbox.pulumi(["up", "--yes"], { env: later(40) });
        expect(code).not.toBe(0);
        expect(output).toMatch(/clientSecrets: the current one ended at \d{4}-/);
        expect(output).toContain("npm run rotate -- secret --stack dev");
        expect(output).toContain("npm run rotate -- certificate --stack dev");
    });

    it("overlap at a rotation: the one in use goes on working", async () => {
        const rotated = await rotate(sandbox, "secret");
        expect(rotated.output).toContain("The one in use goes on working until the next rotation.");
        const { code, output } = await sandbox.up();
        expect(output).toMatch(/\+ +azuread:index:ApplicationPassword deployer-secret-\S+ created/);
        expect(output).not.toMatch(
            / [-~+]{1,2} +azuread:index:ApplicationPassword \S+ (delet|repl|upd)/,
        );
        expect(code).toBe(0);
        const second = await credentialEnvironment(sandbox, stack);
        expect(second.ARM_CLIENT_SECRET).not.toBe(firstSecret.ARM_CLIENT_SECRET);
        expect(await preview(sandbox, firstSecret)).toBe("signed in");
        expect(await preview(sandbox, second)).toBe("signed in");
    });

    it("are not rotated twice at a stroke, which would end the one in use", async () => {
        const { code, output } = await rotate(sandbox, "secret");
        expect(output).toContain("The newest one was made 0 minutes ago");
        expect(output).toContain("--revoke");
        expect(code).not.toBe(0);
    });

    it("end all but the newest when one has leaked", async () => {
        const leaked = await credentialEnvironment(sandbox, stack);
        const rotated = await rotate(sandbox, "secret", "--revoke");
        expect(rotated.output).toContain("No other of its kind is kept.");
        expect((await sandbox.up()).code).toBe(0);
        expect(await preview(sandbox, leaked)).toBe("AADSTS7000215");
        expect(await preview(sandbox, firstSecret)).toBe("AADSTS7000215");
        expect(await preview(sandbox, await credentialEnvironment(sandbox, stack))).toBe(
            "signed in",
        );
    });

    it("of a certificate rotate the same way, and a certificate of one's own is taken", async () => {
        const mine = path.join(sandbox.root, "mine.pem");
        fs.copyFileSync(keyFile, mine);
        expect((await rotate(sandbox, "certificate", "--revoke")).code).toBe(0);
        expect((await sandbox.up()).code).toBe(0);
        const second = await credentialEnvironment(sandbox, stack, "--certificate", keyFile);
        expect(await preview(sandbox, second)).toBe("signed in");
        const old = { ...second, ARM_CLIENT_CERTIFICATE_PATH: mine };
        expect(await preview(sandbox, old)).toBe("AADSTS700027");
        const given = await rotate(sandbox, "certificate", "--revoke", "--pem", mine);
        expect(given.output).not.toContain("private key");
        expect((await sandbox.up()).code).toBe(0);
        expect(await preview(sandbox, old)).toBe("signed in");
        expect(await preview(sandbox, second)).toBe("AADSTS700027");
    });

    it("are gone, and with them every password, when the settings name none", async () => {
        sandbox.set({ clientSecrets: undefined, certificates: undefined });
        expect((await sandbox.up()).code).toBe(0);
        const credentials = sandbox.cloud.directory
            .list("applications")
            .flatMap(({ passwordCredentials, keyCredentials }) => [
                ...(passwordCredentials as object[]),
                ...(keyCredentials as object[]),
            ]);
        expect(credentials).toEqual([]);
        const { code, output } = await deliver(sandbox, "credentials", [
            ...["--stack", stack, "--format", "sdk-auth"],
        ]);
        expect(output).toContain("signs in by federation only");
        expect(code).not.toBe(0);
    });
});

describe("a lifetime over the maximum", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());

    it("is refused by the settings, by the policies, and by rotate", async () => {
        const long = formatLifetime(lifetimeFrom(new Date(Date.now() - day), 181));
        sandbox.set({ clientSecrets: long });
        const settings = await sandbox.up();
        expect(settings.output).toContain(
            "clientSecrets: is not allowed; expected a life of at most 180 days",
        );
        expect(settings.code).not.toBe(0);
        sandbox.set({ clientSecrets: lifetime(120) }, "test");
        const policies = await sandbox.pulumi(["preview"], { stack: "test" });
        expect(policies.output).toMatch(/\[mandatory\].*sp-credential-lifetime/);
        expect(policies.code).not.toBe(0);
        const { output, code } = await rotate(sandbox, "secret", "--days", "181");
        expect(output).toContain(
            '--days: "181" is not allowed; expected a whole number from 1 to 180.',
        );
        expect(code).not.toBe(0);
        expect(sandbox.cloudIds().filter((id) => id.includes("applications"))).toEqual([]);
    });
});
