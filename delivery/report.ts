/**
 * The command `npm run report`: runs the real preview of a stack with the policies, and writes what it said as
 * Markdown for a pull request and as a page for people.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { runWatched } from "../engine/events";
import { prepare } from "../engine/main";
import type { Place } from "../engine/recover";
import { UserError } from "../engine/userError";
import { markdown } from "./report/markdown";
import { failedReport, readReport, verdict, type Report } from "./report/model";
import { page } from "./report/page";

const usage =
    "npm run report -- --stack <name> [--out <folder>] [--refresh]: previews the stack and writes report.md and " +
    'report.html, by default into the folder "dist/report".';

const project = path.resolve(__dirname, "..");

/** Git ignores it. */
const defaultFolder = path.join("dist", "report");

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

interface Arguments {
    readonly stack: string;
    readonly out: string;
    readonly args: readonly string[];
}

function parseArguments(args: readonly string[]): Arguments {
    let stack: string | undefined;
    let out = path.join(project, defaultFolder);
    const passed: string[] = [];
    for (let index = 0; index < args.length; index++) {
        const arg = args[index]!;
        const [, option, inline] = /^(--stack|-s|--out)(?:=(.*))?$/.exec(arg) ?? [];
        if (arg === "--refresh") passed.push(arg);
        else if (option === undefined) throw new UserError(`"${arg}" is not known.\n${usage}`);
        else {
            const value = inline ?? args[++index];
            if (!value) throw new UserError(`${option} wants a value.\n${usage}`);
            if (option === "--out") out = path.resolve(value);
            else stack = value;
        }
    }
    if (stack === undefined) throw new UserError(`Which stack? --stack names it.\n${usage}`);
    return { stack, out, args: passed };
}

/** What could not even begin is a report too: a pipeline shows it like any other. */
async function reportOn({ stack, args }: Arguments): Promise<Report> {
    try {
        return await makeReport(await prepare(["--stack", stack]), { args });
    } catch (error) {
        if (!(error instanceof UserError)) throw error;
        console.error(error.message);
        return failedReport(stack, error.message, new Date());
    }
}

export async function main(args: string[]): Promise<number> {
    if (args.includes("--help") || args.includes("-h")) {
        console.log(usage);
        return 0;
    }
    const wanted = parseArguments(args);
    const report = await reportOn(wanted);
    writeReport(report, wanted.out);
    const at = path.relative(process.cwd(), wanted.out) || ".";
    console.log(`\n${verdict(report).text}\nReport: ${at}/report.md and ${at}/report.html`);
    return report.passed ? 0 : 1;
}
