/** Everything that a Pulumi command needs to run on this machine's Azure, kept apart from the real one. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse, stringify } from "yaml";
import { findPulumi, hasLanguageHost, installLanguageHost } from "../engine/cli";
import { isAlive, withLock } from "../engine/lock";
import { packEnvironment, stackFileName } from "../engine/pack";
import { UserError } from "../engine/userError";
import { signedInUser } from "./identity";
import { storeVariable } from "./providers/session";

const run = promisify(execFile);

const projectName = "azure-webapp-stack";

/** Variable with the path of the real CLI, for what runs under `npm run local -- exec`. */
export const cliVariable = "LOCAL_AZURE_PULUMI";

/** Variables that would reach the real Azure, another backend or another program: none comes through. */
const dropped = /^(ARM|AZURE|PULUMI)_|^NODE_OPTIONS$/;

/**
 * Free space that a run must find, in bytes: far more than it writes. On a full disk the engine puts a state
 * that is cut short in the place of the whole one, and of its backup (seen with CLI 3.259).
 */
const neededSpace = 20 * 1024 * 1024;

/** What stands in for a secret that only the real stack's key can read. */
const standIn = "stand-in-for-a-secret";

/** Secrets whose text has a form of its own need a stand-in of that form. */
const standIns: Readonly<Record<string, string>> = {
    "azure-webapp-stack:secretAppSettings": "{}",
};

/** Where a local run keeps what it makes: all of it below one folder that git ignores. */
export interface LocalFolders {
    readonly root: string;
    readonly home: string;
    readonly state: string;
    readonly store: string;
}

export function localFolders(project: string): LocalFolders {
    const root = path.join(project, ".local");
    return {
        root,
        home: path.join(root, "pulumi"),
        state: path.join(root, "state"),
        store: path.join(root, "azure"),
    };
}

export interface LocalEnvironment {
    readonly project: string;
    readonly stack: string;
    readonly folders: LocalFolders;
    /** Path of the Pulumi CLI. */
    readonly pulumi: string;
    /** The stack's configuration for this machine, derived from the committed one. */
    readonly configFile: string;
    readonly env: NodeJS.ProcessEnv;
}

interface StackFile {
    encryptionsalt?: string;
    config?: Record<string, unknown>;
}

/** The committed configuration of a stack, or what to do about its absence. */
function readStackFile(project: string, stack: string, brokenAsEmpty: boolean): StackFile {
    const file = path.join(project, stackFileName(stack));
    if (fs.existsSync(file)) {
        try {
            return parseStackFile(file);
        } catch (error) {
            if (brokenAsEmpty && error instanceof UserError) return {};
            throw error;
        }
    }
    const known = fs
        .readdirSync(project)
        .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    throw new UserError(
        `There is no stack "${stack}": Pulumi.${stack}.yaml is missing. Known are: ${known.join(", ")}.`,
    );
}

/** Reads a stack's file; whole numbers keep all their digits, as in the engine's own reading. */
function parseStackFile(file: string): StackFile {
    const name = path.basename(file);
    let parsed: unknown;
    try {
        parsed = parse(fs.readFileSync(file, "utf8"), { intAsBigInt: true }) ?? {};
    } catch (error) {
        const [reason = ""] = (error as Error).message.split("\n");
        throw new UserError(`${name} is not valid YAML: ${reason.replace(/:$/, "")}`);
    }
    const { config, ...others } = isMap(parsed) ? parsed : { config: "" };
    const known = ["encryptionsalt", "encryptedkey", "secretsprovider", "environment"];
    const odd = Object.keys(others).find((key) => !known.includes(key));
    if (odd !== undefined || (config !== undefined && config !== null && !isMap(config))) {
        const found = odd === undefined ? "" : `; it has "${odd}"`;
        throw new UserError(
            `${name} must hold "config:" and below it settings such as "azure-webapp-stack:name: my-model"${found}.`,
        );
    }
    return { config: config ?? {} };
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecure(value: unknown): value is { secure: string } {
    return typeof value === "object" && value !== null && "secure" in value;
}

function containsSecret(value: unknown): boolean {
    if (isSecure(value)) return true;
    if (typeof value !== "object" || value === null) return false;
    return Object.values(value).some(containsSecret);
}

/** Encrypted values at any depth, replaced. */
function replaceSecrets(value: unknown, replacement: string): unknown {
    if (isSecure(value)) return { secure: replacement };
    if (Array.isArray(value)) return value.map((item) => replaceSecrets(item, replacement));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, replaceSecrets(item, replacement)]),
    );
}

