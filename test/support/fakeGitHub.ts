/** A server on this machine that speaks the few calls of GitHub's REST API that delivery/github/ makes. */
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { createHash } from "node:crypto";

/** Entries on a page, whatever was asked for: so that few are enough for a second page. */
const pageSize = 2;

export const repository = "example/rules-service";
const repositoryPath = `/repos/${repository}`;

/** What jobs sign in with; a test looks for it where it must not be. */
export const token = "ghs_aVeryRecognisableToken0123456789";

export const bot = { login: "github-actions[bot]" };

interface Comment {
    id: number;
    issue: number;
    body: string;
    user: { login: string };
}

interface Issue {
    number: number;
    title?: string;
    body: string;
    state: string;
    user: { login: string };
    pull_request?: object;
}

interface Pull {
    number: number;
    state: string;
    head: { sha: string; ref: string; repo: { full_name: string } | null };
    base: { ref: string };
}

interface Artifact {
    name: string;
    archive: Buffer;
    expired?: boolean;
}

interface Commit {
    message: string;
    path: string;
    content: string;
    branch: string;
}

/** An answer in the place of the proper one. */
interface Fault {
    readonly when?: RegExp;
    readonly status: number;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
    /** Whether the request is done all the same, and only its answer lost. */
    readonly done?: boolean;
}

interface Answer {
    readonly status?: number;
    readonly body: unknown;
    readonly headers?: Record<string, string>;
}

const shaOf = (text: string) => createHash("sha1").update(text).digest("hex");

export class FakeGitHub {
    readonly comments: Comment[] = [];
    readonly issues: Issue[] = [];
    readonly pulls: Pull[] = [];
    /** Artifacts of one run, oldest first; the first has the id 1. */
    readonly artifacts: Artifact[] = [];
    readonly approvals: object[] = [];
    /** Contents on the branch main. */
    readonly files = new Map<string, string>();
    readonly commits: Commit[] = [];
    /** `METHOD path?query` of each request, in order. */
    readonly asked: string[] = [];
    /** Whether the address of an archive was asked for with the token. */
    tokenLeaked = false;
    readonly faults: Fault[] = [];
    /** Called before a commit is made: somebody else may be faster. */
    beforeCommit: () => void = () => undefined;
    readonly #api: http.Server;
    readonly #storage: http.Server;

