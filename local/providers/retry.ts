/** Which refusals the real providers try again, and how long they wait before they do. */
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../engine/userError";
import type { Cloud } from "../cloud/cloud";
import { CloudError } from "../cloud/errors";

/**
 * Environment variable with a factor for all these waits: 0.01 makes seconds of minutes, for tests and
 * for the impatient. 1 if it is absent.
 */
export const waitFactorVariable = "LOCAL_AZURE_WAIT_FACTOR";

function waitFactor(): number {
    const text = process.env[waitFactorVariable] || "1";
    const factor = Number(text);
    if (factor >= 0 && Number.isFinite(factor)) return factor;
    throw new UserError(`${waitFactorVariable} is "${text}"; it is a number, 0 or more.`);
}

export interface RetryRules {
    isRetryable(error: CloudError): boolean;
    /** How often it tries again after the first attempt. */
    readonly retries: number;
    /** Longest wait, in seconds. */
    readonly longestWait: number;
    /** Seconds before try `attempt` + 1, the first being 1, where Azure names none. */
    wait(attempt: number): number;
    /** Whether it gives up at once where Azure names a longer wait than the longest. */
    readonly obeysLongestWait: boolean;
}

const repeatable = new Set([408, 429, 500, 502, 503, 504]);

/**
 * azure-native: 20, 60 and 120 s with jitter. Sources: pulumi-azure-native, provider/pkg/azure/
 * client_azcore.go (which answers and delays); azure-sdk-for-go, sdk/azcore/runtime/policy_retry.go (the rest).
 */
export const azureNativeRules: RetryRules = {
    isRetryable: ({ status, code }) =>
        repeatable.has(status) || (status === 409 && code === "AnotherOperationInProgress"),
    retries: 3,
    longestWait: 120,
    wait: (attempt) => (2 ** attempt - 1) * 20 * (0.8 + Math.random() / 2),
    obeysLongestWait: true,
};

/**
 * azuread: 1, 2, 4 and 8 s. Sources: hashicorp/go-azure-sdk, sdk/client/client.go; the defaults of
 * hashicorp/go-retryablehttp. What it tries again because a new object has not replicated yet, which is
 * mostly 404, is not modelled: here every object is there at once.
 */
export const azureadRules: RetryRules = {
    isRetryable: ({ status }) => status === 429 || (status >= 500 && status !== 501),
    retries: 4,
    longestWait: 30,
    wait: (attempt) => 2 ** (attempt - 1),
    obeysLongestWait: false,
};

/** Seconds until the next attempt, or undefined where there is to be none. */
export function secondsToWait(
    rules: RetryRules,
    attempt: number,
    error: CloudError,
): number | undefined {
    if (attempt > rules.retries || !rules.isRetryable(error)) return undefined;
    const asked = error.retryAfterSeconds;
    if (!asked) return Math.min(rules.wait(attempt), rules.longestWait);
    return rules.obeysLongestWait && asked > rules.longestWait ? undefined : asked;
}

/** Does the work, and again while the rules say so; fails with the last refusal. */
export async function withRetries<T>(rules: RetryRules, work: () => Promise<T>): Promise<T> {
    const factor = waitFactor();
    for (let attempt = 1; ; attempt++) {
        try {
            return await work();
        } catch (error) {
            const wait =
                error instanceof CloudError ? secondsToWait(rules, attempt, error) : undefined;
            if (wait === undefined) throw error;
            await sleep(wait * 1000 * factor);
        }
    }
}

/** Azure as the azure-native provider sees it: refusals that may pass are tried again. */
export type PatientCloud = Pick<Cloud, "caller" | "get" | "put" | "delete" | "post">;

export function patient(cloud: Cloud): PatientCloud {
    const again = <T>(work: () => Promise<T>) => withRetries(azureNativeRules, work);
    return {
        caller: cloud.caller,
        get: (id) => again(() => cloud.get(id)),
        put: (id, body) => again(() => cloud.put(id, body)),
        delete: (id) => again(() => cloud.delete(id)),
        post: (id, action) => again(() => cloud.post(id, action)),
    };
}
