/**
 * Asks a container registry which digest a tag stands for.
 *
 * Sources: github.com/opencontainers/distribution-spec (manifests), distribution.github.io/distribution/spec/auth/token
 * (signing in), RFC 9110 section 11.6.1 (challenges), docs.docker.com/reference/api/registry (Docker Hub's hosts).
 */
import { createHash } from "node:crypto";
import { fullName, type Image } from "../azure/images";
import { UserError } from "../engine/userError";

/** How to sign in to a registry. */
export interface Credentials {
    readonly username: string;
    readonly password: string;
}

/** One way to sign in that a server offers. */
export interface Challenge {
    /** In lower case, such as `bearer`. */
    readonly scheme: string;
    /** By name in lower case. */
    readonly parameters: Readonly<Record<string, string>>;
}

/** Without the indexes a registry would answer with the image for one platform, or not at all. */
const manifestTypes = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/** Longest wait for an answer, in milliseconds. */
const patience = 30_000;

/** Most bytes of a manifest, as the CNCF's registry has it. Source: distribution, registry/handlers/manifests.go. */
const longest = 4 * 1024 * 1024;

const dockerHub = { api: "registry-1.docker.io", signIn: "auth.docker.io" } as const;

/** Reads a `WWW-Authenticate` header, as far as it is one. */
export function parseChallenges(header: string): Challenge[] {
    const name = /[\s,]*([!#$%&'*+.^_`|~\w-]+)/y;
    const value = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+))/sy;
    const token68 = /[ ]+[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y;
    let position = 0;
    const next = (form: RegExp) => {
        form.lastIndex = position;
        const found = form.exec(header);
        if (found) position = form.lastIndex;
        return found;
    };
    const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
    for (let word = next(name); word; word = next(name)) {
        const parameter = next(value);
        if (!parameter && next(/[ \t]*=/y)) break;
        if (!parameter) {
            challenges.push({ scheme: word[1]!.toLowerCase(), parameters: {} });
            next(token68);
            continue;
        }
        const [, quoted, plain] = parameter;
        const current = challenges.at(-1);
        if (!current) break;
        current.parameters[word[1]!.toLowerCase()] = plain ?? quoted!.replace(/\\(.)/gs, "$1");
    }
    return challenges;
}

function isLocal(hostname: string): boolean {
    return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Address of a registry's API. Only on this machine may it do without TLS. */
function apiOf({ registry }: Image): URL {
    const host = registry === "docker.io" ? dockerHub.api : registry;
    return new URL(`${isLocal(host.replace(/:\d+$/, "")) ? "http" : "https"}://${host}/v2/`);
}

/**
 * Whether somebody's password for a registry may go where that registry sends us to sign in: to its own host,
 * or to the domain that this host lies in, as registry.gitlab.com has gitlab.com. Its port must be the registry's or
 * the usual one; only on this machine it may be any, as a registry and its sign-in are two servers here.
 */
export function isOwnRealm({ registry }: Image, realm: URL): boolean {
    if (registry === "docker.io") return realm.host === dockerHub.signIn;
    const { hostname, port } = new URL(`https://${registry}`);
    const around = realm.hostname.includes(".") && hostname.endsWith(`.${realm.hostname}`);
    const ownPort = ["", port].includes(realm.port) || isLocal(hostname);
    return (realm.hostname === hostname || around) && ownPort;
}

function unreachable({ host }: URL, error: unknown): UserError {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    const why = name === "TimeoutError" ? "no answer" : (cause?.code ?? "no connection");
    return new UserError(
        `The registry's ${host} cannot be asked for the image's digest: ${why}. ` +
            "Try again where it can be reached, or deploy the first stack by digest: then nobody is asked.",
    );
}

async function ask(url: URL, init: RequestInit): Promise<Response> {
    try {
        return await fetch(url, { ...init, signal: AbortSignal.timeout(patience) });
    } catch (error) {
        throw unreachable(url, error);
    }
}

/** Asks for a manifest. @throws UserError where the registry would have what we sign in with go on to elsewhere. */
async function askManifest(url: URL, method: string, headers: Headers): Promise<Response> {
    if (!headers.has("authorization")) return ask(url, { method, headers });
    const response = await ask(url, { method, headers, redirect: "manual" });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || location === null) return response;
    const to = URL.canParse(location, url.href) ? new URL(location, url).host : location;
    throw new UserError(
        `The registry ${url.host} sends who is signed in on to ${to}. Nothing was sent there. ` +
            "Deploy the first stack by digest: then nobody is asked.",
    );
}

/** An answer's body. @throws UserError where it does not come, or is longer than {@link longest}. */
async function readBody(url: URL, response: Response): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
        for await (const chunk of response.body ?? []) {
            size += chunk.length;
            // Leaving the loop ends the transfer.
            if (size > longest) break;
            chunks.push(chunk);
        }
    } catch (error) {
        throw unreachable(url, error);
    }
    if (size <= longest) return Buffer.concat(chunks);
    throw new UserError(
        `The registry's ${url.host} answered more than ${longest} bytes, which is no manifest. ` +
            "Deploy the first stack by digest: then nobody is asked.",
    );
}

