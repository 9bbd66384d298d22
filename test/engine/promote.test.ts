/**
 * `npm run promote` on the real engine, through three environments of this machine's Azure; a web server of the test
 * stands for the apps, as each test says how well they are.
 * Cannot show how long App Service takes to start a container, nor that it lets the old one answer meanwhile.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { imageOf } from "../../azure/images";
import { keptOutHeader } from "../../azure/statusCodes";
import { optOut, passwordFile, Registry, user } from "../support/registry";
import { PlainStacks } from "../support/plainStacks";
import { Sandbox } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const image = (digit: string) => `ghcr.io/example/distilgpt2-api@${digest(digit)}`;

/** A web server that stands for an app. */
class App {
    status = 200;
    /** Whether it is sick, whatever `status` says. */
    isSick = () => false;
    /** Address that App Service would keep out. */
    keptOut?: string;
    readonly asked: string[] = [];
    private readonly server = http.createServer((request, response) => {
        this.asked.push(request.url!);
        response
            .writeHead(
                this.isSick() ? 500 : this.status,
                this.keptOut ? { [keptOutHeader]: this.keptOut } : {},
            )
            .end();
    });

    async listen(): Promise<string> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `http://localhost:${(this.server.address() as AddressInfo).port}`;
    }

    close(): void {
        this.server.close();
    }
}

