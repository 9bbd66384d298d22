/**
 * Commits the stack's file that a promotion has changed: the record of what was promoted, when and by whom.
 * By GitHub's API, which puts the one file on top of whatever the branch holds by then. So nothing else of
 * the working folder can get into the commit, and the job needs no password for Git.
 *
 * `--before` is the file as takeRecorded.ts kept it before the promotion.
 */
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { parse, parseDocument } from "yaml";
import { stackFileName } from "../../engine/pack";
import { UserError } from "../../engine/userError";
import { GitHubError } from "./api";
import { readStored } from "./contents";
import { requireOptions, thisJob, variable, type Job } from "./job";

/** How often the commit is tried while others push to the same branch. */
const attempts = 5;

type Config = Record<string, unknown>;

/** A stack's file: its settings, and what stands beside them. */
interface Stack {
    readonly config: Config;
    readonly others: unknown;
}

function readStack(text: string): Stack {
    const { config, ...others } = (parse(text) ?? {}) as { config?: Config };
    return { config: config ?? {}, others };
}

/** Names of the settings that differ; their values may be secret. */
function changedSettings(before: string, after: string): string[] {
    const [old, now] = [readStack(before).config, readStack(after).config];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.filter((key) => !isDeepStrictEqual(old[key], now[key])).sort();
}

/**
 * Their file with the settings that we have changed since the base.
 *
 * @returns undefined if they have given one of these another value, or we have changed more than settings.
 */
export function merge(base: string, ours: string, theirs: string): string | undefined {
    if (theirs === base || theirs === ours) return ours;
    const [old, mine, others] = [base, ours, theirs].map(readStack) as [Stack, Stack, Stack];
    if (!isDeepStrictEqual(old.others, mine.others)) return undefined;
    const document = parseDocument(theirs);
    const mineInFull = parseDocument(ours);
    for (const key of changedSettings(base, ours)) {
        const known = [old.config[key], mine.config[key]];
        if (!known.some((value) => isDeepStrictEqual(value, others.config[key]))) return undefined;
        if (key in mine.config)
            document.setIn(["config", key], mineInFull.getIn(["config", key], true));
        else document.deleteIn(["config", key]);
    }
    return document.toString({ lineWidth: 0 });
}

interface Promotion {
    readonly from: string;
    readonly to: string;
    readonly before: string;
    readonly after: string;
    readonly commit: string;
    readonly run: string;
    /** Who pushed, or started the run again. */
    readonly startedBy: string;
    readonly approvedBy: readonly string[];
}

/** What, when (the commit's own date) and who. */
export function recordMessage(promotion: Promotion): string {
    const { from, to, before, after, commit, run, startedBy, approvedBy } = promotion;
    const image = Object.entries(readStack(after).config).find(([key]) =>
        key.endsWith(":image"),
    )?.[1];
    return [
        `Promote ${from} to ${to}`,
        "",
        ...(typeof image === "string" ? [`Image: ${image}`] : []),
        `Settings changed: ${changedSettings(before, after).join(", ")}`,
        `Commit deployed: ${commit}`,
        `Run: ${run}`,
        `Started by: ${startedBy}`,
        `Approved by: ${approvedBy.join(", ") || "nobody, the environment asks for no review"}`,
        "",
        // What a job's token pushes starts no workflow; this holds for any other token too.
        "[skip ci]",
    ].join("\n");
}

async function approvers({ gitHub, repositoryPath }: Job, run: string, to: string) {
    const reviews = await gitHub.get<
        { state: string; user: { login: string }; environments: { name: string }[] }[]
    >(`${repositoryPath}/actions/runs/${run}/approvals`);
    return reviews
        .filter(({ state }) => state === "approved")
        .filter(({ environments }) => environments.some(({ name }) => name === to))
        .map(({ user }) => user.login);
}

/** Whether others pushed between our look at the branch and our commit; a rule of the branch answers the same status. */
function isRace(error: unknown): boolean {
    return (
        error instanceof GitHubError &&
        error.status === 409 &&
        !/rule|protected/i.test(error.reason)
    );
}

/** Commits the file on top of the branch, with what others have changed in it meanwhile. */
async function commitFile(
    job: Job,
    file: string,
    branch: string,
    { before, after }: Promotion,
    message: string,
): Promise<void> {
    for (let attempt = 1; ; attempt++) {
        const stored = await readStored(job, file, branch);
        const merged = merge(before, after, stored.text);
        if (merged === undefined) {
            throw new UserError(
                `${file} on ${branch} has got other values in the same settings since the promotion began. ` +
                    `Put into it by hand what is deployed now; the run's artifact ${file} is the whole file.`,
            );
        }
        if (merged === stored.text) return;
        try {
            const content = Buffer.from(merged).toString("base64");
            const path = `${job.repositoryPath}/contents/${file}`;
            await job.gitHub.send("PUT", path, { message, content, sha: stored.sha, branch });
            return;
        } catch (error) {
            if (!isRace(error) || attempt === attempts) throw explain(error, file, branch);
            await sleep(100 * attempt);
        }
    }
}

function explain(error: unknown, file: string, branch: string): unknown {
    if (!(error instanceof GitHubError)) return error;
    return new UserError(
        `What was promoted is deployed, but its record could not be committed to ${branch}. ${error.message} ` +
            `Rules of the branch must let this workflow push; else commit the run's artifact ${file} by hand.`,
    );
}

export async function main(args: string[], env = process.env): Promise<number> {
    const { from, to, ...options } = requireOptions(args, "from", "to", "before");
    const file = stackFileName(to);
    const commit = variable(env, "GITHUB_SHA");
    const branch = variable(env, "GITHUB_REF_NAME");
    const before = fs.readFileSync(options.before, "utf8");
    const after = fs.readFileSync(file, "utf8");
    if (before === after) {
        console.log(`${file} is as it was: there is nothing to record.`);
        return 0;
    }
    const job = thisJob(env);
    const promotion: Promotion = {
        from,
        to,
        before,
        after,
        commit,
        run: job.runUrl(),
        startedBy: env.GITHUB_TRIGGERING_ACTOR ?? variable(env, "GITHUB_ACTOR"),
        approvedBy: await approvers(job, variable(env, "GITHUB_RUN_ID"), to),
    };
    await commitFile(job, file, branch, promotion, recordMessage(promotion));
    console.log(`Recorded in ${file} on ${branch}.`);
    return 0;
}
