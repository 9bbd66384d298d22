/**
 * Shows in a fork's pull request, or Dependabot's, what the job that ran its code left: as text that nobody vouches
 * for. Runs with a token that may write, and so takes nothing from that code but the text.
 */
import { unpack } from "./artifact";
import { longestBody, marker, writeComment } from "./comment";
import { readEvent, thisJob, type Job } from "./job";
import { asCode, plainText } from "./untrusted";

/** Greatest size of the artifact, in bytes: a report is some 64 kB and its page a few hundred. */
const largestArchive = 4 * 1024 * 1024;

/** Greatest size of the report in it, in bytes. */
const largestReport = 256 * 1024;

/** Name of the artifact, which fork-preview.yml gives it. */
const artifactName = "report";

/** To whose pull requests GitHub gives no secrets, and so fork-preview.yml takes them too. */
const dependabot = "dependabot[bot]";

interface Head {
    readonly sha: string;
    /** Null where the fork is deleted. */
    readonly repo: { readonly full_name: string } | null;
}

interface WorkflowRun {
    readonly id: number;
    readonly event: string;
    readonly actor: { readonly login: string };
    readonly conclusion: string | null;
    readonly head_sha: string;
    readonly head_branch: string;
    /** Null where the fork is deleted. */
    readonly head_repository: {
        readonly full_name: string;
        readonly owner: { login: string };
    } | null;
}

interface RunEvent {
    readonly workflow_run: WorkflowRun;
    readonly repository: { readonly default_branch: string };
}

/**
 * The open pull request that the run was for: what GitHub says of its newest commit decides.
 *
 * The event itself names none for a fork, and neither does the API's list of a commit's pull requests, which
 * looks for the commit in this repository.
 *
 * @returns undefined if it is closed, or has a newer commit by now, whose run will have its own say.
 */
async function findPullRequest(
    { gitHub, repositoryPath }: Job,
    { workflow_run: run, repository }: RunEvent,
): Promise<number | undefined> {
    const fork = run.head_repository;
    if (!fork) return undefined;
    const from = encodeURIComponent(`${fork.owner.login}:${run.head_branch}`);
    const base = encodeURIComponent(repository.default_branch);
    const pulls = await gitHub.list<{ number: number; head: Head; base: { ref: string } }>(
        `${repositoryPath}/pulls?state=open&base=${base}&head=${from}`,
    );
    // Asked again of each: a filter that GitHub does not understand is passed over.
    return pulls.find(
        (pull) =>
            pull.head.sha === run.head_sha &&
            pull.head.repo?.full_name === fork.full_name &&
            pull.base.ref === repository.default_branch,
    )?.number;
}

/** The report in the run's artifact, or why there is none. */
async function fetchReport(
    { gitHub, repositoryPath }: Job,
    run: WorkflowRun,
): Promise<{ report: string } | { problem: string }> {
    const { artifacts } = await gitHub.get<{
        artifacts: { id: number; name: string; expired: boolean }[];
    }>(`${repositoryPath}/actions/runs/${run.id}/artifacts?name=${artifactName}&per_page=100`);
    // A run that was started again has one of each time: the newest has the highest id.
    const [artifact] = artifacts
        .filter(({ name, expired }) => name === artifactName && !expired)
        .sort((one, other) => other.id - one.id);
    if (!artifact) return { problem: "its run left no artifact" };
    const archive = await gitHub.download(
        `${repositoryPath}/actions/artifacts/${artifact.id}/zip`,
        largestArchive,
    );
    if (!archive) {
        return { problem: `the artifact of its run has more than ${largestArchive / 1024} kB` };
    }
    const unpacked = await unpack(archive, "report.md", largestReport);
    if ("problem" in unpacked) return { problem: `the artifact of its run ${unpacked.problem}` };
    return { report: plainText(unpacked.file) };
}

/** The comment, in which nothing but the indented block is the fork's. */
export function forkComment(
    run: Pick<WorkflowRun, "actor" | "conclusion" | "head_sha">,
    runUrl: string,
    found: { report: string } | { problem: string },
): string {
    const failed = run.conclusion === "success" ? "" : " The run failed.";
    const whose = run.actor.login === dependabot ? "Dependabot's" : "a fork's";
    const head = [
        `### Unverified report of ${whose} pull request`,
        "",
        `The code of this pull request wrote the text below, at ${run.head_sha}, in [a run](${runUrl}) without ` +
            `credentials and on a model of Azure. **Nobody has verified it**: it may say anything.${failed}`,
        "",
    ].join("\n");
    if ("problem" in found) return `${head}\nThere is no report: ${found.problem}.\n`;
    const open = "\n<details><summary>What its code wrote</summary>\n\n";
    const close = "\n\n</details>\n";
    const room = longestBody - head.length - open.length - close.length - 200;
    return head + open + asCode(found.report, room) + close;
}

export async function main(_args: string[], env = process.env): Promise<number> {
    const job = thisJob(env);
    const event = readEvent<RunEvent>(env);
    const { workflow_run: run } = event;
    const untrusted =
        run.head_repository?.full_name !== job.repository || run.actor.login === dependabot;
    if (run.event !== "pull_request" || !untrusted) {
        console.log(
            "The run was not for a pull request of a fork or of Dependabot: nothing to comment on.",
        );
        return 0;
    }
    const number = await findPullRequest(job, event);
    if (number === undefined) {
        console.log("No open pull request has this commit as its newest: nothing to comment on.");
        return 0;
    }
    const body = forkComment(run, job.runUrl(run.id), await fetchReport(job, run));
    await writeComment(job, number, marker("report of a fork"), body);
    return 0;
}