describe("npm run promote", () => {
    const sandbox = new Sandbox();
    const app = new App();
    const promoteCommand = ["exec", "node", "engine/run.js", "delivery/promote.ts"];
    let env: NodeJS.ProcessEnv;

    beforeAll(async () => {
        const address = await app.listen();
        env = { ...process.env, LOCAL_AZURE_ENGINE: "none" };
        for (const stack of ["DEV", "TEST", "PROD"]) env[`WEB_APP_ADDRESS_${stack}`] = address;
        sandbox.set({
            image: image("1"),
            port: "9000",
            // Soon over, so that a failure shows soon.
            startTimeLimitSeconds: "10",
            appSettings: { LOG_LEVEL: "info", OWN: "of dev" },
        });
        sandbox.set({ appSettings: { OWN: "of test" } }, "test");
        sandbox.edit("delivery/promotion.yaml", "appSettings: []", "appSettings: [LOG_LEVEL]");
        const text = file("test").replace("config:\n", "# The test environment.\nconfig:\n");
        fs.writeFileSync(path.join(sandbox.root, "Pulumi.test.yaml"), text);
    });
    beforeEach(() => {
        app.status = 200;
        app.keptOut = undefined;
        app.isSick = () => false;
        app.asked.length = 0;
    });
    afterAll(() => {
        app.close();
        sandbox.remove();
    });

    const file = (stack: string) =>
        fs.readFileSync(path.join(sandbox.root, `Pulumi.${stack}.yaml`), "utf8");
    const copies = () =>
        fs.readdirSync(sandbox.root).filter((name) => name.endsWith(".before-promotion"));
    const promote = (from: string, to: string, ...more: string[]) =>
        sandbox.local(
            [...promoteCommand, "--from", from, "--to", to, "--settle", "1", ...more],
            env,
        );
    const deployed = async (stack: string) => {
        const resources = await sandbox.state(stack);
        const site = resources.find(({ type }) => type === "azure-native:web:WebApp");
        const { linuxFxVersion, appSettings } = site!.inputs.siteConfig;
        const values = (appSettings as { name: string; value: string }[]).map(({ name, value }) => [
            name,
            value,
        ]);
        return { image: imageOf(linuxFxVersion), settings: Object.fromEntries(values) };
    };
    /** What a plain `up` says, which must have nothing to do. */
    const expectUpToDate = async (stack: string) => {
        const { code, output } = await sandbox.pulumi(
            ["up", "--yes", "--skip-preview", "--expect-no-changes"],
            { stack },
        );
        expect(output).toMatch(/\d+ unchanged/);
        expect(code).toBe(0);
    };
    /** Expects a refusal that leaves everything as it was. */
    const expectRefusal = async (words: string, from: string, to: string, ...more: string[]) => {
        const before = file(to);
        const { code, output } = await promote(from, to, "--yes", ...more);
        expect(output).toContain(words);
        expect(output).not.toContain("    at ");
        expect(code).toBe(1);
        expect(file(to)).toBe(before);
        expect(copies()).toEqual([]);
        return output;
    };

    it("fails from a stack that has nothing", async () => {
        await expectRefusal('The stack "dev" has no web app', "dev", "test");
    });

    it("brings image and marked settings to the next environment, and a plain up agrees", async () => {
        expect((await sandbox.up()).code).toBe(0);
        const { code, output } = await promote("dev", "test", "--yes");
        expect(output).toContain(`image: none -> ${image("1")}`);
        expect(output).toMatch(/\d+ to create/);
        expect(output).toContain("/healthz, 10 seconds at most");
        expect(output).toContain('Promoted: "test" has what "dev" has.');
        expect(code).toBe(0);
        expect(app.asked.every((path) => path === "/healthz")).toBe(true);
        const { image: running, settings } = await deployed("test");
        expect(running).toBe(image("1"));
        expect(settings).toMatchObject({
            WEBSITES_PORT: "9000",
            LOG_LEVEL: "info",
            OWN: "of test",
        });
        expect(file("test")).toMatch(/^# The test environment\.\nconfig:\n/);
        expect(copies()).toEqual([]);
        await expectUpToDate("test");
    });

    it("fails where an environment is left out, unless that is said", async () => {
        await expectRefusal('"test" comes between "dev" and "prod"', "dev", "prod");
        const { code, output } = await promote("dev", "qa");
        expect(output).toBe(
            '--to "qa" is no environment; delivery/promotion.yaml names dev, test, prod.\n',
        );
        expect(code).toBe(1);
    });

    it("leaves a first promotion that fails in place, and the next one goes on from there", async () => {
        app.status = 503;
        const { code, output } = await promote("test", "prod", "--yes");
        expect(output).toContain('The promotion to "prod" failed');
        expect(output).toContain("the last answer was 503");
        expect(output).toContain("nothing before to go back to");
        expect(code).toBe(1);
        expect(file("prod")).toContain(image("1"));
        expect((await deployed("prod")).image).toBe(image("1"));
        expect(copies()).toEqual([]);
        app.status = 200;
        const again = await promote("test", "prod", "--yes");
        expect(again.output).toMatch(/\d+ unchanged/);
        expect(again.code).toBe(0);
        await expectUpToDate("prod");
    });

    it("rolls back to the image and settings from before where the app is not well", async () => {
        sandbox.set({ image: image("2"), port: "9001" });
        expect((await sandbox.up()).code).toBe(0);
        const before = file("test");
        app.isSick = () => file("test").includes(image("2"));
        const { code, output } = await promote("dev", "test", "--yes");
        expect(output).toContain(`image: ${image("1")} -> ${image("2")}`);
        expect(output).toContain("the last answer was 500");
        expect(output).toContain("has the image and settings from before again");
        expect(output).not.toContain("not well like that either");
        expect(code).toBe(1);
        expect(file("test")).toBe(before);
        expect(copies()).toEqual([]);
        const { image: running, settings } = await deployed("test");
        expect([running, settings.WEBSITES_PORT]).toEqual([image("1"), "9000"]);
        await expectUpToDate("test");
    });

    it("rolls back to what was deployed, though the file says something else", async () => {
        sandbox.set({ image: image("9") }, "test");
        const before = file("test");
        app.status = 500;
        const { code, output } = await promote("dev", "test", "--yes");
        expect(output).toContain("But it is not well like that either");
        expect(code).toBe(1);
        expect((await deployed("test")).image).toBe(image("1"));
        expect(file("test")).toBe(before);
        sandbox.set({ image: image("1") }, "test");
    });

    it("rolls back where the up itself fails", async () => {
        const before = file("test");
        await sandbox.local(["fault", "busy", "--on", "Microsoft.Web/sites"]);
        const { code, output } = await promote("dev", "test", "--yes");
        expect(output).toMatch(/The promotion to "test" failed: its "pulumi up" ended with/);
        expect(output).toContain("has the image and settings from before again");
        expect(code).toBe(1);
        expect(file("test")).toBe(before);
        await expectUpToDate("test");
    });

    it("fails before anything is changed where nobody agrees, or a policy does not", async () => {
        const before = file("test");
        const { code, output } = await promote("dev", "test");
        expect(output).toContain("Say so with --yes");
        expect(output).toContain("Nothing was promoted, and Pulumi.test.yaml is as it was.");
        expect(code).toBe(1);
        expect(file("test")).toBe(before);
        sandbox.set({ sku: "B1" }, "test");
        const refused = await promote("dev", "test", "--yes");
        expect(refused.output).toContain('sku.name is "B1"; allowed: B2.');
        expect(refused.output).toContain("Nothing was promoted");
        expect(refused.code).not.toBe(0);
        sandbox.set({ sku: undefined }, "test");
        expect((await deployed("test")).image).toBe(image("1"));
    });

    it("fails before anything is changed where the app keeps out whoever promotes", async () => {
        [app.status, app.keptOut] = [403, "192.0.2.7"];
        await expectRefusal("keeps 192.0.2.7 out", "dev", "test");
        expect((await deployed("test")).image).toBe(image("1"));
    });

    it("fails from a stack that has drifted", async () => {
        for (const [changed, before] of [
            ["httpsOnly=false", "httpsOnly=true"],
            ["appSettings.OWN=other", "appSettings.OWN=of dev"],
        ]) {
            await sandbox.local(["az", "example-model-dev-app", "set", changed!]);
            const output = await expectRefusal("from a stack that has drifted", "dev", "test");
            expect(output).toContain("became");
            await sandbox.local(["az", "example-model-dev-app", "set", before!]);
        }
    });

    it("fails from a stack whose last run failed", async () => {
        sandbox.set({ port: "9002" });
        await sandbox.local(["fault", "busy", "--on", "Microsoft.Web/sites"]);
        expect((await sandbox.up()).code).not.toBe(0);
        await expectRefusal("did not succeed (update failed)", "dev", "test");
        expect((await sandbox.up()).code).toBe(0);
    });

    /** Starts a promotion and waits until it asks for the app's health. */
    const waiting = async () => {
        app.status = 503;
        const args = [...promoteCommand, "--from", "dev", "--to", "test", "--yes"];
        const child = spawn(process.execPath, ["engine/run.js", "local/main.ts", ...args], {
            cwd: sandbox.root,
            env,
            // A process group of its own, as a terminal gives to each command.
            detached: true,
        });
        let output = "";
        child.stdout.on("data", (data) => (output += data));
        child.stderr.on("data", (data) => (output += data));
        const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
        while (!app.asked.includes("/healthz") && child.exitCode === null) {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return {
            /** Sends a signal to all processes. @returns The exit code and what was printed. */
            end: async (signal: NodeJS.Signals) => {
                process.kill(-child.pid!, signal);
                return { code: await ended, output };
            },
        };
    };

    it("puts the file back on Ctrl-C, and says how to take the change back", async () => {
        const before = file("test");
        const { end } = await waiting();
        const { code, output } = await end("SIGINT");
        expect(output).toContain("Interrupted. Pulumi.test.yaml is as it was");
        expect(output).toContain("npm run up -- --stack test");
        expect(code).toBe(130);
        expect(file("test")).toBe(before);
        expect(copies()).toEqual([]);
        expect((await sandbox.up({ stack: "test" })).code).toBe(0);
        expect((await deployed("test")).image).toBe(image("1"));
    });

    it("says after a kill what to do, which then works", async () => {
        const before = file("test");
        const { end } = await waiting();
        await end("SIGKILL");
        const { code, output } = await promote("dev", "test", "--yes");
        expect(output).toContain("was cut off");
        expect(output).toContain("mv Pulumi.test.yaml.before-promotion Pulumi.test.yaml");
        expect(code).toBe(1);
        const from = path.join(sandbox.root, "Pulumi.test.yaml.before-promotion");
        fs.renameSync(from, path.join(sandbox.root, "Pulumi.test.yaml"));
        expect(file("test")).toBe(before);
        expect((await sandbox.up({ stack: "test" })).code).toBe(0);
        app.status = 200;
        expect((await promote("dev", "test", "--yes")).code).toBe(0);
        expect((await deployed("test")).image).toBe(image("2"));
    });

    it("goes past an environment, where that is said, and from a file that another job wrote", async () => {
        const promote = [...promoteCommand, "--from", "dev"];
        const written = await sandbox.local([...promote, "--write", "dev.json"], env);
        expect(written.code).toBe(0);
        // Nothing is asked of dev any more, or this would be refused.
        await sandbox.local(["az", "example-model-dev-app", "set", "httpsOnly=false"]);
        const rest = ["--to", "prod", "--skip", "test", "--yes", "--settle", "0"];
        const { code } = await sandbox.local([...promote, ...rest, "--read", "dev.json"], env);
        expect(code).toBe(0);
        expect((await deployed("prod")).image).toBe(image("2"));
        await expectUpToDate("prod");
    });
});

const wanted = process.env[optOut] === "off" ? describe.skip : describe;

wanted("npm run promote, with a tag and stacks as they are on Azure", () => {
    const sandbox = new Sandbox();
    const app = new App();
    const folder = temporaryFolder();
    const registries: Registry[] = [];
    afterAll(async () => {
        app.close();
        await Promise.all(registries.map((registry) => registry.stop()));
        sandbox.remove();
    });

    it("asks the private registry for the digest, with the stack's own secret", async () => {
        const open = await Registry.start(folder);
        registries.push(open);
        const pushed = await open.push("example/api", "1.0");
        const { host } = await Registry.start(folder, passwordFile(folder)).then((registry) => {
            registries.push(registry);
            return registry;
        });
        for (const stack of ["dev", "test"]) {
            const config = path.join(sandbox.root, "policies", `config.${stack}.json`);
            const policies = JSON.parse(fs.readFileSync(config, "utf8"));
            policies["container-registry-allow-list"] = "disabled";
            fs.writeFileSync(config, JSON.stringify(policies));
        }
        sandbox.set({ image: `${host}/example/api:1.0`, registryUsername: user.username });
        const stacks = await PlainStacks.make(sandbox, "dev", "test");
        const secret = ["config", "set", "--secret", "registryPassword", user.password];
        expect((await stacks.pulumi(...secret, "--stack", "dev")).code).toBe(0);
        expect((await stacks.up("dev")).code).toBe(0);

        const address = await app.listen();
        const args = ["--from", "dev", "--to", "test", "--yes", "--settle", "0"];
        const { code, output } = await stacks.command("delivery/promote.ts", [
            ...[...args, "--address", address],
        ]);
        expect(output).toContain(`${host}/example/api:1.0 is ${host}/example/api@${pushed}`);
        expect(output).not.toContain(user.password);
        expect(code).toBe(0);
        expect(stacks.file("test")).toContain(`image: ${host}/example/api@${pushed}\n`);
        expect(stacks.file("test")).not.toContain("registry");
        const up = await stacks.pulumi(
            ...["up", "--stack", "test", "--yes", "--skip-preview", "--expect-no-changes"],
        );
        expect(up.code).toBe(0);
    });
});
