/**
 * Stacks that move from a disk to the team's container, with their secrets, on the real engine and on Azurite.
 * Cannot show that a vault's key encrypts: what is said of it is handed to Pulumi as it is, which is all that
 * is tested (test/delivery/backend.test.ts).
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { localEnvironment } from "../../local/environment";
import { Azurite } from "../support/azurite";
import { Sandbox } from "../support/sandbox";

const secret = "s3cret-value";

const program = `
import * as pulumi from "@pulumi/pulumi";
const config = new pulumi.Config();
export const password = config.requireSecret("registryPassword");
export const image = config.require("image");
`;

describe("a stack on a disk", () => {
    const sandbox = new Sandbox();
    const file = path.join(sandbox.root, "Pulumi.dev.yaml");
    const folder = (name: string) => {
        fs.mkdirSync(path.join(sandbox.root, name), { recursive: true });
        return pathToFileURL(path.join(sandbox.root, name)).href;
    };
    const old = path.join(sandbox.root, "old.passphrase");
    fs.writeFileSync(old, "old-passphrase\n");
    /** Not there until a move makes it. */
    const fresh = path.join(sandbox.root, "new.passphrase");
    const from = folder("disk");
    let azurite: Azurite;
    let env: NodeJS.ProcessEnv;
    let to: string;

    beforeAll(async () => {
        azurite = await Azurite.start();
        await azurite.createContainer("dev");
        to = azurite.backendUrl("dev");
        const local = await localEnvironment(sandbox.root, "dev");
        const { PATH, PULUMI_HOME } = local.env;
        env = {
            ...azurite.owner,
            PATH,
            PULUMI_HOME,
            HOME: sandbox.root,
            PULUMI_SKIP_UPDATE_CHECK: "true",
        };
        fs.writeFileSync(path.join(sandbox.root, "index.ts"), program);
        const onDisk = { PULUMI_BACKEND_URL: from, PULUMI_CONFIG_PASSPHRASE_FILE: old };
        for (const args of [
            ["stack", "init"],
            ["config", "set", "--secret", "registryPassword", secret],
            ["up", "--yes", "--skip-preview"],
        ]) {
            const done = await pulumi([...args, "--stack", "dev"], onDisk);
            if (done.code !== 0) throw new Error(done.output);
        }
    });

    afterAll(() => {
        azurite.stop();
        sandbox.remove();
    });

    const pulumi = (args: string[], more: NodeJS.ProcessEnv) =>
        sandbox.run("pulumi", [...args, "--non-interactive"], { ...env, ...more });

    const move = (...args: string[]) => {
        const all = ["engine/run.js", "delivery/backend.ts", "move", "--stack", "dev", ...args];
        const more = {
            PULUMI_BACKEND_URL: from,
            PULUMI_CONFIG_PASSPHRASE_FILE: old,
            // As a shell has it that works on another stack.
            PULUMI_OPTION_CONFIG_FILE: path.join(sandbox.root, "Pulumi.test.yaml"),
        };
        return sandbox.run(process.execPath, all, { ...env, ...more });
    };

    const stacksThere = async () =>
        (await azurite.list("dev")).filter((name) => /\/stacks\/.*\.json$/.test(name));

    const output = async (backend: string, passphraseFile: string) => {
        const args = ["stack", "output", "--json", "--show-secrets", "--stack", "dev"];
        const more = { PULUMI_BACKEND_URL: backend, PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile };
        return (await pulumi(args, more)).output;
    };

    it("fails to move while somebody changes it, and leaves nothing behind", async () => {
        const locks = path.join(
            sandbox.root,
            "disk/.pulumi/locks/organization/azure-webapp-stack/dev",
        );
        fs.mkdirSync(locks, { recursive: true });
        const lock = {
            pid: 7,
            username: "u",
            hostname: "elsewhere",
            timestamp: new Date().toISOString(),
        };
        fs.writeFileSync(path.join(locks, "1.json"), JSON.stringify(lock));
        const { code, output: said } = await move("--to", to);
        fs.rmSync(locks, { recursive: true });
        expect(code).toBe(1);
        expect(said).toMatch(
            /locked:\n {2}by u on elsewhere, process 7, since .*\n.*\nNothing was done\.\n$/,
        );
        expect(await stacksThere()).toEqual([]);
    });

    it("fails to move with a passphrase that does not open it, and takes the copy back", async () => {
        const before = fs.readFileSync(file, "utf8");
        const all = ["engine/run.js", "delivery/backend.ts", "move", "--stack", "dev", "--to", to];
        const wrong = path.join(sandbox.root, "wrong.passphrase");
        fs.writeFileSync(wrong, "wrong-passphrase\n");
        const more = { PULUMI_BACKEND_URL: from, PULUMI_CONFIG_PASSPHRASE_FILE: wrong };
        const { code, output: said } = await sandbox.run(process.execPath, all, {
            ...env,
            ...more,
        });
        expect(said).toContain("incorrect passphrase");
        expect(code).toBe(1);
        expect(fs.readFileSync(file, "utf8")).toBe(before);
        expect(await stacksThere()).toEqual([]);
    });

    it("hands the key of a vault to Pulumi, and takes the copy back where the vault does not answer", async () => {
        const before = fs.readFileSync(file, "utf8");
        const vault = "azurekeyvault://shop-keys.vault.azure.net/keys/dev";
        const all = ["engine/run.js", "delivery/backend.ts", "move", "--stack", "dev", "--to", to];
        const more = {
            PULUMI_BACKEND_URL: from,
            PULUMI_CONFIG_PASSPHRASE_FILE: old,
            HTTPS_PROXY: "http://127.0.0.1:1", // Where nobody is: no request leaves this machine.
        };
        const args = [...all, "--secrets-provider", vault];
        const { code, output: said } = await sandbox.run(process.execPath, args, {
            ...env,
            ...more,
        });
        expect(said).toContain('Post "https://shop-keys.vault.azure.net/keys/dev/encrypt?');
        expect(code).toBe(1);
        expect(fs.readFileSync(file, "utf8")).toBe(before);
        expect(await stacksThere()).toEqual([]);
    });

    it("fails to move to where it is, however that is written", async () => {
        const { code, output: said } = await move("--to", `${from}/?metadata=skip`);
        expect([code, said]).toEqual([1, expect.stringContaining("already.")]);
    });

    it("moves with its secrets, encrypted with another passphrase, and stays where it was", async () => {
        const before = fs.readFileSync(file, "utf8");
        const { code, output: said } = await move("--to", to, "--new-passphrase-file", fresh);
        expect(said).toContain("Compared: resources, secrets and settings are the same.");
        expect(code).toBe(0);
        expect(said).not.toContain(secret);
        expect(said).toContain(`Made a new passphrase: ${fresh}`);
        expect(fs.statSync(fresh).mode & 0o777).toBe(0o600);
        expect(said).not.toContain(fs.readFileSync(fresh, "utf8").trim());

        expect(JSON.parse(await output(to, fresh))).toMatchObject({ password: secret });
        expect(await output(to, old)).toContain("incorrect passphrase");
        expect(fs.readFileSync(file, "utf8")).not.toContain(parse(before).encryptionsalt);
        expect(fs.readFileSync(`${file}.old`, "utf8")).toBe(before);
        const state = await azurite.read("dev", ".pulumi/stacks/azure-webapp-stack/dev.json");
        expect(state).not.toContain(secret);

        const there = { PULUMI_BACKEND_URL: to, PULUMI_CONFIG_PASSPHRASE_FILE: fresh };
        const preview = ["preview", "--stack", "dev", "--expect-no-changes"];
        expect(await pulumi(preview, there)).toMatchObject({ code: 0 });
        expect(JSON.parse(await output(from, old))).toMatchObject({ password: secret });
    });

    it("leaves its history where it was", async () => {
        const history = (backend: string, file: string) =>
            pulumi(["stack", "history", "--json", "--stack", "dev"], {
                PULUMI_BACKEND_URL: backend,
                PULUMI_CONFIG_PASSPHRASE_FILE: file,
            });
        expect(JSON.parse((await history(from, old)).output)).toHaveLength(1);
        expect(JSON.parse((await history(to, fresh)).output)).toEqual([]);
    });

    it("fails to move a second time, and changes neither", async () => {
        const before = [fs.readFileSync(file, "utf8"), await output(to, fresh)];
        const { code, output: said } = await move("--to", to);
        expect(code).toBe(1);
        expect(said).toContain(`There is a stack "dev" at ${to} already, so nothing was done.`);
        // With the key that only the old file has, what is left of the old state can be read.
        expect(said).toContain("mv Pulumi.dev.yaml.old Pulumi.dev.yaml, then PULUMI_BACKEND_URL=");
        expect([fs.readFileSync(file, "utf8"), await output(to, fresh)]).toEqual(before);
    });

    it("moves on with the key that it has, and leaves the first place when told to", async () => {
        const third = folder("third");
        const all = ["engine/run.js", "delivery/backend.ts", "move", "--stack", "dev"];
        const args = [...all, "--from", to, "--to", third, "--remove-old"];
        const before = fs.readFileSync(file, "utf8");
        const moved = await sandbox.run(process.execPath, args, {
            ...env,
            PULUMI_CONFIG_PASSPHRASE_FILE: fresh,
        });
        expect(moved.output).toContain(`Removed from ${to}`);
        expect(moved.code).toBe(0);
        expect(fs.readFileSync(file, "utf8")).toBe(before);
        expect(fs.existsSync(`${file}.old`)).toBe(false);
        expect(JSON.parse(await output(third, fresh))).toMatchObject({ password: secret });
        expect(await stacksThere()).toEqual([]);
    });
});
