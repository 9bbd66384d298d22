/**
 * As whom a provider acts: each way of signing in, their order, and what is refused before anybody is asked.
 * Cannot show that the real providers read the same variables; their source is named in session.ts.
 */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { gitHubIssuer, tokenExchangeAudience } from "../../azure/federation";
import { Cloud } from "../../local/cloud/cloud";
import { openStore } from "../../local/cloud/initial";
import { issueToken } from "../../local/cloud/tokens";
import { signedInUser } from "../../local/identity";
import { openSession, storeVariable, userVariable } from "../../local/providers/session";
import type { Values } from "../../local/providers/values";
import { makePrincipal, refused } from "../support/people";
import { temporaryFolder } from "../support/temporaryFolder";

const folder = temporaryFolder();
const { tenantId, subscriptionId } = signedInUser;
const lifetime = { startDateTime: "2020-01-01T00:00:00Z", endDateTime: "2099-01-01T00:00:00Z" };
const subject = "repo:o/r:environment:dev";

const before = { ...process.env };
afterAll(() => {
    process.env = before;
});

let cloud: Cloud;
let deployer: ReturnType<typeof makePrincipal>;
let clientSecret: string;
let token: string;

beforeAll(() => {
    cloud = new Cloud(openStore(path.join(folder, "azure")), signedInUser);
    deployer = makePrincipal(cloud, "deployer");
    const { directory } = cloud;
    clientSecret = directory.addPassword(deployer.applicationId, lifetime).secretText;
    directory.addFederatedCredential(deployer.applicationId, {
        name: "dev",
        issuer: gitHubIssuer,
        subject,
        audiences: [tokenExchangeAudience],
    });
    const claims = { iss: gitHubIssuer, sub: subject, aud: tokenExchangeAudience };
    token = issueToken(cloud.store, claims);
});

/** Only these variables of those that a provider reads. */
function environment(variables: Record<string, string>): void {
    const others = Object.entries(before).filter(([name]) => !/^(ARM|ACTIONS|LOCAL)_/.test(name));
    process.env = {
        ...Object.fromEntries(others),
        [storeVariable]: path.join(folder, "azure"),
        ...variables,
    };
}

/** Who a provider with these inputs and variables acts as. */
async function caller(inputs: Values, variables: Record<string, string> = {}) {
    environment(variables);
    return (await openSession(inputs).cloud()).caller;
}

const arm = () => ({ ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: deployer.appId });

/** Checks that the deployer is signed in. */
async function signsIn(variables: Record<string, string>, inputs: Values = {}) {
    expect(await caller(inputs, { ...arm(), ...variables })).toMatchObject({
        objectId: deployer.id,
        kind: "ServicePrincipal",
        tenantId,
    });
}

/** The message of a sign-in that must fail, which must not hold any of the secrets. */
async function fails(variables: Record<string, string>): Promise<string> {
    const error: Error = await caller({}, { ...arm(), ...variables }).then(
        () => new Error("it was not refused"),
        (thrown) => thrown,
    );
    for (const text of [clientSecret, token, "hunter2", "PRIVATE KEY"]) {
        expect(error.message).not.toContain(text);
    }
    return error.message;
}

const write = (name: string, text: string | Buffer) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
};

describe("a session", () => {
    it("is the signed-in user's where nothing else is said", async () => {
        expect(await caller({})).toMatchObject({
            tenantId,
            subscriptionId,
            objectId: signedInUser.objectId,
            kind: "User",
        });
    });

    it("is another user's whom --as has named", async () => {
        const { id } = cloud.directory.createUser({ userPrincipalName: "ann@b" });
        expect((await caller({}, { [userVariable]: String(id) })).name).toBe("ann@b");
    });

    it("fails to be of no store", () => {
        environment({});
        delete process.env[storeVariable];
        expect(() => openSession({})).toThrow(/through "npm run local"/);
    });

    it("signs nobody in before it is asked, and then once", async () => {
        environment({ ...arm(), ARM_CLIENT_SECRET: "hunter2" });
        const idle = openSession({});
        expect(idle.subscriptionId).toBe(subscriptionId);
        await refused(idle.cloud(), 401, "AADSTS7000215");
        environment({ ...arm(), ARM_CLIENT_SECRET: clientSecret });
        const session = openSession({});
        const first = await session.cloud();
        process.env.ARM_CLIENT_SECRET = "hunter2";
        expect(await session.cloud()).toBe(first);
    });

    it("takes an input rather than its variable", async () => {
        await signsIn({ ARM_CLIENT_SECRET: "hunter2" }, { clientSecret });
        const variables = { ARM_SUBSCRIPTION_ID: "other" };
        expect((await caller({}, variables)).subscriptionId).toBe("other");
        expect((await caller({ subscriptionId: "mine" }, variables)).subscriptionId).toBe("mine");
    });
});

