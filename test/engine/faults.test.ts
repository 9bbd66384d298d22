/**
 * Faults on the real engine: how each run ends, and that the next one mends it, with everything there once.
 * Does not show how often the real Azure fails so, nor that a directory which replicates slowly lists a new
 * object in time; the engine is killed at chosen moments, not at every one. A disk that
 * fills during a run is not shown: the engine loses its state then. Full disks are left out where the tests do not
 * run as root.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { localEnvironment } from "../../local/environment";
import { Store } from "../../local/cloud/store";
import { waitFactorVariable } from "../../local/providers/retry";
import { lifetime, Sandbox } from "../support/sandbox";

/** Retries wait by the real rules, a thousandth as long. */
const env = { [waitFactorVariable]: "0.001" };
const patience = { ...process.env, ...env };

const instruction = /exists, but this stack does not know it\. .*"npm run up" finds it/;

async function fault(sandbox: Sandbox, ...words: string[]): Promise<void> {
    const { code, output } = await sandbox.local(["fault", ...words]);
    if (code !== 0) throw new Error(output);
}

const run = (sandbox: Sandbox) => sandbox.local(["--skip-preview"], patience);

/** Without it other creations may be under way when the engine is killed, and are cut off too. */
const oneByOne = ["up", "--yes", "--skip-preview", "--parallel", "1"];

