/**
 * Tokens of other issuers, such as GitHub's, as JSON Web Tokens (RFC 7519, RS256). One key of this machine
 * stands for the keys of every issuer: Entra would fetch theirs.
 */
import { createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from "node:crypto";
import type { Store } from "./store";

/** What Entra reads in a token. Times are seconds since 1970. */
export interface Claims {
    readonly iss: string;
    readonly sub: string;
    readonly aud: string;
    readonly nbf: number;
    readonly exp: number;
}

/** How long a token is good, in seconds. GitHub's are good for five minutes and more. */
const lifetime = 600;

const keyId = "/issuers/key";

function makePrivateKey(store: Store): string {
    const { privateKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    return String(store.putNew(keyId, { privateKey }).privateKey);
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as the issuer would sign it. */
export function issueToken(
    store: Store,
    claims: Pick<Claims, "iss" | "sub" | "aud">,
    now = new Date(),
): string {
    const nbf = Math.floor(now.getTime() / 1000);
    const head = encode({ alg: "RS256", typ: "JWT" });
    const body = encode({ ...claims, jti: randomUUID(), iat: nbf, nbf, exp: nbf + lifetime });
    const key = String(store.get(keyId)?.privateKey ?? makePrivateKey(store));
    const signature = sign("sha256", Buffer.from(`${head}.${body}`), key);
    return `${head}.${body}.${signature.toString("base64url")}`;
}

/** What a token says; undefined if it is none, or nobody here has signed it. */
export function readToken(store: Store, token: string): Claims | undefined {
    const [head = "", body = "", text = "", ...rest] = token.trim().split(".");
    const key = store.get(keyId)?.privateKey;
    const signature = Buffer.from(text, "base64url");
    // Node.js skips what is no base64url: such a text would be another way to write a good signature.
    if (key === undefined || rest.length > 0 || signature.toString("base64url") !== text) {
        return undefined;
    }
    const signed = Buffer.from(`${head}.${body}`);
    if (!verify("sha256", signed, createPublicKey(String(key)), signature)) return undefined;
    return JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
}
