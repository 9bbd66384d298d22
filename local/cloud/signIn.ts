/**
 * Signing in to this machine's Entra ID, and its refusals.
 * Source of codes and words: learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { Directory, isSecretOf } from "./directory";
import { CloudError } from "./errors";
import { sameId } from "./ids";
import type { Caller } from "./model";
import type { Document, Store } from "./store";
import { readToken } from "./tokens";

/** How somebody proves to be a service principal. */
export type Proof =
    | { readonly kind: "secret"; readonly text: string }
    /** The key is left out where it has proved already to belong to the certificate. */
    | { readonly kind: "certificate"; readonly certificate: string | Buffer; readonly key?: string }
    /** A token of another issuer, as JSON Web Token. */
    | { readonly kind: "token"; readonly text: string };

function refuse(code: number, message: string): never {
    throw new CloudError(401, `AADSTS${code}`, message);
}

function tenant(store: Store, tenantId: string): Directory {
    const directory = new Directory(store, tenantId);
    if (directory.displayName !== undefined) return directory;
    return refuse(
        90002,
        `Tenant '${tenantId}' not found. Check to make sure you have the correct tenant ID and are signing into ` +
            "the correct cloud. Check with your subscription administrator, this may happen if there are no active " +
            "subscriptions for the tenant.",
    );
}

/** Signs a user in, as the Azure CLI would. */
export function signInUser(
    store: Store,
    tenantId: string,
    objectId: string,
    cliClientId: string,
): Omit<Caller, "subscriptionId"> {
    const directory = tenant(store, tenantId);
    const user = directory.get("users", objectId);
    if (!user) {
        refuse(
            50020,
            `User account '${objectId}' does not exist in tenant '${directory.displayName}'.`,
        );
    }
    if (user.accountEnabled === false) refuse(50057, "The user account is disabled.");
    const name = String(user.userPrincipalName);
    return { tenantId, objectId, clientId: cliClientId, kind: "User", name };
}

/** Signs a service principal in. */
export function signInServicePrincipal(
    store: Store,
    tenantId: string,
    clientId: string,
    proof: Proof,
    now = new Date(),
): Omit<Caller, "subscriptionId"> {
    const directory = tenant(store, tenantId);
    const application = directory.ofClient("applications", clientId);
    if (!application) {
        refuse(
            700016,
            `Application with identifier '${clientId}' was not found in the directory '${directory.displayName}'. This ` +
                "can happen if the application has not been installed by the administrator of the tenant or consented to " +
                "by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
        );
    }
    switch (proof.kind) {
        case "secret":
            checkSecret(application, proof.text, now);
            break;
        case "certificate":
            checkCertificate(application, proof, now);
            break;
        case "token":
            checkToken(store, application, proof.text, now);
    }
    const principal = directory.ofClient("servicePrincipals", clientId);
    if (!principal) {
        refuse(
            7000229,
            `The client application ${clientId} is missing service principal in the tenant ${tenantId}.`,
        );
    }
    if (principal.accountEnabled === false) {
        refuse(7000112, `Application '${clientId}'(${String(principal.displayName)}) is disabled.`);
    }
    return {
        tenantId,
        objectId: String(principal.id),
        clientId,
        kind: "ServicePrincipal",
        name: clientId,
    };
}

function isGood(credential: Document, now: Date): boolean {
    const [start, end] = [credential.startDateTime, credential.endDateTime].map(
        (time) => new Date(String(time)),
    );
    return start! <= now && now < end!;
}

function checkSecret(application: Document, text: string, now: Date): void {
    const matching = (application.passwordCredentials as Document[]).filter((credential) =>
        isSecretOf(credential, text),
    );
    if (matching.some((credential) => isGood(credential, now))) return;
    const appId = String(application.appId);
    if (matching.some(({ endDateTime }) => new Date(String(endDateTime)) <= now)) {
        refuse(
            7000222,
            `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys ` +
                "for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added " +
                "security: https://aka.ms/certCreds.",
        );
    }
    refuse(
        7000215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, " +
            `not the client secret ID, for a secret added to app '${appId}'.`,
    );
}

function checkCertificate(
    application: Document,
    { certificate, key }: Proof & { kind: "certificate" },
    now: Date,
): void {
    const given = new X509Certificate(certificate);
    const known = (application.keyCredentials as Document[]).find(
        ({ fingerprint }) => fingerprint === given.fingerprint256,
    );
    const fails = (reason: string) =>
        refuse(
            700027,
            "The certificate with identifier used to sign the client assertion is not registered on application, or is not " +
                `valid. [Reason - ${reason}, Thumbprint of key used by client: '${given.fingerprint.replaceAll(":", "")}']`,
        );
    if (!known) fails("The key was not found.");
    else if (key && !given.checkPrivateKey(createPrivateKey(key))) {
        fails("The provided signature value did not match the expected signature value.");
    } else if (!isGood(known, now)) fails("The key used is expired.");
}

const federationHelp =
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. " +
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

function checkToken(store: Store, application: Document, text: string, now: Date): void {
    const claims = readToken(store, text);
    if (!claims) refuse(50013, "Assertion failed signature validation.");
    const seconds = now.getTime() / 1000;
    if (seconds >= claims.exp || seconds < claims.nbf) {
        refuse(700024, "Client assertion is not within its valid time range.");
    }
    const credentials = application.federatedIdentityCredentials as Document[];
    const none = "No matching federated identity record found for presented assertion";
    const ofIssuer = credentials.filter(({ issuer }) => issuer === claims.iss);
    if (ofIssuer.length === 0) refuse(700211, `${none} issuer '${claims.iss}'. ${federationHelp}`);
    const ofAudience = ofIssuer.filter(({ audiences }) =>
        (audiences as string[]).includes(claims.aud),
    );
    if (ofAudience.length === 0) {
        refuse(700212, `${none} audience '${claims.aud}'. ${federationHelp}`);
    }
    if (ofAudience.some(({ subject }) => subject === claims.sub)) return;
    const almost = ofAudience.some(({ subject }) => sameId(String(subject), claims.sub));
    if (almost) {
        refuse(
            7002138,
            `${none} subject '${claims.sub}'. The subject matches with case-insensitive comparison, but not with ` +
                `case-sensitive comparison. ${federationHelp}`,
        );
    }
    refuse(700213, `${none} subject '${claims.sub}'. ${federationHelp}`);
}
