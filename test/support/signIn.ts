/** Signing in to a sandbox's Azure as a pipeline or a person would: with what the project's own commands print. */
import { gitHubIssuer, tokenExchangeAudience } from "../../azure/federation";
import { issueToken } from "../../local/cloud/tokens";
import { findPrincipal } from "../../local/principals";
import type { Result, Sandbox } from "./sandbox";

/** Runs a command of `delivery/` in a sandbox, on the sandbox's Azure. */
export function deliver(
    sandbox: Sandbox,
    command: string,
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
): Promise<Result> {
    const words = ["exec", process.execPath, "engine/run.js", `delivery/${command}.ts`, ...args];
    return sandbox.local(words, { ...process.env, CI: "", ...env });
}

/** The environment that `npm run credentials` prints, read as a shell reads it. */
export async function credentialEnvironment(
    sandbox: Sandbox,
    stack: string,
    ...options: string[]
): Promise<Record<string, string>> {
    const { code, output } = await deliver(sandbox, "credentials", ["--stack", stack, ...options]);
    if (code !== 0) throw new Error(output);
    const lines = [...output.matchAll(/^(ARM_\w+)=(?:'(.*)'|(.*))$/gm)];
    return Object.fromEntries(lines.map(([, key, quoted, plain]) => [key!, quoted ?? plain!]));
}

/** The environment of a job of GitHub Actions whose token has this subject. */
export function tokenEnvironment(
    sandbox: Sandbox,
    principal: string,
    subject: string,
    issuer = gitHubIssuer,
): Record<string, string> {
    const { cloud } = sandbox;
    return {
        ARM_TENANT_ID: cloud.caller.tenantId,
        ARM_SUBSCRIPTION_ID: cloud.caller.subscriptionId,
        ARM_CLIENT_ID: String(findPrincipal(cloud, principal).appId),
        ARM_USE_OIDC: "true",
        ARM_OIDC_TOKEN: issueToken(cloud.store, {
            iss: issuer,
            sub: subject,
            aud: tokenExchangeAudience,
        }),
    };
}
