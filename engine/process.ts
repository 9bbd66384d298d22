import { spawn, type ChildProcess } from "node:child_process";
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
