/** Who Pulumi would sign in to Azure as, where, and for how long that goes on. */
import * as fs from "node:fs";
import { parseCertificates } from "../../azure/credentials";
import { tokenExchangeAudience } from "../../azure/federation";
import type { Account, AzureReader } from "../azureCli";
import { checkEnd } from "./credentials";
import { findingsOf, type Finding } from "./finding";
import { subjectsOf } from "./gitHub";
import type { Asker } from "./rights";
import type { StackSettings } from "./settings";

/** How Pulumi's providers sign in: by the first of these that is set, else with the Azure CLI. */
export type Way = "certificate" | "secret" | "token" | "managed identity" | "Azure CLI";

const isTrue = (text: string | undefined) => text === "1" || text?.toLowerCase() === "true";

/** Source: github.com/pulumi/pulumi-azure-native, provider/pkg/provider/auth_azidentity.go */
export function wayOf(env: NodeJS.ProcessEnv): Way {
    if (env.ARM_CLIENT_CERTIFICATE_PATH) return "certificate";
    if (env.ARM_CLIENT_SECRET) return "secret";
    if (isTrue(env.ARM_USE_OIDC)) return "token";
    return isTrue(env.ARM_USE_MSI) ? "managed identity" : "Azure CLI";
}

export interface SignedIn {
    readonly findings: Finding[];
    /** Who is signed in and may be asked; undefined where the Azure CLI does not speak for Pulumi. */
    readonly asker?: Asker;
}

const about = "sign-in";
const { ok, unknown, warning, problem } = findingsOf(about);

/** The line that signs the Azure CLI in as Pulumi would. What is secret stays in its variable. */
function loginCommand(env: NodeJS.ProcessEnv, { tenantId, subscriptionId }: StackSettings): string {
    const tenant = `--tenant ${tenantId}`;
    const principal = `--service-principal --username ${env.ARM_CLIENT_ID ?? "<client id>"} ${tenant}`;
    const ways: Record<Way, string> = {
        certificate: `${principal} --certificate "$ARM_CLIENT_CERTIFICATE_PATH"`,
        secret: `${principal} --password "$ARM_CLIENT_SECRET"`,
        token: `${principal} --federated-token "$ARM_OIDC_TOKEN"`,
        "managed identity": "--identity",
        "Azure CLI": tenant,
    };
    return `az login ${ways[wayOf(env)]} && az account set --subscription ${subscriptionId}`;
}

function checkCertificate(file: string, settings: StackSettings, now: Date): Finding {
    let text: string;
    try {
        text = fs.readFileSync(file, "latin1");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        return problem(
            `ARM_CLIENT_CERTIFICATE_PATH names ${file}, which cannot be read (${code}).`,
        );
    }
    const [block = ""] =
        /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
    const [certificate] = parseCertificates(block) ?? [];
    if (!certificate)
        return unknown(`The end of the certificate in ${file} cannot be read: no PEM.`);
    const stack = settings.deploysAccess ? settings.stack : "<stack that deploys access>";
    const command = `npm run rotate -- certificate --stack ${stack}`;
    return checkEnd(
        { about, what: `The certificate in ${file}`, end: certificate.end, command },
        now,
    );
}

/** What a token says of itself, by its second part; undefined if it is no JSON Web Token. Nothing is verified. */
export function readClaims(token: string): Record<string, unknown> | undefined {
    const [, body, signature, ...rest] = token.trim().split(".");
    if (!body || !signature || rest.length > 0) return undefined;
    try {
        const claims: unknown = JSON.parse(Buffer.from(body, "base64url").toString());
        const isMap = typeof claims === "object" && claims !== null && !Array.isArray(claims);
        return isMap ? (claims as Record<string, unknown>) : undefined;
    } catch {
        return undefined;
    }
}

