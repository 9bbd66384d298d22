/**
 * What Docker and Podman are told, with a program in their place that writes down what it was given.
 * Does not show that the real ones understand it: test/engine/containers.test.ts asks one of them.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import {
    findEngine,
    type ContainerEngine,
    type ContainerRequest,
} from "../../local/containers/engine";
import { temporaryFolder } from "../support/temporaryFolder";

/** Writes its call to a file, and behaves as the file "behaviour.js" beside it says. */
const standIn = `#!${process.execPath}
const fs = require("node:fs");
const path = require("node:path");
const args = process.argv.slice(2);
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined);
const after = (flag) => args[args.indexOf(flag) + 1];
const signIn = args.includes("--authfile") ? after("--authfile")
    : args.includes("--config") ? path.join(after("--config"), "config.json") : undefined;
const call = {
    args,
    env: process.env,
    variables: args.includes("--env-file") ? read(after("--env-file")) : undefined,
    signIn: signIn && read(signIn),
    mode: signIn && fs.statSync(signIn).mode & 0o777,
};
fs.appendFileSync(path.join(__dirname, "calls"), JSON.stringify(call) + "\\n");
require("./behaviour.js")(args, path.basename(__filename));
`;

interface Call {
    readonly args: string[];
    readonly env: Record<string, string>;
    readonly variables?: string;
    readonly signIn?: string;
    readonly mode?: number;
}

const base = temporaryFolder();
let count = 0;

