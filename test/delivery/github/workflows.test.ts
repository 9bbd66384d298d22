/**
 * The workflows: what actionlint says of them, and rules of our own about what they may do.
 * Cannot show that GitHub runs them, nor that Azure lets them in: nothing here reaches either.
 */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { findActionlint } from "../../support/actionlint";
import { temporaryFolder } from "../../support/temporaryFolder";
import { workflowProblems, type Workflow } from "../../support/workflowRules";

const root = path.resolve(__dirname, "..", "..", "..");
const folder = path.join(root, ".github", "workflows");
const files = fs.readdirSync(folder).sort();
const text = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
const workflow = (file: string) => parse(text(file)) as Workflow;
const jobs = files.flatMap((file) =>
    Object.entries(workflow(file).jobs).map(([name, job]) => ({ id: `${file} ${name}`, job })),
);

describe("actionlint", () => {
    async function lint(...paths: string[]): Promise<string> {
        const linter = await findActionlint();
        // Without programs that happen to be on this machine, which would judge here and not there.
        const args = ["-no-color", "-oneline", "-shellcheck=", "-pyflakes=", ...paths];
        return new Promise((resolve, reject) => {
            execFile(linter, args, { cwd: root }, (error, stdout, stderr) => {
                if (error && error.code !== 1) reject(new Error(stderr));
                else resolve(stdout);
            });
        });
    }

    it("finds nothing in any workflow", async () => {
        expect(await lint(...files.map((file) => path.join(folder, file)))).toBe("");
    });

    const scratch = temporaryFolder();

    it("fails where there is something to find", async () => {
        const file = path.join(scratch, "broken.yml");
        fs.writeFileSync(
            file,
            text("drift.yml").replace("steps.drift.outputs", "steps.other.outputs"),
        );
        expect(await lint(file)).toContain('property "other" is not defined');
    });
});

describe("the workflows", () => {
    it("are six", () => {
        expect(files).toEqual([
            "checks.yml",
            "deploy.yml",
            "drift.yml",
            "fork-comment.yml",
            "fork-preview.yml",
            "preview.yml",
        ]);
    });

    it.each(files)("%s holds to the rules", (file) => {
        expect(workflowProblems(workflow(file))).toEqual([]);
    });

    it("have these rights, job by job", () => {
        expect(Object.fromEntries(jobs.map(({ id, job }) => [id, job.permissions]))).toEqual({
            "checks.yml checks": { contents: "read" },
            "deploy.yml dev": { contents: "read", "id-token": "write" },
            "deploy.yml test": { contents: "read", "id-token": "write" },
            "deploy.yml record-test": { actions: "read", contents: "write" },
            "deploy.yml prod": { contents: "read", "id-token": "write" },
            "deploy.yml record-prod": { actions: "read", contents: "write" },
            "drift.yml dev": { contents: "read", "id-token": "write", issues: "write" },
            "drift.yml test": { contents: "read", "id-token": "write", issues: "write" },
            "drift.yml prod": { contents: "read", "id-token": "write", issues: "write" },
            "fork-comment.yml comment": {
                actions: "read",
                contents: "read",
                "pull-requests": "write",
            },
            "fork-preview.yml report": { contents: "read" },
            "preview.yml dev": { contents: "read", "id-token": "write" },
            "preview.yml test": { contents: "read", "id-token": "write" },
            "preview.yml prod": { contents: "read", "id-token": "write" },
            "preview.yml comment": { contents: "read", "pull-requests": "write" },
        });
    });

    it("sign in as the deployer behind a gate, else as the reader", () => {
        for (const { id, job } of jobs.filter(({ job }) => job.permissions?.["id-token"])) {
            const used = new Set(JSON.stringify(job).match(/(?:vars|secrets)\.(?!STACKS)\w+/g));
            const stack = id.split(" ")[1]!.toUpperCase();
            const reader = [...used].filter((name) => name.includes(`.${stack}_READER_`));
            expect([id, reader.length]).toEqual([id, job.environment ? 0 : used.size]);
            expect(used.size).toBeGreaterThan(3);
        }
    });

    it("deploy each stack in the environment of its name, one after the other", () => {
        const { dev, test, prod } = workflow("deploy.yml").jobs as Record<string, any>;
        const found = [dev, test, prod].map((job) => [job.environment, job.env?.TO, job.needs]);
        expect(found).toEqual([
            ["dev", undefined, undefined],
            ["test", "test", "dev"],
            ["prod", "prod", ["test", "record-test"]],
        ]);
        expect([test.env.FROM, prod.env.FROM]).toEqual(["dev", "test"]);
    });

    it("leave no pull request without a report, and none with two", () => {
        const { report } = workflow("fork-preview.yml").jobs;
        expect(report!.if).toBe(
            "${{ github.event.pull_request.head.repo.full_name != github.repository || " +
                "github.actor == 'dependabot[bot]' }}",
        );
        for (const job of Object.values(workflow("preview.yml").jobs)) {
            expect(job.if).toContain(
                "&& github.event.pull_request.head.repo.full_name == github.repository && " +
                    "github.actor != 'dependabot[bot]' }}",
            );
        }
    });

    it("record each promotion that was made, from the file that it kept", () => {
        type Job = Record<string, any> & { readonly steps: Record<string, any>[] };
        const jobs = workflow("deploy.yml").jobs as unknown as Record<string, Job>;
        for (const stack of ["test", "prod"]) {
            const [promotion, record] = [jobs[stack]!, jobs[`record-${stack}`]!];
            expect(record.needs).toBe(stack);
            expect(promotion.env).toMatchObject(record.env);
            expect(record.if).toBe(
                `\${{ !cancelled() && needs.${stack}.outputs.promoted == 'success' }}`,
            );
            const named = (job: Job, name: string) => job.steps.find((step) => step.name === name)!;
            const kept = named(promotion, "Keep the file");
            expect(kept.if).toBe("${{ !cancelled() }}");
            expect(named(record, "Take the file").with.name).toBe(kept.with.name);
            const names = promotion.steps.map((step) => step.name);
            expect(names.indexOf("Promote") - names.indexOf("Take what is recorded")).toBe(1);
            expect(kept.with.path).toContain("before.yaml");
            expect(promotion.outputs.promoted).toContain(named(promotion, "Promote").id);
        }
    });

    it("start scripts that are there, and follow each other by names that are there", () => {
        const scripts = files.flatMap(
            (file) => text(file).match(/delivery\/github\/\w+\.ts/g) ?? [],
        );
        expect(new Set(scripts).size).toBe(5);
        for (const script of scripts) expect(fs.existsSync(path.join(root, script))).toBe(true);
        const { workflow_run: after } = workflow("fork-comment.yml").on as Record<string, any>;
        expect(after.workflows).toEqual([parse(text("fork-preview.yml")).name]);
    });

    it("use one version of each action, and of Node.js", () => {
        const all = files.map(text).join("\n");
        const used = new Set([...all.matchAll(/uses: (\S+)@(\S+)/g)].map(([, action]) => action));
        const versions = new Set([...all.matchAll(/uses: (\S+@\S+)/g)].map(([, use]) => use));
        expect(versions.size).toBe(used.size);
        expect(new Set(all.match(/node-version: .*/g)).size).toBe(1);
    });
});

