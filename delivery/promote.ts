/** The command `npm run promote`: what is deployed in one environment goes into the next. */
import * as path from "node:path";
import { agree, say } from "../engine/ask";
import { prepare } from "../engine/main";
import { environmentOf } from "../engine/pack";
import type { Place } from "../engine/place";
import { up } from "../engine/recover";
import { UserError } from "../engine/userError";
import { readOptions } from "./options";
import { addressOf, saidAddress } from "./promote/address";
import { keptOutAs, waitUntilHealthy, type Version } from "./promote/health";
import { checkStep, readPromotion, type Promotion } from "./promote/order";
import { readParcel, takeParcel, writeParcel, type Parcel } from "./promote/parcel";
import { readDeployed } from "./promote/source";
import { interrupted, FileOnTrial } from "./promote/fileOnTrial";
import { changesBetween, readDefaults, withCargo, type Cargo } from "./promote/travelling";
import { announce, makeReport, reportFolder } from "./report";
import { findOnAzure } from "./up";

const usage = `npm run promote -- --from <stack> --to <stack>
  --write <file>     in place of --to: only writes what would be promoted
  --read <file>      promotes what --write has written, and asks nothing of --from
  --yes              does not ask
  --skip <stack>     says that an environment in between is left out; once for each
  --address <url>    where the app of --to answers, if not at its own address
  --settle <seconds> how long an app must stay well, from 0 on; 30 if nothing is said`;

interface Arguments {
    readonly from: string;
    /** Where to; or the file to write instead. */
    readonly to: string | { readonly write: string };
    readonly read?: string;
    readonly yes: boolean;
    readonly skip: readonly string[];
    readonly address?: string;
    readonly settleSeconds: number;
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const options = {
    from: text,
    to: text,
    write: text,
    read: text,
    address: text,
    settle: text,
    skip: { type: "string", multiple: true },
    yes: { ...flag, short: "y" },
    help: { ...flag, short: "h" },
} as const;

function parseArguments(args: string[]): Arguments | "help" {
    const { values } = readOptions(args, options, usage);
    if (values.help) return "help";
    const { from, to, write, read, yes = false, skip = [], address, settle = "30" } = values;
    if (!from || !(to || write))
        throw new UserError(`--from and --to name two stacks.\n\n${usage}`);
    if (write && (to || read)) {
        throw new UserError(`--write goes with neither --to nor --read.\n\n${usage}`);
    }
    if (!/^\d{1,4}$/.test(settle)) {
        throw new UserError(`--settle is "${settle}"; expected a number of seconds.\n\n${usage}`);
    }
    return {
        from,
        to: write ? { write } : to!,
        read,
        yes,
        skip,
        address,
        settleSeconds: Number(settle),
    };
}

/** Learns of Ctrl-C and kill, and lets them end nothing by themselves. */
class Interruption {
    private readonly controller = new AbortController();
    readonly signal = this.controller.signal;
    private readonly listener = () => this.controller.abort();

    constructor() {
        for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
            process.on(name, this.listener);
    }

    end(): void {
        for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.off(name, this.listener);
        }
    }
}

/** One change on its way from one stack to the next. */
export interface Step {
    readonly parcel: Parcel;
    readonly target: Place;
    readonly file: FileOnTrial;
    /** What the target has deployed; undefined before its first promotion. */
    readonly before?: Cargo;
    readonly defaults: Readonly<Record<string, string>>;
    /** Where the user says that the target's app answers. */
    readonly address?: string;
    readonly yes: boolean;
    readonly settleSeconds: number;
}

/** How an `up` and the look at the app after it ended. */
interface Outcome {
    /** Whether the `up` itself did. */
    readonly deployed: boolean;
    /** Why all is not well; undefined if it is. */
    readonly problem?: string;
}

/** How to look at the app after an `up`. */
interface Look {
    /** What the app must say of itself. */
    readonly version?: Version;
    /** In seconds. @default as long as the app may take to start */
    readonly longestWait?: number;
    /** Ends it. */
    readonly signal: AbortSignal;
}

/** Deploys what the target's file says, and waits for the app to be well. Never throws: the caller has to go back. */
async function bringUp(
    { target, address: said, defaults, settleSeconds }: Step,
    { settings }: Cargo,
    { version, longestWait = Infinity, signal }: Look,
): Promise<Outcome> {
    const args = ["--stack", target.stack, "--yes", "--skip-preview"];
    try {
        const code = await up(target, args, findOnAzure);
        if (code !== 0) {
            const problem = `its "pulumi up" ended with exit code ${code}`;
            return { deployed: false, problem };
        }
    } catch (error) {
        return { deployed: false, problem: `its "pulumi up" failed: ${(error as Error).message}` };
    }
    if (signal.aborted) return { deployed: true };
    let address: string;
    try {
        address = await addressOf(target, said);
    } catch (error) {
        const problem = `where its app answers is not known: ${(error as Error).message}`;
        return { deployed: true, problem };
    }
    const { healthCheckPath, startTimeLimitSeconds = defaults.startTimeLimitSeconds } = settings;
    const last = await waitUntilHealthy(
        {
            address,
            path: healthCheckPath,
            version,
            limitSeconds: Math.min(Number(startTimeLimitSeconds), longestWait),
            settleSeconds,
            signal,
        },
        say,
    );
    if (last === undefined) return { deployed: true };
    const problem = `its app did not become and stay well; the last answer was ${last}`;
    return { deployed: true, problem };
}

/** Longest look at an app that is back to what it had, in seconds: whoever waits has waited for one start already. */
const longestLookBack = 300;

