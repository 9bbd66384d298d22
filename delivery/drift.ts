/** The command `npm run drift`: what was changed in Azure behind Pulumi's back. It changes neither Azure nor the state. */
import * as fs from "node:fs";
import { prepare } from "../engine/main";
import type { Place } from "../engine/place";
import { previewRefresh } from "../engine/refresh";
import { exportState, type StateEntry } from "../engine/state";
import { UserError } from "../engine/userError";
import { appsOf, settingsDrift } from "./drift/appSettings";
import { listSettings } from "./drift/listSettings";
import { nameOf, unseen, verdictOf, type Drift, type Verdict } from "./drift/model";
import { repair } from "./drift/repair";
import { markdownReport, textReport } from "./drift/report";
import { resourceDrift, unseenResources } from "./drift/resources";
import { readOptions } from "./options";

const usage = `npm run drift -- --stack <name>   what was changed in Azure behind Pulumi's back
    --json                        the report as JSON
    --markdown <file>             the report as Markdown too, into a file
    --repair [--yes]              puts it right, asking first
The exit code is 0 without drift, 2 with drift, and 1 if it could not be found out.`;

export const exitCodes: Readonly<Record<Verdict, number>> = { none: 0, drift: 2, unknown: 1 };

interface Options {
    readonly help: boolean;
    readonly json: boolean;
    readonly markdown?: string;
    readonly repair: boolean;
    readonly yes: boolean;
    /** What is left: the stack. */
    readonly stack: readonly string[];
}

const flag = { type: "boolean" } as const;
const known = {
    stack: { type: "string", short: "s" },
    markdown: { type: "string" },
    help: { ...flag, short: "h" },
    json: flag,
    repair: flag,
    yes: { ...flag, short: "y" },
} as const;

export function parseArguments(args: readonly string[]): Options {
    const { values } = readOptions(args, known, usage);
    const { help = false, json = false, repair: repairs = false, yes = false } = values;
    const options = { help, json, repair: repairs, yes };
    const { markdown, stack } = values;
    for (const [name, value] of Object.entries({ markdown, stack })) {
        if (value === "") throw new UserError(`--${name} wants a value.\n\n${usage}`);
    }
    if (options.repair && options.json) {
        throw new UserError(`--repair does not go with --json.\n\n${usage}`);
    }
    if (options.yes && !options.repair) {
        throw new UserError(`--yes goes with --repair only.\n\n${usage}`);
    }
    return { ...options, markdown, stack: stack === undefined ? [] : ["--stack", stack] };
}

async function resourcesOf(place: Place): Promise<readonly StateEntry[]> {
    const state = await exportState(place, { showSecrets: true });
    if (!state) throw new UserError(`There is no stack "${place.stack}".`);
    const { resources = [] } = state.deployment;
    if (resources.length > 0) return resources;
    throw new UserError(
        `The stack "${place.stack}" is empty: nothing is deployed that could drift.`,
    );
}

/** Looks at everything that the state knows. */
export async function findDrift(place: Place): Promise<Drift> {
    const resources = await resourcesOf(place);
    const [refreshed, answers] = await Promise.all([
        previewRefresh(place),
        listSettings(place, appsOf(resources)),
    ]);
    const gone = refreshed.seen.flatMap(({ id, op }) => (op === "delete" ? [id] : []));
    const listed = [...answers].filter(([{ id }]) => !gone.includes(id));
    const missed = listed.flatMap(([{ urn }, answer]) =>
        "reason" in answer ? [unseen(nameOf(urn), "app settings", answer.reason)] : [],
    );
    return {
        stack: place.stack,
        lookedAt: refreshed.seen.length + listed.length - missed.length,
        resources: resourceDrift(refreshed),
        settings: listed.flatMap(([app, answer]) =>
            "settings" in answer ? (settingsDrift(app, answer.settings) ?? []) : [],
        ),
        unseen: [...unseenResources(refreshed), ...missed],
    };
}

function writeMarkdown(file: string, drift: Drift): void {
    try {
        fs.writeFileSync(file, markdownReport(drift));
    } catch (error) {
        throw new UserError(`--markdown "${file}": ${(error as Error).message}`);
    }
}

export async function main(args: string[]): Promise<number> {
    const options = parseArguments(args);
    if (options.help) {
        console.log(usage);
        return 0;
    }
    if (options.repair && !options.yes && !process.stdin.isTTY) {
        throw new UserError("--repair asks first, and nobody can answer here: say --yes too.");
    }
    const place = await prepare(options.stack);
    const drift = await findDrift(place);
    const verdict = verdictOf(drift);
    console.log(
        options.json ? JSON.stringify({ verdict, ...drift }, undefined, 2) : textReport(drift),
    );
    if (options.markdown !== undefined) writeMarkdown(options.markdown, drift);
    if (options.repair && verdict === "drift") {
        return repair(place, drift, options.yes ? ["--yes"] : []);
    }
    return exitCodes[verdict];
}
