/** A container registry of this machine: Debian's package docker-registry, which is the CNCF's own. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash, createSign } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { stringify } from "yaml";
import { freePort } from "../../local/containers/ports";

/** Set to "off", it leaves out the tests that need a registry. */
export const optOut = "REGISTRY_TESTS";

/** Who may read, with sign-in: the hash is bcrypt's of the password, the only one that the registry takes. */
export const user = { username: "reader", password: "open sesame" };
const userLine = "reader:$2b$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW\n";

export const ociManifest = "application/vnd.oci.image.manifest.v1+json";
export const ociIndex = "application/vnd.oci.image.index.v1+json";
export const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

export const sha256 = (data: string | Buffer) =>
    `sha256:${createHash("sha256").update(data).digest("hex")}`;

export class Registry {
    private constructor(
        /** Such as `localhost:5000`. */
        readonly host: string,
        private readonly child: ChildProcess,
    ) {}

    /** Starts a registry on a folder; several may share one. */
    static async start(storage: string, auth?: object): Promise<Registry> {
        const port = await freePort();
        const file = path.join(storage, `config-${port}.yml`);
        const config = {
            version: "0.1",
            log: { level: "error", accesslog: { disabled: true } },
            storage: { filesystem: { rootdirectory: path.join(storage, "data") } },
            http: { addr: `127.0.0.1:${port}` },
            ...(auth && { auth }),
        };
        fs.writeFileSync(file, stringify(config));
        const child = spawn("docker-registry", ["serve", file], { stdio: "ignore" });
        const failed = new Promise<never>((_, reject) => {
            child.once("error", () =>
                reject(
                    new Error(
                        "These tests need a registry (on Debian: apt-get install docker-registry). " +
                            `To go without them: ${optOut}=off npm test`,
                    ),
                ),
            );
            child.once("exit", (code) => reject(new Error(`docker-registry ended with ${code}`)));
        });
        failed.catch(() => undefined);
        const registry = new Registry(`localhost:${port}`, child);
        await Promise.race([registry.answers(), failed]);
        return registry;
    }

    private async answers(): Promise<void> {
        for (;;) {
            const there = await fetch(`http://${this.host}/v2/`).catch(() => undefined);
            if (there) return;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    /** Puts an image there; its layers are nothing. @returns Its digest. */
    async push(repository: string, tag: string, mediaType = ociManifest): Promise<string> {
        const config = JSON.stringify({ architecture: "amd64", os: "linux", tag });
        const base = `http://${this.host}/v2/${repository}`;
        const begun = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
        const location = new URL(begun.headers.get("location")!);
        location.searchParams.set("digest", sha256(config));
        await must(fetch(location, { method: "PUT", body: config }));
        const type =
            mediaType === dockerManifest
                ? "application/vnd.docker.container.image.v1+json"
                : "application/vnd.oci.image.config.v1+json";
        const size = config.length;
        return this.pushManifest(repository, tag, {
            schemaVersion: 2,
            mediaType,
            layers: [],
            config: { mediaType: type, digest: sha256(config), size },
        });
    }

    async pushManifest(
        repository: string,
        tag: string,
        manifest: Readonly<Record<string, unknown>> & { mediaType: string },
    ): Promise<string> {
        const body = JSON.stringify(manifest);
        const headers = { "content-type": manifest.mediaType };
        const url = `http://${this.host}/v2/${repository}/manifests/${tag}`;
        await must(fetch(url, { method: "PUT", headers, body }));
        return sha256(body);
    }

    async stop(): Promise<void> {
        const ended = new Promise((resolve) => this.child.once("close", resolve));
        this.child.kill();
        await ended;
    }
}

async function must(request: Promise<Response>): Promise<void> {
    const response = await request;
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

/** Sign-in by a password file. */
export function passwordFile(folder: string): object {
    const file = path.join(folder, "htpasswd");
    fs.writeFileSync(file, userLine);
    return { htpasswd: { realm: "basic-realm", path: file } };
}

/** A server that gives tokens to {@link user} for everything, and to nobody for `public/` only. */
export class TokenServer {
    /** What it was asked: the query, and who asked. */
    readonly asked: { query: string; authorization?: string }[] = [];
    private readonly server: http.Server;
    private readonly files: { key: string; certificate: string };

    constructor(folder: string) {
        const key = path.join(folder, "token.key");
        const certificate = path.join(folder, "token.pem");
        this.files = { key, certificate };
        const files = ["-nodes", "-keyout", key, "-out", certificate];
        const subject = ["-subj", "/CN=token server", "-days", "2"];
        execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject, ...files], {
            stdio: "ignore",
        });
        this.server = http.createServer((request, response) => this.answer(request, response));
    }

    async listen(): Promise<void> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    }

    get auth(): object {
        const { port } = this.server.address() as AddressInfo;
        const realm = `http://localhost:${port}/token`;
        const { certificate } = this.files;
        return {
            token: { realm, service: "registry", issuer: "tokens", rootcertbundle: certificate },
        };
    }

    close(): Promise<void> {
        return new Promise((resolve) => this.server.close(() => resolve()));
    }

    private answer(request: http.IncomingMessage, response: http.ServerResponse): void {
        const { searchParams, search } = new URL(request.url!, "http://localhost");
        const { authorization } = request.headers;
        this.asked.push({ query: search, authorization });
        const { username, password } = user;
        const right = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
        const [, name = ""] = (searchParams.get("scope") ?? "").split(":");
        if (authorization !== undefined && authorization !== right) {
            response.writeHead(401).end();
            return;
        }
        const allowed = authorization === right || name.startsWith("public/");
        const access = allowed ? [{ type: "repository", name, actions: ["pull"] }] : [];
        const token = this.sign({ aud: searchParams.get("service"), access });
        response.end(JSON.stringify({ token }));
    }

    private sign(claims: object): string {
        const now = Math.floor(Date.now() / 1000);
        const pem = fs.readFileSync(this.files.certificate, "utf8");
        const der = pem.replace(/-----[^-]+-----|\s/g, "");
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        const life = { iss: "tokens", sub: "", nbf: now - 60, iat: now, exp: now + 60 };
        const text = `${part({ typ: "JWT", alg: "RS256", x5c: [der] })}.${part({ ...life, ...claims })}`;
        const signer = createSign("RSA-SHA256").update(text);
        return `${text}.${signer.sign(fs.readFileSync(this.files.key), "base64url")}`;
    }
}
