/** Signing in to this machine's Entra ID. Its refusals stand in rules.ts, under "Signing in". */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { Directory, isSecretOf } from "./directory";
import { sameId } from "./ids";
import type { Caller } from "./model";
import { refusal } from "./rules";
import type { Document, Store } from "./store";
import { readToken } from "./tokens";

/** How somebody proves to be a service principal. */
export type Proof =
    | { readonly kind: "secret"; readonly text: string }
    /** The key is left out where it has proved already to belong to the certificate. */
    | { readonly kind: "certificate"; readonly certificate: string | Buffer; readonly key?: string }
    /** A token of another issuer, as JSON Web Token. */
    | { readonly kind: "token"; readonly text: string };

function tenant(store: Store, tenantId: string): Directory {
    const directory = new Directory(store, tenantId);
    if (directory.displayName === undefined) throw refusal("tenantMissing", { tenant: tenantId });
    return directory;
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
        throw refusal("userMissing", { user: objectId, tenant: String(directory.displayName) });
    }
    if (user.accountEnabled === false) throw refusal("userDisabled");
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
        throw refusal("applicationMissing", {
            application: clientId,
            tenant: String(directory.displayName),
        });
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
        throw refusal("servicePrincipalMissing", { application: clientId, tenant: tenantId });
    }
    if (principal.accountEnabled === false) {
        const name = String(principal.displayName);
        throw refusal("servicePrincipalDisabled", { application: clientId, name });
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
    const expired = matching.some(({ endDateTime }) => new Date(String(endDateTime)) <= now);
    throw refusal(expired ? "secretExpired" : "secretWrong", {
        application: String(application.appId),
    });
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
    const thumbprint = given.fingerprint.replaceAll(":", "");
    const refused = (reason: string) => refusal("certificateRefused", { reason, thumbprint });
    if (!known) throw refused("The key was not found.");
    if (key && !given.checkPrivateKey(createPrivateKey(key))) {
        throw refused("The provided signature value did not match the expected signature value.");
    }
    if (!isGood(known, now)) throw refused("The key used is expired.");
}

function checkToken(store: Store, application: Document, text: string, now: Date): void {
    const claims = readToken(store, text);
    if (!claims) throw refusal("tokenForged");
    const seconds = now.getTime() / 1000;
    if (seconds >= claims.exp || seconds < claims.nbf) {
        throw refusal("tokenOutOfTime");
    }
    const credentials = application.federatedIdentityCredentials as Document[];
    const ofIssuer = credentials.filter(({ issuer }) => issuer === claims.iss);
    if (ofIssuer.length === 0) throw refusal("tokenIssuer", { issuer: claims.iss });
    const ofAudience = ofIssuer.filter(({ audiences }) =>
        (audiences as string[]).includes(claims.aud),
    );
    if (ofAudience.length === 0) throw refusal("tokenAudience", { audience: claims.aud });
    if (ofAudience.some(({ subject }) => subject === claims.sub)) return;
    const almost = ofAudience.some(({ subject }) => sameId(String(subject), claims.sub));
    throw refusal(almost ? "tokenSubjectCase" : "tokenSubject", { subject: claims.sub });
}