function checkSpace(folder: string): void {
    const { bavail, bsize } = fs.statfsSync(folder);
    const megabytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MB`;
    if (bavail * bsize >= neededSpace) return;
    throw new UserError(
        `The disk of ${folder} is full: ${megabytes(bavail * bsize)} are free, and a run must find ` +
            `${megabytes(neededSpace)}, or it might lose the state. Nothing was changed. Make room, then run it again.`,
    );
}

function makeFolders(folders: LocalFolders): string {
    for (const folder of [folders.root, folders.home, folders.state, folders.store]) {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    const passphrase = path.join(folders.root, "passphrase");
    if (!fs.existsSync(passphrase)) {
        if (fs.existsSync(path.join(folders.state, ".pulumi"))) {
            throw new UserError(
                `${passphrase} is gone, and without it the local state cannot be read. ` +
                    'Begin anew with "npm run local -- reset".',
            );
        }
        const unfinished = `${passphrase}.${process.pid}`;
        fs.writeFileSync(unfinished, randomBytes(24).toString("base64url"), { mode: 0o600 });
        fs.renameSync(unfinished, passphrase);
    }
    return passphrase;
}

/** Puts the stand-ins for the providers where the engine looks for plugins of the SDKs' versions. */
function installProviders(home: string): void {
    for (const name of ["azure-native", "azuread"]) {
        const { version } = require(`@pulumi/${name}/package.json`);
        const executable = `pulumi-resource-${name}`;
        const folder = path.join(home, "plugins", `resource-${name}-v${version}`);
        const link = path.join(folder, executable);
        const target = path.join(__dirname, "providers", "bin", executable);
        if (fs.existsSync(link) && fs.realpathSync(link) === target) continue;
        fs.mkdirSync(folder, { recursive: true });
        fs.rmSync(link, { force: true });
        fs.symlinkSync(target, link);
    }
}

/** The salt that a state was encrypted with; a state that holds nothing has none. */
function saltOf(checkpoint: string): string | undefined {
    const { checkpoint: state } = JSON.parse(fs.readFileSync(checkpoint, "utf8"));
    return state?.latest?.secrets_providers?.state?.salt;
}

/**
 * Salt and encrypted stand-ins of a stack. Only the CLI can write them, and it writes a new stack's salt
 * into its project's own file; so it works in an empty project of the same name, and never touches ours.
 */
async function stackSecrets(
    local: Omit<LocalEnvironment, "configFile">,
    needed: Map<string, string>,
) {
    const { folders, stack, pulumi, env } = local;
    const cwd = path.join(folders.root, "secrets");
    const file = path.join(cwd, `Pulumi.${stack}.yaml`);
    const checkpoint = path.join(folders.state, ".pulumi", "stacks", projectName, `${stack}.json`);
    fs.mkdirSync(cwd, { recursive: true });
    fs.writeFileSync(
        path.join(cwd, "Pulumi.yaml"),
        stringify({ name: projectName, runtime: "nodejs" }),
    );
    if (!fs.existsSync(file)) {
        const salt = fs.existsSync(checkpoint) ? saltOf(checkpoint) : undefined;
        if (salt) fs.writeFileSync(file, stringify({ encryptionsalt: salt }));
        else fs.rmSync(checkpoint, { force: true });
    }
    if (!fs.existsSync(checkpoint)) {
        fs.rmSync(file, { force: true });
        await run(pulumi, ["stack", "init", stack, "--non-interactive"], { cwd, env });
    }
    const read = () => parse(fs.readFileSync(file, "utf8")) as StackFile;
    for (const [key, text] of needed) {
        if (read().config?.[key] !== undefined) continue;
        await run(pulumi, ["config", "set", "--stack", stack, "--secret", key, text], { cwd, env });
    }
    return read();
}

function locksFolder({ state }: LocalFolders): string {
    return path.join(state, ".pulumi", "locks", "organization", projectName);
}

/** Who changes a stack at this moment, or prepares to, as a sentence; undefined if nobody does. */
export function whoIsAtWork(folders: LocalFolders): string | undefined {
    const setup = path.join(folders.root, "setup.lock");
    const preparing = fs.existsSync(setup) ? Number(fs.readFileSync(setup, "utf8")) : 0;
    if (isAlive(preparing)) return `A run is being prepared by process ${preparing}`;
    const locks = locksFolder(folders);
    if (!fs.existsSync(locks)) return undefined;
    for (const entry of fs.readdirSync(locks, { recursive: true, encoding: "utf8" })) {
        if (!entry.endsWith(".json")) continue;
        try {
            const { pid } = JSON.parse(fs.readFileSync(path.join(locks, entry), "utf8"));
            if (!isAlive(pid)) continue;
            return `The stack "${path.dirname(entry)}" is being changed by process ${pid}`;
        } catch {
            // What a killed process left half written, or what its owner has just removed.
        }
    }
    return undefined;
}

/**
 * Removes locks of the stack's state whose process has died: nobody else will. Source of their form:
 * pulumi/pkg/backend/diy/lock.go.
 */
function removeDeadLocks({ folders, stack }: Pick<LocalEnvironment, "folders" | "stack">): void {
    const locks = path.join(locksFolder(folders), stack);
    if (!fs.existsSync(locks)) return;
    for (const entry of fs.readdirSync(locks).filter((name) => name.endsWith(".json"))) {
        const file = path.join(locks, entry);
        try {
            const { pid, hostname } = JSON.parse(fs.readFileSync(file, "utf8"));
            if (hostname !== os.hostname() || isAlive(pid)) continue;
            fs.rmSync(file, { force: true });
            process.stderr.write(
                `An earlier run (process ${pid}) ended without unlocking the stack.\n`,
            );
        } catch {
            // Its owner, alive and well, has just written or removed it.
        }
    }
}

/** The stack's configuration for this machine: local identities, salt, and stand-ins for secrets. */
async function deriveConfig(
    local: Omit<LocalEnvironment, "configFile">,
    { config = {} }: StackFile,
): Promise<string> {
    const needed = new Map<string, string>();
    const secureKeys = Object.keys(config).filter((key) => containsSecret(config[key]));
    for (const key of secureKeys) {
        if (isSecure(config[key])) needed.set(key, standIns[key] ?? standIn);
        else needed.set(`${key}-part`, standIn);
    }
    const secrets = await stackSecrets(local, needed);
    const replacement = (key: string) => (secrets.config?.[key] as { secure: string }).secure;
    const derived: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(config)) {
        const part = isSecure(value) ? key : `${key}-part`;
        derived[key] = secureKeys.includes(key) ? replaceSecrets(value, replacement(part)) : value;
    }
    derived[`${projectName}:tenantId`] = signedInUser.tenantId;
    derived[`${projectName}:subscriptionId`] = signedInUser.subscriptionId;

    const file = path.join(local.folders.root, `Pulumi.${local.stack}.yaml`);
    const head = `# Derived from ../Pulumi.${local.stack}.yaml at every local run: change that file, not this one.\n`;
    fs.writeFileSync(
        file,
        head + stringify({ encryptionsalt: secrets.encryptionsalt, config: derived }),
    );
    return file;
}

