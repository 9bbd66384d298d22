/**
 * That the READMEs' tables are those of the files they are made from, and that commands, files and headings which
 * they name exist.
 * Cannot show that their prose is true: for that they are followed by hand in a fresh clone.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "..");
const text = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

const documents = [
    "README.md",
    "CONTRIBUTING.md",
    "delivery/README.md",
    "local/README.md",
    "policies/README.md",
    "settings/README.md",
];

/** The names by which GitHub has the headings of a document. */
function anchors(file: string): string[] {
    return [...text(file).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
        heading!
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
            .replaceAll(" ", "-"),
    );
}

/** Where the links of a document lead that stay in the project: file and heading. */
function links(document: string): { file: string; anchor?: string }[] {
    const prose = text(document).replaceAll(/`[^`\n]*`/g, "");
    const found = [...prose.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    return found.map(([, link, anchor]) => ({
        file: link ? path.posix.join(path.posix.dirname(document), link) : document,
        anchor,
    }));
}

describe("the READMEs", () => {
    it("have the tables that are made for them", () => {
        // In a process of its own: the formatter is an ES module, which Jest does not load.
        const run = [
            path.join(root, "engine", "run.js"),
            path.join(root, "test", "support", "readme.ts"),
            "--check",
        ];
        expect(execFileSync(process.execPath, run, { cwd: root }).toString()).toBe("");
    });

    it("give measured figures", () => {
        const [, figures = ""] =
            /<!-- bench -->([\s\S]*)<!-- \/bench -->/.exec(text("README.md")) ?? [];
        expect(figures.match(/\d+\.\d\d s/g)?.length).toBeGreaterThan(4);
    });

    it("are all of them looked at here", () => {
        const listed = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" });
        expect([...documents, "CHANGELOG.md"].sort()).toEqual(listed.trim().split("\n").sort());
    });

    it.each(documents)("%s names only npm scripts that exist", (document) => {
        const { scripts } = JSON.parse(text("package.json"));
        const run = /\bnpm run (?:--silent )?([a-z]+)/g;
        const named = [...text(document).matchAll(run)].map(([, script]) => script!);
        expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    });

    it.each(documents)("%s links only to files and headings that exist", (document) => {
        const dead = links(document).filter(
            ({ file, anchor }) =>
                !fs.existsSync(path.join(root, file)) ||
                (anchor !== undefined && !anchors(file).includes(anchor)),
        );
        expect(dead).toEqual([]);
    });
});
