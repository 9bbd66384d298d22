/**
 * Planted secrets on the real engine: none may stand in clear in state, store, configuration or output.
 * Does not show what the real Azure logs or shows to whoever may read an app's settings.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { lifetime, Sandbox } from "../support/sandbox";

const planted = ["planted-registry-password", "planted-api-token"];

function filesBelow(folder: string): string[] {
    return fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

describe("secrets", () => {
    const sandbox = new Sandbox();
    afterAll(() => sandbox.remove());
    let printed = "";

    /** Settings as a user stores them: encrypted for the stack, here with the local stack's own key. */
    async function setSecrets(): Promise<void> {
        const secrets = path.join(sandbox.root, ".local", "secrets");
        await sandbox.pulumi(["preview"]);
        const local = await sandbox.pulumi(["version"]);
        expect(local.code).toBe(0);
        for (const [key, value] of [
            ["registryPassword", planted[0]!],
            ["secretAppSettings", JSON.stringify({ API_TOKEN: planted[1] })],
        ] as const) {
            // What the derived configuration takes stand-ins from: here it takes the planted values.
            const name = `azure-webapp-stack:${key}`;
            const { output, code } = await sandbox.pulumi(
                ["config", "set", "--secret", name, value, "-C", secrets],
                {
                    env: { PULUMI_OPTION_CONFIG_FILE: path.join(secrets, "Pulumi.dev.yaml") },
                },
            );
            expect([code, output]).toEqual([0, ""]);
            sandbox.set({ [key]: { secure: "v1:not:readable" } });
        }
    }

    it("are used, and stand nowhere in clear", async () => {
        await setSecrets();
        sandbox.set({ registryUsername: "robot", clientSecrets: lifetime() });
        for (const args of [
            ["preview", "--diff"],
            ["up", "--yes"],
            ["stack", "export"],
            ["stack", "output"],
            ["refresh", "--yes"],
        ]) {
            const { code, output } = await sandbox.pulumi(args);
            expect([code, code ? output : args]).toEqual([0, args]);
            printed += output;
        }
        const site = (await sandbox.state()).find(({ type }) => type.endsWith(":web:WebApp"))!;
        const { properties } = await sandbox.cloud.post(`${site.id}/config/appsettings`, "list");
        expect(properties).toMatchObject({
            DOCKER_REGISTRY_SERVER_USERNAME: "robot",
            DOCKER_REGISTRY_SERVER_PASSWORD: planted[0],
            API_TOKEN: planted[1],
        });
        const { output } = await sandbox.pulumi([
            "stack",
            "output",
            "deployerClientSecret",
            "--show-secrets",
        ]);
        const clientSecret = output.trim();
        expect(clientSecret).toMatch(/^\S{30,}$/);

        for (const secret of [...planted, clientSecret]) {
            expect(printed).not.toContain(secret);
            for (const file of filesBelow(path.join(sandbox.root, ".local"))) {
                expect([file, fs.readFileSync(file, "latin1").includes(secret)]).toEqual([
                    file,
                    false,
                ]);
            }
        }
    });

    it("leave the rest of the app's configuration readable in a preview", async () => {
        sandbox.set({ image: "ghcr.io/example/distilgpt2-api:1.1" });
        const { output } = await sandbox.pulumi(["preview", "--diff"]);
        expect(output).toMatch(/linuxFxVersion: "DOCKER\|\S+:1\.0" => "DOCKER\|\S+:1\.1"/);
        sandbox.set({ image: "ghcr.io/example/distilgpt2-api:1.0" });
    });

    it("are kept by the directory as salted hashes only", () => {
        const application = sandbox.cloud.directory
            .list("applications")
            .find(({ displayName }) => String(displayName).endsWith("-deployer"));
        const [credential] = application!.passwordCredentials as Record<string, string>[];
        expect(Object.keys(credential!).sort()).toEqual(
            ["displayName", "endDateTime", "hash", "hint", "keyId", "salt", "startDateTime"].sort(),
        );
    });

    it("have keys that only their owner can read", () => {
        for (const file of ["passphrase", "azure/key"]) {
            const { mode } = fs.statSync(path.join(sandbox.root, ".local", file));
            expect([file, (mode & 0o777).toString(8)]).toEqual([file, "600"]);
        }
    });

    it("fail in clear, without being shown", async () => {
        sandbox.set({ registryPassword: "in-clear-by-mistake" });
        const { code, output } = await sandbox.up();
        expect(code).not.toBe(0);
        expect(output).toContain("registryPassword: is stored in clear; expected a secret.");
        expect(output).not.toContain("in-clear-by-mistake");
    });

    it("get stand-ins where only the real stack's key can read them", async () => {
        fs.rmSync(path.join(sandbox.root, ".local"), { recursive: true });
        sandbox.set({
            registryPassword: { secure: "v1:another:key" },
            secretAppSettings: { API_TOKEN: { secure: "v1:another:key" } },
        });
        const committed = path.join(sandbox.root, "Pulumi.dev.yaml");
        const document = parse(fs.readFileSync(committed, "utf8"));
        fs.writeFileSync(committed, stringify({ ...document, encryptionsalt: "v1:another:salt" }));
        const { code } = await sandbox.up();
        expect(code).toBe(0);
        const site = (await sandbox.state()).find(({ type }) => type.endsWith(":web:WebApp"))!;
        const { properties } = await sandbox.cloud.post(`${site.id}/config/appsettings`, "list");
        expect(properties).toMatchObject({ API_TOKEN: "stand-in-for-a-secret" });
    });
});
