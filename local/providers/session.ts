/**
 * Who a provider acts as: what its own inputs say, then the `ARM_*` environment, else the signed-in user.
 * Order and names: pulumi-azure-native, provider/pkg/provider/auth_azidentity.go; azuread reads the same.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as tls from "node:tls";
import { tokenExchangeAudience } from "../../azure/federation";
import { Cloud } from "../cloud/cloud";
import { openStore } from "../cloud/initial";
import type { Caller } from "../cloud/model";
import { signInServicePrincipal, signInUser, type Proof } from "../cloud/signIn";
import type { Store } from "../cloud/store";
import { signedInUser } from "../identity";
import type { Values } from "./values";

/** Environment variable that names the folder of this machine's Azure; set by local/environment.ts. */
export const storeVariable = "LOCAL_AZURE_STORE";

/** Environment variable with the object id of the user who is signed in; set by `npm run local -- --as`. */
export const userVariable = "LOCAL_AZURE_USER";

/** A provider's way to this machine's Azure. */
export interface Session {
    readonly subscriptionId: string;
    /**
     * Azure, as whoever the provider acts as. Signs in with the first use, as the real providers do: a
     * provider that is asked nothing is refused nothing.
     */
    cloud(): Promise<Cloud>;
}

export function openSession(config: Values): Session {
    const folder = process.env[storeVariable];
    if (!folder) {
        throw new Error(
            `${storeVariable} is not set. This provider is a stand-in that works on this machine only; ` +
                'run it through "npm run local".',
        );
    }
    const store = openStore(folder);
    const subscriptionId = read(config, "subscriptionId") ?? signedInUser.subscriptionId;
    const open = async () => new Cloud(store, { ...(await signIn(store, config)), subscriptionId });
    let cloud: Promise<Cloud> | undefined;
    return { subscriptionId, cloud: () => (cloud ??= open()) };
}

/** A provider's input, else its variable: `clientId` is `ARM_CLIENT_ID`. */
function read(config: Values, key: string): string | undefined {
    const variable = `ARM_${key.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
    const value = config[key] ?? process.env[variable];
    return value === undefined || value === "" ? undefined : String(value);
}

async function signIn(store: Store, config: Values): Promise<Omit<Caller, "subscriptionId">> {
    const tenantId = read(config, "tenantId");
    const proof = await proofOf(config);
    if (!proof) {
        const user = process.env[userVariable] ?? signedInUser.objectId;
        return signInUser(store, tenantId ?? signedInUser.tenantId, user, signedInUser.clientId);
    }
    const clientId = read(config, "clientId");
    const missing = tenantId ? "Client ID" : "Tenant ID";
    if (!tenantId || !clientId) {
        throw new Error(
            `A ${missing} must be configured when authenticating as a Service Principal.`,
        );
    }
    return signInServicePrincipal(store, tenantId, clientId, proof);
}

async function proofOf(config: Values): Promise<Proof | undefined> {
    const certificate = read(config, "clientCertificatePath");
    if (certificate) {
        return readCertificate(certificate, read(config, "clientCertificatePassword"));
    }
    const text = read(config, "clientSecret");
    if (text) return { kind: "secret", text };
    if (isTrue(read(config, "useOidc"))) return { kind: "token", text: await readToken(config) };
    if (isTrue(read(config, "useMsi"))) throw notModelled("Sign-in as a managed identity");
    return undefined;
}

const isTrue = (text: string | undefined) => text === "1" || text?.toLowerCase() === "true";

/** A certificate with its key, from a PEM or a PKCS #12 file. */
function readCertificate(file: string, passphrase?: string): Proof {
    let content: Buffer;
    try {
        content = fs.readFileSync(file);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new Error(`failed to read certificate from ${file}: ${code}`);
    }
    const text = content.toString("latin1");
    const block = (label: string) =>
        new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0];
    const [certificate, key] = [block("CERTIFICATE"), block("(?:RSA |EC )?PRIVATE KEY")];
    if (certificate && key && isReadable(certificate, key)) {
        return { kind: "certificate", certificate, key };
    }
    if (text.includes("-----BEGIN")) {
        throw new Error(
            `failed to parse certificate from ${file}: it must hold a certificate and its key, not encrypted`,
        );
    }
    try {
        return { kind: "certificate", certificate: readPkcs12(content, passphrase) };
    } catch {
        throw new Error(
            `failed to parse certificate from ${file}: neither PEM nor PKCS #12 of that password`,
        );
    }
}

function isReadable(certificate: string, key: string): boolean {
    try {
        return Boolean(new X509Certificate(certificate) && createPrivateKey(key));
    } catch {
        return false;
    }
}

/** Node.js reads PKCS #12 for TLS only; it fails where key and certificate do not belong together. */
function readPkcs12(pfx: Buffer, passphrase?: string): Buffer {
    const { context } = tls.createSecureContext({ pfx, passphrase });
    return (context as { getCertificate(): Buffer }).getCertificate();
}

async function readToken(config: Values): Promise<string> {
    const token = read(config, "oidcToken");
    if (token) return token;
    const file = read(config, "oidcTokenFilePath");
    if (file) return readTokenFile(file);
    const url = read(config, "oidcRequestUrl") ?? process.env.ACTIONS_ID_TOKEN_REQUEST_URL;
    const bearer = read(config, "oidcRequestToken") ?? process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
    if (!url || !bearer) {
        throw new Error(
            "A OIDC token or request URL and token must be configured when authenticating with OIDC.",
        );
    }
    return requestToken(url, bearer, read(config, "oidcAudience") ?? tokenExchangeAudience);
}

function readTokenFile(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new Error(`failed to read OIDC token from ${file}: ${code}`);
    }
}

async function requestToken(url: string, bearer: string, audience: string): Promise<string> {
    if (!URL.canParse(url)) throw new Error(`GitHub OIDC: failed to build request to ${url}`);
    const request = new URL(url);
    request.searchParams.set("audience", audience);
    const headers = { Authorization: `Bearer ${bearer}` };
    const response = await fetch(request, { headers }).catch(() => undefined);
    if (!response) throw new Error(`GitHub OIDC: couldn't request token from ${request.origin}`);
    if (!response.ok) throw new Error(`GitHub OIDC: ${response.status} with no token`);
    const answer = (await response.json().catch(() => ({}))) as Values;
    if (typeof answer.value !== "string") throw new Error("GitHub OIDC: answer without a token");
    return answer.value;
}

/** The refusal of what this machine's Azure has no model of: it fails, and never pretends. */
export function notModelled(what: string): Error {
    return new Error(
        `${what} is not modelled on this machine, so this stack cannot run here; ` +
            "on Azure it can. local/README.md lists what is modelled.",
    );
}
