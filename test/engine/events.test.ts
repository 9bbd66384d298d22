/**
 * How the engine's events are read along, with a script in the engine's place.
 * Cannot show what the real engine writes: test/delivery/report.test.ts does. Nothing here runs on Windows.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { runWatched } from "../../engine/events";
import { temporaryFolder } from "../support/temporaryFolder";

describe("the engine's events", () => {
    const folder = temporaryFolder();
    const run = (script: string, keepErrors = true) => {
        const file = path.join(folder, "pulumi");
        fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        return runWatched(file, ["preview"], { cwd: folder, env: process.env }, keepErrors);
    };
    const log = '"$PULUMI_OPTION_EVENT_LOG"';

    it("are read whole, without what only debugging is for", async () => {
        const { code, events } = await run(
            [
                `exec >${log}`,
                `echo '{"sequence":0,"tags":{"severity":"debug"}}'`,
                `echo '{"diagnosticEvent":{"message":"planted","severity":"debug"}}'`,
                // More than a pipe holds, and letters of several bytes at its edges.
                `i=0; while [ $i -lt 40 ]; do printf '{"text":"'; head -c 30000 /dev/zero | sed 's/\\x00/é/g'; echo '"}'; i=$((i+1)); done`,
                `printf '{"half'`,
            ].join("\n"),
        );
        const lines = events.trimEnd().split("\n");
        expect(code).toBe(0);
        // The words alone hide nothing: whoever sets a tag could keep a resource out of a report with them.
        expect(lines[0]).toBe('{"sequence":0,"tags":{"severity":"debug"}}');
        expect(lines.slice(1, 41)).toEqual(Array(40).fill(`{"text":"${"é".repeat(30_000)}"}`));
        expect(lines.slice(41)).toEqual(['{"half']);
    });

    it("are never a file, and leave nothing behind", async () => {
        const seen = path.join(folder, "seen");
        await run(`ls -l ${log} >${seen}; echo ${log} >>${seen}; echo '{}' >${log}`);
        const [kind, file] = fs.readFileSync(seen, "utf8").trim().split("\n");
        expect(kind).toMatch(/^prw-------/);
        expect(fs.existsSync(path.dirname(file!))).toBe(false);
    });

    it("are none where the engine does not begin", async () => {
        const silence = jest.spyOn(process.stderr, "write").mockReturnValue(true);
        const watched = await run("echo broken >&2; exit 3");
        silence.mockRestore();
        expect(watched).toEqual({ code: 3, events: "", errors: "broken\n" });
    });

    it("end with an engine that is killed", async () => {
        const { code, events } = await run(`echo '{"sequence":0}' >${log}; kill -9 $$`);
        expect([code, events]).toEqual([137, '{"sequence":0}\n']);
    });

    it("fails where there is no engine", async () => {
        const where = { cwd: folder, env: process.env };
        await expect(runWatched(path.join(folder, "none"), [], where)).rejects.toThrow("ENOENT");
    });
});
