/**
 * Patterns of roles against actions, and sets of permissions against an action.
 * Cannot show that Azure compares so: its documentation is silent on a star between two slashes, which is
 * taken from what published roles are said to allow.
 */
import fc from "fast-check";
import { matchesAction, permits, permitsData } from "../../azure/permissions";

/** Few letters, so that patterns and actions often have parts in common. */
const piece = (...more: string[]) => fc.constantFrom("a", "b", "B", "/", ...more);
const actionText = fc.array(piece(), { maxLength: 9 }).map((letters) => letters.join(""));
const patternText = fc.array(piece("*", "/*/"), { maxLength: 7 }).map((parts) => parts.join(""));

/** What the rule says, tried letter by letter with every way to go back. */
function slowly(pattern: string, action: string): boolean {
    const [letter] = pattern;
    if (letter === undefined) return action === "";
    if (letter === "*") {
        return (
            slowly(pattern.slice(1), action) || (action !== "" && slowly(pattern, action.slice(1)))
        );
    }
    if (letter !== action[0]) return false;
    const star = /^\/\*+(?=\/)/.exec(pattern);
    return (
        slowly(pattern.slice(1), action.slice(1)) ||
        (star !== null && slowly(pattern.slice(star[0].length), action))
    );
}

describe("matchesAction", () => {
    it.each([
        ["*", "Microsoft.Web/sites/write"],
        ["*/read", "Microsoft.Web/sites/config/read"],
        ["Microsoft.Web/*", "Microsoft.Web/sites/slots/write"],
        ["Microsoft.Web/sites/*", "Microsoft.Web/sites/config/list/Action"],
        ["Microsoft.Authorization/*/Write", "microsoft.authorization/roleassignments/write"],
        ["microsoft.web/sites/restart/Action", "Microsoft.Web/sites/restart/action"],
        ["Microsoft.CostManagement/*/query/*", "Microsoft.CostManagement/a/b/query/action"],
        ["a/*/b", "a/b"],
        ["a/*/*/b", "a/b"],
        ["a/**/b", "a/b"],
        ["a/*/*/b", "a/x/b"],
        ["", ""],
        ["**", ""],
    ])("finds that %j covers %j", (pattern, action) => {
        expect(matchesAction(pattern, action)).toBe(true);
    });

    it.each([
        ["", "a"],
        ["Microsoft.Web/sites", "Microsoft.Web/sites/read"],
        ["Microsoft.Web/sites/*", "Microsoft.Web/sites"],
        ["Microsoft.Web/sites/*", "Microsoft.Web/sitesx/read"],
        ["*/read", "Microsoft.Web/sites/readx"],
        ["*/read", "read"],
        ["Microsoft.Web/*/write", "Microsoft.Webs/sites/write"],
        ["Microsoft.Web/*/write", "Microsoft.Web/sites/write/read"],
        ["Microsoft.Web/sites/read", "MicrosoftxWeb/sites/read"],
        ["a*a", "a"],
        ["a/*b", "a/"],
        ["a/*/b", "ab"],
        ["a/*/", "a"],
    ])("finds that %j does not cover %j", (pattern, action) => {
        expect(matchesAction(pattern, action)).toBe(false);
    });

    it("answers as the rule read letter by letter does", () => {
        fc.assert(
            fc.property(patternText, actionText, (pattern, action) => {
                const expected = slowly(pattern.toLowerCase(), action.toLowerCase());
                expect(matchesAction(pattern, action)).toBe(expected);
            }),
            { numRuns: 3000 },
        );
    });

    it("takes everything but a star literally, whatever the case", () => {
        fc.assert(
            fc.property(fc.string(), fc.string(), (pattern, action) => {
                fc.pre(!pattern.includes("*"));
                const same = pattern.toLowerCase() === action.toLowerCase();
                expect(matchesAction(pattern, action)).toBe(same);
                expect(matchesAction(pattern, pattern.toLowerCase())).toBe(true);
            }),
        );
    });

    it("covers what is put in the place of its stars", () => {
        fc.assert(
            fc.property(fc.array(actionText, { minLength: 1 }), actionText, (parts, filling) => {
                expect(matchesAction(parts.join("*"), parts.join(filling))).toBe(true);
            }),
        );
    });

    it("ends on patterns made to go back for ever", () => {
        expect(matchesAction(`${"a*".repeat(5000)}b`, "a".repeat(20000))).toBe(false);
        expect(matchesAction(`${"/*".repeat(5000)}/b`, "/".repeat(20000))).toBe(false);
        expect(matchesAction(`${"*".repeat(20000)}b`, "a".repeat(20000))).toBe(false);
    });
});

describe("permits", () => {
    it("takes away within one set only", () => {
        const allButDelete = { actions: ["a/*"], notActions: ["a/delete"] };
        expect(permits([allButDelete], "a/write")).toBe(true);
        expect(permits([allButDelete], "a/delete")).toBe(false);
        expect(permits([allButDelete, { actions: ["a/delete"] }], "a/delete")).toBe(true);
        expect(permits([{ actions: ["A/DELETE"] }, allButDelete], "a/delete")).toBe(true);
    });

    it("allows nothing without permissions, and no data by actions nor actions by data", () => {
        expect(permits([], "a/read")).toBe(false);
        expect(permits([{ actions: [] }], "a/read")).toBe(false);
        expect(permits([{ actions: [], dataActions: ["*"] }], "a/read")).toBe(false);
        expect(permits([{ actions: ["*"], notDataActions: ["*"] }], "a/read")).toBe(true);
    });

    it("never allows less for one more set", () => {
        const set = fc.record({
            actions: fc.array(patternText, { maxLength: 3 }),
            notActions: fc.array(patternText, { maxLength: 2 }),
        });
        fc.assert(
            fc.property(fc.array(set), set, actionText, (sets, more, action) => {
                if (permits(sets, action)) expect(permits([more, ...sets], action)).toBe(true);
            }),
        );
    });
});

describe("permitsData", () => {
    it("takes away within one set only, and lets no action of the control plane count", () => {
        const allButDelete = { actions: [], dataActions: ["a/*"], notDataActions: ["a/delete"] };
        expect(permitsData([allButDelete], "a/write")).toBe(true);
        expect(permitsData([allButDelete], "a/delete")).toBe(false);
        const deletes = { actions: [], dataActions: ["a/delete"] };
        expect(permitsData([allButDelete, deletes], "a/delete")).toBe(true);
        expect(permitsData([{ actions: ["*"] }], "a/read")).toBe(false);
        expect(permitsData([{ actions: ["*"], notActions: ["*"] }], "a/read")).toBe(false);
    });
});
