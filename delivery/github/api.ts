/** The few calls of GitHub's REST API that the workflows make. Source: docs.github.com/rest */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../engine/userError";

/** How often a request is sent before its failure is final. */
const attempts = 4;

/** Longest time for one answer, in milliseconds. */
const answerTimeout = 30_000;

/** Longest wait for a rate limit to end, in milliseconds; a job that waits longer is better run again. */
const longestWait = 5 * 60_000;

/**
 * What GitHub asks for where a refusal by its secondary rate limit names no time, in milliseconds.
 * Source: docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
const unnamedWait = 60_000;

export interface GitHubOptions {
    /** Base URL of the API, without a slash at its end. */
    readonly url: string;
    readonly token: string;
    /** Waits so many milliseconds. @default really waits */
    readonly wait?: (milliseconds: number) => Promise<unknown>;
}

type Method = "GET" | "POST" | "PATCH" | "PUT";

/** A refusal that no repetition mends. */
export class GitHubError extends UserError {
    constructor(
        message: string,
        /** Status of the answer; 0 where there was none. */
        readonly status: number,
        /** GitHub's own words. */
        readonly reason = "",
    ) {
        super(message);
    }
}

/** How long GitHub asks to wait, in milliseconds; undefined where it refused for another reason. */
function rateLimitWait(response: Response, text: string): number | undefined {
    if (response.status !== 403 && response.status !== 429) return undefined;
    const retryAfter = response.headers.get("retry-after");
    if (retryAfter !== null && /^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
    if (response.headers.get("x-ratelimit-remaining") === "0") {
        const reset = Number(response.headers.get("x-ratelimit-reset")) * 1000;
        return Math.max(0, reset - Date.now());
    }
    return response.status === 429 || /rate limit/i.test(text) ? unnamedWait : undefined;
}

/** Address of the next page. Source: docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
function nextPage(response: Response): string | undefined {
    return /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
}

/** What GitHub says about a refusal: its message, in one line and not too long. */
function reasonOf(text: string): string {
    let message = text;
    try {
        message = String((JSON.parse(text) as { message?: unknown }).message ?? text);
    } catch {
        // Not JSON: what some proxy says is better than nothing.
    }
    return message.replaceAll(/\s+/g, " ").trim().slice(0, 300) || "no reason";
}

/** What mends a refusal, as far as its status tells. */
function adviceFor(status: number): string {
    if (status === 401) return " The token is not valid, or its job has ended: run the job again.";
    if (status === 403 || status === 404) {
        return ' Look whether the job\'s "permissions" in the workflow file allow it, and whether the thing is there.';
    }
    return "";
}

/** Answers of one repository's API, for one token. Messages never contain the token. */
export class GitHub {
    readonly #url: string;
    readonly #token: string;
    readonly #wait: (milliseconds: number) => Promise<unknown>;

    constructor({ url, token, wait = sleep }: GitHubOptions) {
        this.#url = url.replace(/\/+$/, "");
        this.#token = token;
        this.#wait = wait;
    }

    async get<T>(path: string): Promise<T> {
        return (await this.#request("GET", this.#url + path)).json() as Promise<T>;
    }

    /** All entries of a list, from all its pages. @param path With a query of its own or none. */
    async list<T>(path: string): Promise<T[]> {
        const size = `${path.includes("?") ? "&" : "?"}per_page=100`;
        const entries: T[] = [];
        let page: string | undefined = this.#url + path + size;
        while (page !== undefined) {
            // The token goes where the API is, wherever a link leads.
            if (new URL(page).origin !== new URL(this.#url).origin) {
                throw new UserError(`A page of ${path} is said to be at another address: refused.`);
            }
            const response = await this.#request("GET", page);
            entries.push(...((await response.json()) as T[]));
            page = nextPage(response);
        }
        return entries;
    }

    async send<T>(method: "POST" | "PATCH" | "PUT", path: string, body: unknown): Promise<T> {
        const response = await this.#request(method, this.#url + path, JSON.stringify(body));
        return response.json() as Promise<T>;
    }

    /**
     * A file, from wherever the API sends to for it; the token stays behind.
     *
     * @param limit Greatest size in bytes.
     * @returns undefined if the file is larger.
     */
    async download(path: string, limit: number): Promise<Buffer | undefined> {
        const answer = await this.#request("GET", this.#url + path);
        const location = answer.headers.get("location");
        const file = location === null ? answer : await this.#fetchFile(location, path);
        const chunks: Uint8Array[] = [];
        let size = 0;
        for await (const chunk of (file.body ?? []) as AsyncIterable<Uint8Array>) {
            size += chunk.byteLength;
            if (size > limit) return undefined;
            chunks.push(chunk);
        }
        return Buffer.concat(chunks);
    }

    async #fetchFile(location: string, path: string): Promise<Response> {
        // Its address is a key to the file, and so is in no message.
        const response = await fetch(location, {
            signal: AbortSignal.timeout(answerTimeout),
        }).catch(() => undefined);
        if (response?.ok) return response;
        const status = response?.status ?? 0;
        throw new GitHubError(`The file of ${path} could not be fetched (${status}).`, status);
    }

    async #request(method: Method, url: string, body?: string): Promise<Response> {
        const what = `${method} ${new URL(url).pathname}`;
        for (let attempt = 1; ; attempt++) {
            const response = await this.#fetch(method, url, body);
            if (response instanceof Response && response.status < 400) return response;
            const text = response instanceof Response ? await response.text() : response.message;
            const status = response instanceof Response ? response.status : 0;
            const limited =
                response instanceof Response ? rateLimitWait(response, text) : undefined;
            // Whether a POST that got no proper answer was done, nobody knows: twice would be a second comment.
            const repeatable = (status === 0 || status >= 500) && method !== "POST";
            const wait = limited ?? (repeatable ? 1000 * 2 ** (attempt - 1) : undefined);
            if (wait !== undefined && attempt < attempts && wait <= longestWait) {
                await this.#wait(wait);
                continue;
            }
            const reason = reasonOf(text).replaceAll(this.#token, "***");
            throw new GitHubError(this.#explain(what, status, reason, limited), status, reason);
        }
    }

    #explain(what: string, status: number, reason: string, limited: number | undefined): string {
        if (limited !== undefined) {
            const minutes = Math.ceil(limited / 60_000);
            return `GitHub's rate limit refuses ${what} (${status}): ${reason} Run the job again in ${minutes} minutes.`;
        }
        if (status === 0) return `GitHub did not answer ${what}: ${reason}`;
        return `GitHub answered ${status} to ${what}: ${reason}${adviceFor(status)}`;
    }

    async #fetch(method: Method, url: string, body?: string): Promise<Response | Error> {
        try {
            return await fetch(url, {
                method,
                body,
                // Followed by hand, so that the token is not sent along.
                redirect: "manual",
                signal: AbortSignal.timeout(answerTimeout),
                headers: {
                    accept: "application/vnd.github+json",
                    authorization: `Bearer ${this.#token}`,
                    "user-agent": "azure-webapp-stack",
                    "x-github-api-version": "2022-11-28",
                    ...(body !== undefined && { "content-type": "application/json" }),
                },
            });
        } catch (error) {
            const { message, cause } = error as Error;
            return new Error((cause as Error | undefined)?.message || message);
        }
    }
}