/** Type and last part of the id of everything in Azure, without what Azure makes by itself. */
function inAzure(sandbox: Sandbox): string[] {
    const principals = sandbox.cloud.directory.list("servicePrincipals");
    const managed = principals.filter((it) => it.servicePrincipalType === "ManagedIdentity");
    return (
        sandbox
            .cloudIds()
            .filter((id) => !managed.some((it) => id.endsWith(`/${String(it.id)}`)))
            .filter((id) => !/^\/(faults|operations|sitenames|assignmentsof)\//.test(id))
            // What Azure makes by itself, and where the model notes what belongs to what.
            .filter(
                (id) =>
                    !/\/(config|appids|customrolenames|serverfarms\/[^/]+\/apps)\/|\/owner$/.test(
                        id,
                    ),
            )
            .map((id) => id.split("/").at(-2)!)
    );
}

const everything = [
    ...["applications", "applications"],
    ...["basicpublishingcredentialspolicies", "basicpublishingcredentialspolicies"],
    ...["resourcegroups", "roleassignments", "roleassignments", "roleassignments"],
    ...["roleassignments", "customroles", "serverfarms"],
    ...["serviceprincipals", "serviceprincipals", "sites"],
].sort();

/** Everything is in Azure once, and the state says the same: neither a refresh nor an up has anything to do. */
async function expectWhole(sandbox: Sandbox): Promise<void> {
    const args = ["up", "--refresh", "--yes", "--skip-preview", "--expect-no-changes"];
    const { code, output } = await sandbox.pulumi(args);
    expect(output).toContain("28 unchanged");
    expect(code).toBe(0);
    const exported = await sandbox.pulumi(["stack", "export"]);
    expect(JSON.parse(exported.output).deployment.pending_operations).toBeUndefined();
    expect(inAzure(sandbox).sort()).toEqual(everything);
    const trusted = sandbox.cloud.directory
        .list("applications")
        .flatMap(({ federatedIdentityCredentials }) => federatedIdentityCredentials);
    expect(trusted).toHaveLength(3);
}

describe("a refusal that passes", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());

    it("is not even seen: throttling, a conflict, a server's error, in Azure and in Entra", async () => {
        await fault(sandbox, "throttled", "--on", "Microsoft.Web/serverfarms", "--seconds", "30");
        await fault(sandbox, "throttled", "--on", "Microsoft.Graph/application");
        await fault(sandbox, "conflict", "--on", "Microsoft.Resources/resourceGroups");
        await fault(sandbox, "unavailable", "--on", "Microsoft.Web/sites", "--moment", "after");
        await fault(sandbox, "error", "--on", "Microsoft.Authorization/roleAssignments");
        await fault(sandbox, "locked", "--verb", "read", "--on", "Microsoft.Web/sites");
        await fault(sandbox, "slow", "--on", "Microsoft.Web/serverfarms", "--seconds", "1");
        const { code, output } = await run(sandbox);
        expect(output).toContain("28 created");
        expect(code).toBe(0);
        const { output: left } = await sandbox.local(["fault", "--list"]);
        expect(left.trim()).toBe("No faults.");
        await expectWhole(sandbox);
    });

    it("fails an update when it lasts, and when App Service is busy, and a plain up mends it", async () => {
        for (const [port, code, ...words] of [
            ["8081", "exceeded. Please try again after '5' seconds", "throttled", "--times", "4"],
            ["8082", "There was an unexpected InternalServerError", "error", "--times", "4"],
            ["8083", "Cannot modify this site because another operation", "busy"],
        ]) {
            sandbox.set({ port });
            await fault(sandbox, ...words, "--on", "Microsoft.Web/sites");
            const refused = await sandbox.up({ env });
            expect(refused.code).not.toBe(0);
            expect(refused.output).toContain(code);
            const mended = await sandbox.up({ env });
            expect(mended.output).toContain("~ 1 updated");
            expect(mended.code).toBe(0);
        }
        await expectWhole(sandbox);
    });

    it("fails an update whose operation ends as failed, and a plain up mends it", async () => {
        sandbox.set({ port: "8084" });
        await fault(sandbox, "half", "--on", "Microsoft.Web/sites");
        const { code, output } = await sandbox.up({ env });
        expect(code).not.toBe(0);
        expect(output).toContain("The asynchronous operation has ended with the status 'Failed'");
        expect((await sandbox.up()).code).toBe(0);
        await expectWhole(sandbox);
    });

    it("fails an update whose engine or provider is killed, and a plain up mends it", async () => {
        for (const [port, kind, moment] of [
            ["8085", "kill-engine", "after"],
            ["8086", "kill-engine", "before"],
            ["8087", "kill-provider", "after"],
        ] as const) {
            sandbox.set({ port });
            await fault(sandbox, kind, "--moment", moment, "--on", "Microsoft.Web/sites");
            expect((await sandbox.up()).code).not.toBe(0);
            const mended = await sandbox.up();
            expect(mended.output).toContain("~ 1 updated");
            expect(mended.code).toBe(0);
        }
        await expectWhole(sandbox);
    });

    it("takes in what was being created to replace another", async () => {
        sandbox.set({ name: "renamed-model-dev", resourceGroup: "example-model-dev-rg" });
        await fault(sandbox, "kill-engine", "--on", "serverfarms/renamed-model-dev-plan");
        expect((await run(sandbox)).code).not.toBe(0);
        const mended = await run(sandbox);
        expect(mended.output).toContain("plan: imported");
        expect(mended.code).toBe(0);
        await expectWhole(sandbox);
    });

    it("replaces a client secret whose text was lost", async () => {
        sandbox.set({ clientSecrets: lifetime() });
        await fault(sandbox, "kill-engine", "--on", "Microsoft.Graph/applicationPassword");
        expect((await run(sandbox)).code).not.toBe(0);
        const { code, output } = await run(sandbox);
        expect(output).toMatch(/deployer-secret-\S+ .*\n.* \(a secret whose text is lost\)/);
        expect(code).toBe(0);
        const application = sandbox.cloud.directory
            .list("applications")
            .find(({ displayName }) => /-deployer$/.test(String(displayName)));
        const secret = (await sandbox.state()).find(({ type }) => type.endsWith("Password"))!;
        expect(application?.passwordCredentials).toEqual([
            expect.objectContaining({ keyId: secret.outputs.keyId }),
        ]);
    });
});

