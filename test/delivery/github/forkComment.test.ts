/**
 * What becomes of the artifact that a fork's code left, among them some that were made to do harm.
 * Cannot show what GitHub itself lets through; that what it adds to CommonMark has no meaning in code, its
 * documentation says.
 */
import { Parser, type Node } from "commonmark";
import { unpack } from "../../../delivery/github/artifact";
import { longestBody, marker } from "../../../delivery/github/comment";
import { main } from "../../../delivery/github/forkComment";
import { bot, fakeGitHub } from "../../support/fakeGitHub";
import { temporaryFolder } from "../../support/temporaryFolder";
import { zip } from "../../support/zip";

const held = fakeGitHub();
const folder = temporaryFolder();
const sha = "5".repeat(40);
const fork = { full_name: "stranger/service", owner: { login: "stranger" } };

const run = {
    id: 12,
    event: "pull_request",
    actor: { login: "stranger" },
    conclusion: "success",
    head_sha: sha,
    head_branch: "patch & more",
    head_repository: fork,
};

const pull = (number: number, changes: object = {}) => ({
    number,
    state: "open",
    head: { sha, ref: run.head_branch, repo: { full_name: fork.full_name } },
    base: { ref: "main" },
    ...changes,
});

/** Comments on what a run left; undefined for a run that left nothing. */
async function commentOn(archive: Buffer | undefined, changes: object = {}): Promise<void> {
    if (archive) held.server.artifacts.push({ name: "report", archive });
    const event = {
        workflow_run: { ...run, ...changes },
        repository: { default_branch: "main" },
    };
    expect(await main([], held.server.job(folder, event))).toBe(0);
}

const report = (content: string) => zip({ name: "report.md", content });
const bodies = () => held.server.comments.map(({ body }) => body);

/** Types of all nodes of a document but those of plain text, and the text of its blocks of code. */
function parsed(markdown: string): { types: string[]; code: string[] } {
    const types: string[] = [];
    const code: string[] = [];
    const walker = new Parser().parse(markdown).walker();
    for (let event = walker.next(); event; event = walker.next()) {
        const node: Node = event.node;
        if (!event.entering) continue;
        types.push(node.type);
        if (node.type === "code_block") code.push(node.literal!);
    }
    return { types, code };
}