/** Whether somebody whom the settings know trusts a token's subject; Entra compares it letter for letter. */
function checkSubject(subject: string, settings: StackSettings): Finding {
    const trusted = subjectsOf(settings);
    const found = trusted.find((one) => one.subject === subject);
    if (found) return ok(`The token's subject is ${subject}, which the ${found.who} trusts.`);
    const own = trusted.filter(({ who }) => who === "deployer").map((one) => one.subject);
    if (own.length === 0) return ok(`The token's subject is ${subject}.`);
    const inCase = trusted.some((one) => one.subject.toLowerCase() === subject.toLowerCase());
    const hint = inCase
        ? "; they differ in capitals, which count"
        : /@\d+\//.test(subject) !== own.some((one) => /@\d+\//.test(one))
          ? "; one has the repository's numeric ids, the other has not: githubOwnerId and githubRepositoryId say them"
          : "";
    return warning(
        `The token's subject is ${subject}; the settings have the deployer trust ${own.join(", ")}${hint}.`,
    );
}

function readToken(env: NodeJS.ProcessEnv): string | Finding {
    if (env.ARM_OIDC_TOKEN) return env.ARM_OIDC_TOKEN;
    const file = env.ARM_OIDC_TOKEN_FILE_PATH;
    if (file) {
        try {
            return fs.readFileSync(file, "utf8");
        } catch (error) {
            const { code } = error as NodeJS.ErrnoException;
            return problem(
                `ARM_OIDC_TOKEN_FILE_PATH names ${file}, which cannot be read (${code}).`,
            );
        }
    }
    const url = env.ARM_OIDC_REQUEST_URL ?? env.ACTIONS_ID_TOKEN_REQUEST_URL;
    const bearer = env.ARM_OIDC_REQUEST_TOKEN ?? env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
    return url && bearer
        ? unknown("The token is fetched when the run begins, so its subject cannot be read before.")
        : problem(
              'ARM_USE_OIDC is set, but there is no token, nor an address to fetch one from: a job on GitHub needs "permissions: id-token: write", others ARM_OIDC_TOKEN.',
          );
}

/** Which of the stack's principals trusts the token that signs in. */
function trustedAs(env: NodeJS.ProcessEnv, settings: StackSettings): Asker["trustedAs"] {
    const token = wayOf(env) === "token" ? readToken(env) : undefined;
    const subject = typeof token === "string" ? readClaims(token)?.sub : undefined;
    return subjectsOf(settings).find((one) => one.subject === subject)?.who;
}

function checkToken(env: NodeJS.ProcessEnv, settings: StackSettings, now: Date): Finding[] {
    const token = readToken(env);
    if (typeof token !== "string") return [token];
    const claims = readClaims(token);
    if (!claims) return [problem("What should be the token is no JSON Web Token.")];
    const { sub, exp, aud } = claims;
    const wanted = env.ARM_OIDC_AUDIENCE ?? tokenExchangeAudience;
    const ended = typeof exp === "number" && exp * 1000 <= now.getTime();
    return [
        ...(ended
            ? [
                  problem(
                      `The token ended at ${new Date(exp * 1000).toISOString()}: it lives for minutes, so fetch another.`,
                  ),
              ]
            : []),
        ...(aud === wanted || (Array.isArray(aud) && aud.includes(wanted))
            ? []
            : [
                  problem(
                      `The token is for the audience ${JSON.stringify(aud)}; Entra expects ${wanted}.`,
                  ),
              ]),
        checkSubject(String(sub), settings),
    ];
}

function checkCredential(env: NodeJS.ProcessEnv, settings: StackSettings, now: Date): Finding[] {
    const way = wayOf(env);
    const needed = ["ARM_CLIENT_ID", "ARM_TENANT_ID", "ARM_SUBSCRIPTION_ID"];
    const byVariables = way !== "Azure CLI" && way !== "managed identity";
    const missing = byVariables ? needed.filter((name) => !env[name]) : [];
    const values: Record<string, string> = {
        ARM_CLIENT_ID: "<client id>",
        ARM_TENANT_ID: settings.tenantId,
        ARM_SUBSCRIPTION_ID: settings.subscriptionId,
    };
    const findings = missing.map((name) =>
        problem(`${name} is missing, beside the ${way}.`, `export ${name}=${values[name]}`),
    );
    switch (way) {
        case "certificate":
            return [...findings, checkCertificate(env.ARM_CLIENT_CERTIFICATE_PATH!, settings, now)];
        case "token":
            return [...findings, ...checkToken(env, settings, now)];
        case "secret": {
            const end = "The end of the client secret in ARM_CLIENT_SECRET cannot be told from it.";
            const list = `az ad app credential list --id ${env.ARM_CLIENT_ID ?? "<client id>"}`;
            return [...findings, unknown(end, list)];
        }
        default:
            return findings;
    }
}

