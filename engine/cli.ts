/** Finds the Pulumi CLI, or gets one: downloaded where that is possible, else built from its Go module. */
import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as readline from "node:readline";
import { promisify } from "node:util";
import * as semver from "semver";
import { cacheDirectory } from "./cache";
import { withLock } from "./lock";
import { UserError } from "./userError";

/** Oldest CLI that will do: `policy analyze --file` came with 3.249.0, which is the newest need. */
export const oldestVersion = "3.249.0";

/** Go module of the CLI; its version stands in cli/go.mod, its checksum in cli/go.sum. */
const goModule = "github.com/pulumi/pulumi/pkg/v3";
const goModuleDirectory = path.join(__dirname, "cli");

/** How long the official download may take before the build is tried instead, in milliseconds. */
const downloadTimeout = 5 * 60_000;

const isWindows = process.platform === "win32";
const executable = isWindows ? "pulumi.exe" : "pulumi";
const run = promisify(execFile);

/** The version to download or build: the one that cli/go.mod names. */
export function wantedVersion(): string {
    const text = fs.readFileSync(path.join(goModuleDirectory, "go.mod"), "utf8");
    const line = text.split("\n").find((candidate) => candidate.includes(`${goModule} v`));
    const version = line?.match(/ v(\d+\.\d+\.\d+)/)?.[1];
    if (!version) throw new Error(`${goModule} is not named in engine/cli/go.mod`);
    return version;
}