/**
 * Prepares everything for Pulumi commands on this machine's Azure; starts nothing.
 *
 * @param brokenAsEmpty Whether a stack's file that cannot be read passes for an empty one: each Pulumi command will say
 * what is wrong with it, and what runs them, such as a report, can hand that on.
 */
export async function localEnvironment(
    project: string,
    stack: string,
    { brokenAsEmpty = false } = {},
): Promise<LocalEnvironment> {
    // First of all: a mistake here should not wait for a CLI to be built.
    const stackFile = readStackFile(project, stack, brokenAsEmpty);
    const kept = Object.entries(process.env).filter(([name]) => !dropped.test(name));
    const clean: NodeJS.ProcessEnv = Object.fromEntries(kept);
    const pulumi = clean[cliVariable] ?? (await findPulumi(clean));
    const folders = localFolders(project);
    const prepare = async (): Promise<LocalEnvironment> => {
        const passphrase = makeFolders(folders);
        installProviders(folders.home);
        if (!hasLanguageHost(pulumi)) installLanguageHost(folders.home);

        const env: NodeJS.ProcessEnv = {
            ...clean,
            PATH: [path.dirname(pulumi), clean.PATH].join(path.delimiter),
            PULUMI_HOME: folders.home,
            // Without notes beside its files: one cut short by a kill makes the whole state unreadable.
            PULUMI_BACKEND_URL: `${pathToFileURL(folders.state).href}?metadata=skip`,
            PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
            PULUMI_SKIP_UPDATE_CHECK: "true",
            // The providers of these versions are ours; nothing may be fetched in their place.
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
            [storeVariable]: folders.store,
        };
        const local = { project, stack, folders, pulumi, env };
        const configFile = await deriveConfig(local, stackFile);
        removeDeadLocks(local);
        return {
            ...local,
            configFile,
            env: {
                ...env,
                ...packEnvironment(project, stack),
                PULUMI_STACK: stack,
                PULUMI_OPTION_CONFIG_FILE: configFile,
                // "stack rm" would delete the committed file of the stack.
                PULUMI_OPTION_PRESERVE_CONFIG: "true",
            },
        };
    };
    checkSpace(fs.existsSync(folders.root) ? folders.root : project);
    const lock = path.join(folders.root, "setup.lock");
    return withLock(lock, prepare, (pid) => {
        process.stderr.write(`Waiting for process ${pid}, which holds ${lock} ...\n`);
    });
}