/** Takes the target back to what it had. @returns What to tell about it. */
async function rollBack(step: Step, signal: AbortSignal): Promise<string> {
    const { target, file, before, defaults } = step;
    const again = `npm run up -- --stack ${target.stack}`;
    if (!before) {
        file.keep();
        return `It had nothing before to go back to, so it is left in place, and ${file.name} with it. Mend it and run "${again}".`;
    }
    say(`Rolling "${target.stack}" back, and looking whether it is well then ...`);
    // What was deployed, which the file need not have said.
    file.write(withCargo(file.original, before, defaults, file.name));
    const { deployed, problem } = await bringUp(step, before, {
        signal,
        longestWait: longestLookBack,
    });
    file.restore();
    if (!deployed) {
        return `Rolling back failed too: ${problem}. ${file.name} is as it was; run "${again}" to bring the stack there.`;
    }
    const back = `It has the image and settings from before again, and ${file.name} is as it was`;
    if (signal.aborted) return `${back}. Whether it is well was not waited for.`;
    if (problem) return `${back}. But it is not well like that either: ${problem}.`;
    return `${back}.`;
}

async function run(step: Step, interruption: Interruption): Promise<number> {
    const { target, file, parcel, yes } = step;
    const { stack } = target;
    const report = await makeReport(target);
    announce(report, reportFolder);
    if (!report.passed) {
        file.restore();
        say(
            `Nothing was promoted, and ${file.name} is as it was: the preview for "${stack}" failed.`,
        );
        return 1;
    }
    if (interruption.signal.aborted || !(await agree(`Promote this to "${stack}"?`, yes))) {
        file.restore();
        say(`Nothing was promoted, and ${file.name} is as it was.`);
        return interruption.signal.aborted ? interrupted : 1;
    }
    const { cargo, version } = parcel;
    const { problem } = await bringUp(step, cargo, {
        version,
        signal: interruption.signal,
    });
    if (interruption.signal.aborted) {
        file.restore();
        say(
            `Interrupted. ${file.name} is as it was; "${stack}" may have the change or a part of it. ` +
                `To take it back: npm run up -- --stack ${stack}`,
        );
        return interrupted;
    }
    if (problem !== undefined) {
        say(`The promotion to "${stack}" failed: ${problem}.`);
        say(await rollBack(step, interruption.signal));
        return 1;
    }
    file.keep();
    if (step.before && !version && changesBetween(step.before, cargo).length > 0) {
        say(
            "It may still be the old container that answers: without a versionPath in delivery/promotion.yaml nobody can tell.",
        );
    }
    say(
        `Promoted: "${stack}" has what "${parcel.from}" has. Commit ${file.name}: it is the record of that.`,
    );
    return 0;
}

/**
 * What the target has deployed; undefined if nothing yet.
 *
 * @throws UserError where nobody could see from here whether its app is well.
 */
async function readTarget(
    target: Place,
    { appSettings }: Promotion,
    said: string | undefined,
): Promise<Cargo | undefined> {
    const { app, url } = await readDeployed(target, appSettings);
    const address = said ?? url;
    const keptOut = app && address && (await keptOutAs(address));
    if (keptOut) {
        throw new UserError(
            `${address} keeps ${keptOut} out, from where this runs: allowedIpRanges of "${target.stack}" do not have it. ` +
                "So nobody could see whether a promotion goes well, and nothing was changed. Run this from where the " +
                "app may be called, or say with --address where it answers from here.",
        );
    }
    return app?.cargo;
}

async function prepareStep(args: Arguments, to: string, promotion: Promotion): Promise<Step> {
    const { from, read, yes, settleSeconds } = args;
    const address = saidAddress(to, args.address);
    const target = await prepare(["--stack", to]);
    const file = FileOnTrial.open(target.cwd, to);
    const [parcel, before] = await Promise.all([
        read
            ? readParcel(read, environmentOf(from), promotion)
            : // Nothing is deployed there, so no policy has a say.
              takeParcel(
                  { ...target, stack: from, env: process.env },
                  environmentOf(from),
                  promotion,
                  settleSeconds,
                  say,
              ),
        readTarget(target, promotion, address),
    ]);
    const defaults = readDefaults(target.cwd);
    return { parcel, target, file, before, defaults, address, yes, settleSeconds };
}

/** Shows, asks, deploys, waits, and takes back what is not well. @returns The exit code. */
export async function promote(step: Step): Promise<number> {
    const { parcel, target, file, before, defaults } = step;
    const changes = changesBetween(before, parcel.cargo);
    say(`From "${parcel.from}" to "${target.stack}":`);
    for (const line of changes.length > 0 ? changes : ["  no change"]) say(line);
    const interruption = new Interruption();
    try {
        file.write(withCargo(file.original, parcel.cargo, defaults, file.name));
        return await run(step, interruption);
    } finally {
        interruption.end();
    }
}

export async function main(argv: string[]): Promise<number> {
    const args = parseArguments(argv);
    if (args === "help") {
        console.log(usage);
        return 0;
    }
    const { from, to, skip } = args;
    const promotion = readPromotion(path.resolve(__dirname, ".."));
    if (typeof to === "string") {
        checkStep(promotion.environments, environmentOf(from), environmentOf(to), skip);
        return promote(await prepareStep(args, to, promotion));
    }
    const place = await prepare(["--stack", from]);
    const parcel = await takeParcel(place, environmentOf(from), promotion, args.settleSeconds, say);
    writeParcel(to.write, parcel);
    say(`What "${from}" has is written into ${to.write}.`);
    return 0;
}