function basic({ username, password }: Credentials): string {
    return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Where a registry has us fetch a token. @throws UserError where that would be unsafe. */
function tokenAddress(image: Image, challenge: Challenge, credentials?: Credentials): URL {
    const { realm = "", service, scope } = challenge.parameters;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    const local =
        url?.protocol === "http:" && isLocal(url.hostname) && isLocal(apiOf(image).hostname);
    if (!url || (url.protocol !== "https:" && !local)) {
        throw new UserError(
            `The registry ${image.registry} has us sign in at "${realm}", which is no https address. ` +
                "Nothing was sent there. Deploy the first stack by digest: then nobody is asked.",
        );
    }
    if (credentials && !isOwnRealm(image, url)) {
        throw new UserError(
            `The registry ${image.registry} has us sign in at ${url.host}, which is not its own. registryPassword was ` +
                "not sent there. Deploy the first stack by digest: then nobody is asked.",
        );
    }
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", scope ?? `repository:${image.repository}:pull`);
    return url;
}

async function fetchToken(
    image: Image,
    challenge: Challenge,
    credentials?: Credentials,
): Promise<string | undefined> {
    const url = tokenAddress(image, challenge, credentials);
    const headers = credentials && { authorization: basic(credentials) };
    // A redirect would lead to an address that nobody has checked.
    const response = await ask(url, { headers, redirect: "error" });
    if (!response.ok) return undefined;
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    const token = answer.token ?? answer.access_token;
    return typeof token === "string" ? token : undefined;
}

/** Value of `Authorization` for a registry that has refused; undefined where there is none to give. */
async function authorize(
    image: Image,
    refusal: Response,
    credentials?: Credentials,
): Promise<string | undefined> {
    const challenges = parseChallenges(refusal.headers.get("www-authenticate") ?? "");
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    if (bearer) {
        const token = await fetchToken(image, bearer, credentials);
        return token && `Bearer ${token}`;
    }
    const takesBasic = challenges.some(({ scheme }) => scheme === "basic");
    return takesBasic && credentials ? basic(credentials) : undefined;
}

function refused(image: Image, status: number, signedIn: boolean): UserError {
    const name = fullName(image);
    const how = signedIn
        ? "with registryUsername and registryPassword of the first stack"
        : "without signing in, as the first stack has no registryUsername and registryPassword";
    const why =
        status === 404
            ? "has no such image"
            : status === 401 || status === 403
              ? `does not show it ${how}`
              : `answered ${status}`;
    return new UserError(
        `The digest of ${name} is not known: ${image.registry} ${why}. ` +
            "Mend that, or deploy the first stack by digest: then nobody is asked.",
    );
}

/**
 * The digest that an image's tag stands for now: of the index, where there is one for several platforms.
 *
 * @param credentials Sent to the registry and its own place to sign in, and only once it asks for them.
 * @throws UserError that says what the registry answered.
 */
export async function resolveDigest(image: Image, credentials?: Credentials): Promise<string> {
    const url = new URL(`${image.repository}/manifests/${image.tag ?? "latest"}`, apiOf(image));
    const accept = { accept: manifestTypes.join(", ") };
    let headers = new Headers(accept);
    let response = await askManifest(url, "HEAD", headers);
    if (response.status === 401) {
        const authorization = await authorize(image, response, credentials);
        if (authorization === undefined) throw refused(image, 401, credentials !== undefined);
        headers = new Headers({ ...accept, authorization });
        response = await askManifest(url, "HEAD", headers);
    }
    const digest = response.headers.get("docker-content-digest") ?? "";
    if (response.ok && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
    // The header is optional, and so is the answer to HEAD with some registries.
    if (response.ok || response.status === 405) response = await askManifest(url, "GET", headers);
    if (!response.ok) throw refused(image, response.status, credentials !== undefined);
    const manifest = await readBody(url, response);
    return `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
}