describe("a create", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());

    it("whose operation ends as failed fails, and stays known, and a plain up mends it", async () => {
        await fault(sandbox, "half", "--on", "Microsoft.Web/serverfarms");
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toContain("The asynchronous operation has ended with the status 'Failed'");
        const plan = (await sandbox.state()).find(({ type }) =>
            type.endsWith(":web:AppServicePlan"),
        );
        expect(plan?.id).toMatch(/serverfarms\/example-model-dev-plan$/);
        expect((await sandbox.up()).code).toBe(0);
        await expectWhole(sandbox);
        expect((await sandbox.pulumi(["destroy", "--yes", "--skip-preview"])).code).toBe(0);
    });

    it("of an app whose engine is killed fails a plain up with the instruction", async () => {
        await fault(sandbox, "kill-engine", "--on", "Microsoft.Web/sites");
        expect((await sandbox.pulumi(oneByOne)).code).not.toBe(0);
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toMatch(
            /cannot create already existing resource '.*\/sites\/example-model-dev-app'/,
        );
        expect(output).toMatch(instruction);
    });

    it("is shown with its id by npm run up, which fails and changes nothing without a yes", async () => {
        const up = ["exec", "npm", "run", "--silent", "up", "--", "--stack", "dev"];
        const { code, output } = await sandbox.local(up);
        expect(output).toMatch(/\n +\/subscriptions\/\S+\/sites\/example-model-dev-app\n/);
        expect(output).toContain("Say so with --yes.");
        expect(code).not.toBe(0);
        const { output: exported } = await sandbox.pulumi(["stack", "export"]);
        expect(JSON.parse(exported).deployment.pending_operations).toHaveLength(1);
    });

    it("is imported by npm run up with a yes", async () => {
        const up = ["exec", "npm", "run", "--silent", "up", "--", "--stack=dev", "--yes"];
        const { code, output } = await sandbox.local([...up, "--skip-preview"]);
        expect(output).toMatch(
            /cut off while it created:\n +app \(azure-native:web:WebApp\)\n +\/subscriptions\/\S+\/sites\/example-model-dev-app\n/,
        );
        expect(output).toContain("app: imported");
        expect(code).toBe(0);
        await expectWhole(sandbox);
        expect((await sandbox.pulumi(["destroy", "--yes", "--skip-preview"])).code).toBe(0);
    });

    it("of anything, cut off by a killed engine, is found and imported, and done once", async () => {
        for (const type of [
            "Microsoft.Resources/resourceGroups",
            "Microsoft.Graph/application",
            "Microsoft.Graph/servicePrincipal",
            "Microsoft.Graph/applicationFederatedIdentityCredential",
            "Microsoft.Web/serverfarms",
            "Microsoft.Authorization/roleAssignments",
            "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        ]) {
            await fault(sandbox, "kill-engine", "--on", type);
            const { code } = await run(sandbox);
            // Where an earlier kill met this one too, there is nothing left to create of it.
            const { output: left } = await sandbox.local(["fault", "--list"]);
            if (left.trim() === "No faults.") expect(code).not.toBe(0);
            await fault(sandbox, "--clear");
        }
        expect((await run(sandbox)).code).toBe(0);
        await expectWhole(sandbox);
        expect((await sandbox.pulumi(["destroy", "--yes", "--skip-preview"])).code).toBe(0);
    });

    it("that a killed engine never sent is not imported, but done", async () => {
        await fault(
            sandbox,
            "kill-engine",
            "--moment",
            "before",
            "--on",
            "Microsoft.Web/serverfarms",
        );
        expect((await run(sandbox)).code).not.toBe(0);
        const { code, output } = await run(sandbox);
        expect(output).toContain("plan: is not there, and will be created");
        expect(code).toBe(0);
        await expectWhole(sandbox);
        expect((await sandbox.pulumi(["destroy", "--yes", "--skip-preview"])).code).toBe(0);
    });

    it("of a second application of one name fails a plain up, and names the first", async () => {
        await fault(sandbox, "kill-engine", "--on", "Microsoft.Graph/application");
        expect((await sandbox.up()).code).not.toBe(0);
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toMatch(instruction);
        const names = () =>
            sandbox.cloud.directory.list("applications").map(({ displayName }) => displayName);
        expect(names().length).toBeGreaterThan(0);
        expect(names()).toEqual([...new Set(names())]);
        expect((await run(sandbox)).code).toBe(0);
        await expectWhole(sandbox);
        expect((await sandbox.pulumi(["destroy", "--yes", "--skip-preview"])).code).toBe(0);
    });

    it("whose provider is killed is imported by the same command, and the next one goes on", async () => {
        await fault(sandbox, "kill-provider", "--on", "Microsoft.Web/sites");
        const { code, output } = await run(sandbox);
        expect(code).not.toBe(0);
        expect(output).toContain("app: imported");
        expect(output).toContain("Run the command again to go on.");
        expect((await run(sandbox)).code).toBe(0);
        await expectWhole(sandbox);
    });
});

