/** Docker or Podman on this machine, as far as running a web app's container needs it. */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { Registry } from "./desired";

/** Why something is not there, and what to do about it. */
export interface Problem {
    readonly reason: string;
    readonly remedy: string;
}

export interface ContainerRequest {
    /** Name of the container; free again after it has ended. */
    readonly name: string;
    readonly image: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Ports of the container, and those of this machine's loopback that lead to them. */
    readonly ports: readonly { readonly container: number; readonly host: number }[];
    readonly memoryMib?: number;
    /** Gets each line that the container prints, and what the engine says about it. */
    readonly output: (line: string) => void;
}

/** How a container ended. */
export interface Exit {
    readonly code: number;
    /** What the engine says if it could not even start it. */
    readonly problem?: string;
}

export interface Container {
    readonly exited: Promise<Exit>;
    /** Asks it to end, and ends it after some seconds. */
    stop(graceSeconds: number): Promise<void>;
}

/** What runs containers. */
export interface ContainerEngine {
    readonly name: string;
    hasImage(image: string): Promise<boolean>;
    /** Fetches an image; throws what the engine says if it cannot. */
    pull(image: string, registry: Registry | undefined, signal: AbortSignal): Promise<void>;
    run(request: ContainerRequest): Container;
    /** Ends containers that a supervisor of the same folder left behind when it was killed. */
    removeLeftovers(): Promise<void>;
}

/** Variable that names the engine to use, or `none`. @default docker if it answers, else podman */
export const engineVariable = "LOCAL_AZURE_ENGINE";

/** Longest wait for an engine to say whether it is there, in milliseconds. */
const detectionLimit = 10_000;

/** Finds an engine that answers, or says what is missing. */
export async function findEngine(
    folder: string,
    env: NodeJS.ProcessEnv = process.env,
): Promise<ContainerEngine | Problem> {
    const wanted = env[engineVariable];
    if (wanted === "none") {
        return { reason: `${engineVariable} is "none"`, remedy: "unset it" };
    }
    const found: string[] = [];
    for (const command of wanted ? [wanted] : ["docker", "podman"]) {
        // "docker" may be podman under another name; podman understands what it is asked here, too.
        const version = await ask(command, ["--version"], env);
        if (version === undefined) continue;
        const answers = await ask(command, ["info"], env);
        const podman = /podman/i.test(version);
        if (answers !== undefined) return new CommandLine(command, podman, folder, env);
        found.push(command);
    }
    if (found.length > 0) {
        const [command] = found;
        return {
            reason: `${found.join(" and ")} ${found.length > 1 ? "do" : "does"} not answer`,
            remedy: `start it, until "${command} info" shows a server`,
        };
    }
    return {
        reason: wanted ? `the command "${wanted}" was not found` : "no container engine was found",
        remedy: "install Docker or Podman",
    };
}

/** What a command prints; undefined if it fails or is not there. */
function ask(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
    return new Promise((resolve) => {
        execFile(command, args, { env, timeout: detectionLimit }, (error, stdout) =>
            resolve(error ? undefined : stdout),
        );
    });
}

/** Arguments that a machine's restrictions ask for. */
interface Variant {
    /** Of the engine. */
    readonly global: readonly string[];
    /** Of a container. */
    readonly container: readonly string[];
    /** Whether the plan's memory limit can be kept. */
    readonly limitsMemory: boolean;
}

const plain: Variant = { global: [], container: [], limitsMemory: true };

/**
 * In a restricted virtual machine, root may neither raise limits nor, where both versions of cgroups are
 * mounted, use crun or systemd. Tried in this order when the one before is refused.
 */
const restricted: Variant = {
    global: ["--runtime", "runc", "--cgroup-manager", "cgroupfs"],
    container: ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"],
    limitsMemory: true,
};
const podmanVariants: readonly Variant[] = [
    plain,
    { ...plain, container: restricted.container },
    restricted,
    // Last: without root, version 1 of cgroups limits nothing.
    { ...plain, limitsMemory: false },
    { ...restricted, limitsMemory: false },
];

/** How an engine's own lines begin, not a container's; an app may begin its lines so, too. */
const ownLine = /^(Error|docker): |^time="|^(WARN|ERRO)\[/;

/** Milliseconds after which an engine has refused a container, if it does. */
const refusalLimit = 5000;

/** What engines say when a machine does not allow what was asked. */
const refusal = /rlimit|ulimit|cgroup|OCI (runtime|permission)|operation not permitted/i;

/** Names that change what the engine's own command does, so that they cannot be in its environment. */
const readByEngine = /^(PATH|HOME|USER|TMPDIR|(DOCKER|PODMAN|CONTAINERS?|BUILDAH|XDG|LD|DBUS)_.*)$/;

