/**
 * The issue about a stack's drift: one that is open, written over, and closed in the end.
 * Does not show that a job's token may write it: the server is ours.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { longestBody, marker } from "../../../delivery/github/comment";
import { main } from "../../../delivery/github/driftIssue";
import { bot, fakeGitHub } from "../../support/fakeGitHub";
import { temporaryFolder } from "../../support/temporaryFolder";

const held = fakeGitHub();
const folder = temporaryFolder();
const file = path.join(folder, "drift.md");

function check(code: number, report = "httpsOnly: true => false", stack = "prod") {
    fs.writeFileSync(file, report);
    const args = ["--stack", stack, "--exit-code", String(code), "--markdown", file];
    return main(args, held.server.job(folder));
}

const open = () => held.server.issues.filter(({ state }) => state === "open");

describe("the issue about drift", () => {
    it("is opened with what was found, and where", async () => {
        expect(await check(2)).toBe(0);
        expect(held.server.issues).toEqual([
            expect.objectContaining({ title: "The stack prod has drifted", state: "open" }),
        ]);
        const { body } = held.server.issues[0]!;
        expect(body.startsWith(`${marker("drift of prod")}\n`)).toBe(true);
        expect(body).toContain("https://github.example/example/rules-service/actions/runs/77");
        expect(body).toContain("httpsOnly: true => false");
    });

    it("is written over at the next check, not opened twice", async () => {
        // More than a page of others before it.
        for (let number = 1; number < 6; number++) {
            held.server.issues.push({ number, body: "", state: "open", user: { login: "person" } });
        }
        await check(2, "one thing");
        await check(2, "another thing");
        expect(open()).toHaveLength(6);
        expect(open()[5]!.body).toContain("another thing");
        expect(open()[5]!.body).not.toContain("one thing");
        expect(held.server.comments).toEqual([]);
    });

    it("is one for each stack", async () => {
        await check(2, "here", "dev");
        await check(2, "there", "prod");
        await check(0, "", "dev");
        expect(open().map(({ title }) => title)).toEqual(["The stack prod has drifted"]);
    });

    it("is closed when the drift is gone, and says so", async () => {
        await check(2);
        await check(0);
        expect(held.server.issues).toEqual([
            expect.objectContaining({ state: "closed", state_reason: "completed" }),
        ]);
        expect(held.server.comments).toEqual([
            expect.objectContaining({ body: expect.stringContaining("The drift is gone") }),
        ]);
    });

    it("is another one when there is drift again", async () => {
        await check(2);
        await check(0);
        await check(2);
        expect(held.server.issues.map(({ state }) => state)).toEqual(["closed", "open"]);
    });

    it("is not touched where there is none, nor where it is somebody else's", async () => {
        const body = `${marker("drift of prod")}\n\nmine`;
        held.server.issues.push(
            { number: 1, body, state: "open", user: { login: "person" } },
            { number: 2, body, state: "open", user: bot, pull_request: {} },
        );
        await check(0);
        expect(held.server.asked.filter((what) => !what.startsWith("GET"))).toEqual([]);
    });

    it("fails and leaves the issue as it is, where nobody could look", async () => {
        await check(2);
        const before = structuredClone(held.server.issues);
        await expect(check(1)).rejects.toThrow('Whether the stack "prod" has drifted is not known');
        expect(held.server.issues).toEqual(before);
    });

    it("says where a report is that is too long for it", async () => {
        await check(2, "x".repeat(longestBody));
        expect(open()[0]!.body).toContain("longer than an issue may be");
        expect(open()[0]!.body.length).toBeLessThan(longestBody);
    });
});
