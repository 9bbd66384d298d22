/** What `npm run local` does about containers: has a supervisor run, shows what it knows, ends it. */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../engine/userError";
import { openStore } from "../cloud/initial";
import type { LocalFolders } from "../environment";
import { desiredSites, fingerprintOf } from "./desired";
import { engineVariable, findEngine } from "./engine";
import { ContainersFolder, type SiteStatus } from "./folder";
import type { Condition } from "./instance";
import { firstPort, portVariable } from "./ports";

/** Longest wait for containers to answer, in milliseconds: a model may take many minutes to load. */
const startPatience = 10_000;

/** Longest wait for containers to end, in milliseconds. */
const endPatience = 30_000;

const interval = 100;

/**
 * Has a supervisor run where there is something for it to do.
 * @param renew Whether one that was started with another port or engine has to make room.
 */
export async function superviseContainers(folders: LocalFolders, renew = false): Promise<void> {
    if (process.env[engineVariable] === "none") return;
    const { root, store } = folders;
    const containers = new ContainersFolder(root);
    // What a killed supervisor has left needs one that removes it.
    const busy = containers.sites.length > 0 || desiredSites(openStore(store)).length > 0;
    if (!busy) return;
    const port = firstPort();
    const engine = process.env[engineVariable] ?? "";
    const { settings } = containers;
    if (renew && settings && (settings.port !== port || settings.engine !== engine)) {
        console.log(`Starting the containers anew: ${portVariable} or ${engineVariable} changed.`);
        await endContainers(folders);
    }
    if (containers.supervisor === undefined) containers.forgetEnd();
    const log = fs.openSync(containers.ownLog, "a", 0o600);
    const project = path.resolve(__dirname, "..", "..");
    const supervisor = [path.join("local", "containers", "supervisor.ts"), root, store];
    spawn(process.execPath, [path.join("engine", "run.js"), ...supervisor], {
        cwd: project,
        detached: true,
        stdio: ["ignore", log, log],
    }).unref();
    fs.closeSync(log);
}

/** Where each app of a stack can be opened here, in lines to print. Waits a moment for those that start. */
export async function whereToOpen(folders: LocalFolders, stack: string): Promise<string[]> {
    const wanted = desiredSites(openStore(folders.store)).filter((site) => site.stack === stack);
    if (wanted.length === 0) return [];
    if (process.env[engineVariable] === "none") {
        return [`Here: not started: ${engineVariable} is "none"; unset it.`];
    }
    const containers = new ContainersFolder(folders.root);
    const prints = new Map(wanted.map((site) => [site.name, fingerprintOf(site)]));
    const known = () => {
        const now = containers.supervisor;
        return containers.sites.filter(
            ({ name, fingerprint, supervisor }) =>
                prints.get(name) === fingerprint && supervisor === now,
        );
    };
    const settled = () =>
        known().length === wanted.length &&
        known().every(({ condition }) => condition.state !== "starting" || condition.reason);
    const until = Date.now() + startPatience;
    for (let told = false; !settled() && Date.now() < until; await sleep(interval)) {
        if (told || until - Date.now() > startPatience - 1000) continue;
        told = true;
        console.log("Waiting for the container to answer ...");
    }
    const statuses = known();
    if (statuses.length < wanted.length) {
        return [`Here: not known yet; ${containers.ownLog} may say why.`];
    }
    return statuses.map(({ port, condition }) => {
        return `Here: http://localhost:${port} (${inWords(condition)})`;
    });
}

/** A condition in a few words, such as "not started: no container engine was found; install Docker". */
export function inWords({ state, reason, remedy }: Condition): string {
    return [state, ...(reason ? [[reason, ...(remedy ? [remedy] : [])].join("; ")] : [])].join(
        ": ",
    );
}

/** Waits until the containers of a stack that is no more have ended. @returns What to print about it. */
export async function whatEnded(folders: LocalFolders, before: SiteStatus[]): Promise<string[]> {
    const containers = new ContainersFolder(folders.root);
    const left = () =>
        containers.supervisor !== undefined &&
        containers.sites.some(({ name }) => before.some((site) => site.name === name));
    const until = Date.now() + endPatience;
    while (left() && Date.now() < until) await sleep(interval);
    return before.map(({ name, port }) =>
        left()
            ? `The container of ${name} is still ending.`
            : `The container of ${name} has ended; port ${port} is free.`,
    );
}

/** The apps of a stack that run here now. */
export function runningSites(folders: LocalFolders, stack: string): SiteStatus[] {
    if (!fs.existsSync(folders.root)) return [];
    return new ContainersFolder(folders.root).sites.filter((site) => site.stack === stack);
}

/** Ends the supervisor, and with it all containers. */
export async function endContainers({ root }: LocalFolders): Promise<void> {
    if (!fs.existsSync(path.join(root, "containers"))) return;
    const containers = new ContainersFolder(root);
    if (containers.supervisor === undefined) {
        const engine = containers.sites.length > 0 ? await findEngine(containers.path) : undefined;
        if (engine && "run" in engine) await engine.removeLeftovers();
        return;
    }
    containers.askEnd();
    const until = Date.now() + endPatience;
    while (containers.supervisor !== undefined && Date.now() < until) await sleep(interval);
}

/** Prints what the containers of a stack and the platform around them have logged. */
export async function showLogs(
    folders: LocalFolders,
    stack: string,
    args: string[],
): Promise<void> {
    const odd = args.find((arg) => arg !== "--follow" && arg !== "-f");
    if (odd !== undefined) throw new UserError(`logs knows --follow, not "${odd}".`);
    const containers = new ContainersFolder(folders.root);
    const names = desiredSites(openStore(folders.store))
        .filter((site) => site.stack === stack)
        .map(({ name }) => name);
    if (names.length === 0) {
        const option = stack === "dev" ? "" : ` -- --stack ${stack}`;
        throw new UserError(
            `The stack "${stack}" has no web app here. Bring it up with "npm run local${option}".`,
        );
    }
    const readers = names.map((name) => new LogReader(containers.log(name)));
    const news = readers.map((reader) => reader.next());
    for (const text of news) process.stdout.write(text);
    if (news.every(({ length }) => length === 0)) console.log("Nothing is logged yet.");
    while (args.length > 0) {
        await sleep(interval);
        for (const reader of readers) process.stdout.write(reader.next());
    }
}

/** Reads a log as it grows, and on where it is begun anew. */
export class LogReader {
    private file?: number;
    private position = 0;

    constructor(private readonly path: string) {}

    /** What was added since the last time. */
    next(): Buffer {
        const parts: Buffer[] = [];
        if (this.file !== undefined) {
            // Whether it was renamed is asked first: what is written until then is in the file we read.
            const inode = fs.statSync(this.path, { throwIfNoEntry: false })?.ino;
            const { ino } = fs.fstatSync(this.file);
            parts.push(this.rest(this.file));
            if (inode === undefined || inode === ino) return parts[0]!;
            fs.closeSync(this.file);
            this.file = undefined;
        }
        if (fs.existsSync(this.path)) {
            this.file = fs.openSync(this.path, "r");
            this.position = 0;
            parts.push(this.rest(this.file));
        }
        return Buffer.concat(parts);
    }

    private rest(file: number): Buffer {
        const text = Buffer.alloc(Math.max(fs.fstatSync(file).size - this.position, 0));
        if (text.length > 0) fs.readSync(file, text, 0, text.length, this.position);
        this.position += text.length;
        return text;
    }
}
