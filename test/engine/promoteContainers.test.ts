/**
 * A promotion with real containers behind the web apps and a real registry: what answers is what was promoted.
 * Cannot show that App Service starts and swaps containers as this machine's front end does.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { get, until } from "../support/fakeEngine";
import { neighbours } from "../support/neighbours";
import { optOut as registryOptOut, Registry } from "../support/registry";
import { Sandbox } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";
import { buildTestImage, optOut, type TestImage } from "../support/testImage";

const off = [optOut, registryOptOut].some((name) => process.env[name] === "off");
const wanted = off ? describe.skip : describe;

wanted("npm run promote, with containers", () => {
    const sandbox = new Sandbox();
    const folder = temporaryFolder();
    let image: TestImage;
    let registry: Registry;
    let dev: number;
    let env: NodeJS.ProcessEnv;

    beforeAll(async () => {
        image = buildTestImage();
        registry = await Registry.start(folder);
        dev = await neighbours();
        env = { ...process.env, LOCAL_AZURE_ENGINE: image.engine, LOCAL_AZURE_PORT: String(dev) };
        for (const stack of ["dev", "test"]) {
            const file = path.join(sandbox.root, "policies", `config.${stack}.json`);
            const config = JSON.parse(fs.readFileSync(file, "utf8"));
            config["container-registry-allow-list"] = "disabled";
            fs.writeFileSync(file, JSON.stringify(config));
        }
        // The app's greeting is its version.
        const file = path.join(sandbox.root, "delivery", "promotion.yaml");
        const promotion =
            "environments: [dev, test, prod]\nappSettings: [GREETING]\nversionPath: /\n";
        fs.writeFileSync(file, promotion);
    });
    afterAll(async () => {
        await sandbox.local(["reset"], env);
        for (const tag of ["1.0", "2.0"]) engine("rmi", "--force", `${registry.host}/api:${tag}`);
        await registry.stop();
        sandbox.remove();
        image?.remove();
    });

    const engine = (...args: string[]) => execFileSync(image.engine, args, { stdio: "pipe" });
    /** Puts an image into the registry and has it here by its digest too, as a pull would. */
    const publish = (name: string, tag: string) => {
        const remote = `${registry.host}/api:${tag}`;
        // Docker does without TLS by itself where the registry is on this machine.
        const plain = image.engine === "podman" ? ["--tls-verify=false"] : [];
        engine("tag", name, remote);
        engine("push", ...plain, remote);
        engine("pull", ...plain, remote);
        return remote;
    };
    const promote = () => {
        const options = ["--from", "dev", "--to", "test", "--yes", "--settle", "1"];
        const command = ["node", "engine/run.js", "delivery/promote.ts", ...options];
        return sandbox.local(["exec", ...command], env);
    };
    const greets = (port: number, whom: string) =>
        until(async () => (await get(port)).body === `hello ${whom}\n`);
    const devUp = async (settings: Record<string, unknown>) => {
        sandbox.set(settings);
        expect((await sandbox.local([], env)).code).toBe(0);
    };

    it("ends when the next environment answers what the first one does", async () => {
        const startTimeLimitSeconds = "20";
        const remote = publish(image.name, "1.0");
        await devUp({ image: remote, startTimeLimitSeconds, appSettings: { GREETING: "one" } });
        await greets(dev, "one");
        const { code, output } = await promote();
        expect(output).toContain(`${remote} is ${registry.host}/api@sha256:`);
        expect(output).toContain(`http://localhost:${dev + 1}/healthz`);
        expect(code).toBe(0);
        expect((await get(dev + 1)).body).toBe("hello one\n");
    });

    it("rolls back an image that runs in one environment and not in the next", async () => {
        const broken = path.join(folder, "Dockerfile");
        const command = "case $WEBSITE_SITE_NAME in *test*) exit 1;; esac; mkdir -p /www;";
        const serve = "echo hello $GREETING > /www/index.html; cp /www/index.html /www/healthz;";
        const words = [
            "/bin/busybox",
            "sh",
            "-c",
            `${command} ${serve} exec httpd -f -p 8080 -h /www`,
        ];
        const lines = [`FROM ${image.name}`, `CMD ${JSON.stringify(words)}`];
        fs.writeFileSync(broken, `${lines.join("\n")}\n`);
        engine("build", "--quiet", "--tag", `${image.name}-2`, folder);
        await devUp({ image: publish(`${image.name}-2`, "2.0"), appSettings: { GREETING: "two" } });
        await greets(dev, "two");
        const before = fs.readFileSync(path.join(sandbox.root, "Pulumi.test.yaml"), "utf8");
        const { code, output } = await promote();
        // The old container answers while the new one fails to start.
        expect(output).toContain("the last answer was 200, from another version");
        expect(output).toContain("has the image and settings from before again");
        expect(code).toBe(1);
        const after = fs.readFileSync(path.join(sandbox.root, "Pulumi.test.yaml"), "utf8");
        expect(after).toBe(before);
        await greets(dev + 1, "one");
    });
});
