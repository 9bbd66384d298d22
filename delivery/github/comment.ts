/** Puts the report of a stack into its pull request: one comment, written anew at every run. */
import * as fs from "node:fs";
import * as path from "node:path";
import { readEvent, requireOptions, thisJob, type Job } from "./job";

/** Longest body of a comment or an issue that GitHub takes, in characters. It says so in its refusal of a longer one. */
export const longestBody = 65_536;

/** Who writes with a job's token. Source: docs.github.com/actions/concepts/security/github_token */
const actionsBot = "github-actions[bot]";

/** What comments, issues and pull requests have in common. */
export interface Written {
    readonly body?: string | null;
    readonly user?: { readonly login: string } | null;
}

/** First line of a text that a later run is to find again; people do not see it. */
export const marker = (what: string) => `<!-- azure-webapp-stack: ${what} -->`;

/** Whether one of these workflows wrote it: anybody can write a marker, and quote one further down. */
export function isOurs({ body, user }: Written, mark: string): boolean {
    return user?.login === actionsBot && (body ?? "").startsWith(mark);
}

/** Writes the comment that begins with the marker: over the one that is there, or a new one. */
export async function writeComment(
    { gitHub, repositoryPath }: Job,
    number: number,
    mark: string,
    body: string,
): Promise<void> {
    const comments = `${repositoryPath}/issues/${number}/comments`;
    const all = await gitHub.list<Written & { id: number }>(comments);
    const own = all.find((comment) => isOurs(comment, mark));
    const content = { body: `${mark}\n\n${body}` };
    if (own) await gitHub.send("PATCH", `${repositoryPath}/issues/comments/${own.id}`, content);
    else await gitHub.send("POST", comments, content);
}

/** A text where there is one, and it fits between marker and last line of a comment. */
function reportOf(folder: string): string | undefined {
    const file = path.join(folder, "report.md");
    // Code that nobody has reviewed left it: a link would show a file of this job's machine.
    const isFile = fs.lstatSync(file, { throwIfNoEntry: false })?.isFile();
    const text = isFile ? fs.readFileSync(file, "utf8").trim() : "";
    return text === "" ? undefined : text;
}

/** @param report As the command `report` wrote it; undefined if it wrote none. */
export function commentBody(
    stack: string,
    commit: string,
    run: string,
    report: string | undefined,
): string {
    const last = `<sub>Stack ${stack} at ${commit}, [run](${run}), which keeps the page as an artifact.</sub>`;
    const none = `**No report of the stack ${stack}.** The job failed before it could write one; [its run](${run}) says why.`;
    const long = `**The report of the stack ${stack} is longer than a comment may be.** [Its run](${run}) keeps it as an artifact.`;
    const room = longestBody - last.length - 200;
    if (report === undefined) return `${none}\n\n${last}`;
    return `${report.length > room ? long : report}\n\n${last}`;
}

export async function main(args: string[], env = process.env): Promise<number> {
    const { stack, report } = requireOptions(args, "stack", "report");
    const job = thisJob(env);
    const { pull_request: pull } = readEvent<{
        pull_request: { number: number; head: { sha: string } };
    }>(env);
    const body = commentBody(stack, pull.head.sha, job.runUrl(), reportOf(report));
    await writeComment(job, pull.number, marker(`report of ${stack}`), body);
    return 0;
}