describe("a client secret", () => {
    it("signs in", () => signsIn({ ARM_CLIENT_SECRET: clientSecret }));

    it("fails if it is wrong", async () => {
        expect(await fails({ ARM_CLIENT_SECRET: "hunter2" })).toMatch(/Invalid client secret/);
    });

    it("fails without tenant or client", async () => {
        const secret = { ARM_CLIENT_SECRET: clientSecret };
        expect(await fails({ ...secret, ARM_TENANT_ID: "" })).toMatch(/^A Tenant ID must/);
        expect(await fails({ ...secret, ARM_CLIENT_ID: "" })).toMatch(/^A Client ID must/);
    });
});

describe("a token", () => {
    const oidc = { ARM_USE_OIDC: "true" };

    it("signs in from its variable, whatever the spelling of yes", async () => {
        for (const yes of ["true", "TRUE", "1"]) {
            await signsIn({ ARM_USE_OIDC: yes, ARM_OIDC_TOKEN: token });
        }
    });

    it("signs nobody in who does not ask for it", async () => {
        const { kind } = await caller(
            {},
            { ...arm(), ARM_OIDC_TOKEN: token, ARM_USE_OIDC: "false" },
        );
        expect(kind).toBe("User");
    });

    it("signs in from a file", async () => {
        await signsIn({ ...oidc, ARM_OIDC_TOKEN_FILE_PATH: write("token", `${token}\n`) });
    });

    it("fails where the file is missing, or nothing says where it is", async () => {
        const missing = path.join(folder, "missing");
        const message = await fails({ ...oidc, ARM_OIDC_TOKEN_FILE_PATH: missing });
        expect(message).toBe(`failed to read OIDC token from ${missing}: ENOENT`);
        expect(await fails(oidc)).toMatch(/OIDC token or request URL and token must be configured/);
    });

    describe("from a job's server", () => {
        let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
        const server = http.createServer((request, response) => answer(request, response));
        const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/token?job=1`;
        beforeAll(() => new Promise<void>((done) => server.listen(0, "127.0.0.1", done)));
        afterAll(() => new Promise((done) => server.close(done)));

        it.each(["ARM_OIDC_REQUEST", "ACTIONS_ID_TOKEN_REQUEST"])(
            "signs in, by %s_URL",
            async (name) => {
                const asked: unknown[] = [];
                answer = ({ url: target, headers }, response) => {
                    asked.push(target, headers.authorization);
                    response.end(JSON.stringify({ value: token }));
                };
                await signsIn({ ...oidc, [`${name}_URL`]: url(), [`${name}_TOKEN`]: "hunter2" });
                const audience = encodeURIComponent(tokenExchangeAudience);
                expect(asked).toEqual([`/token?job=1&audience=${audience}`, "Bearer hunter2"]);
            },
        );

        it("asks for another audience where that is said", async () => {
            answer = ({ url: target }, response) => {
                expect(target).toContain("audience=own");
                response.end(JSON.stringify({ value: token }));
            };
            const request = { ARM_OIDC_REQUEST_URL: url(), ARM_OIDC_REQUEST_TOKEN: "hunter2" };
            await signsIn({ ...oidc, ...request, ARM_OIDC_AUDIENCE: "own" });
        });

        it.each([
            ["refuses", 403, "hunter2", "GitHub OIDC: 403 with no token"],
            ["answers nonsense", 200, "hunter2", "GitHub OIDC: answer without a token"],
            ["answers no token", 200, "{}", "GitHub OIDC: answer without a token"],
        ])("fails where it %s", async (_, status, body, message) => {
            answer = (__, response) => response.writeHead(status).end(body);
            const request = { ARM_OIDC_REQUEST_URL: url(), ARM_OIDC_REQUEST_TOKEN: "hunter2" };
            expect(await fails({ ...oidc, ...request })).toBe(message);
        });

        it("fails where it cannot be reached, or is no address", async () => {
            const request = { ...oidc, ARM_OIDC_REQUEST_TOKEN: "hunter2" };
            const closed = await fails({ ...request, ARM_OIDC_REQUEST_URL: "http://127.0.0.1:1/" });
            expect(closed).toBe("GitHub OIDC: couldn't request token from http://127.0.0.1:1");
            const odd = await fails({ ...request, ARM_OIDC_REQUEST_URL: "nowhere" });
            expect(odd).toBe("GitHub OIDC: failed to build request to nowhere");
        });
    });
});

describe("a certificate", () => {
    const [key, certificate] = [path.join(folder, "key.pem"), path.join(folder, "crt.pem")];
    const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
    let pem: string;

    beforeAll(() => {
        const subjectOf = ["-subj", "/CN=deployer", "-days", "30", "-nodes"];
        openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            ...subjectOf,
            "-keyout",
            key,
            "-out",
            certificate,
        );
        pem = fs.readFileSync(certificate, "utf8") + fs.readFileSync(key, "utf8");
        const own = new X509Certificate(fs.readFileSync(certificate));
        cloud.directory.addCertificate(deployer.applicationId, "key", own, lifetime);
    });

    it("signs in from PEM", () => signsIn({ ARM_CLIENT_CERTIFICATE_PATH: write("both.pem", pem) }));

    it("signs in from PKCS #12, with its password only", async () => {
        const file = path.join(folder, "both.pfx");
        const out = ["-out", file, "-passout", "pass:hunter2"];
        openssl("pkcs12", "-export", "-in", certificate, "-inkey", key, ...out);
        const pfx = { ARM_CLIENT_CERTIFICATE_PATH: file };
        await signsIn({ ...pfx, ARM_CLIENT_CERTIFICATE_PASSWORD: "hunter2" });
        const wrong = await fails({ ...pfx, ARM_CLIENT_CERTIFICATE_PASSWORD: "hunter3" });
        expect(wrong).toMatch(/neither PEM nor PKCS #12 of that password/);
        expect(await fails(pfx)).toMatch(/neither PEM nor PKCS #12/);
    });

    it("fails with half of it, nonsense, or nothing", async () => {
        const at = (name: string, text: string) =>
            fails({ ARM_CLIENT_CERTIFICATE_PATH: write(name, text) });
        expect(await at("half.pem", fs.readFileSync(certificate, "utf8"))).toMatch(
            /must hold a cert/,
        );
        expect(await at("odd.pem", pem.replaceAll(/^MI/gm, "xx"))).toMatch(
            /must hold a certificate/,
        );
        expect(await at("none.pfx", "hunter2")).toMatch(/neither PEM nor PKCS #12/);
        const missing = path.join(folder, "missing");
        const message = await fails({ ARM_CLIENT_CERTIFICATE_PATH: missing });
        expect(message).toBe(`failed to read certificate from ${missing}: ENOENT`);
    });

    it("comes before a secret, and a secret before a token", async () => {
        const file = write("both.pem", pem);
        await signsIn({ ARM_CLIENT_CERTIFICATE_PATH: file, ARM_CLIENT_SECRET: "hunter2" });
        const both = { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "hunter2" };
        await signsIn({ ...both, ARM_CLIENT_SECRET: clientSecret });
    });
});

describe("a managed identity", () => {
    it("fails: it is not modelled", async () => {
        expect(await fails({ ARM_USE_MSI: "true" })).toMatch(/managed identity is not modelled/);
    });
});
