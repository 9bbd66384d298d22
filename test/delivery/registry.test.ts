/**
 * How a tag becomes a digest: against a real registry without sign-in, with a password and with tokens, and
 * against servers that answer what that one does not.
 * Cannot show that Docker Hub, ghcr.io or Azure Container Registry answer as their documentation says.
 */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { parseImage } from "../../azure/images";
import { isOwnRealm, parseChallenges, resolveDigest } from "../../delivery/registry";
import {
    dockerManifest,
    ociIndex,
    ociManifest,
    optOut,
    passwordFile,
    Registry,
    sha256,
    TokenServer,
    user,
} from "../support/registry";
import { temporaryFolder } from "../support/temporaryFolder";

const image = (text: string) => parseImage(text)!;
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("challenges", () => {
    it.each<[string, ReturnType<typeof parseChallenges>]>([
        ["", []],
        ['Basic realm="a b"', [{ scheme: "basic", parameters: { realm: "a b" } }]],
        [
            'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull"',
            [
                {
                    scheme: "bearer",
                    parameters: {
                        realm: "https://ghcr.io/token",
                        service: "ghcr.io",
                        scope: "repository:user/image:pull",
                    },
                },
            ],
        ],
        [
            'Negotiate abc==, BASIC Realm = plain, Bearer realm="x, Basic realm=\\"y\\""',
            [
                { scheme: "negotiate", parameters: {} },
                { scheme: "basic", parameters: { realm: "plain" } },
                { scheme: "bearer", parameters: { realm: 'x, Basic realm="y"' } },
            ],
        ],
        [
            "Negotiate, Basic",
            [
                { scheme: "negotiate", parameters: {} },
                { scheme: "basic", parameters: {} },
            ],
        ],
        ['realm="of nobody"', []],
        ['Basic realm="without end', [{ scheme: "basic", parameters: {} }]],
    ])("are read from %j", (header, expected) => {
        expect(parseChallenges(header)).toEqual(expected);
    });

    const token = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
    const text = fc.string({ unit: fc.constantFrom(...'ab ,="\\:/é') });
    const parameters = fc.dictionary(token, text, {
        minKeys: 1,
        maxKeys: 4,
        noNullPrototype: true,
    });

    it("come out as they were written", () => {
        const challenges = fc.array(fc.record({ scheme: token, parameters }), { maxLength: 4 });
        fc.assert(
            fc.property(challenges, fc.constantFrom(",", ", ", " , ,"), (all, comma) => {
                const quoted = (value: string) => `"${value.replace(/["\\]/g, "\\$&")}"`;
                const header = all
                    .map((one) => {
                        const pairs = Object.entries(one.parameters);
                        return `${one.scheme} ${pairs.map(([k, v]) => `${k}=${quoted(v)}`).join(comma)}`;
                    })
                    .join(comma);
                expect(parseChallenges(header)).toEqual(all);
            }),
        );
    });

    it("are read from anything without a complaint", () => {
        const odd = fc.string({ unit: fc.constantFrom(...'aB =,"\\\t;é'), maxLength: 200 });
        fc.assert(fc.property(odd, (header) => Array.isArray(parseChallenges(header))));
    });
});

describe("where a password may go", () => {
    it.each([
        ["ghcr.io/a/b", "https://ghcr.io/token", true],
        ["localhost:5000/a", "http://localhost:5001/token", true],
        ["nginx", "https://auth.docker.io/token", true],
        ["registry.gitlab.com/a/b", "https://gitlab.com/jwt/auth", true],
        ["shop.azurecr.io/a", "https://shop.azurecr.io/oauth2/token", true],
        ["shop.azurecr.io/a", "https://other.azurecr.io/oauth2/token", false],
        ["nginx", "https://docker.io.example.com/token", false],
        ["ghcr.io/a/b", "https://evil-ghcr.io/token", false],
        ["ghcr.io/a/b", "https://ghcr.io.example.com/token", false],
        ["registry.example.io/a", "https://io/token", false],
        ["ghcr.io/a/b", "https://ghcr.io:8443/token", false],
        ["ghcr.io:443/a/b", "https://ghcr.io/token", true],
        ["a.example.com:8443/b", "https://a.example.com:8443/token", true],
        ["a.example.com:8443/b", "https://a.example.com/token", true],
        ["a.example.com:8443/b", "https://a.example.com:8444/token", false],
        ["registry.gitlab.com/a/b", "https://gitlab.com:8443/jwt/auth", false],
        ["nginx", "https://auth.docker.io:8443/token", false],
    ])("of %s: %s is its own: %s", (name, realm, own) => {
        expect(isOwnRealm(image(name), new URL(realm))).toBe(own);
    });
});