class CommandLine implements ContainerEngine {
    private variant = 0;
    /** Whether a log says what containers run with here. */
    private told = false;
    private readonly variants: readonly Variant[];
    private readonly label: string;

    constructor(
        private readonly command: string,
        private readonly podman: boolean,
        private readonly folder: string,
        private readonly env: NodeJS.ProcessEnv,
    ) {
        this.variants = podman ? podmanVariants : [plain];
        this.label = `azure-webapp-stack.local=${folder}`;
    }

    get name(): string {
        return path.basename(this.command);
    }

    async hasImage(image: string): Promise<boolean> {
        return (await ask(this.command, ["image", "inspect", image], this.env)) !== undefined;
    }

    async pull(image: string, registry: Registry | undefined, signal: AbortSignal): Promise<void> {
        const signIn = registry && (await this.signIn(registry));
        const args = signIn
            ? this.podman
                ? ["pull", "--quiet", "--authfile", signIn.file, image]
                : ["--config", signIn.folder, "pull", "--quiet", image]
            : ["pull", "--quiet", image];
        try {
            await this.execute(args, { ...this.env, ...signIn?.env }, signal);
        } finally {
            signIn?.remove();
        }
    }

    /**
     * A file with the registry's password, for the time of one pull. Not by "login": on a laptop that would
     * put it into the user's own store of passwords.
     */
    private async signIn({ server, username, password }: Registry) {
        const folder = fs.mkdtempSync(path.join(this.folder, "sign-in-"));
        const file = path.join(folder, "config.json");
        const auth = Buffer.from(`${username}:${password}`).toString("base64");
        // Docker looks Docker Hub up under its old address, Podman under its short name.
        const hub = /^index\.docker\.io/.test(server);
        const names = hub ? ["https://index.docker.io/v1/", "docker.io"] : [server];
        const auths = Object.fromEntries(names.map((name) => [name, { auth }]));
        fs.writeFileSync(file, JSON.stringify({ auths }), { mode: 0o600 });
        // Another configuration has no contexts, and Docker Desktop's engine is known by one.
        const format = "{{.Endpoints.docker.Host}}";
        const host = this.podman
            ? undefined
            : await ask(this.command, ["context", "inspect", "--format", format], this.env);
        return {
            folder,
            file,
            env: host?.trim() ? { DOCKER_HOST: host.trim() } : {},
            remove: () => fs.rmSync(folder, { recursive: true, force: true }),
        };
    }

    run(request: ContainerRequest): Container {
        let stopped = false;
        const attempt = async (): Promise<Exit> => {
            const used = this.variant;
            const variant = this.variants[used]!;
            // What an engine says when it refuses would look like a failure, though the next attempt works.
            let held: string[] | undefined = [];
            const settle = (runs: boolean) => {
                if (held && runs) this.tell(variant, request.output);
                for (const line of held ?? []) request.output(line);
                held = undefined;
            };
            const output = (line: string) => {
                if (held && ownLine.test(line)) {
                    held.push(line);
                    return;
                }
                settle(true);
                request.output(line);
            };
            const timer = setTimeout(() => settle(true), refusalLimit);
            const exit = await this.start({ ...request, output }, variant);
            clearTimeout(timer);
            const { problem } = exit;
            const another = used + 1 < this.variants.length;
            if (stopped || !another || !problem || !refusal.test(problem)) {
                settle(problem === undefined);
                return exit;
            }
            this.variant = Math.max(this.variant, used + 1);
            return attempt();
        };
        const exited = attempt();
        return {
            exited,
            stop: async (graceSeconds) => {
                stopped = true;
                const stop = () =>
                    ask(
                        this.command,
                        [...this.global(), "stop", "-t", String(graceSeconds), request.name],
                        this.env,
                    );
                // One that is just being made cannot be stopped yet.
                const ended = exited.then(() => true);
                while ((await stop()) === undefined) {
                    const pause = new Promise<false>((resolve) =>
                        setTimeout(() => resolve(false), 100),
                    );
                    if (await Promise.race([ended, pause])) return;
                }
                await exited;
            },
        };
    }

    async removeLeftovers(): Promise<void> {
        const list = ["ps", "--all", "--quiet", "--filter", `label=${this.label}`];
        const ids = (await ask(this.command, [...this.global(), ...list], this.env)) ?? "";
        const left = ids.split(/\s+/).filter(Boolean);
        if (left.length > 0) {
            // "rm --force" alone would wait for those that ignore the signal to end.
            await ask(this.command, [...this.global(), "kill", ...left], this.env);
            await ask(this.command, [...this.global(), "rm", "--force", ...left], this.env);
        }
        for (const entry of fs.readdirSync(this.folder)) {
            if (!entry.startsWith("sign-in-")) continue;
            fs.rmSync(path.join(this.folder, entry), { recursive: true, force: true });
        }
    }

