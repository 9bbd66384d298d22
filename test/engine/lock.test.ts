/**
 * The lock between processes, with real processes.
 * Cannot show that no interleaving of processes breaks it, only that many runs at once do not.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as readline from "node:readline";
import { withLock } from "../../engine/lock";
import { temporaryFolder } from "../support/temporaryFolder";

const engine = path.resolve(__dirname, "..", "..", "engine");

/** Starts Node.js with `withLock` and `fs` in scope, and `args` as `process.argv.slice(1)`. */
function start(script: string, args: string[]) {
    const code = `require(${JSON.stringify(path.join(engine, "typescript.js"))});
        const { withLock } = require(${JSON.stringify(path.join(engine, "lock.ts"))});
        const fs = require("node:fs");
        ${script}`;
    const child = spawn(process.execPath, ["-e", code, ...args], {
        stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { child, ended };
}

/** Adds one to the number in a file, several times; without a lock some additions get lost. */
const count = `const [, lock, file, times] = process.argv;
    (async () => {
        for (let i = 0; i < Number(times); i++) {
            await withLock(lock, async () => {
                const number = Number(fs.readFileSync(file, "utf8"));
                await new Promise(setImmediate);
                fs.writeFileSync(file, String(number + 1));
            });
        }
    })();`;

/** Ends in the middle of its work, as a killed process does. */
const dieHolding = `const [, lock] = process.argv;
    withLock(lock, () => process.exit(0));`;

describe("withLock", () => {
    const folder = temporaryFolder();
    let made = 0;
    const newLock = () => path.join(folder, String(made++), "lock");

    it("answers what the work answers, and leaves nothing behind", async () => {
        const lock = newLock();
        const answer = await withLock(lock, async () => {
            expect(fs.readFileSync(lock, "utf8")).toBe(String(process.pid));
            return "done";
        });
        expect(answer).toBe("done");
        expect(fs.readdirSync(path.dirname(lock))).toEqual([]);
    });

    it("fails as the work fails, and is free again", async () => {
        const lock = newLock();
        const failing = () => Promise.reject(new Error("broken"));
        await expect(withLock(lock, failing)).rejects.toThrow("broken");
        await expect(
            withLock(lock, () => {
                throw new Error("broken at once");
            }),
        ).rejects.toThrow("broken at once");
        await expect(withLock(lock, () => "free")).resolves.toBe("free");
    });

    it("fails where a lock cannot be written, instead of waiting for ever", async () => {
        const file = path.join(folder, "a-file");
        fs.writeFileSync(file, "");
        await expect(withLock(path.join(file, "lock"), () => "never")).rejects.toThrow();
    });

    it("runs parallel calls of one process one after the other", async () => {
        const lock = newLock();
        let running = 0;
        const numbers = [1, 2, 3, 4, 5];
        const calls = numbers.map((number) =>
            withLock(lock, async () => {
                running++;
                await new Promise(setImmediate);
                expect(running).toBe(1);
                running--;
                return number;
            }),
        );
        expect(await Promise.all(calls)).toEqual(numbers);
    });

    it("keeps two locks apart", async () => {
        const other = newLock();
        const answer = await withLock(newLock(), () => withLock(other, () => "both"));
        expect(answer).toBe("both");
    });

    it("loses nothing that several processes do at once, a dead one's lock in their way", async () => {
        const lock = newLock();
        await start(dieHolding, [lock]).ended;
        expect(fs.existsSync(lock)).toBe(true);
        const file = path.join(folder, "number");
        fs.writeFileSync(file, "0");
        const [processes, times] = [4, 20];
        const all = Array.from({ length: processes }, () =>
            start(count, [lock, file, String(times)]),
        );
        const codes = await Promise.all(all.map(({ ended }) => ended));
        expect(codes).toEqual(Array(processes).fill(0));
        expect(fs.readFileSync(file, "utf8")).toBe(String(processes * times));
        expect(fs.readdirSync(path.dirname(lock))).toEqual([]);
    });

    it("takes over the lock of a dead process, without a word", async () => {
        const lock = newLock();
        const { child, ended } = start(dieHolding, [lock]);
        await ended;
        expect(fs.readFileSync(lock, "utf8")).toBe(String(child.pid));
        const waits = jest.fn();
        expect(await withLock(lock, () => "taken over", waits)).toBe("taken over");
        expect(waits).not.toHaveBeenCalled();
    });

    it("waits for a living process, and says once for which", async () => {
        const lock = newLock();
        const holding = `withLock(process.argv[1], () => new Promise((resolve) => {
            console.log("held");
            process.stdin.on("end", resolve).resume();
        }));`;
        const { child, ended } = start(holding, [lock]);
        const lines = readline.createInterface({ input: child.stdout });
        await new Promise((resolve) => lines.once("line", resolve));

        let free = false;
        const waits = jest.fn(() => {
            // Later, so that there are attempts which could say it again.
            setTimeout(() => {
                free = true;
                child.stdin.end();
            }, 50);
        });
        const sawFree = await withLock(lock, () => free, waits);
        expect(sawFree).toBe(true);
        expect(waits.mock.calls).toEqual([[child.pid]]);
        expect(await ended).toBe(0);
    });
});
