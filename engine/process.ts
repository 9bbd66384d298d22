import { execFile, spawn, type ChildProcess } from "node:child_process";
import * as os from "node:os";

/** Waits for a command in the foreground, and answers its exit code; 128 + signal if a signal ended it. */
export function exitCode(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
        // Ctrl-C reaches the child by itself; we stay until it has tidied up.
        const wait = () => undefined;
        process.on("SIGINT", wait);
        process.on("SIGTERM", wait);
        child.on("error", reject);
        child.on("close", (code, signal) => {
            process.off("SIGINT", wait);
            process.off("SIGTERM", wait);
            resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
        });
    });
}

/**
 * Runs a command in the foreground, with our own input and output.
 *
 * @returns Its exit code; that of a shell (128 + signal) if a signal ended it.
 */
export function runInForeground(
    command: string,
    args: readonly string[],
    options: { cwd?: string; env: NodeJS.ProcessEnv },
): Promise<number> {
    return exitCode(spawn(command, args, { ...options, stdio: "inherit" }));
}

/** What a command printed, and how it ended. */
export interface Captured {
    readonly code: number;
    readonly stdout: string;
    /** Both streams, one after the other. */
    readonly output: string;
}

/** Most that a command may print, in bytes: a state of thousands of resources. */
const maxBuffer = 1 << 28;

/** Runs a command unseen. What goes to its input is in no file and no list of processes. */
export function capture(
    command: string,
    args: readonly string[],
    options: { cwd?: string; env: NodeJS.ProcessEnv; input?: string },
): Promise<Captured> {
    const { input, ...rest } = options;
    return new Promise((resolve, reject) => {
        const child = execFile(command, args, { ...rest, maxBuffer }, (error, stdout, stderr) => {
            if (error?.code === "ENOENT") return reject(new Error(error.message));
            const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
            resolve({ code, stdout, output: stdout + stderr });
        });
        // Of a command that ends before it has read all, only its exit code counts.
        child.stdin?.on("error", () => undefined);
        child.stdin?.end(input ?? "");
    });
}
