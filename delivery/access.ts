/** The command `npm run access`: what a principal did on Azure, by an activity log that was exported. */
import { describeActivityLog, exportCommand } from "../azure/activityLog";
import { readGivenFile } from "../engine/givenFile";
import { UserError } from "../engine/userError";
import { readOptions } from "./options";

const usage = `npm run access -- --log <file> [--caller <id>] [--actions]

  --log <file>    the log: ${exportCommand}
  --caller <id>   whose operations: an object id, client id or principal name; without it the only caller's
  --actions       only the actions that were allowed, one a line, for a custom role`;

export async function main(args: string[]): Promise<number> {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const options = { log: text, caller: text, actions: flag, help: { ...flag, short: "h" } };
    const { values, positionals } = readOptions(args, options, usage);
    const { log, caller, actions, help } = values;
    if (help) {
        console.log(usage);
        return 0;
    }
    if (!log || positionals.length > 0) throw new UserError(`Which log? ${usage}`);
    const view = describeActivityLog(readGivenFile(log), { caller, plain: actions });
    if ("problem" in view) throw new UserError(`${log} ${view.problem}`);
    // Apart, so that a pipe gets the plain list alone.
    for (const note of view.notes) console.error(note);
    console.log(view.lines.join("\n"));
    return 0;
}