describe("what is asked", () => {
    const reply = (status: number, headers: Record<string, string> = {}, body?: string) =>
        new Response(body ?? null, { status, headers });
    const asked = jest.spyOn(globalThis, "fetch");
    const questions = () =>
        asked.mock.calls.map(([url, init]) => {
            const headers = new Headers(init?.headers);
            return [init?.method ?? "GET", String(url), headers.get("authorization")];
        });
    afterEach(() => asked.mockReset());
    afterAll(() => asked.mockRestore());

    it("is Docker Hub's own host for its short names", async () => {
        asked.mockResolvedValueOnce(reply(200, { "docker-content-digest": digest }));
        expect(await resolveDigest(image("nginx"))).toBe(digest);
        expect(questions()).toEqual([
            ["HEAD", "https://registry-1.docker.io/v2/library/nginx/manifests/latest", null],
        ]);
    });

    it("is a token for nobody where the image is public, as at ghcr.io", async () => {
        const challenge = 'Bearer realm="https://ghcr.io/token",service="ghcr.io"';
        asked
            .mockResolvedValueOnce(reply(401, { "www-authenticate": challenge }))
            .mockResolvedValueOnce(reply(200, {}, '{"token":"t"}'))
            .mockResolvedValueOnce(reply(200, { "docker-content-digest": digest }));
        expect(await resolveDigest(image("ghcr.io/a/b:1.0"))).toBe(digest);
        const manifest = "https://ghcr.io/v2/a/b/manifests/1.0";
        const tokens = "https://ghcr.io/token?service=ghcr.io&scope=repository%3Aa%2Fb%3Apull";
        expect(questions()).toEqual([
            ["HEAD", manifest, null],
            ["GET", tokens, null],
            ["HEAD", manifest, "Bearer t"],
        ]);
    });

    it("goes to the registry that the reference names, with TLS unless that is here", async () => {
        const part = fc.stringMatching(/^[a-z0-9]{1,6}$/);
        const host = fc.constantFrom(
            "ghcr.io",
            "a.example.com:8443",
            "localhost",
            "127.0.0.1:5000",
        );
        const repository = fc.array(part, { minLength: 1, maxLength: 3 });
        await fc.assert(
            fc.asyncProperty(host, repository, part, async (registry, parts, tag) => {
                asked.mockReset();
                asked.mockResolvedValueOnce(reply(200, { "docker-content-digest": digest }));
                const path = parts.join("/");
                await resolveDigest(image(`${registry}/${path}:${tag}`), user);
                const scheme = /^(localhost|127)/.test(registry) ? "http" : "https";
                expect(questions()).toEqual([
                    ["HEAD", `${scheme}://${registry}/v2/${path}/manifests/${tag}`, null],
                ]);
            }),
        );
    });
});

