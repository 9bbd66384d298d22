/** What a supervisor keeps, and command lines read: everything below one folder. */
import * as fs from "node:fs";
import * as path from "node:path";
import { isAlive } from "../../engine/lock";
import { Store } from "../cloud/store";
import type { Condition } from "./instance";

/** What is known of one app that runs here. */
export interface SiteStatus {
    readonly name: string;
    readonly stack: string;
    readonly port: number;
    readonly condition: Condition;
    /** The supervisor that says so; what a dead one said is out of date. */
    readonly supervisor: number;
    /** Of the wish that the condition is about. */
    readonly fingerprint: string;
}

/** What a supervisor was started with. */
export interface SupervisorSettings {
    /** Port of the dev stack. */
    readonly port: number;
    /** Command of the engine that was asked for; empty if none was. */
    readonly engine: string;
}

/** Size at which a log is begun anew, in bytes; the one before is kept. */
const longestLog = 16 << 20;

/**
 * Milliseconds without a sign of life after which a lock's process is another one, which got the number of a
 * supervisor that was killed.
 */
const longestSilence = 30_000;

export class ContainersFolder {
    /** Encrypted, as fingerprints tell something of secret settings. */
    readonly memory: Store;
    readonly path: string;

    /** @param root Folder of everything local. */
    constructor(root: string) {
        this.path = path.join(root, "containers");
        this.memory = new Store(path.join(this.path, "state"));
    }

    get lockFile(): string {
        return path.join(this.path, "supervisor.lock");
    }

    /** Output of the supervisor itself. */
    get ownLog(): string {
        return path.join(this.path, "supervisor.log");
    }

    /** The number of the supervisor's process, if one runs. */
    get supervisor(): number | undefined {
        try {
            const pid = Number(fs.readFileSync(this.lockFile, "utf8"));
            const silence = Date.now() - fs.statSync(this.lockFile).mtimeMs;
            return isAlive(pid) && silence < longestSilence ? pid : undefined;
        } catch {
            return undefined;
        }
    }

    /** Shows that the supervisor is still there. */
    touchLock(): void {
        const now = new Date();
        fs.utimesSync(this.lockFile, now, now);
    }

    get sites(): SiteStatus[] {
        return this.memory.list("/sites") as unknown as SiteStatus[];
    }

    keep(status: SiteStatus): void {
        this.memory.put(`/sites/${status.name}`, { ...status });
    }

    forget(name: string): void {
        this.memory.delete(`/sites/${name}`);
    }

    /** What the supervisor that runs was started with; undefined until it says so. */
    get settings(): SupervisorSettings | undefined {
        const kept = this.memory.get("/supervisor");
        if (kept === undefined || kept.pid !== this.supervisor) return undefined;
        return { port: Number(kept.port), engine: String(kept.engine) };
    }

    keepSettings(settings: SupervisorSettings): void {
        this.memory.put("/supervisor", { ...settings, pid: process.pid });
    }

    /** Whether somebody asked the supervisor to end. */
    get endAsked(): boolean {
        return this.memory.get("/end") !== undefined;
    }

    askEnd(): void {
        this.memory.put("/end", {});
    }

    forgetEnd(): void {
        this.memory.delete("/end");
    }

    /** File of an app's log. */
    log(name: string): string {
        return path.join(this.path, `${encodeURIComponent(name)}.log`);
    }

    /** Adds lines to an app's log, as App Service does: one line, one time. */
    append(name: string, line: string): void {
        const file = this.log(name);
        try {
            fs.appendFileSync(file, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
            if (fs.statSync(file).size > longestLog) fs.renameSync(file, `${file}.1`);
        } catch {
            // Somebody removed the folder: the supervisor will see it and end.
        }
    }
}
