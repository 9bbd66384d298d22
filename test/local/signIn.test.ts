/**
 * Sign-in to the local Entra ID: who passes, who is refused with which code, and that nothing of a secret shows.
 * These are also the cases of the table of refusals (rules.test.ts) whose code begins with AADSTS.
 * Cannot show that Entra ID words and orders its refusals so; where they come from is said in rules.ts.
 */
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import fc from "fast-check";
import { gitHubIssuer, tokenExchangeAudience } from "../../azure/federation";
import type { Cloud } from "../../local/cloud/cloud";
import { rules, type Rule } from "../../local/cloud/rules";
import { signInServicePrincipal, signInUser, type Proof } from "../../local/cloud/signIn";
import { issueToken, readToken } from "../../local/cloud/tokens";
import { otherTenant, signedInUser } from "../../local/identity";
import { azures, makePrincipal } from "../support/people";
import { temporaryFolder } from "../support/temporaryFolder";

const { tenantId } = signedInUser;
const nobody = "10ca1000-0000-4000-8000-00000000ffff";
const year = 365 * 86_400_000;
const from = (time: number) => ({
    startDateTime: new Date(time).toISOString(),
    endDateTime: new Date(time + year).toISOString(),
});
const lifetime = from(Date.now() - 1000);

const azure = azures();
let cloud: Cloud;
let deployer: ReturnType<typeof makePrincipal>;
beforeEach(() => {
    cloud = azure.next();
    deployer = makePrincipal(cloud, "deployer");
});

const signIn = (
    proof: Proof,
    { clientId = deployer.appId, tenant = String(tenantId), now = new Date() } = {},
) => signInServicePrincipal(cloud.store, tenant, clientId, proof, now);

