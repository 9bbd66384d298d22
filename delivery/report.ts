/**
 * The command `npm run report`: runs the real preview of a stack with the policies, and writes what it said as
 * Markdown for a pull request and as a page for people.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { runWatched } from "../engine/events";
import { prepare } from "../engine/main";
import type { Place } from "../engine/place";
import { UserError } from "../engine/userError";
import { readOptions, requireStack } from "./options";
import { markdown } from "./report/markdown";
import { failedReport, readReport, verdict, type Report } from "./report/model";
import { page } from "./report/page";

const usage =
    "npm run report -- --stack <name> [--out <folder>] [--refresh]: previews the stack and writes report.md and " +
    'report.html, by default into the folder "dist/report".';

/** Where reports are written unless told; git ignores it. */
export const reportFolder = path.resolve(__dirname, "..", "dist", "report");

export interface PreviewOptions {
    /** Further arguments of `pulumi preview`, such as `--refresh`. */
    readonly args?: readonly string[];
}

/**
 * Runs `pulumi preview` in the foreground, with its usual output, and answers what it said. Where it fails, the report
 * says so: `passed` is false then, and nothing is thrown.
 */
export async function makeReport(
    place: Place,
    { args = [] }: PreviewOptions = {},
): Promise<Report> {
    const { pulumi, cwd, env, stack } = place;
    const command = ["preview", "--stack", stack, ...args];
    const { code, events, errors } = await runWatched(pulumi, command, { cwd, env }, true);
    return readReport({ stack, code, events, errors, project: cwd, at: new Date() });
}

/** Writes `report.md` and `report.html` into a folder, which it makes where there is none. */
export function writeReport(report: Report, folder: string): void {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "report.md"), markdown(report));
    fs.writeFileSync(path.join(folder, "report.html"), page(report));
}

const options = {
    stack: { type: "string", short: "s" },
    out: { type: "string" },
    refresh: { type: "boolean" },
    help: { type: "boolean", short: "h" },
} as const;

/** What could not even begin is a report too: a pipeline shows it like any other. */
async function reportOn(stack: string, args: readonly string[]): Promise<Report> {
    try {
        return await makeReport(await prepare(["--stack", stack]), { args });
    } catch (error) {
        if (!(error instanceof UserError)) throw error;
        console.error(error.message);
        return failedReport(stack, error.message, new Date());
    }
}

/** @throws UserError where reports cannot be written, before anybody has waited for one. */
function makeFolder(folder: string): void {
    try {
        fs.mkdirSync(folder, { recursive: true });
        fs.accessSync(folder, fs.constants.W_OK);
    } catch (error) {
        throw new UserError(`--out "${folder}": ${(error as Error).message}`);
    }
    // Nobody should take an older one for this one's, whatever becomes of it.
    for (const name of ["report.md", "report.html"]) {
        fs.rmSync(path.join(folder, name), { force: true });
    }
}

/** Tells how a report ended and where it is. */
export function announce(report: Report, folder: string): void {
    writeReport(report, folder);
    const at = path.relative(process.cwd(), folder) || ".";
    console.log(`\n${verdict(report).text}\nReport: ${at}/report.md and ${at}/report.html`);
}

export async function main(args: string[]): Promise<number> {
    const { values } = readOptions(args, options, usage);
    if (values.help) {
        console.log(usage);
        return 0;
    }
    if (values.out === "") throw new UserError(`--out wants a folder.\n\n${usage}`);
    const stack = requireStack(values.stack, usage);
    const folder = values.out === undefined ? reportFolder : path.resolve(values.out);
    makeFolder(folder);
    const report = await reportOn(stack, values.refresh ? ["--refresh"] : []);
    announce(report, folder);
    return report.passed ? 0 : 1;
}