/** Folders of PATH, then the place of the official installer, which not everybody has on PATH. */
function candidates(env: NodeJS.ProcessEnv): string[] {
    const folders = (env.PATH ?? "").split(path.delimiter).filter(Boolean);
    folders.push(path.join(env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"), "bin"));
    return folders.map((folder) => path.join(folder, executable)).filter((file) => isFile(file));
}

function isFile(file: string): boolean {
    try {
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}

async function versionOf(file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
    try {
        const { stdout } = await run(file, ["version"], {
            env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
        });
        return semver.valid(stdout.trim()) ?? undefined;
    } catch {
        return undefined;
    }
}

/** The CLI's path and, for each that was too old or did not run, a line that says so. */
async function findInstalled(
    env: NodeJS.ProcessEnv,
): Promise<{ file?: string; passedOver: string[] }> {
    const passedOver: string[] = [];
    for (const file of candidates(env)) {
        const version = await versionOf(file, env);
        if (version && semver.gte(version, oldestVersion)) return { file, passedOver };
        passedOver.push(
            `${file} is ${version ? `version ${version}` : "not a working Pulumi CLI"}`,
        );
    }
    return { passedOver };
}

function say(text: string): void {
    process.stderr.write(`${text}\n`);
}

/** One line that is overwritten on a terminal, and grows by a line every so often elsewhere. */
function progressLine(label: string): { update(done: number, total?: number): void; end(): void } {
    const started = Date.now();
    let printed = 0;
    const show = (text: string) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K  ${text}`);
        else if (Date.now() - printed > 15_000) {
            printed = Date.now();
            process.stderr.write(`  ${text}\n`);
        }
    };
    return {
        update(done, total) {
            const seconds = Math.round((Date.now() - started) / 1000);
            show(`${label}: ${done}${total ? ` of ${total}` : ""} (${seconds} s)`);
        },
        end() {
            if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
            say(`  ${label}: done in ${Math.round((Date.now() - started) / 1000)} s`);
        },
    };
}

/** The official download, into a folder of its own that is renamed when it is whole. */
async function download(root: string, version: string): Promise<string | undefined> {
    say(`Downloading the Pulumi CLI ${version} ...`);
    const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    const unfinished = `${root}.${process.pid}`;
    const install = PulumiCommand.install({ root: unfinished, version: semver.parse(version)! });
    const timeout = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error("it took too long")), downloadTimeout).unref();
    });
    try {
        await Promise.race([install, timeout]);
        fs.rmSync(root, { recursive: true, force: true });
        fs.renameSync(unfinished, root);
        return path.join(root, "bin", executable);
    } catch (error) {
        const reason = String((error as Error).message ?? error).split("\n")[0];
        say(`  not possible here: ${reason}`);
        return undefined;
    }
}

/** Runs a Go command and calls `onLine` for each line that it prints on either stream. */
function go(
    args: string[],
    env: NodeJS.ProcessEnv,
    onLine: (line: string) => void,
): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn("go", args, {
            cwd: goModuleDirectory,
            env: { ...env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" },
            stdio: ["ignore", "pipe", "pipe"],
        });
        const tail: string[] = [];
        let out = "";
        child.stdout.on("data", (data) => (out += data));
        readline.createInterface({ input: child.stderr }).on("line", (line) => {
            tail.push(line);
            if (tail.length > 20) tail.shift();
            onLine(line);
        });
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) return resolve(out);
            reject(new UserError(`"go ${args[0]}" failed:\n${tail.join("\n")}`));
        });
    });
}

async function build(target: string, version: string, env: NodeJS.ProcessEnv): Promise<void> {
    say(`Building the Pulumi CLI ${version} from its Go module (once, five to ten minutes) ...`);
    const main = `${goModule}/cmd/pulumi`;
    const flags = ["-trimpath", "-tags", "osusergo,grpcnotrace"];

    const downloads = progressLine("modules downloaded");
    let modules = 0;
    const packages = await go(["list", "-deps", "-tags", "osusergo,grpcnotrace", main], env, () =>
        downloads.update(++modules),
    );
    downloads.end();

    const total = packages.trim().split("\n").length;
    const compile = progressLine("packages compiled");
    let compiled = 0;
    // Built under a temporary name and renamed: an interrupted build leaves nothing half-made.
    const unfinished = `${target}.${process.pid}`;
    // Without the version in it, the CLI would answer "v3.0.0-dev" and fail every version check.
    const link = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
    try {
        await go(["build", "-v", ...flags, "-ldflags", link, "-o", unfinished, main], env, () =>
            compile.update(++compiled, total),
        );
        fs.renameSync(unfinished, target);
    } finally {
        fs.rmSync(unfinished, { force: true });
    }
    compile.end();
}

/**
 * Path of a Pulumi CLI that is new enough: from PATH, from the official installer's folder, from our
 * cache, by the official download, or built with Go, in this order.
 *
 * @throws UserError with what to install, where none of these is possible.
 */
export async function findPulumi(env: NodeJS.ProcessEnv = process.env): Promise<string> {
    const { file, passedOver } = await findInstalled(env);
    if (file) return file;

    const version = wantedVersion();
    const folder = path.join(cacheDirectory(env), `pulumi-${version}`, "bin");
    const cached = path.join(folder, executable);
    if (isFile(cached)) return cached;

    return withLock(
        path.join(cacheDirectory(env), "pulumi.lock"),
        async () => {
            if (isFile(cached)) return cached;
            for (const line of passedOver) say(`${line}; ${oldestVersion} or newer is needed.`);
            const downloaded = await download(path.dirname(folder), version);
            if (downloaded) return downloaded;
            fs.mkdirSync(folder, { recursive: true });
            try {
                await run("go", ["version"], { env });
            } catch {
                throw new UserError(
                    `No Pulumi CLI ${oldestVersion} or newer was found, and it could be neither downloaded nor built. ` +
                        "Install it as https://www.pulumi.com/docs/install says, or install Go 1.25 or newer, then run the command again.",
                );
            }
            await build(cached, version, env);
            return cached;
        },
        (pid) => say(`Waiting for process ${pid}, which is getting the Pulumi CLI ...`),
    );
}

/** Whether the official language host for Node.js comes with this CLI. */
export function hasLanguageHost(pulumi: string): boolean {
    const name = isWindows ? "pulumi-language-nodejs.exe" : "pulumi-language-nodejs";
    return isFile(path.join(path.dirname(fs.realpathSync(pulumi)), name));
}

/** Puts our stand-in for the language host where the engine looks last: among the plugins of `home`. */
export function installLanguageHost(home: string): void {
    const folder = path.join(home, "plugins", "language-nodejs-v1.0.0");
    const link = path.join(folder, "pulumi-language-nodejs");
    const target = path.join(__dirname, "bin", "pulumi-language-nodejs");
    if (fs.existsSync(link) && fs.realpathSync(link) === target) return;
    fs.mkdirSync(folder, { recursive: true });
    fs.rmSync(link, { force: true });
    fs.symlinkSync(target, link);
}