    /** Says once what this machine's restrictions ask for. */
    private tell(variant: Variant, output: (line: string) => void): void {
        if (this.told || variant === plain) return;
        this.told = true;
        const more = [...variant.global, ...variant.container].join(" ");
        const how = [
            ...(more ? [`with ${more}`] : []),
            ...(variant.limitsMemory ? [] : ["without the plan's memory limit"]),
        ];
        output(`INFO  - ${this.name} can run containers here only ${how.join(" and ")}`);
    }

    private global(): readonly string[] {
        return this.variants[this.variant]!.global;
    }

    /** Runs a container in the foreground: our child ends when it does, and prints what it prints. */
    private async start(request: ContainerRequest, variant: Variant): Promise<Exit> {
        const impossible = Object.entries(request.environment).find(([, value]) =>
            value.includes("\0"),
        );
        if (impossible) {
            return { code: 125, problem: `the app setting ${impossible[0]} holds a zero byte` };
        }
        const { passed, written } = split(request.environment);
        const file = written ? this.unlinkedFile(written) : undefined;
        const child = spawn(
            this.command,
            [
                ...variant.global,
                ...["run", "--rm", "--name", request.name, "--label", this.label],
                ...variant.container,
                ...request.ports.flatMap(({ container, host }) => [
                    "--publish",
                    `127.0.0.1:${host}:${container}`,
                ]),
                ...(request.memoryMib && variant.limitsMemory
                    ? ["--memory", `${request.memoryMib}m`]
                    : []),
                // Names only: a command line can be read by everybody on the machine.
                ...Object.keys(passed).flatMap((name) => ["--env", name]),
                ...(file === undefined ? [] : ["--env-file", "/dev/stdin"]),
                request.image,
            ],
            { env: { ...this.env, ...passed }, stdio: [file ?? "ignore", "pipe", "pipe"] },
        );
        if (file !== undefined) fs.closeSync(file);
        let complaint: string | undefined;
        createInterface(child.stdout!).on("line", (line) => request.output(line));
        createInterface(child.stderr!).on("line", (line) => {
            request.output(line);
            if (/^(Error|docker): /.test(line)) complaint = line.replace(/^(Error|docker): /, "");
        });
        return new Promise((resolve) => {
            child.on("error", ({ message }) => resolve({ code: 125, problem: message }));
            child.on("close", (code) => {
                // 125 to 127: the engine's own codes, for what it could not start.
                const own = code !== null && code >= 125 && code <= 127;
                resolve({ code: code ?? 1, problem: own ? complaint : undefined });
            });
        });
    }

    /** An open file without a name, so that nobody else can read it and nothing of it stays. */
    private unlinkedFile(text: string): number {
        const file = path.join(this.folder, `variables-${randomBytes(8).toString("hex")}`);
        const opened = fs.openSync(file, "wx+", 0o600);
        fs.rmSync(file);
        fs.writeSync(opened, text, 0); // At a position: whoever inherits the file reads from its start.
        return opened;
    }

    private execute(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
        return new Promise((resolve, reject) => {
            execFile(this.command, args, { env, signal }, (error, _, stderr) => {
                if (error) reject(new Error(stderr.trim().split("\n").at(-1) || error.message));
                else resolve();
            });
        });
    }
}

/** Variables that the command takes over from its own environment, and those that it must read. */
function split(environment: Readonly<Record<string, string>>) {
    const passed: Record<string, string> = {};
    const lines: string[] = [];
    for (const [name, value] of Object.entries(environment)) {
        // A file of variables cannot hold a line break: what has one is left to the command's environment.
        if (!readByEngine.test(name) || value.includes("\n")) passed[name] = value;
        else lines.push(`${name}=${value}\n`);
    }
    return { passed, written: lines.join("") };
}

/** What an engine's complaint about an image means for the person in front of it. */
export function pullProblem(image: string, complaint: string): Problem {
    // Nobody can build an image that has a given digest.
    const digest = image.includes("@");
    if (/unauthorized|denied|authentication|forbidden/i.test(complaint)) {
        return {
            reason: `the registry does not hand out ${image}: it does not exist, or it is private`,
            remedy: "check the setting image; for a private one set registryUsername and registryPassword",
        };
    }
    if (/manifest unknown|not found|name unknown/i.test(complaint)) {
        return {
            reason: `there is no image ${image}`,
            remedy: digest
                ? "check name and digest in the setting image"
                : "check the setting image, or build it under this name on this machine",
        };
    }
    if (/no such host|dial|connect|timeout|lookup|EOF|TLS/i.test(complaint)) {
        return {
            reason: `the registry of ${image} cannot be reached`,
            remedy: digest
                ? "check the connection and the name in the setting image"
                : "check the connection, or build the image under this name on this machine",
        };
    }
    return {
        reason: `${image} cannot be pulled: ${complaint}`,
        remedy: "check the setting image",
    };
}
