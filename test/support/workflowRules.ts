/** What every workflow of this repository must hold to, as a function that names what does not. */

interface Step {
    readonly name?: string;
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Record<string, unknown>;
    readonly env?: Record<string, unknown>;
}

interface WorkflowJob {
    readonly if?: string;
    readonly needs?: string | readonly string[];
    readonly environment?: string;
    readonly permissions?: Record<string, string>;
    readonly steps?: readonly Step[];
    readonly "timeout-minutes"?: number;
}

export interface Workflow {
    readonly on: Record<string, unknown>;
    readonly permissions?: unknown;
    readonly concurrency?: { readonly group: string; readonly "cancel-in-progress"?: unknown };
    readonly jobs: Record<string, WorkflowJob>;
}

/** Longest that a job may last, in minutes; without one, GitHub's own limit of six hours holds. */
const longestJob = 60;

/** Publishers whose actions run here, at a major version: a commit that nobody can verify would look safer than it is. */
const knownAction =
    /^(actions\/(checkout|setup-node|setup-go|(up|down)load-artifact)|azure\/login)@v\d+$/;

/** The only thing that is given a token to write with. */
const ourScript =
    /^node engine\/run\.js delivery\/github\/\w+\.ts( --[\w-]+ ("\$[A-Z]+"|[\w.]+))*\n?$/;

const sameRepository = "github.event.pull_request.head.repo.full_name == github.repository";
const otherRepository = "github.event.pull_request.head.repo.full_name != github.repository";
const notDependabot = "github.actor != 'dependabot[bot]'";

/** What a step may do, wherever it is. */
function stepProblems(step: Step): string[] {
    const { uses, run = "" } = step;
    const problems: string[] = [];
    // Any: what an expression stands for becomes part of the script, title of a pull request included.
    if (run.includes("${{")) problems.push("has an expression in run; hand it over in env");
    if (uses !== undefined && !knownAction.test(uses)) problems.push(`uses ${uses}`);
    if (uses?.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false) {
        problems.push("leaves its token behind: persist-credentials must be false");
    }
    const values = JSON.stringify([step.env, step.with]);
    if (/github\.token|secrets\.GITHUB_TOKEN/.test(values) && !ourScript.test(run)) {
        problems.push("gets the job's token, and is no script of delivery/github");
    }
    return problems;
}

/** Whether the job has the base branch's code, not the pull request's. */
function runsBaseOnly({ steps = [] }: WorkflowJob): boolean {
    return steps
        .filter(({ uses }) => uses?.startsWith("actions/checkout@"))
        .every((step) => step.with?.ref === "${{ github.event.pull_request.base.sha }}");
}

/** What fetches dependencies, and runs nothing of ours besides. */
const fetching = /^(npm run pulumi -- setup|node engine\/install\.js)\n?$/;

/** Whether dependencies are fetched before a credential is in reach, of their own code too. */
function fetchesFirst(steps: readonly Step[]): boolean {
    const first = steps.findIndex(
        (step) =>
            step.uses?.startsWith("azure/login@") ||
            /github\.token|secrets\./.test(JSON.stringify([step.env, step.with])),
    );
    const before = steps.slice(0, Math.max(first, 0));
    return first < 0 || before.some(({ run, env }) => !env && fetching.test(run ?? ""));
}

function jobProblems(
    job: WorkflowJob,
    jobs: Workflow["jobs"],
    triggers: readonly string[],
): string[] {
    const problems: string[] = [];
    const { permissions, environment } = job;
    const minutes = job["timeout-minutes"];
    if (typeof minutes !== "number" || minutes > longestJob) {
        problems.push(`needs timeout-minutes of at most ${longestJob}`);
    }
    if (typeof permissions !== "object") problems.push("names no permissions of its own");
    if (!fetchesFirst(job.steps ?? [])) {
        problems.push("fetches dependencies where a credential is in reach");
    }
    const signsIn = permissions?.["id-token"] === "write";
    const writesCode = permissions?.contents === "write";
    const forPullRequests = triggers.includes("pull_request");
    if (signsIn && forPullRequests && !job.if?.includes(sameRepository)) {
        problems.push("signs in for pull requests of forks too");
    }
    if (signsIn && forPullRequests && !job.if?.includes(notDependabot)) {
        problems.push("needs secrets for pull requests of Dependabot, which get none");
    }
    if (forPullRequests && permissions?.["pull-requests"] === "write" && !runsBaseOnly(job)) {
        problems.push("may comment, and runs code that nobody has reviewed");
    }
    if (signsIn && permissions["pull-requests"] === "write") {
        problems.push("signs in and may comment");
    }
    if (forPullRequests && (environment !== undefined || writesCode)) {
        problems.push("may deploy or write code for a pull request");
    }
    const after = [job.needs ?? []].flat().map((name) => jobs[name]);
    if (writesCode && !after.some((gated) => gated?.environment !== undefined)) {
        problems.push("writes code without a gate");
    }
    if (writesCode && signsIn) problems.push("writes code and signs in");
    if (environment !== undefined && triggers.join() !== "push") {
        problems.push("has an environment, and runs for more than a push");
    }
    return problems;
}