/** Only root may mount; a small file system is the only full disk that is one. */
const describeWithMounts = process.getuid?.() === 0 ? describe : describe.skip;

describeWithMounts("a full disk", () => {
    const sandbox = new Sandbox();
    const disk = path.join(sandbox.root, ".local");
    beforeAll(() => {
        fs.mkdirSync(disk);
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=60m", "tmpfs", disk]);
    });
    afterAll(() => {
        execFileSync("umount", [disk]);
        sandbox.remove();
    });

    it("fails a run before it changes anything, and once there is room the run goes on", async () => {
        expect((await run(sandbox)).code).toBe(0);
        const before = sandbox.cloudIds();
        sandbox.set({ port: "8081" });
        const { bavail, bsize } = fs.statfsSync(disk);
        const filler = path.join(disk, "filler");
        fs.writeFileSync(filler, Buffer.alloc(bavail * bsize - 1024 * 1024));
        const { code, output } = await run(sandbox);
        expect(output).toContain(`The disk of ${disk} is full`);
        expect(output).toContain("Nothing was changed.");
        expect(code).not.toBe(0);
        expect(sandbox.cloudIds()).toEqual(before);
        fs.rmSync(filler);
        expect((await run(sandbox)).output).toContain("~ 2 updated");
        await expectWhole(sandbox);
    });

    it("leaves every document of this machine's Azure whole, the old or the new one", async () => {
        const store = new Store(path.join(disk, "store"));
        store.put("/a", { version: 1 });
        const filler = path.join(disk, "filler");
        const { bavail, bsize } = fs.statfsSync(disk);
        fs.writeFileSync(filler, Buffer.alloc(bavail * bsize));
        const large = { version: 2, text: "x".repeat(100_000) };
        expect(() => store.put("/a", large)).toThrow("no space left on device");
        expect(store.get("/a")).toEqual({ version: 1 });
        expect(fs.readdirSync(path.join(disk, "store")).sort()).toEqual(["a.document", "key"]);
        fs.rmSync(filler);
        store.put("/a", large);
        expect(store.get("/a")).toEqual(large);
    });
});

describe("two engines at once", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());

    it("on one stack: the second fails by the lock, and everything is created once", async () => {
        await fault(sandbox, "slow", "--on", "Microsoft.Web/serverfarms", "--seconds", "15");
        const local = await localEnvironment(sandbox.root, "dev");
        const up = () =>
            sandbox.run(
                local.pulumi,
                ["up", "--yes", "--skip-preview", "--non-interactive"],
                local.env,
            );
        const first = up();
        while (!sandbox.cloudIds().some((id) => id.startsWith("/operations/"))) {
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const second = await up();
        expect(second.code).not.toBe(0);
        expect(second.output).toContain("the stack is currently locked by 1 lock(s)");
        // What the first is creating is not taken for something that was cut off.
        const third = await run(sandbox);
        expect(third.code).not.toBe(0);
        expect(third.output).toContain('The stack "dev" is locked:');
        expect(third.output).not.toContain("cut off");
        expect((await first).code).toBe(0);
        await expectWhole(sandbox);
    });

    it("on two stacks that want one name: one gets it, the other fails", async () => {
        expect((await sandbox.pulumi(["destroy", "--yes", "--skip-preview"])).code).toBe(0);
        const settings = { name: "wanted-by-both", deploys: "everything" };
        sandbox.set({ ...settings, resourceGroup: "first-rg" });
        sandbox.set({ ...settings, resourceGroup: "second-rg", githubRepository: "" }, "test");
        // One deployer's name is the other's too, but this is about the app.
        sandbox.edit("components/pipelinePrincipal.ts", "preventDuplicateNames: true,", "");
        const both = await Promise.all([sandbox.up(), sandbox.up({ stack: "test" })]);
        expect(both.map(({ code }) => code === 0).sort()).toEqual([false, true]);
        const refused = both.find(({ code }) => code !== 0)!;
        expect(refused.output).toContain(
            "Website with given name wanted-by-both-app already exists.",
        );
        const sites = sandbox.cloudIds().filter((id) => /\/sites\/[^/]+$/.test(id));
        expect(sites).toHaveLength(1);
    });
});
