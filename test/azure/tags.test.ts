/**
 * Which tags Azure takes, by its published limits. Does not show that Azure keeps to them for every type.
 */
import { tagProblem } from "../../azure/tags";

describe("tagProblem", () => {
    it.each([
        ["owner", "me"],
        ["cost center", ""],
        ["n".repeat(512), "v".repeat(256)],
    ])("finds nothing wrong with %.20s", (name, value) => {
        expect(tagProblem(name, value)).toBeUndefined();
    });

    it.each([
        ["", "v", "a name of 1 to 512 characters"],
        ["n".repeat(513), "v", "a name of 1 to 512 characters"],
        ...[..."<>%&\\?/"].map((sign) => [`a${sign}b`, "v", "a name of 1 to 512 characters"]),
        ["owner", "v".repeat(257), "a value of at most 256 characters"],
    ])("fails on %.20s", (name, value, expected) => {
        expect(tagProblem(name, value)).toContain(expected);
    });
});
