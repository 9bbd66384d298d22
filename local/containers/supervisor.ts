/**
 * The process that runs the web apps' containers and front ends: one per `.local` folder. It reads what
 * should run from this machine's Azure, again and again, so that it needs telling by nobody: it begins after
 * an `up` and outlives it, and ends by itself when the last app is gone.
 */
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, tryLock } from "../../engine/lock";
import { openStore } from "../cloud/initial";
import type { Store } from "../cloud/store";
import { desiredSites, fingerprintOf, type DesiredSite } from "./desired";
import { engineVariable, findEngine, type ContainerEngine, type Problem } from "./engine";
import { ContainersFolder } from "./folder";
import { firstPort, portOf } from "./ports";
import { Site } from "./site";

/** Milliseconds between two looks at what should run. */
const interval = 250;

/** Milliseconds without any app before the supervisor ends: an app that is replaced is gone for a moment. */
const lingers = 2000;

/** Milliseconds between two searches for a container engine, while there is none. */
const engineRetry = 15_000;

interface Running {
    readonly site: Site;
    readonly port: number;
    /** What was last written about it. */
    written?: string;
}

class Supervisor {
    private readonly running = new Map<string, Running>();
    private engine: ContainerEngine | Problem = { reason: "", remedy: "" };
    private searched = 0;
    /** Fingerprints at the last look: a change counts once it is there twice, and so complete. */
    private seen = new Map<string, string>();

    constructor(
        private readonly azure: Store,
        private readonly folder: ContainersFolder,
    ) {}

    /** @returns When there is nothing left to run, or somebody asked for the end. */
    async run(): Promise<void> {
        const engine = process.env[engineVariable] ?? "";
        this.folder.keepSettings({ port: firstPort(), engine });
        await this.search();
        if ("run" in this.engine) await this.engine.removeLeftovers();
        for (const { name } of this.folder.sites) this.folder.forget(name);
        try {
            for (let idle = 0; idle < lingers && this.wanted(); idle += interval) {
                const sites = desiredSites(this.azure);
                if (sites.length > 0) idle = 0;
                await this.look(sites);
                await sleep(interval);
            }
        } finally {
            await Promise.all([...this.running.keys()].map((id) => this.close(id)));
        }
    }

    private wanted(): boolean {
        // Gone with the folder, or another's: a laptop that slept makes us look dead for a moment.
        if (lockOwner(this.folder) !== process.pid || this.folder.endAsked) return false;
        this.folder.touchLock();
        return true;
    }

    private async look(sites: readonly DesiredSite[]): Promise<void> {
        if (!("run" in this.engine) && Date.now() - this.searched > engineRetry)
            await this.search();
        const settled = sites.filter((site) => this.seen.get(site.id) === fingerprintOf(site));
        this.seen = new Map(sites.map((site) => [site.id, fingerprintOf(site)]));
        for (const wish of settled) this.update(wish);
        const ids = new Set(sites.map(({ id }) => id));
        const gone = [...this.running.keys()].filter((id) => !ids.has(id));
        await Promise.all(gone.map((id) => this.close(id)));
    }

    private update(wish: DesiredSite): void {
        let entry = this.running.get(wish.id);
        if (!entry) {
            const port = portOf(wish.owner, this.folder.memory, firstPort());
            const log = (line: string) => this.folder.append(wish.name, line);
            entry = { site: new Site({ port, log }), port };
            this.running.set(wish.id, entry);
        }
        entry.site.update(wish, this.engine);
        const status = {
            name: wish.name,
            stack: wish.stack,
            port: entry.port,
            condition: entry.site.condition,
            supervisor: process.pid,
            fingerprint: entry.site.fingerprint!,
        };
        const written = JSON.stringify(status);
        if (written === entry.written) return;
        entry.written = written;
        this.folder.keep(status);
    }

    private async close(id: string): Promise<void> {
        const { site } = this.running.get(id)!;
        this.running.delete(id);
        await site.close();
        if (fs.existsSync(this.folder.path)) this.folder.forget(id.split("/").at(-1)!);
    }

    private async search(): Promise<void> {
        this.engine = await findEngine(this.folder.path);
        this.searched = Date.now();
    }
}

/** Whose number the lock has; undefined if there is none. */
function lockOwner({ lockFile }: ContainersFolder): number | undefined {
    try {
        return Number(fs.readFileSync(lockFile, "utf8"));
    } catch {
        return undefined;
    }
}

/** @param args The folder of everything local, and that of this machine's Azure. */
export async function main([root = "", azure = ""]: string[]): Promise<number> {
    const folder = new ContainersFolder(root);
    const store = openStore(azure);
    // Whoever closes the terminal or interrupts a command does not mean us.
    process.on("SIGHUP", () => undefined);
    process.on("SIGINT", () => undefined);
    process.on("SIGTERM", () => folder.askEnd());
    const before = lockOwner(folder);
    if (before !== undefined && before !== folder.supervisor) {
        fs.rmSync(folder.lockFile, { force: true });
    }
    for (;;) {
        const lock = tryLock(folder.lockFile);
        if ("heldBy" in lock) {
            // One is enough, and it sees by itself what there is to do. A dead one's lock is free by now.
            if (isAlive(lock.heldBy)) return 0;
            continue;
        }
        try {
            await new Supervisor(store, folder).run();
        } finally {
            if (lockOwner(folder) === process.pid) lock.release();
        }
        // An app that appeared at the last moment found us still there.
        const over = !fs.existsSync(azure) || folder.endAsked || desiredSites(store).length === 0;
        if (over) return 0;
    }
}
