/**
 * What fork-preview.yml runs for a fork's pull request, on the real engine: its scripts, word for word, one after the
 * other in a clone as GitHub makes it. Cannot show GitHub's part: the clone, the token that can only read, the artifact.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { Sandbox, type Result } from "../support/sandbox";

const project = path.resolve(__dirname, "..", "..");
const file = path.join(project, ".github", "workflows", "fork-preview.yml");
const { env: jobEnv, steps } = parse(fs.readFileSync(file, "utf8")).jobs.report as {
    env: Record<string, string>;
    steps: { name?: string; run?: string }[];
};
const scripts = steps.flatMap(({ run }) => run ?? []);

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

function git(...args: string[]): string {
    const who = ["-c", "user.name=n", "-c", "user.email=e@example.com"];
    return execFileSync("git", [...who, ...args], { cwd: sandbox.root, encoding: "utf8" }).trim();
}

function commit(): void {
    git("add", "--all");
    git("commit", "--quiet", "--message", "m");
}

/** A clone in which the pull request is merged into its base branch, as GitHub checks it out. */
function mergePullRequest(base: () => void, pullRequest: () => void): void {
    git("init", "--quiet", "--initial-branch=main");
    commit();
    git("checkout", "--quiet", "-b", "pull");
    pullRequest();
    commit();
    git("checkout", "--quiet", "main");
    base();
    commit();
    git("merge", "--quiet", "--no-edit", "pull");
    git("checkout", "--quiet", "--detach");
}

/** Runs the scripts up to the first that fails: its exit code, and all that they printed. */
async function runJob(): Promise<Result> {
    // No more than this: on GitHub there is nothing else that could be a credential.
    const { PATH, HOME, XDG_CACHE_HOME } = process.env;
    const env = { PATH, HOME, XDG_CACHE_HOME, ...jobEnv, GITHUB_SHA: git("rev-parse", "HEAD") };
    let printed = "";
    for (const script of scripts) {
        const { code, output } = await sandbox.run("bash", ["-e", "-c", script], env);
        printed += output;
        if (code !== 0) return { code, output: printed };
    }
    return { code: 0, output: printed };
}

const report = () => fs.readFileSync(path.join(sandbox.root, "report", "report.md"), "utf8");

describe("a fork's pull request", () => {
    it("is reported on from the base branch's stack to its own, without credentials", async () => {
        mergePullRequest(
            () => sandbox.set({ port: "9090" }),
            () => sandbox.edit("Pulumi.yaml", 'default: "1.2"', 'default: "1.3"'),
        );
        const { code, output } = await runJob();
        expect([code, output]).toEqual([0, expect.stringMatching(/\d+ created/)]);
        expect(report()).toContain("minTlsVersion");
        // The base branch has it already.
        expect(report()).not.toContain("9090");
    });

    it("is reported on where its code is broken, and the job fails", async () => {
        mergePullRequest(
            () => sandbox.set({ port: "9090" }),
            () => sandbox.edit("index.ts", "const settings = readSettings();", "nowhere();"),
        );
        expect((await runJob()).code).not.toBe(0);
        expect(report()).toContain("nowhere is not defined");
    });
});
