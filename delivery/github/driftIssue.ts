/** Keeps one open issue per stack that has drifted, and closes it when the drift is gone. */
import * as fs from "node:fs";
import { UserError } from "../../engine/userError";
import { isOurs, longestBody, marker, type Written } from "./comment";
import { requireOptions, thisJob, type Job } from "./job";

/** Exit codes of the command `drift`. */
const noDrift = 0;
const drifted = 2;

interface Issue extends Written {
    readonly number: number;
    /** There for pull requests, which GitHub counts among the issues. */
    readonly pull_request?: unknown;
}

/** What the issue says. @param report As the command `drift` wrote it. */
export function issueBody(stack: string, run: string, report: string): string {
    const head = `Found by [the newest drift check](${run}), which writes this text anew and closes the issue when the drift is gone.`;
    const long = `The report is longer than an issue may be: [the run](${run}) keeps it as an artifact.`;
    const room = longestBody - head.length - 200;
    return `${marker(`drift of ${stack}`)}\n\n${head}\n\n${report.length > room ? long : report}`;
}

async function openIssues({ gitHub, repositoryPath }: Job, stack: string): Promise<Issue[]> {
    const all = await gitHub.list<Issue>(
        `${repositoryPath}/issues?state=open&sort=created&direction=asc`,
    );
    return all.filter((issue) => !issue.pull_request && isOurs(issue, marker(`drift of ${stack}`)));
}

async function report(job: Job, stack: string, text: string): Promise<void> {
    const { gitHub, repositoryPath } = job;
    const title = `The stack ${stack} has drifted`;
    const content = { title, body: issueBody(stack, job.runUrl(), text) };
    const [open] = await openIssues(job, stack);
    if (open) await gitHub.send("PATCH", `${repositoryPath}/issues/${open.number}`, content);
    else await gitHub.send("POST", `${repositoryPath}/issues`, content);
}

async function close(job: Job, stack: string): Promise<void> {
    const { gitHub, repositoryPath } = job;
    for (const { number } of await openIssues(job, stack)) {
        const issue = `${repositoryPath}/issues/${number}`;
        await gitHub.send("POST", `${issue}/comments`, {
            body: `The drift is gone, as [a check](${job.runUrl()}) has found.`,
        });
        await gitHub.send("PATCH", issue, { state: "closed", state_reason: "completed" });
    }
}

export async function main(args: string[], env = process.env): Promise<number> {
    const options = requireOptions(args, "stack", "exit-code", "markdown");
    const { stack, markdown } = options;
    const code = Number(options["exit-code"]);
    if (code === noDrift) await close(thisJob(env), stack);
    else if (code === drifted) await report(thisJob(env), stack, fs.readFileSync(markdown, "utf8"));
    else {
        // Of a stack that nobody has looked at, an open issue says neither more nor less than before.
        throw new UserError(
            `Whether the stack "${stack}" has drifted is not known: the check itself failed (${options["exit-code"]}). ` +
                "What it printed says why.",
        );
    }
    return 0;
}
