/** Waits for a web app to be well, as somebody who calls it sees it. */
import { setTimeout as sleep } from "node:timers/promises";
import { isHealthy } from "../../azure/healthCheck";
import { keptOutHeader } from "../../azure/statusCodes";
import { UserError } from "../../engine/userError";

/** Longest wait for one answer, in milliseconds. */
const answerPatience = 30_000;

/** Milliseconds between an answer and the next question. */
const interval = 1000;

/** Milliseconds between two lines about a wait in which nothing changes. */
const silence = 15_000;

/** Whether a text is a path on the app's own host; after two slashes, of either kind, another host would follow. */
export function isPath(text: string): boolean {
    return /^\/(?![/\\])\S*$/.test(text);
}

export interface HealthCheck {
    /** Address of the app, without the path. */
    readonly address: string;
    /** Path that answers 200 to 299 while the app is well; without one any answer below 500 will do. */
    readonly path?: string;
    /** What the app must answer under another path, so that it is not the container that ran before. */
    readonly version?: Version;
    /** Seconds in which the app must become well. */
    readonly limitSeconds: number;
    /** Seconds for which it must then stay well, without a break. */
    readonly settleSeconds: number;
    /** Ends the wait. */
    readonly signal?: AbortSignal;
}

/** What an app says of itself. */
export interface Version {
    readonly path: string;
    readonly text: string;
}

/** Where a path is; always at the given address. @param path Begins with a slash. */
function urlOf(address: string, path: string): URL {
    return new URL(`${new URL(address).origin}${path}`);
}

interface Answer {
    readonly status: number;
    readonly text: string;
    /** The address that we call from, where App Service keeps it out. */
    readonly keptOut?: string;
}

/** An answer, or in words why there is none. App Service's own check follows no redirect either. */
async function get(url: URL): Promise<Answer | string> {
    try {
        const signal = AbortSignal.timeout(answerPatience);
        const response = await fetch(url, { redirect: "manual", signal });
        const keptOut = response.headers.get(keptOutHeader) ?? undefined;
        return { status: response.status, text: await response.text(), keptOut };
    } catch (error) {
        const { name, cause } = error as Error & { cause?: { code?: string } };
        return name === "TimeoutError" ? "no answer" : (cause?.code ?? "no connection");
    }
}

/** What an app says of itself. @throws UserError where it does not. */
export async function askVersion(address: string, path: string): Promise<Version> {
    const url = urlOf(address, path);
    const answer = await get(url);
    if (typeof answer !== "string" && answer.status === 200) return { path, text: answer.text };
    const words = typeof answer === "string" ? answer : answer.status;
    throw new UserError(
        `${url.href} answers ${words}; expected 200 and the version of the app, because delivery/promotion.yaml names ` +
            "this path as versionPath.",
    );
}

/** The address that we call from, where App Service keeps it out of an app; undefined where it does not. */
export async function keptOutAs(address: string): Promise<string | undefined> {
    const answer = await get(urlOf(address, "/"));
    return typeof answer === "string" ? undefined : answer.keptOut;
}

/** What the app answered, in words, and whether that is well. */
async function ask(
    address: string,
    { path, version }: HealthCheck,
): Promise<{ well: boolean; words: string; keptOut?: boolean }> {
    const answer = await get(urlOf(address, path || "/"));
    if (typeof answer === "string") return { well: false, words: answer };
    const { status, keptOut } = answer;
    if (keptOut) {
        const words = `${status}, as allowedIpRanges keep ${keptOut} out, from where it was asked`;
        return { well: false, words, keptOut: true };
    }
    const well = path ? isHealthy(status) : status < 500;
    if (!well || !version) return { well, words: String(status) };
    const own = await get(urlOf(address, version.path));
    const same = typeof own !== "string" && own.status === 200 && own.text === version.text;
    return { well: same, words: same ? String(status) : `${status}, from another version` };
}

/**
 * Waits until the app is well and stays so.
 *
 * @param say Gets a line whenever something changes, and now and then.
 * @returns The last answer if the app did not become well in time, or stay so; undefined if all is well.
 */
export async function waitUntilHealthy(
    check: HealthCheck,
    say: (line: string) => void,
): Promise<string | undefined> {
    const { address, path, limitSeconds, settleSeconds, signal } = check;
    const { href } = urlOf(address, path || "/");
    const start = Date.now();
    const seconds = (since: number) => Math.round((Date.now() - since) / 1000);
    say(`Waiting for ${href}, ${limitSeconds} seconds at most ...`);
    let wellSince: number | undefined;
    let last = "";
    let saidAt = 0;
    while (!signal?.aborted) {
        const { well, words, keptOut } = await ask(address, check);
        wellSince = well ? (wellSince ?? Date.now()) : undefined;
        if (words !== last || Date.now() - saidAt >= silence) {
            say(`  ${words} after ${seconds(start)} s`);
            [last, saidAt] = [words, Date.now()];
        }
        // However well the app becomes, it cannot be seen from here.
        if (keptOut) return words;
        if (wellSince !== undefined && Date.now() - wellSince >= settleSeconds * 1000) {
            return undefined;
        }
        if (wellSince === undefined && Date.now() - start >= limitSeconds * 1000) return words;
        await sleep(interval, undefined, { signal }).catch(() => undefined);
    }
    return "the wait was ended";
}

/**
 * The version that an app says, once it has stayed well with it: right after an `up`, App Service may still have the
 * old container answer.
 *
 * @throws UserError where the app does not settle in time, or says none.
 */
export async function settledVersion(
    check: HealthCheck,
    path: string,
    say: (line: string) => void,
): Promise<Version> {
    say(`Waiting for the version of ${check.address}, ${check.limitSeconds} seconds at most ...`);
    const start = Date.now();
    const isLate = () => Date.now() - start >= check.limitSeconds * 1000;
    for (;;) {
        const version = await askVersion(check.address, path).catch((error: Error) => error);
        if (version instanceof Error) {
            if (isLate()) throw version;
        } else {
            const last = await waitUntilHealthy(
                { ...check, version, limitSeconds: 0 },
                () => undefined,
            );
            if (last === undefined) return version;
            if (isLate()) {
                throw new UserError(
                    `The app at ${check.address} did not become and stay well with one version; the last answer was ${last}.`,
                );
            }
        }
        await sleep(interval);
    }
}
