/**
 * The command `npm run access` on files of a log, well and badly made.
 * Does not show what is read from a log (test/azure/activityLog.test.ts), nor an export of a real subscription.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { main } from "../../delivery/access";
import { UserError } from "../../engine/userError";
import { temporaryFolder } from "../support/temporaryFolder";

const folder = temporaryFolder();
const log = JSON.stringify([
    {
        authorization: { action: "Microsoft.Web/sites/write", scope: "/subscriptions/s" },
        caller: "somebody",
    },
]);

function write(name: string, content: string | Buffer): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, content);
    return file;
}

/** What a command prints on each stream. */
async function run(...args: string[]) {
    const printed = { out: "", err: "" };
    const out = jest.spyOn(console, "log").mockImplementation((text) => {
        printed.out += `${text}\n`;
    });
    const err = jest.spyOn(console, "error").mockImplementation((text) => {
        printed.err += `${text}\n`;
    });
    try {
        return { code: await main(args), ...printed };
    } finally {
        out.mockRestore();
        err.mockRestore();
    }
}

describe("npm run access", () => {
    const file = write("log.json", log);

    it("says what the caller did, and that the log has no reads", async () => {
        const { code, out, err } = await run("--log", file, "--caller", "Somebody");
        expect(out).toMatch(/^somebody, among 1 event:\n {2}Microsoft.Web\/sites\/Write\n/);
        expect(out).toContain("holds no reads");
        expect([code, err]).toEqual([0, ""]);
    });

    it("gives a pipe the plain list alone", async () => {
        const { code, out, err } = await run("--actions", `--log=${file}`);
        expect(out).toBe("Microsoft.Web/sites/Write\n");
        expect(err).toContain("holds no reads");
        expect(code).toBe(0);
    });

    it("reads what Windows PowerShell redirected, and a mark of UTF-8", async () => {
        const wide = write("wide.json", Buffer.from(`\uFEFF${log}`, "utf16le"));
        const marked = write("marked.json", `\uFEFF${log}`);
        for (const each of [wide, marked]) {
            expect((await run("--log", each, "--actions")).out).toBe("Microsoft.Web/sites/Write\n");
        }
    });

    it("says how it is used", async () => {
        const { out, code } = await run("--help");
        expect(out).toContain("az monitor activity-log list --resource-group");
        expect(code).toBe(0);
    });

    it.each([
        [[], "Which log?"],
        [["--log"], "npm run access -- --log <file>"],
        [["--log", ""], "Which log?"],
        [["--logs", "x"], "npm run access -- --log <file>"],
        [["x.json"], "npm run access -- --log <file>"],
        [["--log", path.join(folder, "absent.json")], `There is no file "${folder}/absent.json".`],
        [["--log", folder], "cannot be read (EISDIR)"],
        [["--log", write("empty.json", "")], "empty.json is no JSON; export it with: az monitor"],
        [["--log", file, "--caller", "other"], 'has no operation of "other"; choose one'],
    ])("fails on %j in one message", async (args, words) => {
        const work = run(...args);
        await expect(work).rejects.toThrow(UserError);
        await expect(work).rejects.toThrow(words);
    });
});
