/**
 * Runs a Pulumi command in the foreground and reads along what its engine does, without touching what it shows.
 *
 * The engine's event log holds the SDK's debug messages too, and in those secrets stand in clear (seen with CLI
 * 3.259). So it never becomes a file: it goes through a named pipe, and debug messages are dropped on the way.
 * Windows has no such pipes; there it is a file in a folder of one's own, and is removed.
 */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { StringDecoder } from "node:string_decoder";
import { promisify } from "node:util";
import { exitCode } from "./process";

const read = promisify(fs.read);

/** The events of a log; half a line, as an engine that was killed leaves it, is none. */
export function parseEvents<T>(log: string): T[] {
    return log.split("\n").flatMap((line) => {
        try {
            return line === "" ? [] : [JSON.parse(line) as T];
        } catch {
            return [];
        }
    });
}

export interface Watched {
    /** Exit code; that of a shell (128 + signal) if a signal ended the command. */
    readonly code: number;
    /** The engine's events, one in JSON a line, without debug messages. */
    readonly events: string;
    /** What went to standard error, if that was asked for. */
    readonly errors: string;
}

/** Where the command runs. */
interface Where {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
}

interface EventLog {
    readonly file: string;
    /** The whole log, once the command has ended. */
    read(): Promise<string>;
}

/** Ends the pipe for its reader, who holds its other end too and so never sees it close. */
const endOfLog = "\n\0\n";

/** Whether a line is a debug message; what merely has these words in a tag or setting is none. */
function isDebug(line: string): boolean {
    if (!line.includes('"severity":"debug"')) return false;
    try {
        const event = JSON.parse(line) as { diagnosticEvent?: { severity?: string } };
        return event.diagnosticEvent?.severity === "debug";
    } catch {
        return true; // Half a line of an engine that was killed: it may be one.
    }
}

function pipeLog(folder: string): EventLog {
    const file = path.join(folder, "events");
    execFileSync("mkfifo", ["-m", "600", file]);
    // Open for both: an end for reading alone would wait for an engine that may never come.
    const handle = fs.openSync(file, "r+");
    const log = readToEnd(handle);
    return {
        file,
        async read() {
            fs.writeSync(handle, endOfLog);
            const kept = await log;
            fs.closeSync(handle);
            // Without a look at it: while the last thing that Node.js 20 looked at is a pipe, realpathSync returns
            // links as they are (its statValues), and modules behind a link are loaded twice.
            fs.unlinkSync(file);
            return kept;
        },
    };
}

/** Reads a pipe up to the line that ends it. One read more would wait for ever, and this process with it. */
async function readToEnd(handle: number): Promise<string> {
    const decoder = new StringDecoder("utf8");
    const buffer = Buffer.alloc(1 << 16);
    let kept = "";
    let rest = "";
    for (;;) {
        const { bytesRead } = await read(handle, buffer, 0, buffer.length, null);
        const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split("\n");
        rest = lines.pop()!;
        for (const line of lines) {
            if (line === "\0") return kept;
            if (line !== "" && !isDebug(line)) kept += `${line}\n`;
        }
    }
}

function fileLog(folder: string): EventLog {
    const file = path.join(folder, "events");
    return {
        file,
        async read() {
            const lines = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [];
            return lines.filter((line) => !isDebug(line)).join("\n");
        },
    };
}

/**
 * Does work whose Pulumi command writes its events into a log, and reads them along.
 *
 * @param work Runs the command with these variables besides its own.
 * @returns What the work answers, and the events.
 */
export async function withEvents<T>(
    work: (variables: Record<string, string>) => Promise<T>,
): Promise<{ answer: T; events: string }> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-events-"));
    try {
        const log = process.platform === "win32" ? fileLog(folder) : pipeLog(folder);
        const ended = await work({
            PULUMI_DEBUG_COMMANDS: "true", // Without it the CLI has no flag for an event log.
            PULUMI_OPTION_EVENT_LOG: log.file,
        }).then(
            (answer) => ({ answer }),
            (error: Error) => ({ error }),
        );
        const events = await log.read();
        if ("error" in ended) throw ended.error;
        return { answer: ended.answer, events };
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * Runs `pulumi <args>` in the foreground, with our own input and output.
 *
 * @param keepErrors Whether to keep what goes to standard error, beside showing it. It is no terminal then.
 */
export async function runWatched(
    pulumi: string,
    args: readonly string[],
    { cwd, env }: Where,
    keepErrors = false,
): Promise<Watched> {
    let errors = "";
    const { answer: code, events } = await withEvents((variables) => {
        const child = spawn(pulumi, args, {
            cwd,
            env: { ...env, ...variables },
            stdio: ["inherit", "inherit", keepErrors ? "pipe" : "inherit"],
        });
        // By characters: a chunk may end in the middle of one.
        child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
            errors += chunk;
            process.stderr.write(chunk);
        });
        return exitCode(child);
    });
    return { code, events, errors };
}