function checkWhere(
    env: NodeJS.ProcessEnv,
    account: Account | undefined,
    { tenantId, subscriptionId }: StackSettings,
): Finding | undefined {
    const tenant = env.ARM_TENANT_ID || account?.tenantId;
    const subscription = env.ARM_SUBSCRIPTION_ID || account?.id;
    if (!tenant || !subscription) return undefined;
    const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
    const place = findingsOf("place");
    if (same(tenant, tenantId) && same(subscription, subscriptionId)) {
        return place.ok(`Tenant ${tenant}, subscription ${subscription}, as the settings say.`);
    }
    const byVariable = env.ARM_TENANT_ID || env.ARM_SUBSCRIPTION_ID;
    return place.problem(
        `You are signed in to tenant ${tenant}, subscription ${subscription}; the settings say tenant ` +
            `${tenantId}, subscription ${subscriptionId}.`,
        byVariable
            ? `export ARM_TENANT_ID=${tenantId} ARM_SUBSCRIPTION_ID=${subscriptionId}`
            : `az login --tenant ${tenantId} && az account set --subscription ${subscriptionId}`,
    );
}

/** Whether the Azure CLI speaks for whom Pulumi would sign in as. */
function checkWho(env: NodeJS.ProcessEnv, account: Account, settings: StackSettings): Finding {
    const { name, type } = account.user;
    const isUser = type === "user";
    const way = wayOf(env);
    const kind = isUser ? "the user" : "the service principal";
    if (way === "Azure CLI") {
        return isUser
            ? ok(`You are signed in as ${kind} ${name}, with the Azure CLI.`)
            : problem(
                  `The Azure CLI is signed in as ${kind} ${name}, and Pulumi takes only users from it. Besides the ` +
                      "command below it wants ARM_CLIENT_SECRET, ARM_CLIENT_CERTIFICATE_PATH or ARM_USE_OIDC.",
                  `export ARM_CLIENT_ID=${name} ARM_TENANT_ID=${settings.tenantId} ARM_SUBSCRIPTION_ID=${settings.subscriptionId}`,
              );
    }
    // Which managed identity it is, the variables need not say.
    const client = env.ARM_CLIENT_ID;
    const same = !isUser && (client === undefined || name.toLowerCase() === client.toLowerCase());
    return same
        ? ok(`You sign in as ${kind} ${name}, by a ${way}.`)
        : unknown(
              `Pulumi would sign in as the service principal ${client}, by a ${way}, but the Azure CLI is signed in ` +
                  `as ${kind} ${name}: what it answers about rights would be about that one, and is not asked.`,
              loginCommand(env, settings),
          );
}

/** @param azure The Azure CLI, which knows nothing of the `ARM_*` variables that Pulumi signs in by. */
export async function checkSignIn(
    azure: AzureReader,
    settings: StackSettings,
    env: NodeJS.ProcessEnv,
    now: Date,
): Promise<SignedIn> {
    const credential = checkCredential(env, settings, now);
    let account: Account;
    try {
        account = await azure.account();
    } catch (error) {
        const where = checkWhere(env, undefined, settings);
        const reason = (error as Error).message.replace(/\.$/, "");
        const finding =
            // A refusal of Entra's is an answer: an up would get the same.
            wayOf(env) === "Azure CLI" || /AADSTS\d+/.test(reason)
                ? problem(`The sign-in fails: ${reason}.`, loginCommand(env, settings))
                : unknown(
                      `Rights, names and quota could not be asked for: ${reason}.`,
                      loginCommand(env, settings),
                  );
        return { findings: [...credential, finding, ...(where ? [where] : [])] };
    }
    const who = checkWho(env, account, settings);
    const where = checkWhere(env, account, settings);
    const speaks = who.level === "ok" && where?.level === "ok";
    return {
        findings: [who, ...credential, ...(where ? [where] : [])],
        asker: speaks ? { account, trustedAs: trustedAs(env, settings) } : undefined,
    };
}
