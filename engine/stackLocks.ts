/**
 * Who holds a stack whose state is in files, of a disk (`file://`) or a cloud (`azblob://`, ...).
 *
 * There a lock is a file beside the state, which nothing renews and nothing ends: a run that is killed leaves
 * it behind for ever. Source: pulumi/pkg/backend/diy/lock.go, as of 3.259.
 */
import * as os from "node:os";
import { isAlive } from "./lock";

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
