/** The command `npm run access`: what a principal did on Azure, by an activity log that was exported. */
import { parseArgs } from "node:util";
import { describeActivityLog, exportCommand } from "../azure/activityLog";
import { readGivenFile } from "../engine/givenFile";
import { UserError } from "../engine/userError";

const usage = `npm run access -- --log <file> [--caller <id>] [--actions]

  --log <file>    the log: ${exportCommand}
  --caller <id>   whose operations: an object id, client id or principal name; without it the only caller's
  --actions       only the actions that were allowed, one a line, for a custom role`;

function readOptions(args: string[]) {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    try {
        const options = { log: text, caller: text, actions: flag, help: { ...flag, short: "h" } };
        return parseArgs({ args, options }).values;
    } catch (error) {
        throw new UserError(`${(error as Error).message}\n\n${usage}`);
    }
}

export async function main(args: string[]): Promise<number> {
    const { log, caller, actions, help } = readOptions(args);
    if (help) {
        console.log(usage);
        return 0;
    }
    if (!log) throw new UserError(`Which log? ${usage}`);
    const view = describeActivityLog(readGivenFile(log), { caller, plain: actions });
    if ("problem" in view) throw new UserError(`${log} ${view.problem}`);
    // Apart, so that a pipe gets the plain list alone.
    for (const note of view.notes) console.error(note);
    console.log(view.lines.join("\n"));
    return 0;
}