    constructor() {
        this.#api = http.createServer((request, response) => void this.#serve(request, response));
        this.#storage = http.createServer((request, response) => {
            this.tokenLeaked ||= request.headers.authorization !== undefined;
            response.end(this.artifacts[Number(request.url!.slice(1)) - 1]!.archive);
        });
    }

    async start(): Promise<void> {
        for (const server of [this.#api, this.#storage]) {
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        }
    }

    async stop(): Promise<void> {
        for (const server of [this.#api, this.#storage]) {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        }
    }

    get url(): string {
        return `http://127.0.0.1:${(this.#api.address() as AddressInfo).port}`;
    }

    /** The variables of a job of Actions in which this happened. */
    job(folder: string, event: object = {}): NodeJS.ProcessEnv {
        const eventFile = path.join(folder, "event.json");
        fs.writeFileSync(eventFile, JSON.stringify(event));
        return {
            PATH: process.env.PATH,
            GITHUB_API_URL: this.url,
            GITHUB_SERVER_URL: "https://github.example",
            GITHUB_REPOSITORY: repository,
            GITHUB_TOKEN: token,
            GITHUB_EVENT_PATH: eventFile,
            GITHUB_RUN_ID: "77",
            GITHUB_SHA: "c".repeat(40),
            GITHUB_REF_NAME: "main",
            GITHUB_ACTOR: "somebody",
        };
    }

    async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        let text = "";
        for await (const chunk of request) text += String(chunk);
        const what = `${request.method} ${request.url}`;
        this.asked.push(what);
        const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
            response.writeHead(status, { "content-type": "application/json", ...headers });
            response.end(JSON.stringify(body));
        };
        if (request.headers.authorization !== `Bearer ${token}`) {
            return answer(401, { message: "Bad credentials" });
        }
        const index = this.faults.findIndex(({ when }) => when === undefined || when.test(what));
        const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
        const proper = () => this.#answer(what, text === "" ? {} : JSON.parse(text));
        if (fault) {
            if (fault.done) proper();
            return answer(fault.status, fault.body ?? {}, fault.headers);
        }
        const { status = 200, body, headers } = proper();
        answer(status, body, headers);
    }

    #answer(what: string, input: any): Answer {
        const [method, target = ""] = what.split(" ");
        const { pathname, searchParams: query } = new URL(target, this.url);
        const at = (pattern: string) =>
            new RegExp(`^${repositoryPath}/${pattern}$`).exec(pathname)?.slice(1);
        const page = (all: readonly unknown[]) => this.#page(pathname, query, all);
        let found: string[] | undefined;

        if ((found = at("issues/(\\d+)/comments"))) {
            const issue = Number(found[0]);
            if (method === "GET") return page(this.comments.filter((one) => one.issue === issue));
            const comment = { id: this.comments.length + 1, issue, body: input.body, user: bot };
            this.comments.push(comment);
            return { status: 201, body: comment };
        }
        if ((found = at("issues/comments/(\\d+)")) && method === "PATCH") {
            const comment = this.comments.find(({ id }) => id === Number(found![0]))!;
            return { body: Object.assign(comment, { body: input.body }) };
        }
        if (at("issues")) {
            if (method === "GET") {
                return page(this.issues.filter(({ state }) => state === query.get("state")));
            }
            const issue = { number: 100 + this.issues.length, state: "open", user: bot, ...input };
            this.issues.push(issue);
            return { status: 201, body: issue };
        }
        if ((found = at("issues/(\\d+)")) && method === "PATCH") {
            const issue = this.issues.find(({ number }) => number === Number(found![0]))!;
            return { body: Object.assign(issue, input) };
        }
        if (at("pulls")) {
            // As GitHub does: by branch, whatever its newest commit.
            const [, branch] = /^[^:]+:(.+)$/.exec(query.get("head") ?? "") ?? [];
            return page(
                this.pulls.filter(({ state, head }) => state === "open" && head.ref === branch),
            );
        }
        if (at("actions/runs/(\\d+)/artifacts")) {
            const artifacts = this.artifacts
                .map(({ name, expired = false }, index) => ({ id: index + 1, name, expired }))
                .filter(({ name }) => name === query.get("name"));
            return { body: { artifacts } };
        }
        if ((found = at("actions/artifacts/(\\d+)/zip"))) {
            const { port } = this.#storage.address() as AddressInfo;
            const location = `http://127.0.0.1:${port}/${found[0]}`;
            return { status: 302, body: {}, headers: { location } };
        }
        if (at("actions/runs/(\\d+)/approvals")) return { body: this.approvals };
        if ((found = at("contents/(.+)"))) return this.#contents(method!, found[0]!, input);
        return { status: 404, body: { message: "Not Found" } };
    }

    #page(pathname: string, query: URLSearchParams, all: readonly unknown[]): Answer {
        const number = Number(query.get("page") ?? 1);
        const body = all.slice((number - 1) * pageSize, number * pageSize);
        query.set("page", String(number + 1));
        const link = `<${this.url}${pathname}?${query}>; rel="next", <${this.url}/>; rel="last"`;
        return { body, ...(number * pageSize < all.length && { headers: { link } }) };
    }

    #contents(method: string, file: string, input: any): Answer {
        if (method === "PUT") this.beforeCommit();
        const text = this.files.get(file);
        if (text === undefined) return { status: 404, body: { message: "Not Found" } };
        if (method === "GET") {
            const lines = Buffer.from(text).toString("base64").replaceAll(/.{60}/g, "$&\n");
            return { body: { content: lines, encoding: "base64", sha: shaOf(text) } };
        }
        if (input.sha !== shaOf(text)) {
            return { status: 409, body: { message: `${file} does not match ${input.sha}` } };
        }
        const content = Buffer.from(input.content, "base64").toString("utf8");
        this.files.set(file, content);
        const { message, branch } = input;
        this.commits.push({ message, branch, path: file, content });
        return { body: { commit: { sha: shaOf(content) } } };
    }
}

/** A server for the tests of a file, empty before each. */
export function fakeGitHub(): { readonly server: FakeGitHub } {
    const held: { server: FakeGitHub } = { server: new FakeGitHub() };
    beforeEach(async () => {
        held.server = new FakeGitHub();
        await held.server.start();
    });
    afterEach(() => held.server.stop());
    return held;
}
