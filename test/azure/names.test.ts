/**
 * Azure's naming rules and the names that the stack derives.
 * Cannot show that a name is free, nor that Azure's own rules have stayed as they are documented.
 */
import fc from "fast-check";
import {
    alternativeNames,
    appName,
    deployerName,
    longestName,
    nameProblem,
    nameRules,
    planName,
    resourceGroupName,
} from "../../azure/names";

describe("nameProblem", () => {
    it.each([
        ["resourceGroup", "g"],
        ["resourceGroup", "my_group.(1)-x"],
        ["resourceGroup", "größe"],
        ["resourceGroup", "g".repeat(90)],
        ["plan", "p"],
        ["plan", "-my_plan-"],
        ["plan", "p".repeat(60)],
        ["site", "ab"],
        ["site", "My-App2"],
        ["site", "s".repeat(60)],
        ["slot", "ab"],
        ["slot", "-Stage-"],
        ["slot", "s".repeat(59)],
        ["vault", "key"],
        ["vault", "a-B-3"],
        ["vault", "v".repeat(24)],
        ["lock", "l"],
        ["lock", "no.delete-(1)"],
        ["lock", "l".repeat(90)],
        ["identity", "id1"],
        ["identity", "1_-"],
        ["identity", "i".repeat(128)],
        ["workspace", "logs"],
        ["workspace", "w".repeat(63)],
        ["storageAccount", "abc"],
        ["storageAccount", "0".repeat(24)],
        ["blobContainer", "dev"],
        ["blobContainer", "dev-access-2"],
        ["blobContainer", "c".repeat(63)],
        ["insights", "a (b) c"],
        ["insights", "i".repeat(260)],
        ["autoscale", "a"],
        ["autoscale", "a (b) c"],
    ] as const)("finds nothing wrong with the %s %s", (rule, name) => {
        expect(nameProblem(nameRules[rule], name)).toBeUndefined();
    });

    it.each([
        ["resourceGroup", ""],
        ["resourceGroup", "ends."],
        ["resourceGroup", "a/b"],
        ["resourceGroup", "a b"],
        ["resourceGroup", ".."],
        ["resourceGroup", "g".repeat(91)],
        ["plan", ""],
        ["plan", "a.b"],
        ["plan", "p".repeat(61)],
        ["site", "a"],
        ["site", "-ab"],
        ["site", "ab-"],
        ["site", "a_b"],
        ["site", "ab\n"],
        ["site", "größe"],
        ["site", "s".repeat(61)],
        ["slot", "a"],
        ["slot", "a_b"],
        ["slot", "s".repeat(60)],
        ["vault", "ab"],
        ["vault", "1ab"],
        ["vault", "a--b"],
        ["vault", "ab-"],
        ["vault", "v".repeat(25)],
        ["lock", "ends."],
        ["lock", "l".repeat(91)],
        ["identity", "ab"],
        ["identity", "_ab"],
        ["workspace", "abc"],
        ["workspace", "-abc"],
        ["workspace", "abc-"],
        ["storageAccount", "ab"],
        ["storageAccount", "Abc"],
        ["storageAccount", "a-b-c"],
        ["storageAccount", "0".repeat(25)],
        ["blobContainer", "ab"],
        ["blobContainer", "Dev"],
        ["blobContainer", "dev--access"],
        ["blobContainer", "dev-"],
        ["blobContainer", "dev_1"],
        ["blobContainer", "c".repeat(64)],
        ["insights", "a/b"],
        ["insights", "ends "],
        ["autoscale", "a:b"],
        ["autoscale", "ends."],
    ] as const)("fails on the %s %j, and says what is allowed", (rule, name) => {
        const { minimum, maximum, words } = nameRules[rule];
        const expected = `${minimum} to ${maximum} characters: ${words}`;
        expect(nameProblem(nameRules[rule], name)).toBe(expected);
    });
});

/** Names that settings.ts takes: those of a site, short enough, and without a hyphen at the end. */
const names = fc
    .stringMatching(/^[a-z0-9][a-z0-9-]{0,33}[a-z0-9]$/)
    .filter((name) => name.length <= longestName);

describe("derived names", () => {
    it("are those of the lessons", () => {
        const derived = [planName, appName, resourceGroupName, deployerName].map((f) => f("m"));
        expect(derived).toEqual(["m-plan", "m-app", "m-rg", "m-deployer"]);
    });

    it("fit Azure's rules for every name that fits", () => {
        fc.assert(
            fc.property(names, (name) => {
                expect(nameProblem(nameRules.plan, planName(name))).toBeUndefined();
                expect(nameProblem(nameRules.site, appName(name))).toBeUndefined();
                expect(
                    nameProblem(nameRules.resourceGroup, resourceGroupName(name)),
                ).toBeUndefined();
                expect(planName(name).length).toBeLessThanOrEqual(40);
            }),
        );
    });
});

describe("alternativeNames", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

    it("adds four hexadecimal digits", () => {
        const alternatives = alternativeNames("model", [0, 0.5, 1 - Number.EPSILON]);
        expect(alternatives).toEqual(["model-0000", "model-8000", "model-ffff"]);
    });

    it("answers one name per random number, each of which fits again", () => {
        fc.assert(
            fc.property(names, fc.array(random), (name, randoms) => {
                const alternatives = alternativeNames(name, randoms);
                expect(alternatives).toHaveLength(randoms.length);
                for (const alternative of alternatives) {
                    expect(alternative.length).toBeLessThanOrEqual(longestName);
                    expect(nameProblem(nameRules.site, appName(alternative))).toBeUndefined();
                    expect(alternative).toMatch(/-[0-9a-f]{4}$/);
                    expect(alternative).not.toBe(name);
                }
            }),
        );
    });

    it("shortens the longest name instead of growing over the limit", () => {
        const [alternative] = alternativeNames("n".repeat(longestName), [0]);
        expect(alternative).toBe(`${"n".repeat(longestName - 5)}-0000`);
    });
});
