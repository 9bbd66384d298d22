/**
 * Loading TypeScript without a build: what runs, and what a stack trace shows, in processes of their own.
 * Cannot show that types are right: nothing looks at them here; "npm run check" does.
 */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "../support/temporaryFolder";

const loader = path.resolve(__dirname, "..", "..", "engine", "typescript.js");

describe("engine/typescript.js", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "program.ts");

    function run(main = file): Promise<{ code: number; stdout: string; stderr: string }> {
        return new Promise((resolve) => {
            const args = ["--require", loader, main];
            execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
                resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
            });
        });
    }

    it("runs TypeScript, and finds imports without an ending", async () => {
        fs.writeFileSync(
            path.join(folder, "other.ts"),
            "export enum Size { Small = 3 }\nexport type Unused = Size;\n",
        );
        const text =
            'import { Size, type Unused } from "./other";\nconst n: Unused = Size.Small;\n';
        fs.writeFileSync(file, `${text}console.log(n satisfies number);\n`);
        expect(await run()).toEqual({ code: 0, stdout: "3\n", stderr: "" });
    });

    it("never runs what a file held before, though size and date are the same", async () => {
        const date = new Date(2026, 0, 1);
        for (const word of ["before", "behind", "before"]) {
            fs.writeFileSync(file, `console.log("${word}" as string);\n`);
            fs.utimesSync(file, date, date);
            expect((await run()).stdout).toBe(`${word}\n`);
        }
    });

    it("runs the same text in another place under that place's name", async () => {
        const text = "console.log(__filename as string);\n";
        const copy = path.join(folder, "copy.ts");
        for (const place of [file, copy]) fs.writeFileSync(place, text);
        expect((await run(file)).stdout).toBe(`${file}\n`);
        expect((await run(copy)).stdout).toBe(`${copy}\n`);
    });

    const failing = [
        "interface Gone {",
        "    readonly only: string;",
        "}",
        "",
        "function fail(given: Gone): never {",
        "    throw new Error(`no ${given.only}`);",
        "}",
        "",
        'const unused: Gone = { only: "luck" };',
        "fail(unused);",
        "",
    ].join("\n");

    it("shows the lines of the TypeScript in a stack trace, from the cache too", async () => {
        fs.writeFileSync(file, failing);
        for (let times = 0; times < 2; times++) {
            const { code, stderr } = await run();
            expect(code).not.toBe(0);
            expect(stderr).toContain("Error: no luck");
            expect(stderr).toContain(`${file}:6:11)`);
            expect(stderr).toMatch(/program\.ts:10:\d+\)/);
        }
    });

    it("shows the same lines for two files of one text", async () => {
        const copy = path.join(folder, "failing-copy.ts");
        fs.writeFileSync(file, failing);
        fs.writeFileSync(copy, failing);
        await run(file);
        const { stderr } = await run(copy);
        expect(stderr).toContain(`${copy}:6:11)`);
        expect(stderr).not.toContain(file);
    });

    it("fails on what is no TypeScript, naming the file", async () => {
        fs.writeFileSync(file, "const = ;\n");
        const { code, stderr } = await run();
        expect(code).not.toBe(0);
        expect(stderr).toContain("program.ts");
    });

    it("leaves JavaScript as it is", async () => {
        const plain = path.join(folder, "plain.js");
        fs.writeFileSync(plain, "console.log((() => {}).toString());\n");
        expect((await run(plain)).stdout).toBe("() => {}\n");
    });
});