beforeEach(() => {
    held.server.pulls.push(pull(4));
    jest.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

describe("the comment on a fork's pull request", () => {
    it("shows the report as code below a head that names it unverified", async () => {
        await commentOn(report("# One change\n\n- a\n"));
        expect(bodies()).toEqual([
            `${marker("report of a fork")}\n\n### Unverified report of a fork's pull request\n\n` +
                `The code of this pull request wrote the text below, at ${sha}, in ` +
                "[a run](https://github.example/example/rules-service/actions/runs/12) without credentials " +
                "and on a model of Azure. **Nobody has verified it**: it may say anything.\n\n" +
                "<details><summary>What its code wrote</summary>\n\n" +
                "    # One change\n    \n    - a\n\n</details>\n",
        ]);
        expect(held.server.comments[0]!.issue).toBe(4);
        expect(held.server.tokenLeaked).toBe(false);
    });

    it("is written over at the next run", async () => {
        await commentOn(report("first"));
        await commentOn(report("second"), { conclusion: "failure" });
        expect(bodies()).toEqual([expect.stringContaining("    second\n")]);
        expect(bodies()[0]).toContain("The run failed.");
    });

    it("shows the newest artifact of a run that was started again, and none that is gone", async () => {
        held.server.artifacts.push({ name: "report", archive: report("older") });
        await commentOn(report("newer"));
        expect(bodies()).toEqual([expect.stringContaining("    newer\n")]);
        for (const artifact of held.server.artifacts) artifact.expired = true;
        await commentOn(undefined);
        expect(bodies()).toEqual([expect.stringContaining("its run left no artifact")]);
    });

    it.each([
        ["a newer commit is there", { head: { ...pull(4).head, sha: "6".repeat(40) } }],
        ["the branch is another fork's", { head: { ...pull(4).head, repo: { full_name: "x/y" } } }],
        ["the fork is gone", { head: { ...pull(4).head, repo: null } }],
        ["it is closed", { state: "closed" }],
        ["it is for another branch", { base: { ref: "old" } }],
    ])("is not written where %s", async (_, changes) => {
        held.server.pulls.splice(0, 1, pull(4, changes));
        await commentOn(report("late"));
        expect(bodies()).toEqual([]);
    });

    it("finds the one that GitHub says is meant among others of the same branch name", async () => {
        const other = { ...pull(4).head, repo: { full_name: "another/service" } };
        held.server.pulls.splice(0, 1, pull(7, { head: other }), pull(8, { head: other }), pull(9));
        await commentOn(report("mine"));
        expect(held.server.comments.map(({ issue }) => issue)).toEqual([9]);
    });

    it.each([
        ["a push", { event: "push" }],
        ["a fork that is gone", { head_repository: null }],
        [
            "this repository's own branch",
            { head_repository: { full_name: "example/rules-service" } },
        ],
    ])("is not written for %s, and nothing is asked", async (_, changes) => {
        await commentOn(report("mine"), changes);
        expect(held.server.asked).toEqual([]);
    });
});

describe("the comment on Dependabot's pull request", () => {
    const here = { full_name: "example/rules-service", owner: { login: "example" } };
    const head = { sha, ref: run.head_branch, repo: { full_name: here.full_name } };

    it("is the same, though its branch is of this repository", async () => {
        held.server.pulls.splice(0, 1, pull(5, { head }));
        const actor = { login: "dependabot[bot]" };
        await commentOn(report("newer library"), { actor, head_repository: here });
        expect(bodies()).toEqual([expect.stringContaining("    newer library\n")]);
        expect(bodies()[0]).toContain("### Unverified report of Dependabot's pull request\n");
        expect(held.server.comments[0]!.issue).toBe(5);
    });
});

describe("an artifact that was made to do harm", () => {
    /** What an honest report turns into, and so what each comment must be made of. */
    async function honestTypes(): Promise<string[]> {
        await commentOn(report("honest"));
        const { types } = parsed(bodies()[0]!);
        held.server.comments.length = 0;
        return types;
    }

    const trusted = marker("report of dev");

    it.each([
        ["HTML", "<script>alert(1)</script>\n<img src=x onerror=alert(1)>\n</pre></code><b>big"],
        ["an end of what encloses it", "\n\n</details>\n\n</details>\n# Verified\n\n<details>"],
        ["mentions", "@everyone @octocat please look, fixes #1, example/rules-service#1"],
        [
            "images",
            "![seen](https://e.example/pixel.png)\n<picture><img src=//e.example></picture>",
        ],
        ["links", "[Sign in](https://e.example) <https://e.example> https://e.example\n\n[a]: //e"],
        ["a marker of ours", `${trusted}\n\n${marker("report of a fork")}`],
        ["an unclosed fence of backticks", "```\nnever closed"],
        ["an unclosed fence of tildes", "~~~~~~mermaid\nflowchart LR\nclick a href"],
        ["an unclosed comment", "<!-- all that follows"],
        ["indentation of its own", "\t\tdeep\n1. list\n\n        deeper\n> quote"],
        ["a forged head", "### Verified report\n\n**All is well.**\n\n---\n\n| a |\n|---|"],
        ["escapes of escapes", "\\`\\<b> &lt;b&gt; &#60;i&#62; \\\n"],
    ])("is text: %s", async (_, content) => {
        const types = await honestTypes();
        await commentOn(report(content));
        const found = parsed(bodies()[0]!);
        expect(found.types).toEqual(types);
        expect(found.code).toHaveLength(1);
        for (const line of content.split("\n").filter((line) => line.trim() !== "")) {
            expect(found.code[0]).toContain(line.trim());
        }
    });

    it("is plain text: control characters, and those that turn the direction of writing", async () => {
        const types = await honestTypes();
        await commentOn(report("a\u0000\u001b[2J\u0007\rb\u202etxt\u2066x\u200b\u2028c\u{e0041}"));
        const found = parsed(bodies()[0]!);
        expect(found.types).toEqual(types);
        expect(found.code).toEqual([
            "a\ufffd\ufffd[2J\ufffd\nb\ufffdtxt\ufffdx\ufffd\ufffdc\ufffd\n",
        ]);
    });

    it("does not take the place of the comment on a pull request that is trusted", async () => {
        await commentOn(report(trusted));
        expect(bodies()[0]!.startsWith(marker("report of a fork"))).toBe(true);
        expect(held.server.comments[0]!.user).toEqual(bot);
    });

    it.each([
        ["many lines", "line\n".repeat(50_000)],
        ["one long line", "x".repeat(200_000)],
        ["nothing but backticks", "`".repeat(200_000)],
        ["nothing but line ends and one letter", `a${"\n".repeat(200_000)}b`],
        ["characters that need escapes", "<&@".repeat(60_000)],
    ])("is cut to what a comment may hold: %s", async (_, content) => {
        const types = await honestTypes();
        await commentOn(report(content));
        const body = bodies()[0]!;
        expect(body.length).toBeLessThanOrEqual(longestBody);
        expect(body.length).toBeGreaterThan(60_000);
        expect(body).toContain("... cut here");
        expect(body.endsWith("\n\n</details>\n")).toBe(true);
        expect(parsed(body).types).toEqual(types);
    });

    const bomb = Buffer.alloc(50 << 20);
    const random = Buffer.from(Array.from({ length: 5 << 20 }, (_, index) => (index * index) >> 7));

    it.each([
        ["none at all", undefined, "its run left no artifact"],
        ["no zip archive", Buffer.from("hello"), "is not a proper zip archive"],
        [
            "half a zip archive",
            report("x".repeat(100)).subarray(0, 60),
            "is not a proper zip archive",
        ],
        [
            "an archive without a report",
            zip({ name: "other.md", content: "x" }),
            "holds no report.md",
        ],
        [
            "a report in a folder",
            zip({ name: "folder/report.md", content: "x" }),
            "holds no report.md",
        ],
        [
            "a path out of the folder",
            zip({ name: "../../report.md", content: "x" }, { name: "report.md", content: "x" }),
            "is not a proper zip archive",
        ],
        [
            "an absolute path",
            zip({ name: "/etc/report.md", content: "x" }, { name: "report.md", content: "x" }),
            "is not a proper zip archive",
        ],
        [
            "more files than anybody needs",
            zip(...Array.from({ length: 200 }, (_, index) => ({ name: `${index}`, content: "" }))),
            "holds too many files",
        ],
        [
            "a bomb",
            zip({ name: "report.md", content: bomb }),
            "holds a report.md of more than 256 kB",
        ],
        [
            "a bomb that says it is small",
            zip({ name: "report.md", content: bomb, saidSize: 10 }),
            "is not a proper zip archive",
        ],
        [
            "an encrypted report",
            zip({ name: "report.md", content: "x", encrypted: true }),
            "is not a proper zip archive",
        ],
        ["an archive that is too large", random, "of its run has more than 4096 kB"],
    ])("is said to be no report: %s", async (_, archive, problem) => {
        await commentOn(archive);
        expect(bodies()).toEqual([expect.stringContaining("There is no report: ")]);
        expect(bodies()[0]).toContain(problem);
        expect(parsed(bodies()[0]!).code).toEqual([]);
    });
});

describe("unpack", () => {
    it("has the file as it was packed", async () => {
        const archive = zip(
            { name: "report.html", content: "<p>" },
            { name: "report.md", content: "é" },
        );
        expect(await unpack(archive, "report.md", 2)).toEqual({ file: Buffer.from("é") });
    });

    it("stops at the limit, and not before", async () => {
        const archive = report("12345");
        expect(await unpack(archive, "report.md", 5)).toEqual({ file: Buffer.from("12345") });
        expect(await unpack(archive, "report.md", 4)).toEqual({
            problem: expect.stringContaining("more than"),
        });
    });
});
