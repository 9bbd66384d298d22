/**
 * How GitHub's API is asked: pages, repetitions, rate limits, messages without the token.
 * Cannot show that GitHub answers so: the server is ours, made after GitHub's documentation.
 */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { GitHub } from "../../../delivery/github/api";
import { bot, fakeGitHub, repository, token } from "../../support/fakeGitHub";

const held = fakeGitHub();
const comments = `/repos/${repository}/issues/1/comments`;

/** A client that notes how long it was to wait, and does not. */
function client(waits: number[] = []): GitHub {
    const wait = (milliseconds: number) => Promise.resolve(waits.push(milliseconds));
    return new GitHub({ url: held.server.url, token, wait });
}

async function failureOf(work: Promise<unknown>): Promise<string> {
    const error = await work.then(
        () => undefined,
        (reason: Error) => reason,
    );
    expect(error).toBeDefined();
    expect(error!.name).toBe("UserError");
    expect(error!.message).not.toContain(token);
    return error!.message;
}

describe("the API", () => {
    it("is asked for all pages of a list", async () => {
        const bodies = ["a", "b", "c", "d", "e"];
        for (const [id, body] of bodies.entries()) {
            held.server.comments.push({ id, issue: 1, body, user: bot });
        }
        const all = await client().list<{ body: string }>(comments);
        expect(all.map(({ body }) => body)).toEqual(bodies);
        expect(held.server.asked).toHaveLength(3);
    });

    it("fails where a page is elsewhere, and sends no token there", async () => {
        const asked: unknown[] = [];
        const other = http.createServer((request, response) => {
            asked.push(request.headers);
            response.end("[]");
        });
        await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
        const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
        const headers = { link: `<${elsewhere}>; rel="next"` };
        held.server.faults.push({ status: 200, body: [], headers });
        expect(await failureOf(client().list(comments))).toMatch(/another address/);
        expect(asked).toEqual([]);
        other.close();
    });

    it("is asked again after its own failures, with longer and longer waits", async () => {
        held.server.faults.push({ status: 502 }, { status: 500 }, { status: 503 });
        const waits: number[] = [];
        expect(await client(waits).list(comments)).toEqual([]);
        expect(waits).toEqual([1000, 2000, 4000]);
    });

    it("fails after four failures of its own", async () => {
        for (let count = 0; count < 4; count++) {
            held.server.faults.push({ status: 502, body: { message: "Server Error" } });
        }
        expect(await failureOf(client().get(comments))).toBe(
            `GitHub answered 502 to GET ${comments}: Server Error`,
        );
        expect(held.server.asked).toHaveLength(4);
    });

    it("fails at once where a second request might do the same twice", async () => {
        held.server.faults.push({ status: 502, done: true });
        await failureOf(client().send("POST", comments, { body: "once" }));
        expect(held.server.comments).toHaveLength(1);
        expect(held.server.asked).toHaveLength(1);
    });

    it.each([
        ["a time to wait", 429, { "retry-after": "7" }, "", 7000],
        ["the second rate limit, without a time", 403, {}, "secondary rate limit", 60_000],
        ["the same with its own status", 429, {}, "slow down", 60_000],
    ])("waits as it is told: %s", async (_, status, headers, message, wait) => {
        held.server.faults.push({ status, headers: { ...headers }, body: { message } });
        const waits: number[] = [];
        await client(waits).send("POST", comments, { body: "late" });
        expect(waits).toEqual([wait]);
        expect(held.server.comments).toHaveLength(1);
    });

    it("waits until the limit is lifted", async () => {
        const reset = String(Math.ceil(Date.now() / 1000) + 90);
        const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
        held.server.faults.push({ status: 403, headers });
        const waits: number[] = [];
        await client(waits).list(comments);
        expect(waits).toHaveLength(1);
        expect(waits[0]).toBeGreaterThan(0);
        expect(waits[0]).toBeLessThanOrEqual(91_000);
    });

    it("fails where the limit lasts longer than a job should wait, and says how long", async () => {
        const reset = String(Math.ceil(Date.now() / 1000) + 3000);
        const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
        const body = { message: "API rate limit exceeded." };
        held.server.faults.push({ status: 403, headers, body });
        expect(await failureOf(client().list(comments))).toMatch(
            /rate limit refuses .*API rate limit exceeded\. Run the job again in (49|50|51) minutes\.$/,
        );
    });

    it("fails with what GitHub says and what to look at, where a permission is missing", async () => {
        const body = { message: "Resource not accessible by integration" };
        held.server.faults.push({ status: 403, body });
        expect(await failureOf(client().send("POST", comments, {}))).toMatch(
            /^GitHub answered 403 to POST .*: Resource not accessible by integration.*"permissions"/,
        );
        expect(held.server.asked).toHaveLength(1);
    });

    it("fails without the token, even where the answer repeats it", async () => {
        held.server.faults.push({ status: 400, body: { message: `bad token ${token}` } });
        expect(await failureOf(client().get(comments))).toMatch(/bad token \*\*\*$/);
    });

    it("fails in one line where the answer is a page of a proxy", async () => {
        held.server.faults.push({ status: 400, body: `<html>\n${"no ".repeat(1000)}</html>` });
        const message = await failureOf(client().get(comments));
        expect(message).not.toContain("\n");
        expect(message.length).toBeLessThan(500);
    });

    it("fails with the reason where nobody answers", async () => {
        const { url } = held.server;
        await held.server.stop();
        const gitHub = new GitHub({ url, token, wait: () => Promise.resolve() });
        expect(await failureOf(gitHub.get(comments))).toMatch(
            /^GitHub did not answer GET .*ECONNREFUSED/,
        );
        await held.server.start();
    });

    it("sends for a file elsewhere without the token, and no more of it than allowed", async () => {
        held.server.artifacts.push({ name: "report", archive: Buffer.alloc(1000, 7) });
        const file = `/repos/${repository}/actions/artifacts/1/zip`;
        expect(await client().download(file, 1000)).toEqual(Buffer.alloc(1000, 7));
        expect(await client().download(file, 999)).toBeUndefined();
        expect(held.server.tokenLeaked).toBe(false);
    });
});
