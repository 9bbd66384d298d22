/**
 * Which refusals are tried again, and after how long, by the rules of the two real providers.
 * Does not show that the real providers keep to them: their sources are named in local/providers/retry.ts.
 */
import { CloudError } from "../../local/cloud/errors";
import {
    azureadRules,
    azureNativeRules,
    secondsToWait,
    waitFactorVariable,
    withRetries,
} from "../../local/providers/retry";

const refusal = (status: number, code = "Code", retryAfter?: number) =>
    new CloudError(status, code, "refused", retryAfter);

beforeAll(() => (process.env[waitFactorVariable] = "0"));
afterAll(() => delete process.env[waitFactorVariable]);

/** How often work that always fails is done. */
async function attempts(rules: typeof azureNativeRules, error: Error): Promise<number> {
    let count = 0;
    const work = () => (count++, Promise.reject(error));
    await expect(withRetries(rules, work)).rejects.toBe(error);
    return count;
}

describe("azure-native", () => {
    it.each([408, 429, 500, 502, 503, 504])("tries again three times after %i", async (status) => {
        expect(await attempts(azureNativeRules, refusal(status))).toBe(4);
    });

    it.each([400, 403, 404, 409, 501])("fails at once with %i", async (status) => {
        expect(await attempts(azureNativeRules, refusal(status))).toBe(1);
    });

    it("tries again after 409 with AnotherOperationInProgress alone", async () => {
        const rules = azureNativeRules;
        expect(await attempts(rules, refusal(409, "AnotherOperationInProgress"))).toBe(4);
        expect(await attempts(rules, refusal(409, "Conflict"))).toBe(1);
    });

    it("waits about 20, 60 and 120 seconds, and never longer", () => {
        for (let i = 0; i < 100; i++) {
            const [first, second, third] = [1, 2, 3].map((attempt) =>
                secondsToWait(azureNativeRules, attempt, refusal(500))!,
            );
            expect(first).toBeGreaterThanOrEqual(16);
            expect(first).toBeLessThan(26);
            expect(second).toBeGreaterThanOrEqual(48);
            expect(second).toBeLessThan(78);
            expect(third).toBeGreaterThanOrEqual(112);
            expect(third).toBeLessThanOrEqual(120);
        }
    });

    it("waits as long as Retry-After says, and gives up where that is too long", () => {
        expect(secondsToWait(azureNativeRules, 1, refusal(429, "Code", 7))).toBe(7);
        expect(secondsToWait(azureNativeRules, 1, refusal(429, "Code", 121))).toBeUndefined();
    });
});

describe("azuread", () => {
    it("tries again four times after 429 and what the server did wrong", async () => {
        for (const status of [429, 500, 503]) {
            expect(await attempts(azureadRules, refusal(status))).toBe(5);
        }
        for (const status of [400, 408, 409, 501]) {
            expect(await attempts(azureadRules, refusal(status))).toBe(1);
        }
    });

    it("waits 1, 2, 4 and 8 seconds, or as long as Retry-After says", () => {
        const waits = [1, 2, 3, 4].map((attempt) =>
            secondsToWait(azureadRules, attempt, refusal(500)),
        );
        expect(waits).toEqual([1, 2, 4, 8]);
        expect(secondsToWait(azureadRules, 1, refusal(429, "Code", 300))).toBe(300);
    });
});

describe("withRetries", () => {
    it("ends with the first success", async () => {
        let count = 0;
        const work = async () => {
            if (++count < 3) throw refusal(503);
            return count;
        };
        expect(await withRetries(azureNativeRules, work)).toBe(3);
    });

    it("fails at once with a mistake that is no refusal", async () => {
        expect(await attempts(azureNativeRules, new TypeError("bug"))).toBe(1);
    });
});

describe("the factor of the waits", () => {
    afterAll(() => (process.env[waitFactorVariable] = "0"));

    it.each(["soon", "-1", "Infinity", "0,01"])("fails with %p before any work", async (text) => {
        process.env[waitFactorVariable] = text;
        const work = jest.fn(async () => "done");
        await expect(withRetries(azureNativeRules, work)).rejects.toThrow(
            `LOCAL_AZURE_WAIT_FACTOR is "${text}"; it is a number, 0 or more.`,
        );
        expect(work).not.toHaveBeenCalled();
    });
});
