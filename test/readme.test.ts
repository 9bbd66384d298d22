/**
 * That the README's settings are those of Pulumi.yaml, the refusals of local/README.md those of the local Azure,
 * and that commands exist.
 * Cannot show that its prose is true: for that it is followed by hand in a fresh clone.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "..");
const text = fs.readFileSync(path.join(root, "README.md"), "utf8");

describe("the README", () => {
    it("and local/README.md have the tables that are made for them", () => {
        // In a process of its own: the formatter is an ES module, which Jest does not load.
        const run = [
            path.join(root, "engine", "run.js"),
            path.join(root, "test", "support", "readme.ts"),
            "--check",
        ];
        expect(execFileSync(process.execPath, run, { cwd: root }).toString()).toBe("");
    });

    it("names only npm scripts that exist", () => {
        const { scripts } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
        const named = [...text.matchAll(/npm (?:run )?(?:--silent )?([a-z]+)/g)].map(
            ([, script]) => script!,
        );
        expect(named.length).toBeGreaterThan(5);
        for (const script of named) expect(Object.keys(scripts)).toContain(script);
    });

    it("gives measured figures", () => {
        const [, figures = ""] = /<!-- bench -->([\s\S]*)<!-- \/bench -->/.exec(text) ?? [];
        expect(figures.match(/\d+\.\d\d s/g)?.length).toBeGreaterThan(4);
    });

    it("links only to files that exist", () => {
        const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!);
        expect(links.length).toBeGreaterThan(2);
        for (const link of links)
            expect([link, fs.existsSync(path.join(root, link))]).toEqual([link, true]);
    });
});
