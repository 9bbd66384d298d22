/**
 * The web app's container on a real engine, from `npm run local` to `destroy`.
 * Cannot show that App Service would start it too, nor how a large model behaves; and only the engine that
 * this machine has was asked.
 */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ContainersFolder } from "../../local/containers/folder";
import { localFolders } from "../../local/environment";
import { get, until } from "../support/fakeEngine";
import { neighbours } from "../support/neighbours";
import { Sandbox } from "../support/sandbox";
import { buildTestImage, optOut, type TestImage } from "../support/testImage";

const wanted = process.env[optOut] === "off" ? describe.skip : describe;

wanted("the web app's container", () => {
    const sandbox = new Sandbox();
    const { root } = localFolders(sandbox.root);
    let image: TestImage;
    let dev: number;
    let env: NodeJS.ProcessEnv;

    beforeAll(async () => {
        image = buildTestImage();
        dev = await neighbours();
        env = { ...process.env, LOCAL_AZURE_ENGINE: image.engine, LOCAL_AZURE_PORT: String(dev) };
        for (const stack of ["dev", "test"]) allowTestImages(stack);
        sandbox.set({ image: image.name, appSettings: { GREETING: "world" } });
        sandbox.set({ image: image.name, appSettings: { GREETING: "test" } }, "test");
    });
    afterAll(async () => {
        await sandbox.local(["reset"], env);
        sandbox.remove();
        image?.remove();
    });

    /** Has the policies let images pass that no registry has. */
    function allowTestImages(stack: string): void {
        const file = path.join(sandbox.root, "policies", `config.${stack}.json`);
        const config = JSON.parse(fs.readFileSync(file, "utf8"));
        config["container-registry-allow-list"] = "disabled";
        config["container-image-pinned"] = "disabled";
        fs.writeFileSync(file, JSON.stringify(config));
    }

    const engine = (...args: string[]) => execFileSync(image.engine, args).toString().trim();
    /** Ids of the containers of this sandbox that run. */
    const running = () =>
        engine("ps", "--quiet", "--filter", `label=azure-webapp-stack.local=${root}/containers`)
            .split("\n")
            .filter(Boolean);
    const answers = (port: number, body: string) =>
        until(async () => (await get(port)).body === body);
    /** What an up says of a port: a slow machine may still be starting the container. */
    const here = (port: number) =>
        new RegExp(`Here: http://localhost:${port} \\((running|starting)`);
    const condition = () =>
        new ContainersFolder(root).sites.find(({ stack }) => stack === "dev")?.condition;

    it("answers on the stack's port after an up, which says where", async () => {
        const { code, output } = await sandbox.local([], env);
        expect(output).toContain("On Azure: https://example-model-dev-app.azurewebsites.net");
        expect(output).toMatch(here(dev));
        expect(code).toBe(0);
        await answers(dev, "hello world\n");
        await until(() => condition()?.state === "running");
        expect((await get(dev, "/nothing")).status).toBe(404);
    });

    it("has the memory of the plan, and no value of a setting on any command line", () => {
        const [id] = running();
        expect(engine("inspect", "--format", "{{.HostConfig.Memory}}", id!)).toBe(
            String(3.5 * 2 ** 30),
        );
        const commands = execFileSync("ps", ["-eo", "args"]).toString();
        expect(commands).toContain("--env GREETING");
        expect(commands).not.toMatch(/GREETING=|--env world/);
    });

    it("shows by logs what it prints, and what the platform does", async () => {
        const { output } = await sandbox.local(["logs"], env);
        expect(output).toContain("listening on 8080 as example-model-dev-app");
        expect(output).toContain("initialized successfully and is ready to serve requests.");
    });

    it("is started anew by a changed setting", async () => {
        sandbox.set({ appSettings: { GREETING: "again" } });
        const { output } = await sandbox.local([], env);
        expect(output).toMatch(here(dev));
        await answers(dev, "hello again\n");
    });

    it("answers beside that of another stack, on a port of its own", async () => {
        const { output } = await sandbox.local(["--stack", "test"], env);
        expect(output).toMatch(here(dev + 1));
        await answers(dev + 1, "hello test\n");
        expect((await get(dev)).body).toBe("hello again\n");
    });

    it("comes back after a crash, which logs --follow shows as it happens", async () => {
        const before = running();
        const follow = ["engine/run.js", "local/main.ts", "logs", "--follow"];
        const following = spawn(process.execPath, follow, { cwd: sandbox.root, env });
        let shown = "";
        following.stdout.on("data", (data) => (shown += String(data)));
        await until(() => shown.includes("listening on 8080"));
        expect(shown).not.toContain("has exited");
        engine("kill", ...before);
        await until(() => /Container \S+ for site \S+ has exited with code 137/.test(shown));
        following.kill();
        await until(() => running().every((id) => !before.includes(id)) && running().length === 2);
        await answers(dev, "hello again\n");
    });

    it("comes back, once, after the supervisor was killed", async () => {
        const killed = new ContainersFolder(root).supervisor!;
        process.kill(killed, "SIGKILL");
        const before = running();
        await until(() => new ContainersFolder(root).supervisor === undefined);
        expect((await get(dev)).status).toBe(0);
        await sandbox.local(["exec", "true"], env);
        await answers(dev, "hello again\n");
        await answers(dev + 1, "hello test\n");
        expect(running()).toHaveLength(2);
        expect(running().some((id) => before.includes(id))).toBe(false);
    });

    it("keeps answering where the next image cannot be had, and the up succeeds", async () => {
        sandbox.set({ image: "registry.invalid/nobody/nothing:1.0" });
        const { code, output } = await sandbox.local([], env);
        expect(output).toMatch(/Here: http:\/\/localhost:\d+ \((starting|not started)/);
        expect(code).toBe(0);
        await until(() => condition()?.state === "not started");
        expect(condition()!.reason).toContain("registry.invalid");
        expect(condition()!.remedy).toContain("build the image");
        expect((await get(dev)).body).toBe("hello again\n");
    });

    it("is started anew by another image, once that can be had", async () => {
        engine("tag", image.name, `${image.name}-2`);
        sandbox.set({ image: `${image.name}-2`, appSettings: { GREETING: "another image" } });
        const { output } = await sandbox.local([], env);
        expect(output).toMatch(here(dev));
        await answers(dev, "hello another image\n");
        expect(engine("ps", "--format", "{{.Image}}")).toContain(`${image.name}-2`);
    });

    it("ends with its stack, and only with its own", async () => {
        const { code, output } = await sandbox.local(["destroy"], env);
        expect(output).toContain(`has ended; port ${dev} is free.`);
        expect(code).toBe(0);
        expect((await get(dev)).status).toBe(0);
        expect((await get(dev + 1)).body).toBe("hello test\n");
        expect(running()).toHaveLength(1);
    });

    it("leaves no process behind when the last stack is gone", async () => {
        await sandbox.local(["--stack", "test", "destroy"], env);
        expect(running()).toEqual([]);
        const { code, output } = await sandbox.local(["logs"], env);
        expect(output).toContain('The stack "dev" has no web app here.');
        expect(code).toBe(1);
        await until(() => new ContainersFolder(root).supervisor === undefined);
    });

    it("is shown as not started where there is no engine, and the up succeeds", async () => {
        sandbox.set({ image: image.name });
        // What a supervisor leaves when the machine goes down, and then gives its number to another process.
        const { lockFile } = new ContainersFolder(root);
        fs.writeFileSync(lockFile, String(process.pid));
        fs.utimesSync(lockFile, 0, 0);
        const without = { ...env, LOCAL_AZURE_ENGINE: "no-such-engine" };
        const { code, output } = await sandbox.local([], without);
        expect(output).toContain(
            'not started: the command "no-such-engine" was not found; install Docker or Podman',
        );
        expect(code).toBe(0);
        const { status, body } = await get(dev);
        expect(status).toBe(503);
        expect(body).toContain("no-such-engine");
    });

    it("moves with another engine and port by the next up, without a reset", async () => {
        const other = await neighbours();
        const { code, output } = await sandbox.local([], {
            ...env,
            LOCAL_AZURE_PORT: String(other),
        });
        expect(output).toMatch(here(other));
        expect(code).toBe(0);
        await until(async () => (await get(other)).status === 200);
        expect((await get(dev)).status).toBe(0);
    });

    it("comes back by a command that only looks, after the supervisor was killed", async () => {
        process.kill(new ContainersFolder(root).supervisor!, "SIGKILL");
        await until(() => new ContainersFolder(root).supervisor === undefined);
        await sandbox.local(["show"], env);
        await until(async () => (await get(dev)).status === 200);
        expect(running()).toHaveLength(1);
    });

    it("is gone, with everything else, after a reset", async () => {
        await sandbox.local(["reset"], env);
        expect((await get(dev)).status).toBe(0);
        expect(running()).toEqual([]);
    });
});