describe.each(["docker", "podman"])("%s", (command) => {
    let folder: string;
    let bin: string;
    let engine: ContainerEngine;

    /** Has the engine do this when it is called, after it has said what it is. */
    async function behave(code: string): Promise<void> {
        folder = path.join(base, String(count++));
        bin = path.join(folder, "bin");
        fs.mkdirSync(bin, { recursive: true });
        fs.writeFileSync(path.join(bin, command), standIn, { mode: 0o755 });
        fs.writeFileSync(
            path.join(bin, "behaviour.js"),
            `module.exports = (args, name) => {
                if (args[0] === "--version") return console.log(name + " version 4.3.1");
                if (args[0] === "info") return;
                ${code}
            };`,
        );
        const found = await findEngine(folder, { PATH: bin });
        if (!("run" in found)) throw new Error(found.reason);
        engine = found;
    }
    const calls = (verb: string): Call[] =>
        fs
            .readFileSync(path.join(bin, "calls"), "utf8")
            .trim()
            .split("\n")
            .map((line): Call => JSON.parse(line))
            .filter(({ args }) => args.includes(verb));
    const lines: string[] = [];
    const request = (more: Partial<ContainerRequest> = {}): ContainerRequest => ({
        name: "shop_0",
        image: "ghcr.io/me/api:1.0",
        environment: {},
        ports: [{ container: 8080, host: 4321 }],
        memoryMib: 3584,
        output: (line) => lines.push(line),
        ...more,
    });
    beforeEach(() => lines.splice(0));

    it("runs a container with its port on the loopback, and the plan's memory", async () => {
        await behave(`console.log("out"); console.error("err");`);
        expect(await engine.run(request()).exited).toEqual({ code: 0, problem: undefined });
        const [{ args }] = calls("run") as [Call];
        expect(args).toEqual([
            ...["run", "--rm", "--name", "shop_0"],
            ...["--label", `azure-webapp-stack.local=${folder}`],
            ...["--publish", "127.0.0.1:4321:8080", "--memory", "3584m", "ghcr.io/me/api:1.0"],
        ]);
        expect(lines.sort()).toEqual(["err", "out"]);
    });

    it("gives settings by name, and their values where nobody else can read them", async () => {
        await behave("");
        const environment = { TOKEN: "secret", TEXT: "two\nlines", HOME: "/other", PATH: "/none" };
        await engine.run(request({ environment })).exited;
        const [{ args, env, variables }] = calls("run") as [Call];
        expect(args.join(" ")).toContain("--env TOKEN --env TEXT --env-file /dev/stdin");
        expect(args.join(" ")).not.toContain("secret");
        expect(env).toMatchObject({ TOKEN: "secret", TEXT: "two\nlines", PATH: bin });
        expect(variables).toBe("HOME=/other\nPATH=/none\n");
        expect(fs.readdirSync(folder)).toEqual(["bin"]);
    });

    it("fails on a value that no environment can hold, naming the setting alone", async () => {
        await behave("");
        const { problem } = await engine.run(request({ environment: { TOKEN: "sec\0ret" } }))
            .exited;
        expect(problem).toBe("the app setting TOKEN holds a zero byte");
    });

    it("tells an app that ended from an engine that could not start it", async () => {
        await behave(`console.error("Error: no such thing"); process.exit(125);`);
        const problem = "no such thing";
        expect(await engine.run(request()).exited).toEqual({ code: 125, problem });
        await behave(`console.error("Error: my own"); process.exit(3);`);
        expect(await engine.run(request()).exited).toEqual({ code: 3, problem: undefined });
    });

    it("signs in for one pull by a file that only we can read, and removes it", async () => {
        await behave(`if (args.includes("inspect")) console.log("unix:///run/desktop.sock");`);
        const registry = { server: "ghcr.io", username: "me", password: "secret" };
        await engine.pull("ghcr.io/me/api:1.0", registry, new AbortController().signal);
        const [{ args, env, signIn, mode }] = calls("pull") as [Call];
        const auth = Buffer.from("me:secret").toString("base64");
        expect(JSON.parse(signIn!)).toEqual({ auths: { "ghcr.io": { auth } } });
        expect(mode).toBe(0o600);
        expect(args.join(" ")).not.toContain("secret");
        expect(fs.readdirSync(folder)).toEqual(["bin"]);
        // Docker's own configuration, which knows where its engine is, is not read meanwhile.
        const host = command === "docker" ? "unix:///run/desktop.sock" : undefined;
        expect(env.DOCKER_HOST).toBe(host);
    });

    it("pulls a public image without signing in", async () => {
        await behave("");
        await engine.pull("ghcr.io/me/api:1.0", undefined, new AbortController().signal);
        const [{ args }] = calls("pull") as [Call];
        expect(args).toEqual(["pull", "--quiet", "ghcr.io/me/api:1.0"]);
    });

    it("fails on a pull with what the engine says last", async () => {
        await behave(`console.error("Trying\\nError: manifest unknown"); process.exit(125);`);
        const pull = engine.pull("ghcr.io/me/api:1.0", undefined, new AbortController().signal);
        await expect(pull).rejects.toThrow("Error: manifest unknown");
    });

    it("stops a container within its time, also one that is just being made", async () => {
        await behave(`
            const fs = require("node:fs");
            if (args.includes("run")) {
                const wait = () => (fs.existsSync(__dirname + "/stop") ? process.exit(137) : setTimeout(wait, 5));
                return wait();
            }
            const tries = fs.readFileSync(__dirname + "/calls", "utf8").split('"stop"').length - 1;
            if (tries < 2) process.exit(1);
            fs.writeFileSync(__dirname + "/stop", "");
        `);
        const container = engine.run(request());
        await container.stop(5);
        expect(await container.exited).toMatchObject({ code: 137 });
        expect(calls("stop").at(-1)!.args).toEqual(["stop", "-t", "5", "shop_0"]);
    });

    it("removes what a killed supervisor left, and nothing else", async () => {
        await behave(`if (args[0] === "ps") console.log("one\\ntwo");`);
        fs.mkdirSync(path.join(folder, "sign-in-old"));
        await engine.removeLeftovers();
        const [{ args }] = calls("ps") as [Call];
        expect(args).toContain(`label=azure-webapp-stack.local=${folder}`);
        expect(calls("rm")[0]!.args).toEqual(["rm", "--force", "one", "two"]);
        expect(fs.readdirSync(folder)).toEqual(["bin"]);
    });

    if (command === "docker") return;

    it("asks for less where the machine does not allow what was asked, and remembers it", async () => {
        await behave(`
            if (args.includes("--ulimit")) return;
            console.error("Error: runc: error setting rlimit type 7: operation not permitted");
            process.exit(126);
        `);
        expect(await engine.run(request()).exited).toMatchObject({ code: 0 });
        const tried = calls("run").length;
        expect(calls("run").at(-1)!.args).toEqual(
            expect.arrayContaining(["--ulimit", "nofile=1024:1024", "--memory", "3584m"]),
        );
        await engine.run(request()).exited;
        expect(calls("run")).toHaveLength(tried + 1);
        // What was refused meanwhile is nobody's trouble: the limit is kept.
        expect(lines).toEqual([
            "INFO  - podman can run containers here only with --ulimit nofile=1024:1024 --ulimit nproc=1024:1024",
        ]);
    });

    it("shows what it says where the last attempt is refused, too, and what an app says so", async () => {
        await behave(`console.error("Error: OCI runtime error"); process.exit(126);`);
        expect(await engine.run(request()).exited).toMatchObject({ problem: "OCI runtime error" });
        expect(lines.splice(0)).toEqual(["Error: OCI runtime error"]);
        await behave(`console.error("Error: my own cgroup"); process.exit(1);`);
        expect(await engine.run(request()).exited).toMatchObject({ code: 1 });
        expect(lines).toEqual(["Error: my own cgroup"]);
    });

    it("goes without the memory limit where only that is refused", async () => {
        await behave(`
            if (!args.includes("--memory")) return;
            console.error("Error: resource limits are not supported on cgroups V1 rootless");
            process.exit(125);
        `);
        expect(await engine.run(request()).exited).toMatchObject({ code: 0 });
        expect(calls("run").at(-1)!.args).not.toContain("--ulimit");
        expect(lines.join("\n")).toContain("without the plan's memory limit");
    });
});
