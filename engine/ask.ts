import * as readline from "node:readline/promises";

/** Says something to whoever runs a command, beside what the command answers. */
export function say(text: string): void {
    process.stderr.write(`${text}\n`);
}

/** Asks a yes-or-no question; where nobody can be asked, says how to answer it. */
export async function agree(question: string, yes: boolean): Promise<boolean> {
    if (yes) return true;
    if (!process.stdin.isTTY) {
        say(`${question} Say so with --yes.`);
        return false;
    }
    const terminal = readline.createInterface({ input: process.stdin, output: process.stderr });
    try {
        return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
    } catch (error) {
        // Ctrl-C is an answer too.
        if ((error as Error).name !== "AbortError") throw error;
        say("");
        return false;
    } finally {
        terminal.close();
    }
}
