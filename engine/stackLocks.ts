/**
 * Who holds a stack whose state is in files, of a disk (`file://`) or a cloud (`azblob://`, ...).
 *
 * There a lock is a file beside the state, which nothing renews and nothing ends: a run that is killed leaves
 * it behind for ever. Source: pulumi/pkg/backend/diy/lock.go, as of 3.259.
 */
import * as os from "node:os";
import { isAlive } from "./lock";
import { capture } from "./process";
import type { Place } from "./recover";

export interface StackLock {
    readonly user: string;
    readonly host: string;
    readonly pid: number;
    /** When it was taken, as the other machine's clock had it: ISO 8601. */
    readonly since: string;
}

const lockLine = /^.*: created by (.+)@([^@\s]+) \(pid (\d+)\) at (\S+)\s*$/gm;

/** The locks in what Pulumi says when a stack is locked; none in anything else. */
export function parseLocks(output: string): StackLock[] {
    if (!output.includes("the stack is currently locked by")) return [];
    return [...output.matchAll(lockLine)].map(([, user, host, pid, since]) => ({
        user: user!,
        host: host!,
        pid: Number(pid),
        since: since!,
    }));
}

/** What can be said about the run that took a lock. */
export type Holder = "running" | "dead" | "elsewhere";

export function holderOf({ host, pid }: Pick<StackLock, "host" | "pid">): Holder {
    if (host !== os.hostname()) return "elsewhere";
    return isAlive(pid) ? "running" : "dead";
}

const unlockCommand = (stack: string) => `npm run backend -- unlock --stack ${stack}`;

/** How long ago, in the largest unit that fits. */
export function ago(since: string, now: number): string {
    const seconds = Math.round((now - Date.parse(since)) / 1000);
    if (!(seconds >= 0)) return "by a clock that is ahead of this one";
    const units: [string, number][] = [
        ["day", 86_400],
        ["hour", 3_600],
        ["minute", 60],
        ["second", 1],
    ];
    const [unit, length] = units.find(([, each]) => seconds >= each) ?? ["second", 1];
    const count = Math.floor(seconds / length);
    return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

/** Who holds the stack, since when, on which host, and what to do about it. */
export function explainLocks(stack: string, locks: readonly StackLock[], now = Date.now()): string {
    const advice: Record<Holder, string> = {
        running: "It is still running on this machine: wait until it ends.",
        dead: `That process has died and left the lock behind. Clear it with "${unlockCommand(stack)}".`,
        elsewhere:
            "If that run is still under way, wait until it ends. If it has ended (its job or its machine is " +
            `gone), clear its lock with "${unlockCommand(stack)}".`,
    };
    const lines = locks.flatMap((lock) => [
        `  by ${lock.user} on ${lock.host}, process ${lock.pid}, since ${lock.since} (${ago(lock.since, now)})`,
        `    ${advice[holderOf(lock)]}`,
    ]);
    return [`The stack "${stack}" is locked:`, ...lines].join("\n");
}

/** What stands in the way of a change of a stack. */
export type Obstacle =
    | { readonly locks: readonly StackLock[] }
    | { readonly readOnly: true }
    /** Something else, in Pulumi's words, such as that there is no such stack. */
    | { readonly other: string };

/** Of a backend with locks in files; Pulumi Cloud has its own. */
async function locksInFiles({ pulumi, cwd, env }: Place): Promise<boolean> {
    const { stdout } = await capture(pulumi, ["whoami", "--json"], { cwd, env });
    return /"url":\s*"(?!https?:)\w+:/.test(stdout);
}

/**
 * What would refuse a change of the stack at this moment; undefined if nothing would. Pulumi shows locks
 * only to whom they refuse; of what it refuses so, renaming a stack to the name it has is the one thing that
 * changes nothing: it takes the lock for a moment, and then finds that the name is taken.
 */
export async function findObstacle(place: Place): Promise<Obstacle | undefined> {
    const { pulumi, cwd, env, stack } = place;
    if (!(await locksInFiles(place))) return undefined;
    const rename = ["stack", "rename", stack, "--stack", stack, "--non-interactive"];
    const { output } = await capture(pulumi, rename, { cwd, env });
    const locks = parseLocks(output);
    if (locks.length > 0) return { locks };
    if (output.includes("already exists")) return undefined;
    // CLI 3.259 ends in a panic where a blob cannot be written.
    return /azureblob\.\(\*writer\)\.Close/.test(output)
        ? { readOnly: true }
        : { other: output.trim() };
}

/** What stands in the way of a change of a stack, in words, with what to do; undefined if nothing does. */
export async function explainRefusal(place: Place): Promise<string | undefined> {
    const obstacle = await findObstacle(place);
    if (!obstacle || "other" in obstacle) return undefined;
    if ("locks" in obstacle) return explainLocks(place.stack, obstacle.locks);
    return (
        `You may read the state of "${place.stack}", and not write it: enough for a preview. To change the stack, ` +
        "sign in as its deployer."
    );
}