describe("with servers of the test's own", () => {
    const servers: http.Server[] = [];
    const requests: http.IncomingMessage[] = [];
    const serve = async (listener: http.RequestListener): Promise<string> => {
        const server = http.createServer((request, response) => {
            requests.push(request);
            listener(request, response);
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return `localhost:${(server.address() as AddressInfo).port}`;
    };
    afterEach(() => {
        for (const server of servers.splice(0)) server.close();
        requests.length = 0;
    });
    const body = '{"schemaVersion":2}';
    const secret = `${user.username}:${user.password}`;
    const failure = async (host: string, credentials = user) => {
        const error = await resolveDigest(image(`${host}/a:1.0`), credentials).catch((e) => e);
        expect(error.name).toBe("UserError");
        for (const text of [user.password, Buffer.from(secret).toString("base64")]) {
            expect(error.message).not.toContain(text);
        }
        return error.message as string;
    };

    it.each([
        ["names no digest", 200, {}],
        ["names half a digest", 200, { "docker-content-digest": "sha256:0123" }],
        ["does not know HEAD", 405, {}],
    ])("the manifest is hashed where a registry %s", async (_, status, headers) => {
        const host = await serve((request, response) => {
            if (request.method === "HEAD") response.writeHead(status, headers).end();
            else response.end(body);
        });
        expect(await resolveDigest(image(`${host}/a:1.0`))).toBe(sha256(body));
    });

    it("a token may be called access_token", async () => {
        const host: string = await serve((request, response) => {
            if (request.url!.startsWith("/t")) response.end('{"access_token":"t"}');
            else if (request.headers.authorization === "Bearer t") {
                response.writeHead(200, { "docker-content-digest": digest }).end();
            } else {
                const challenge = `Basic realm="x", Bearer realm="http://${host}/t"`;
                response.writeHead(401, { "www-authenticate": challenge }).end();
            }
        });
        expect(await resolveDigest(image(`${host}/a:1.0`))).toBe(digest);
    });

    it("fails where the password would go to somebody else, and does not send it", async () => {
        const other = (await serve((_, response) => response.end("{}"))).replace(
            "localhost",
            "127.0.0.1",
        );
        const challenge = `Bearer realm="http://${other}/t"`;
        const host = await serve((_, response) =>
            response.writeHead(401, { "www-authenticate": challenge }).end(),
        );
        expect(await failure(host)).toContain(`${other}, which is not its own`);
        expect(requests).toHaveLength(1);
    });

    it.each(["http://example.com/t", "ftp://localhost/t", "nonsense", ""])(
        "fails where the place to sign in is %j",
        async (realm) => {
            const challenge = `Bearer realm="${realm}"`;
            const host = await serve((_, response) =>
                response.writeHead(401, { "www-authenticate": challenge }).end(),
            );
            expect(await failure(host)).toContain("no https address");
            expect(requests).toHaveLength(1);
        },
    );

    it("fails where a token's server sends the password on, and does not follow", async () => {
        const host: string = await serve((request, response) => {
            if (request.url === "/elsewhere") response.end('{"token":"t"}');
            else if (request.url!.startsWith("/t")) {
                response.writeHead(302, { location: "/elsewhere" }).end();
            } else {
                const challenge = `Bearer realm="http://${host}/t"`;
                response.writeHead(401, { "www-authenticate": challenge }).end();
            }
        });
        expect(await failure(host)).toContain("cannot be asked");
        expect(requests.map(({ url }) => url)).not.toContain("/elsewhere");
    });

    it.each(["HEAD", "GET"])("signed in, does not follow a redirect of %s", async (method) => {
        const other = await serve((_, response) => response.end(body));
        const host = await serve((request, response) => {
            if (!request.headers.authorization) {
                response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
            } else if (request.method === method) {
                response.writeHead(307, { location: `http://${other}/v2/` }).end();
            } else response.writeHead(200).end();
        });
        expect(await failure(host)).toContain(`on to ${other}. Nothing was sent there`);
        expect(requests.map(({ headers }) => headers.host)).not.toContain(other);
    });

    it("follows a redirect as nobody", async () => {
        const other = await serve((_, response) => response.end(body));
        const host = await serve((_, response) =>
            response.writeHead(307, { location: `http://${other}/v2/` }).end(),
        );
        expect(await resolveDigest(image(`${host}/a:1.0`))).toBe(sha256(body));
    });

    it("fails where a manifest has no end", async () => {
        let ended = false;
        const host = await serve((request, response) => {
            if (request.method === "HEAD") {
                response.writeHead(200).end();
                return;
            }
            const more = () => {
                while (!ended && response.write(Buffer.alloc(65536)));
            };
            response.on("drain", more).on("close", () => (ended = true));
            more();
        });
        expect(await failure(host)).toContain("more than 4194304 bytes");
    });

    it("fails where a manifest breaks off", async () => {
        const host = await serve((request, response) => {
            response.writeHead(200, { "content-length": 1000 });
            if (request.method === "HEAD") response.end();
            else response.write(body, () => response.destroy());
        });
        expect(await failure(host)).toContain("cannot be asked");
    });

    it.each([
        [401, "does not show it with registryUsername"],
        [403, "does not show it with registryUsername"],
        [404, "has no such image"],
        [429, "answered 429"],
        [500, "answered 500"],
    ])("fails on %i, and says what it means", async (status, words) => {
        const host = await serve((_, response) => response.writeHead(status).end());
        const message = await failure(host);
        expect(message).toContain(words);
        expect(message).toContain("deploy the first stack by digest");
    });

    it("fails where nobody listens", async () => {
        const host = await serve(() => undefined);
        await new Promise((resolve) => servers.pop()!.close(resolve));
        expect(await failure(host)).toContain("ECONNREFUSED");
    });
});

const wanted = process.env[optOut] === "off" ? describe.skip : describe;

wanted("with a real registry", () => {
    const folder = temporaryFolder();
    const running: Registry[] = [];
    const tokens = new TokenServer(folder);
    const pushed: Record<string, string> = {};
    let open: Registry;

    beforeAll(async () => {
        open = await Registry.start(folder);
        running.push(open);
        pushed["private/api:oci"] = await open.push("private/api", "oci", ociManifest);
        pushed["private/api:docker"] = await open.push("private/api", "docker", dockerManifest);
        const manifest = { mediaType: ociManifest, digest: pushed["private/api:oci"], size: 1 };
        const platform = { os: "linux", architecture: "amd64" };
        const index = {
            schemaVersion: 2,
            mediaType: ociIndex,
            manifests: [{ ...manifest, platform }],
        };
        pushed["private/api:index"] = await open.pushManifest("private/api", "index", index);
        pushed["public/api:1.0"] = await open.push("public/api", "1.0");
    });
    afterAll(async () => {
        await Promise.all(running.map((registry) => registry.stop()));
        await tokens.close();
    });
    const start = async (auth?: object): Promise<Registry> => {
        const registry = await Registry.start(folder, auth);
        running.push(registry);
        return registry;
    };

    it.each(["private/api:oci", "private/api:docker", "private/api:index", "public/api:1.0"])(
        "without sign-in, knows %s",
        async (name) => {
            expect(await resolveDigest(image(`${open.host}/${name}`), user)).toBe(pushed[name]);
        },
    );

    it("with a password, knows an image for who has it only", async () => {
        const { host } = await start(passwordFile(folder));
        const api = image(`${host}/private/api:oci`);
        expect(await resolveDigest(api, user)).toBe(pushed["private/api:oci"]);
        await expect(resolveDigest(api)).rejects.toThrow("without signing in");
        const wrong = { ...user, password: "wrong" };
        await expect(resolveDigest(api, wrong)).rejects.toThrow("does not show it with");
    });

    it("with tokens, knows a private image for who has the password, and a public one for all", async () => {
        await tokens.listen();
        const { host } = await start(tokens.auth);
        const api = image(`${host}/private/api:index`);
        expect(await resolveDigest(api, user)).toBe(pushed["private/api:index"]);
        expect(tokens.asked.at(-1)!.query).toBe(
            "?service=registry&scope=repository%3Aprivate%2Fapi%3Apull",
        );
        const everybodys = await resolveDigest(image(`${host}/public/api:1.0`));
        expect(everybodys).toBe(pushed["public/api:1.0"]);
        expect(tokens.asked.at(-1)!.authorization).toBeUndefined();
        await expect(resolveDigest(api)).rejects.toThrow("without signing in");
        const wrong = { ...user, password: "wrong" };
        await expect(resolveDigest(api, wrong)).rejects.toThrow("does not show it with");
        const missing = image(`${host}/private/api:missing`);
        await expect(resolveDigest(missing, user)).rejects.toThrow("has no such image");
    });
});