/** The refusal of a sign-in, in the words of its row and with every value filled in. */
function refusal(work: () => unknown): { code: string; message: string } {
    try {
        work();
    } catch (error) {
        const { status, code, message } = error as {
            status: number;
            code: string;
            message: string;
        };
        const row = Object.values<Rule>(rules).find((rule) => rule.code === code)!;
        expect(status).toBe(row.status);
        for (const part of row.message.split(/\{\w+\}/)) expect(message).toContain(part);
        expect(message).not.toMatch(/\{|\}|undefined|\[object/);
        return { code, message };
    }
    throw new Error("it was not refused");
}

const secret = (text: string): Proof => ({ kind: "secret", text });
const addSecret = (when = lifetime) =>
    cloud.directory.addPassword(deployer.applicationId, when).secretText;

describe("a user", () => {
    it("signs in by object id", () => {
        expect(signInUser(cloud.store, tenantId, signedInUser.objectId, "cli")).toEqual({
            tenantId,
            objectId: signedInUser.objectId,
            clientId: "cli",
            kind: "User",
            name: signedInUser.name,
        });
    });

    it("fails in a tenant that does not exist, or does not know them", () => {
        const { objectId } = signedInUser;
        const work = (tenant: string, id: string) => () =>
            signInUser(cloud.store, tenant, id, "cli");
        expect(refusal(work(nobody, objectId)).code).toBe("AADSTS90002");
        expect(refusal(work(tenantId, nobody))).toEqual({
            code: "AADSTS50020",
            message: `User account '${nobody}' does not exist in tenant 'Local directory'.`,
        });
    });

    it("fails while the account is disabled", () => {
        const user = cloud.directory.createUser({
            userPrincipalName: "a@b",
            accountEnabled: false,
        });
        const work = () => signInUser(cloud.store, tenantId, String(user.id), "cli");
        expect(refusal(work).code).toBe("AADSTS50057");
    });
});

describe("a service principal", () => {
    it("signs in with its secret", () => {
        expect(signIn(secret(addSecret()))).toEqual({
            tenantId,
            objectId: deployer.id,
            clientId: deployer.appId,
            kind: "ServicePrincipal",
            name: deployer.appId,
        });
    });

    it("signs in with any of several secrets while they overlap, and with none that was taken away", () => {
        const [old, young] = [addSecret(), addSecret()];
        signIn(secret(old));
        signIn(secret(young));
        const application = cloud.directory.require("applications", deployer.applicationId);
        const [, second] = application.passwordCredentials as unknown[];
        cloud.directory.put("applications", { ...application, passwordCredentials: [second] });
        signIn(secret(young));
        expect(refusal(() => signIn(secret(old))).code).toBe("AADSTS7000215");
    });

    it("fails with a wrong secret, whose text is not repeated", () => {
        addSecret();
        const { code, message } = refusal(() => signIn(secret("a guess")));
        expect(code).toBe("AADSTS7000215");
        expect(message).toContain(deployer.appId);
        expect(message).not.toContain("a guess");
    });

    it("fails with the id of a secret, and with another application's secret", () => {
        const { keyId } = cloud.directory.addPassword(deployer.applicationId, lifetime);
        expect(refusal(() => signIn(secret(keyId))).code).toBe("AADSTS7000215");
        const other = makePrincipal(cloud, "other");
        const foreign = cloud.directory.addPassword(other.applicationId, lifetime).secretText;
        expect(refusal(() => signIn(secret(foreign))).code).toBe("AADSTS7000215");
    });

    it("fails with an expired secret, from its very end", () => {
        const text = addSecret();
        const end = Date.parse(lifetime.endDateTime);
        signIn(secret(text), { now: new Date(end - 1) });
        const { code, message } = refusal(() => signIn(secret(text), { now: new Date(end) }));
        expect(code).toBe("AADSTS7000222");
        expect(message).not.toContain(text);
    });

    it("fails with a secret that is not valid yet", () => {
        const text = addSecret(from(Date.now() + year));
        expect(refusal(() => signIn(secret(text))).code).toBe("AADSTS7000215");
    });

    it("fails where tenant, application or service principal is missing", () => {
        const text = addSecret();
        expect(refusal(() => signIn(secret(text), { tenant: nobody })).code).toBe("AADSTS90002");
        const { tenantId: tenant } = otherTenant;
        for (const options of [{ clientId: nobody }, { tenant }]) {
            const { code, message } = refusal(() => signIn(secret(text), options));
            expect(code).toBe("AADSTS700016");
            expect(message).toContain(options.clientId ?? "Another directory");
        }
        cloud.directory.delete("servicePrincipals", deployer.id);
        expect(refusal(() => signIn(secret(text))).code).toBe("AADSTS7000229");
    });

    it("fails while it is disabled", () => {
        const text = addSecret();
        const principal = cloud.directory.require("servicePrincipals", deployer.id);
        cloud.directory.put("servicePrincipals", { ...principal, accountEnabled: false });
        const { code, message } = refusal(() => signIn(secret(text)));
        expect(code).toBe("AADSTS7000112");
        expect(message).toContain("deployer");
    });

    it("keeps no secret in clear, in no file", () => {
        const text = addSecret();
        const document = JSON.stringify(
            cloud.directory.get("applications", deployer.applicationId),
        );
        expect(document).not.toContain(text);
        for (const file of fs.readdirSync(azure.folder(), { recursive: true, encoding: "utf8" })) {
            const full = path.join(azure.folder(), file);
            if (fs.statSync(full).isFile())
                expect(fs.readFileSync(full, "latin1")).not.toContain(text);
        }
    });
});

describe("a token of another issuer", () => {
    const subject = "repo:Example/Shop:environment:dev";
    const claims = { iss: gitHubIssuer, sub: subject, aud: tokenExchangeAudience };
    const token = (text: string): Proof => ({ kind: "token", text });
    const issue = (changed: Partial<typeof claims> = {}, now?: Date) =>
        issueToken(cloud.store, { ...claims, ...changed }, now);

    beforeEach(() => {
        cloud.directory.addFederatedCredential(deployer.applicationId, {
            name: "dev",
            issuer: claims.iss,
            subject,
            audiences: [claims.aud],
        });
    });

    it("signs its subject in", () => {
        expect(signIn(token(issue())).objectId).toBe(deployer.id);
        expect(signIn(token(`${issue()}\n`)).objectId).toBe(deployer.id);
    });

    it.each([
        ["of an issuer that is not trusted", { iss: "https://issuer.example" }, "AADSTS700211"],
        ["for another audience", { aud: "api://elsewhere" }, "AADSTS700212"],
        ["of another subject", { sub: "repo:Example/Shop:environment:prod" }, "AADSTS700213"],
        ["of a subject in other letters", { sub: subject.toLowerCase() }, "AADSTS7002138"],
    ])("fails with one %s", (_, changed, wanted) => {
        const { code, message } = refusal(() => signIn(token(issue(changed))));
        expect(code).toBe(wanted);
        expect(message).toContain(Object.values(changed)[0]);
    });

    it("fails where the application trusts no issuer", () => {
        const { appId } = makePrincipal(cloud, "other");
        const work = () => signIn(token(issue()), { clientId: appId });
        expect(refusal(work).code).toBe("AADSTS700211");
    });

    it("fails before its time and from its end", () => {
        const now = new Date(Math.floor(Date.now() / 1000) * 1000);
        const text = issue({}, now);
        const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
        signIn(token(text), { now });
        signIn(token(text), { now: later(599) });
        for (const seconds of [-1, 600]) {
            const work = () => signIn(token(text), { now: later(seconds) });
            expect(refusal(work).code).toBe("AADSTS700024");
        }
    });

    it("fails if nobody here has signed it", () => {
        const elsewhere = azure.next();
        const foreign = issueToken(elsewhere.store, claims);
        const longer = [".", ".x"].map((end) => issue() + end);
        const unsigned = issue().replace(/[^.]+$/, "");
        for (const text of ["", "a.b.c", "ghp_notatoken", foreign, unsigned, ...longer]) {
            const { code, message } = refusal(() => signIn(token(text)));
            expect(code).toBe("AADSTS50013");
            if (text) expect(message).not.toContain(text);
        }
    });

    it("says the same when it is read as when it was issued", () => {
        const text = fc.string({ maxLength: 40, unit: "binary" });
        fc.assert(
            fc.property(fc.record({ iss: text, sub: text, aud: text }), (given) => {
                expect(readToken(cloud.store, issueToken(cloud.store, given))).toMatchObject(given);
            }),
            { numRuns: 20 },
        );
    });

    it("fails with any one character changed, added or left out", () => {
        const text = issue();
        const letters = [..."ABYZabyz0189-_.=+/ "];
        const at = fc.nat(text.length - 1);
        fc.assert(
            fc.property(at, fc.constantFrom("", ...letters), fc.boolean(), (index, letter, add) => {
                const rest = text.slice(add ? index : index + 1);
                const changed = text.slice(0, index) + letter + rest;
                // White space around a token is no part of it.
                fc.pre(changed.trim() !== text);
                expect(readToken(cloud.store, changed)).toBeUndefined();
            }),
            { numRuns: 500 },
        );
    });

    it("fails with any other last character, although some carry the same bits", () => {
        const text = issue();
        for (const letter of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
            if (letter === text.at(-1)) continue;
            expect(readToken(cloud.store, text.slice(0, -1) + letter)).toBeUndefined();
        }
    });

    it("stays good when two processes begin to issue at once", () => {
        // Each finds no key, and each writes one: the first stays.
        const fresh = azure.next();
        const get = jest.spyOn(fresh.store, "get").mockReturnValueOnce(undefined);
        const first = issueToken(fresh.store, claims);
        get.mockReturnValueOnce(undefined);
        const second = issueToken(fresh.store, claims);
        get.mockRestore();
        expect(readToken(fresh.store, first)).toMatchObject(claims);
        expect(readToken(fresh.store, second)).toMatchObject(claims);
    });
});

describe("a certificate", () => {
    const folder = temporaryFolder();
    const make = (name: string) => {
        const [key, certificate] = [
            path.join(folder, `${name}.key`),
            path.join(folder, `${name}.crt`),
        ];
        const subject = ["-subj", `/CN=${name}`, "-days", "30", "-nodes"];
        const files = ["-keyout", key, "-out", certificate];
        execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject, ...files], {
            stdio: "ignore",
        });
        return {
            key: fs.readFileSync(key, "utf8"),
            certificate: fs.readFileSync(certificate, "utf8"),
        };
    };
    const [own, other] = [make("own"), make("other")];
    const proof = (certificate: string, key?: string): Proof => ({
        kind: "certificate",
        certificate,
        key,
    });
    const add = (when = lifetime) =>
        cloud.directory.addCertificate(
            deployer.applicationId,
            "key",
            new X509Certificate(own.certificate),
            when,
        );

    it("signs the application in that it was added to", () => {
        add();
        expect(signIn(proof(own.certificate, own.key)).objectId).toBe(deployer.id);
    });

    it("fails where it was not added, with a key that is not its own, and after its end", () => {
        const reason = (work: () => unknown) => {
            const { code, message } = refusal(work);
            expect(code).toBe("AADSTS700027");
            expect(message).not.toContain("PRIVATE");
            return /Reason - ([^,]+)\./.exec(message)?.[1];
        };
        expect(reason(() => signIn(proof(own.certificate, own.key)))).toBe("The key was not found");
        add();
        expect(reason(() => signIn(proof(other.certificate, other.key)))).toBe(
            "The key was not found",
        );
        const foreign = "The provided signature value did not match the expected signature value";
        expect(reason(() => signIn(proof(own.certificate, other.key)))).toBe(foreign);
        const now = new Date(lifetime.endDateTime);
        const late = () => signIn(proof(own.certificate, own.key), { now });
        expect(reason(late)).toBe("The key used is expired");
    });
});
