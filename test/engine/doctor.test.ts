/**
 * `npm run doctor` with the real Pulumi CLI, asking a model of Azure on this machine.
 * Cannot show what the real Azure answers, nor the real Azure CLI; the forms are those of their documentation.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { generate } from "selfsigned";
import { formatLifetime, lifetimeFrom } from "../../azure/credentials";
import type { Finding } from "../../delivery/doctor/finding";
import { otherTenant, signedInUser } from "../../local/identity";
import { findPrincipal } from "../../local/principals";
import { Sandbox } from "../support/sandbox";

const day = 24 * 60 * 60 * 1000;
const ago = (days: number) => new Date(Date.now() - days * day);

/** A certificate with its private key, which ends in so many days and a few hours. */
async function makeCertificate(days: number): Promise<{ pem: string; withKey: string }> {
    const made = await generate([{ name: "commonName", value: "doctor" }], {
        keySize: 2048,
        notBeforeDate: ago(30),
        notAfterDate: ago(-days - 0.2),
    });
    return { pem: made.cert, withKey: `${made.private}\n${made.cert}\n` };
}

describe("npm run doctor", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    const group = "handed-over-rg";
    const groupId = `/subscriptions/${signedInUser.subscriptionId}/resourceGroups/${group}`;
    const doctor = ["node", "engine/run.js", "delivery/doctor.ts"];
    let certificate: { pem: string; withKey: string };

    beforeAll(async () => {
        certificate = await makeCertificate(5);
        sandbox.set(
            {
                deploys: "access",
                name: "handing",
                resourceGroup: group,
                image: "",
                certificates: [certificate.pem],
            },
            "test",
        );
    });

    /** What it finds, with variables of somebody else's, or signed in as somebody else. */
    async function examine({ stack = "dev", as = "", env = [] as string[] } = {}) {
        const who = as === "" ? [] : ["--as", as];
        const command = [...who, "exec", "env", ...env, ...doctor, "--stack", stack, "--json"];
        const { code, output } = await sandbox.local(command);
        const { findings } = JSON.parse(output) as { findings: Finding[] };
        const about = (word: string) => findings.filter((finding) => finding.about === word);
        const problems = findings.filter(({ level }) => level === "problem");
        return { code, output, findings, about, problems };
    }

    it("finds nothing on a fresh machine, before the first up, and changes nothing", async () => {
        const { code, problems, about } = await examine({ stack: "test" });
        expect(problems).toEqual([]);
        expect(code).toBe(0);
        expect(about("place")[0]!.level).toBe("ok");
        expect(about("rights")[0]!.what).toMatch(/allowed at \/subscriptions\/[^/]+\.$/);
        expect(about("directory")[0]!.level).toBe("ok");
        expect(about("deployer")[0]!.what).toContain(
            "repo:example/distilgpt2-api:environment:test",
        );
        expect(sandbox.cloudIds().filter((id) => /resourcegroups|sites/.test(id))).toEqual([]);
    });

    it("prints a table with a verdict", async () => {
        const { code, output } = await sandbox.local(["exec", ...doctor, "--stack", "dev"]);
        expect(output).toMatch(/^ok {7}Pulumi CLI {2}3\.\d+\.\d+\.$/m);
        expect(output).toMatch(/^ok {7}name {8}The name example-model-dev-app is free\.$/m);
        expect(output).toMatch(/\n\nNothing was found that would stop an up; \d not known\.\n$/);
        expect(code).toBe(0);
    });

    it("fails in another tenant, as an up does", async () => {
        const env = [`ARM_TENANT_ID=${otherTenant.tenantId}`];
        const { code, problems } = await examine({ env });
        expect(code).toBe(1);
        expect(problems).toHaveLength(1);
        expect(problems[0]!.what).toContain(otherTenant.tenantId);
        expect(problems[0]!.command).toContain(signedInUser.tenantId);
    });

    it("fails without a stack, a policy configuration, or a backend to read", async () => {
        const missing = await sandbox.local(["exec", ...doctor, "--stack", "nowhere"]);
        expect(missing.code).toBe(1);
        expect(missing.output).toContain("policies/config.nowhere.json is missing");
        const env = [`PULUMI_BACKEND_URL=file://${sandbox.root}/nowhere`];
        const { code, about } = await examine({ env });
        expect(code).toBe(1);
        expect(about("backend").at(-1)!.level).toBe("problem");
        expect(about("the rest")[0]!.level).toBe("unknown");
    });

    it("fails where somebody else has the name", async () => {
        const others = `/subscriptions/${signedInUser.subscriptionId}/resourceGroups/others-rg`;
        const web = `${others}/providers/Microsoft.Web`;
        const location = "westeurope";
        await sandbox.cloud.put(others, { location });
        const plan = { location, sku: { name: "B2" }, properties: { reserved: true } };
        await sandbox.cloud.put(`${web}/serverfarms/plan`, plan);
        await sandbox.cloud.put(`${web}/sites/example-model-dev-app`, {
            location,
            properties: { serverFarmId: `${web}/serverfarms/plan` },
        });
        const { code, problems } = await examine();
        expect(code).toBe(1);
        expect(problems.map(({ about }) => about)).toEqual(["name"]);
        expect(problems[0]!.command).toMatch(
            /^pulumi config set name example-model-dev-[0-9a-f]{4} --stack dev$/,
        );
    });

    it.each([
        [5, "warning"],
        [-1, "problem"],
    ])("tells a client secret of the settings with %d days left: %s", async (days, level) => {
        const secret = formatLifetime(lifetimeFrom(ago(40 - days), 40));
        sandbox.set({ clientSecrets: secret }, "test");
        const { about } = await examine({ stack: "test" });
        sandbox.set({ clientSecrets: undefined }, "test");
        const [finding] = about("clientSecrets");
        expect(finding).toMatchObject({
            level,
            command: "npm run rotate -- secret --stack test",
        });
    });

    describe("of a workload in a group that was handed over", () => {
        beforeAll(async () => {
            const { code, output } = await sandbox.up({ stack: "test" });
            expect([code, output]).toEqual([0, expect.stringContaining("deployerClientId")]);
            const workload = { deploys: "workload", name: "handed-over", resourceGroup: group };
            sandbox.set({ ...workload, githubRepository: undefined });
        });

        it("finds nothing that would stop the deployer", async () => {
            const { code, problems, about } = await examine({ as: "handing-deployer" });
            expect(problems).toEqual([]);
            expect(code).toBe(0);
            expect(about("rights")[0]!.level).toBe("ok");
            // Its roles let it ask for no name: that is a right at the subscription.
            expect(about("name")[0]!.level).toBe("unknown");
            expect(about("directory")).toEqual([]);
        });

        it("names what the reader may not, with the command that grants it", async () => {
            const { code, problems } = await examine({ as: "handing-reader" });
            expect(code).toBe(1);
            expect(problems.map(({ about }) => about)).toEqual(["rights"]);
            const [{ what, command }] = problems as [Finding];
            expect(what).toContain(`At ${groupId} you may not: Microsoft.Web/serverfarms/Write`);
            expect(command).toContain("az role assignment create --assignee-object-id");
            expect(command).toContain(`--role "Website Contributor" --scope ${groupId}`);
            expect(command).toContain(`--role "Web Plan Contributor" --scope ${groupId}`);
        });

        it("does not offer the reader more, where the settings say who that is", async () => {
            sandbox.set({ githubRepository: "example/distilgpt2-api" });
            const { problems } = await examine({ as: "handing-reader" });
            sandbox.set({ githubRepository: undefined });
            expect(problems[0]!.what).toContain("Sign in as the deployer");
            expect(problems[0]!.command).toBeUndefined();
        });

        it("tells the end of the certificate that signs in, and shows no key", async () => {
            const file = path.join(sandbox.root, "signing.pem");
            fs.writeFileSync(file, certificate.withKey);
            const { appId } = findPrincipal(sandbox.cloud, "handing-deployer");
            const ids = [
                `ARM_TENANT_ID=${signedInUser.tenantId}`,
                `ARM_SUBSCRIPTION_ID=${signedInUser.subscriptionId}`,
                `ARM_CLIENT_ID=${String(appId)}`,
            ];
            const env = [...ids, `ARM_CLIENT_CERTIFICATE_PATH=${file}`];
            const { code, output, about } = await examine({ env });
            expect(about("sign-in").map(({ level }) => level)).toEqual(["ok", "warning"]);
            expect(about("sign-in")[1]!.what).toMatch(/in 5 days\.$/);
            expect(about("rights")[0]!.level).toBe("ok");
            expect(code).toBe(0);
            expect(output).not.toContain("PRIVATE KEY");
            const guessed = await examine({ env: [...ids, "ARM_CLIENT_SECRET=guessed-in-vain"] });
            expect(guessed.about("rights")).toEqual([]);
            expect(guessed.output).toContain("AADSTS7000215");
            expect(guessed.output).not.toContain("guessed-in-vain");
        });
    });
});
