/**
 * What Pulumi says of a locked stack, and what is made of it.
 * Does not show that Pulumi says it so: backend.test.ts reads it from the real one.
 */
import * as os from "node:os";
import fc from "fast-check";
import { ago, explainLocks, holderOf, parseLocks } from "../../engine/stackLocks";

const refusal = (...lines: string[]) =>
    [
        `error: the stack is currently locked by ${lines.length} lock(s). Either wait for the other process(es) to end ` +
            "or delete the lock file with `pulumi cancel`.",
        ...lines,
        "",
    ].join("\n");

const line = (user: string, host: string, pid: number, since: string) =>
    `  azblob://dev/.pulumi/locks/organization/p/dev/1.json?storage_account=a: created by ${user}@${host} (pid ${pid}) at ${since}`;

const host = fc.stringMatching(/^[a-z0-9.-]{1,20}$/);
const user = fc.stringMatching(/^[\w\\@. -]{0,10}\w$/);
const lock = fc.record({
    user,
    host,
    pid: fc.nat(),
    since: fc
        .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
        .map((date) => date.toISOString()),
});

describe("parseLocks", () => {
    it("reads every lock, also of a user with an @ or a backslash in the name", () => {
        fc.assert(
            fc.property(fc.array(lock, { minLength: 1 }), (locks) => {
                const lines = locks.map((one) => line(one.user, one.host, one.pid, one.since));
                expect(parseLocks(refusal(...lines))).toEqual(locks);
            }),
        );
    });

    it("finds none in anything else", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                expect(parseLocks(text)).toEqual([]);
            }),
        );
        expect(parseLocks(line("u", "h", 1, "2026-11-22T10:00:00Z"))).toEqual([]);
        expect(parseLocks("error: a stack named dev already exists")).toEqual([]);
    });
});

describe("holderOf", () => {
    it("knows a process of this machine, and none of another", () => {
        const here = os.hostname();
        expect(holderOf({ host: here, pid: process.pid })).toBe("running");
        expect(holderOf({ host: here, pid: 2 ** 30 })).toBe("dead");
        expect(holderOf({ host: `${here}.elsewhere`, pid: process.pid })).toBe("elsewhere");
    });
});

describe("ago", () => {
    const now = Date.parse("2026-11-22T12:00:00Z");
    it.each([
        ["2026-11-22T12:00:00Z", "0 seconds ago"],
        ["2026-11-22T11:59:59Z", "1 second ago"],
        ["2026-11-22T13:58:30+02:00", "1 minute ago"],
        ["2026-11-22T10:00:01Z", "1 hour ago"],
        ["2026-11-20T12:00:00Z", "2 days ago"],
        ["2026-11-22T12:00:10Z", "by a clock that is ahead of this one"],
        ["whenever", "by a clock that is ahead of this one"],
    ])("says of %s: %s", (since, words) => {
        expect(ago(since, now)).toBe(words);
    });
});

describe("explainLocks", () => {
    it("says who, where, since when, and what to do", () => {
        const since = "2026-11-22T11:00:00Z";
        const locks = [{ user: "runner", host: "fv-az1", pid: 7, since }];
        expect(explainLocks("dev", locks, Date.parse("2026-11-22T12:00:00Z"))).toBe(
            [
                'The stack "dev" is locked:',
                "  by runner on fv-az1, process 7, since 2026-11-22T11:00:00Z (1 hour ago)",
                "    If that run is still under way, wait until it ends. If it has ended (its job or its machine is gone), " +
                    'clear its lock with "npm run backend -- unlock --stack dev".',
            ].join("\n"),
        );
    });
});
