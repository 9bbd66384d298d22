import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Delay between two attempts to take a lock, in milliseconds. */
const retryInterval = 5;

/** Whether a process runs on this machine. */
export function isAlive(pid: number): boolean {
    // A lock that names nobody is what a full disk leaves of one; 0 would mean our own process group.
    if (!(pid > 0)) return false;
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}

/** Takes the lock at once or not at all. A lock whose process has died counts as free. */
export function tryLock(file: string): { release(): void } | { heldBy: number } {
    // A complete file appears in one step: a reader never sees a lock without its owner's number.
    const own = `${file}.${process.pid}`;
    try {
        fs.writeFileSync(own, String(process.pid));
        fs.linkSync(own, file);
        return { release: () => fs.rmSync(file, { force: true }) };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
        fs.rmSync(own, { force: true });
    }
    const heldBy = readOwner(file);
    if (heldBy !== undefined && !isAlive(heldBy)) {
        // Rename before removal: of several that find the dead lock, one wins the rename.
        const dead = `${file}.dead.${process.pid}`;
        try {
            fs.renameSync(file, dead);
            if (Object.is(readOwner(dead), heldBy)) fs.rmSync(dead, { force: true });
            else fs.linkSync(dead, file); // Somebody renewed it in between: give it back.
        } catch {
            // Another process was faster.
        }
        fs.rmSync(dead, { force: true });
    }
    return { heldBy: heldBy ?? 0 };
}

/** Who holds a lock; undefined if nobody does any more. */
function readOwner(file: string): number | undefined {
    try {
        return Number(fs.readFileSync(file, "utf8"));
    } catch {
        return undefined;
    }
}

/**
 * Runs `work` while no other process holds the lock file.
 *
 * @param onWait Called once with the number of the process that holds the lock, if one does.
 */
export async function withLock<T>(
    file: string,
    work: () => T | Promise<T>,
    onWait?: (pid: number) => void,
): Promise<T> {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    for (let attempt = 0; ; attempt++) {
        const lock = tryLock(file);
        if ("release" in lock) {
            try {
                return await work();
            } finally {
                lock.release();
            }
        }
        if (attempt === 1) onWait?.(lock.heldBy);
        await sleep(retryInterval);
    }
}
