/** Principals as people name them on the command line, and signing in as one. */
import { gitHubIssuer, tokenExchangeAudience } from "../azure/federation";
import { UserError } from "../engine/userError";
import type { Cloud } from "./cloud/cloud";
import type { PrincipalType } from "./cloud/directory";
import { sameId } from "./cloud/ids";
import type { Caller } from "./cloud/model";
import type { Document } from "./cloud/store";
import { issueToken } from "./cloud/tokens";
import { userVariable } from "./providers/session";

export type Principal = Document & { principalType: PrincipalType };

/** A principal by its name, principal name, client id or object id. */
export function findPrincipal({ directory }: Cloud, text: string): Principal {
    if (text === "") throw new UserError("The name of a principal is empty.");
    const kinds = ["users", "groups", "servicePrincipals"] as const;
    const all = kinds.flatMap((kind) => directory.list(kind));
    const keys = ["displayName", "userPrincipalName", "appId", "id"];
    const found = all.filter((object) =>
        keys.some((key) => sameId(String(object[key] ?? ""), text)),
    );
    if (found.length === 1) return directory.principal(String(found[0]!.id))!;
    const ids = found.map(({ id }) => String(id)).join(", ");
    const names = all.map(({ displayName }) => String(displayName)).sort();
    throw new UserError(
        found.length > 1
            ? `"${text}" is the name of several: use one of the object ids ${ids}.`
            : `There is no principal "${text}" in this machine's directory. There are: ${names.join(", ")}.`,
    );
}

/** A principal that somebody at a keyboard can sign in as. */
function findSignIn(cloud: Cloud, text: string): Principal {
    const principal = findPrincipal(cloud, text);
    if (principal.principalType === "Group") {
        throw new UserError(`"${text}" is a group; its members sign in, each as themselves.`);
    }
    if (principal.servicePrincipalType === "ManagedIdentity") {
        throw new UserError(
            `"${text}" is the identity of an app: only what runs in the app signs in with it.`,
        );
    }
    if (principal.accountEnabled === false) {
        throw new UserError(`"${text}" is disabled; nobody can sign in as it.`);
    }
    return principal;
}

/** A principal as the caller of this machine's Azure. */
export function callerOf(cloud: Cloud, text: string): Caller {
    const { id, appId, principalType, userPrincipalName } = findSignIn(cloud, text);
    const { caller } = cloud;
    const objectId = String(id);
    if (principalType === "User") return { ...caller, objectId, name: String(userPrincipalName) };
    const clientId = String(appId);
    return { ...caller, kind: "ServicePrincipal", objectId, clientId, name: clientId };
}

/** Federated credentials of a service principal's application. */
export function federatedCredentials({ directory }: Cloud, principal: Document): Document[] {
    const application = directory.ofClient("applications", String(principal.appId));
    return (application?.federatedIdentityCredentials ?? []) as Document[];
}

/** Environment in which the providers sign in as a principal, as they would in a pipeline. */
export function signInEnvironment(cloud: Cloud, text: string): Record<string, string> {
    const principal = findSignIn(cloud, text);
    if (principal.principalType === "User") return { [userVariable]: String(principal.id) };
    const [credential] = federatedCredentials(cloud, principal);
    if (!credential) {
        throw new UserError(
            `"${text}" trusts no token that could be made here. Sign in with its secret: npm run local -- exec env ` +
                `ARM_TENANT_ID=${cloud.caller.tenantId} ARM_SUBSCRIPTION_ID=${cloud.caller.subscriptionId} ` +
                `ARM_CLIENT_ID=${String(principal.appId)} ARM_CLIENT_SECRET=... pulumi preview`,
        );
    }
    return {
        ARM_TENANT_ID: cloud.caller.tenantId,
        ARM_SUBSCRIPTION_ID: cloud.caller.subscriptionId,
        ARM_CLIENT_ID: String(principal.appId),
        ARM_USE_OIDC: "true",
        ARM_OIDC_TOKEN: issueToken(cloud.store, {
            iss: String(credential.issuer),
            sub: String(credential.subject),
            aud: String((credential.audiences as string[])[0]),
        }),
    };
}

export const tokenUsage =
    "npm run local -- token --subject <subject> [--issuer <url>] [--audience <audience>]";

/** A token as an issuer such as GitHub would give it to a job, for `ARM_OIDC_TOKEN`. */
export function makeToken({ store }: Cloud, args: readonly string[]): string {
    const given = new Map<string, string>();
    for (let index = 0; index < args.length; index += 2) {
        const [option = "", value] = [args[index], args[index + 1]];
        if (!["--subject", "--issuer", "--audience"].includes(option) || value === undefined) {
            throw new UserError(`"${option}" is not understood.\n\n${tokenUsage}`);
        }
        given.set(option, value);
    }
    const sub = given.get("--subject");
    if (!sub) throw new UserError(`A token needs a subject.\n\n${tokenUsage}`);
    const iss = given.get("--issuer") ?? gitHubIssuer;
    if (!URL.canParse(iss)) throw new UserError(`--issuer: "${iss}" is no URL.\n\n${tokenUsage}`);
    return issueToken(store, {
        iss,
        aud: given.get("--audience") ?? tokenExchangeAudience,
        sub,
    });
}