/** Whatever could reach a credential; a comment may name it. */
const credential = /secrets|vars\b|id-token|github\.token|GITHUB_TOKEN|environment|write/;

/** For the job that runs the code of a stranger. */
function forkProblems(workflow: Workflow): string[] {
    const problems: string[] = [];
    if (Object.keys(workflow.on).join() !== "pull_request") {
        problems.push("runs for more than pull_request");
    }
    const found = credential.exec(JSON.stringify(workflow))?.[0];
    if (found !== undefined) problems.push(`has "${found}" within reach`);
    for (const job of Object.values(workflow.jobs)) {
        if (!job.if?.includes(otherRepository)) problems.push("runs for more than forks");
    }
    return problems;
}

/** Of what a stranger decides, the commit's hash and two words of GitHub's own may steer the workflow. */
const harmless = [
    "github.event.workflow_run.head_sha",
    "github.event.workflow_run.event",
    "github.event.workflow_run.conclusion",
];

/** For the job that may write what a stranger's code has left. */
function afterForkProblems(workflow: Workflow): string[] {
    const problems: string[] = [];
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps ?? []);
    for (const { uses, with: inputs = {}, run = "" } of steps) {
        if (uses?.includes("download-artifact")) problems.push("unpacks the artifact by itself");
        if (uses?.includes("checkout") && ("ref" in inputs || "repository" in inputs)) {
            problems.push("checks out something else than the default branch");
        }
        if (/\bgit\b|\bgh\b|curl|npm/.test(run)) problems.push("runs more than our script");
    }
    const used = JSON.stringify(workflow).match(/github\.event\.[\w.]+/g) ?? [];
    for (const value of used) {
        if (!harmless.includes(value)) problems.push(`uses ${value}, which a stranger decides`);
    }
    return problems;
}

/** What does not hold in a workflow; nothing where all does. */
export function workflowProblems(workflow: Workflow): string[] {
    const triggers = Object.keys(workflow.on);
    const problems: string[] = [];
    if (JSON.stringify(workflow.permissions) !== "{}")
        problems.push("needs permissions: {} on top");
    if (triggers.includes("pull_request_target")) {
        problems.push("runs with rights for a pull request of anybody (pull_request_target)");
    }
    if (workflow.concurrency === undefined) problems.push("names no concurrency");
    const deploys = Object.values(workflow.jobs).some(({ environment }) => environment);
    const { group = "", "cancel-in-progress": cancels } = workflow.concurrency ?? {};
    if (deploys && (group.includes("${{") || cancels !== false)) {
        problems.push("lets two deployments overlap, or cuts one off");
    }
    // Any but a literal name, toJSON(secrets) too: GitHub then hands the job all of them.
    if (/\bsecrets\b(?!\.\w)/.test(JSON.stringify(workflow))) {
        problems.push("gets every secret: name one, as secrets.NAME");
    }
    for (const [name, job] of Object.entries(workflow.jobs)) {
        const within = [
            ...jobProblems(job, workflow.jobs, triggers),
            ...(job.steps ?? []).flatMap((step) => stepProblems(step)),
        ];
        problems.push(...within.map((problem) => `${name}: ${problem}`));
    }
    const forForks = Object.values(workflow.jobs).some((job) => job.if?.includes(otherRepository));
    if (forForks) problems.push(...forkProblems(workflow));
    if (triggers.includes("workflow_run")) problems.push(...afterForkProblems(workflow));
    return problems;
}