describe("the check for drift", () => {
    const scratch = temporaryFolder();
    const [script] = workflow("drift.yml").jobs.dev!.steps!.flatMap(({ run = "" }) =>
        run.includes("GITHUB_OUTPUT") ? [run] : [],
    );

    it.each([0, 1, 2])("hands on how it ended: %d", async (code) => {
        fs.writeFileSync(path.join(scratch, "npm"), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
        const output = path.join(scratch, `output-${code}`);
        const PATH = `${scratch}:${process.env.PATH}`;
        const env = { PATH, STACK: "dev", GITHUB_OUTPUT: output };
        await promisify(execFile)("bash", ["-e", "-c", script!], { env });
        expect(fs.readFileSync(output, "utf8")).toBe(`code=${code}\n`);
    });
});

describe("the README", () => {
    const readme = fs.readFileSync(path.join(root, "delivery", "README.md"), "utf8");
    const scratch = temporaryFolder();

    /** An executable that notes what it is called with, and answers. */
    function stub(name: string, answer: string): void {
        const log = path.join(scratch, name + ".log");
        const script = `#!/bin/sh\necho "$@" >> ${log}\nfor last; do :; done\n[ "$last" = - ] && cat >> ${log}\necho ${answer}\n`;
        fs.writeFileSync(path.join(scratch, name), script, { mode: 0o755 });
    }
    const calls = (name: string) => fs.readFileSync(path.join(scratch, `${name}.log`), "utf8");

    const ofOtherStacks = /^(test|prod)_/i;
    /** Of apps that cannot be asked from everywhere. */
    const optional = /_RUNNER$|^WEB_APP_ADDRESS_/;

    /** Names of the variables or secrets that the workflows use, for dev; to GitHub upper and lower case are one. */
    function used(context: "vars" | "secrets"): Set<string> {
        const all = files.map(text).join("\n");
        const names = [...all.matchAll(new RegExp(`\\b${context}\\.(\\w+)`, "g"))];
        return new Set(
            names
                .map(([, name]) => name!)
                .filter((name) => !ofOtherStacks.test(name) && !optional.test(name)),
        );
    }

    it("sets up, in a shell, the variables that the workflows use, and no others", async () => {
        const [, commands = ""] = /^```sh\n(account=.*?)^```/ms.exec(readme) ?? [];
        stub("gh", "1");
        stub("npm", "from-npm");
        const env = { PATH: `${scratch}:${process.env.PATH}` };
        await promisify(execFile)("bash", ["-eu", "-c", commands], { env });
        const set = [...calls("gh").matchAll(/variable set (\S+) (--env dev)?/g)];
        const names = set
            .map(([, name]) => name!.toUpperCase())
            .filter((name) => !ofOtherStacks.test(name));
        expect(new Set(names)).toEqual(used("vars"));
        const gated = set.filter(([, , gate]) => gate).map(([, name]) => name!);
        expect(gated.sort()).toEqual([
            "ARM_CLIENT_ID",
            "ARM_SUBSCRIPTION_ID",
            "ARM_TENANT_ID",
            "PULUMI_BACKEND_URL",
        ]);
        const bodies = calls("gh").match(/^\{.*\}$/gm) ?? [];
        expect(bodies.map((body) => JSON.parse(body))).toEqual(
            [[], [], [{ type: "User", id: 1 }]].map((reviewers) => ({
                reviewers,
                deployment_branch_policy: {
                    protected_branches: false,
                    custom_branch_policies: true,
                },
            })),
        );
        expect(calls("gh").match(/deployment-branch-policies --field name=main/g)).toHaveLength(3);
        expect(calls("npm")).toContain("stack output readerClientId --stack prod-access");
        const states = calls("gh").matchAll(/set PULUMI_BACKEND_URL --env (\w+) --body (\S+)/g);
        expect([...states].map(([, stack, url]) => [stack, url])).toEqual(
            ["dev", "test", "prod"].map((stack) => [
                stack,
                expect.stringMatching(`^azblob://${stack}\\?storage_account=\\w+$`),
            ]),
        );
    });

    it("names what may be set besides", () => {
        for (const name of ["TEST_RUNNER", "PROD_RUNNER", "WEB_APP_ADDRESS_TEST"]) {
            expect(readme).toContain(`\`${name}\``);
        }
    });

    it("names the secrets that the workflows use, and no others", () => {
        const named = [...readme.matchAll(/gh secret set (\S+)/g)].map(([, name]) => name!);
        expect(named.map((name) => name.replace("PROD_", "DEV_")).sort()).toEqual(
            [...used("secrets")].sort(),
        );
    });
});

describe("the rules", () => {
    /** A workflow with one change in its text, which must be there to change. */
    function changed(file: string, before: string, after: string): string[] {
        expect(text(file)).toContain(before);
        return workflowProblems(parse(text(file).replace(before, after)) as Workflow);
    }

    const sameRepository =
        " &&\n      github.event.pull_request.head.repo.full_name == github.repository";

    /** What is wrong, where, what is there, what is put in its place, and what the rule says. */
    const cases: [string, string, string, string, string][] = [
        [
            "rights for all jobs",
            "checks.yml",
            "permissions: {}",
            "permissions: read-all",
            "{} on top",
        ],
        [
            "dependencies beside a token",
            "fork-comment.yml",
            "      - name: Get dependencies\n        run: node engine/install.js\n",
            "",
            "fetches dependencies where a credential is in reach",
        ],
        [
            "dependencies beside a sign-in",
            "drift.yml",
            "run: npm run pulumi -- setup",
            "run: echo",
            "fetches dependencies where a credential is in reach",
        ],
        [
            "a job without rights of its own",
            "checks.yml",
            "    permissions:\n      contents: read\n",
            "",
            "names no permissions",
        ],
        ["a job without a limit", "drift.yml", "    timeout-minutes: 20\n", "", "timeout-minutes"],
        [
            "a job without an end",
            "drift.yml",
            "timeout-minutes: 20",
            "timeout-minutes: 360",
            "timeout-minutes",
        ],
        [
            "a token left behind",
            "checks.yml",
            "persist-credentials: false",
            "fetch-depth: 1",
            "persist-credentials",
        ],
        [
            "a title in a script",
            "checks.yml",
            "run: .ci/run",
            "run: echo ${{ github.event.pull_request.title }}",
            "expression in run",
        ],
        [
            "an unknown action",
            "checks.yml",
            "actions/setup-node@v6",
            "someone/setup-node@v6",
            "uses someone",
        ],
        [
            "an action of no version",
            "checks.yml",
            "actions/setup-node@v6",
            "actions/setup-node@main",
            "uses actions/setup-node@main",
        ],
        [
            "a token for something else",
            "drift.yml",
            "node engine/run.js delivery/github/driftIssue.ts",
            "npm test --",
            "gets the job's token",
        ],
        [
            "a secret whose name is made up as it runs",
            "preview.yml",
            "secrets.DEV_READER_PULUMI_CONFIG_PASSPHRASE",
            "secrets[format('{0}_READER_PULUMI_CONFIG_PASSPHRASE', 'dev')]",
            "gets every secret",
        ],
        [
            "all secrets at once",
            "drift.yml",
            "secrets.DEV_READER_PULUMI_CONFIG_PASSPHRASE",
            "toJSON(secrets)",
            "gets every secret",
        ],
        [
            "rights for anybody's pull request",
            "preview.yml",
            "  pull_request:",
            "  pull_request_target:",
            "pull_request_target",
        ],
        [
            "a sign-in for forks",
            "preview.yml",
            sameRepository,
            "",
            "signs in for pull requests of forks",
        ],
        [
            "secrets for Dependabot",
            "preview.yml",
            " &&\n      github.actor != 'dependabot[bot]'",
            "",
            "dev: needs secrets for pull requests of Dependabot",
        ],
        [
            "a right to comment beside a sign-in",
            "preview.yml",
            "id-token: write",
            "id-token: write\n      pull-requests: write",
            "dev: signs in and may comment",
        ],
        [
            "unreviewed code that may comment",
            "preview.yml",
            "          ref: ${{ github.event.pull_request.base.sha }}\n",
            "",
            "comment: may comment, and runs code",
        ],
        [
            "a deployment for a pull request",
            "deploy.yml",
            "  push:",
            "  pull_request:",
            "record-test: may deploy or write code",
        ],
        [
            "a gate for a pull request",
            "preview.yml",
            "    steps:",
            "    environment: dev\n    steps:",
            "may deploy",
        ],
        [
            "code written without a gate",
            "deploy.yml",
            "    environment: test\n",
            "",
            "record-test: writes code without a gate",
        ],
        [
            "code written beside a sign-in",
            "deploy.yml",
            "      actions: read\n",
            "      id-token: write\n",
            "record-test: writes code and signs in",
        ],
        [
            "a gate on a schedule",
            "drift.yml",
            "    steps:",
            "    environment: prod\n    steps:",
            "runs for more than a push",
        ],
        [
            "deployments that overlap",
            "deploy.yml",
            "group: deploy",
            "group: deploy-${{ github.sha }}",
            "overlap",
        ],
        [
            "a deployment cut off",
            "deploy.yml",
            "cancel-in-progress: false",
            "cancel-in-progress: true",
            "cuts one off",
        ],
        ["no concurrency", "drift.yml", "concurrency:", "defaults:", "names no concurrency"],
        [
            "a secret for a fork",
            "fork-preview.yml",
            "LOCAL_AZURE_ENGINE: none",
            "X: ${{ secrets.X }}",
            '"secrets" within reach',
        ],
        [
            "a variable for a fork",
            "fork-preview.yml",
            "LOCAL_AZURE_ENGINE: none",
            "X: ${{ vars.X }}",
            '"vars" within reach',
        ],
        [
            "a sign-in for a fork",
            "fork-preview.yml",
            "contents: read",
            "id-token: write",
            '"id-token" within reach',
        ],
        [
            "a right to write for a fork",
            "fork-preview.yml",
            "contents: read",
            "contents: write",
            '"write" within reach',
        ],
        [
            "another trigger for a fork",
            "fork-preview.yml",
            "  pull_request:",
            "  push: {}\n  pull_request:",
            "more than pull_request",
        ],
        [
            "a second job beside a fork's",
            "fork-preview.yml",
            "jobs:",
            "jobs:\n  other: { timeout-minutes: 1, permissions: {} }",
            "more than forks",
        ],
        [
            "a fork's code with rights",
            "fork-comment.yml",
            "persist-credentials: false",
            "persist-credentials: false\n          ref: x",
            "checks out something else",
        ],
        [
            "a fork's name with rights",
            "fork-comment.yml",
            "workflow_run.head_sha",
            "workflow_run.head_branch",
            "head_branch, which a stranger decides",
        ],
        [
            "an unpacked artifact with rights",
            "fork-comment.yml",
            "actions/setup-node@v6",
            "actions/download-artifact@v7",
            "unpacks the artifact",
        ],
        [
            "another command with rights",
            "fork-comment.yml",
            "run: node",
            "run: npm ci && node",
            "more than our script",
        ],
    ];

    it.each(cases)("fail for %s", (_, file, before, after, problem) => {
        expect(changed(file, before, after).join("\n")).toContain(problem);
    });
});
