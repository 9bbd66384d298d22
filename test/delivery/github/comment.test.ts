/**
 * The comment with a stack's report: written once, then over itself; also where there is no report.
 * Does not show how GitHub renders it, nor that a job's token may write it: the server is ours.
 */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { longestBody, main, marker } from "../../../delivery/github/comment";
import { bot, fakeGitHub, token } from "../../support/fakeGitHub";
import { temporaryFolder } from "../../support/temporaryFolder";

const held = fakeGitHub();
const folder = temporaryFolder();
const project = path.resolve(__dirname, "..", "..", "..");
const mark = marker("report of dev");
const event = { pull_request: { number: 3, head: { sha: "abc123" } } };

const env = () => held.server.job(folder, event);
const bodies = () => held.server.comments.map(({ body }) => body);

async function comment(report: string | undefined, stack = "dev"): Promise<void> {
    const reports = path.join(folder, "reports");
    fs.rmSync(reports, { recursive: true, force: true });
    fs.mkdirSync(reports);
    if (report !== undefined) fs.writeFileSync(path.join(reports, "report.md"), report);
    expect(await main(["--stack", stack, "--report", reports], env())).toBe(0);
}

describe("the comment with a report", () => {
    it("holds it, between a marker that nobody sees and where it is from", async () => {
        await comment("# One change\n\n| a | b |\n");
        expect(bodies()).toEqual([
            `${mark}\n\n# One change\n\n| a | b |\n\n<sub>Stack dev at abc123, ` +
                "[run](https://github.example/example/rules-service/actions/runs/77), which keeps the page as an artifact.</sub>",
        ]);
        expect(held.server.comments[0]!.issue).toBe(3);
    });

    it("is written over at the next run, however many others there are", async () => {
        await comment("first");
        for (let id = 10; id < 15; id++) {
            held.server.comments.push({ id, issue: 3, body: "me too", user: { login: "person" } });
        }
        await comment("second");
        expect(held.server.comments).toHaveLength(6);
        expect(bodies()[0]).toContain("second");
        expect(bodies()[0]).not.toContain("first");
    });

    it("is one for each stack", async () => {
        await comment("of dev");
        await comment("of prod", "prod");
        await comment("of prod again", "prod");
        expect(bodies()).toEqual([
            expect.stringContaining("of dev"),
            expect.stringContaining("of prod again"),
        ]);
    });

    it.each([
        ["a person's comment with the marker", `${mark}\n\nmine`, "person"],
        ["the bot's comment that quotes the marker", `look:\n${mark}`, bot.login],
        ["the bot's comment on a similar stack", marker("report of dev2"), bot.login],
    ])("leaves alone %s", async (_, body, login) => {
        held.server.comments.push({ id: 1, issue: 3, body, user: { login } });
        await comment("ours");
        expect(bodies()).toEqual([body, expect.stringContaining("ours")]);
    });

    it.each([
        ["there is none", undefined],
        ["it is empty", "\n"],
    ])("says where to look if %s", async (_, report) => {
        await comment(report);
        expect(bodies()[0]).toContain("**No report of the stack dev.**");
        expect(bodies()[0]).toContain("/actions/runs/77");
    });

    it("does not follow a link in the report's place", async () => {
        const secret = path.join(folder, "secret");
        const linked = path.join(folder, "linked");
        fs.writeFileSync(secret, "of this machine");
        fs.mkdirSync(linked);
        fs.symlinkSync(secret, path.join(linked, "report.md"));
        expect(await main(["--stack", "dev", "--report", linked], env())).toBe(0);
        expect(bodies()).toEqual([expect.stringContaining("**No report of the stack dev.**")]);
    });

    it("holds the longest report that the command writes, and says so of a longer one", async () => {
        await comment("x".repeat(65_000));
        expect(bodies()[0]).toContain("x".repeat(65_000));
        await comment("x".repeat(longestBody));
        expect(bodies()).toEqual([expect.stringContaining("longer than a comment may be")]);
        for (const body of bodies()) expect(body.length).toBeLessThanOrEqual(longestBody);
    });
});

describe("the command", () => {
    function run(args: string[], changes: NodeJS.ProcessEnv = {}) {
        const command = ["engine/run.js", "delivery/github/comment.ts", ...args];
        const options = { cwd: project, env: { ...env(), ...changes } };
        return new Promise<{ code: number; output: string }>((resolve) => {
            execFile(process.execPath, command, options, (error, stdout, stderr) => {
                resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
            });
        });
    }

    it("comments", async () => {
        expect(await run(["--stack", "dev", "--report", folder])).toEqual({ code: 0, output: "" });
        expect(held.server.comments).toHaveLength(1);
    });

    it("fails in one line without the token, where GitHub refuses", async () => {
        const body = { message: "Resource not accessible by integration" };
        held.server.faults.push({ when: /^POST/, status: 403, body });
        const { code, output } = await run(["--stack", "dev", "--report", folder]);
        expect(code).toBe(1);
        expect(output).toMatch(/^GitHub answered 403 to POST .*\n$/);
        expect(output).not.toContain(token);
    });

    it.each([
        [
            "outside of a job",
            ["--stack", "dev", "--report", "."],
            { GITHUB_TOKEN: "" },
            /GITHUB_TOKEN/,
        ],
        ["with an option missing", ["--stack", "dev"], {}, /--report is missing\. Say --stack/],
        ["with one too many", ["--stack", "dev", "--colour"], {}, /'--colour'.*Say --stack/s],
    ])("fails %s, and says what is wanted", async (_, args, changes, message) => {
        const { code, output } = await run(args, changes);
        expect(code).toBe(1);
        expect(output).toMatch(message);
        expect(output).not.toMatch(/^\s+at /m);
    });
});
