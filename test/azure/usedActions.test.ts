/**
 * What was asked of Azure, counted and listed.
 * Cannot show that a role of the listed actions suffices: test/engine/minimalRole.test.ts does, for one role.
 */
import fc from "fast-check";
import { allowedActions, countActions, type AskedAction } from "../../azure/usedActions";
import "../support/propertyTests";

const asked = (action: string, scope: string, allowed = true) => ({ action, scope, allowed });
const place = (scope: string) => `at ${scope}`;

describe("countActions", () => {
    it("counts each action at each scope, whatever its case, in order of the actions", () => {
        const all = [
            asked("Microsoft.Web/sites/Write", "/b"),
            asked("microsoft.web/SITES/write", "/b"),
            asked("Microsoft.Web/sites/Write", "/a"),
            asked("Microsoft.Web/sites/Read", "/b"),
        ];
        expect(countActions(all, place)).toEqual([
            "  Microsoft.Web/sites/Read",
            "    1 × at /b",
            "  Microsoft.Web/sites/Write",
            "    2 × at /b",
            "    1 × at /a",
        ]);
    });

    it("tells what was refused from what was allowed", () => {
        const all = [asked("a/b", "/x", false), asked("a/b", "/y")];
        expect(countActions(all, place)).toEqual([
            "  a/b   refused",
            "    1 × at /x",
            "  a/b",
            "    1 × at /y",
        ]);
    });

    it("says so where there is nothing", () => {
        expect(countActions([], place)).toEqual(["  nothing"]);
    });

    it("counts every request once", () => {
        const one = fc.record({
            action: fc.constantFrom("a/x", "A/X", "b/x", "constructor/x", "__proto__/x"),
            scope: fc.constantFrom("/1", "/2", "/3"),
            allowed: fc.boolean(),
        });
        fc.assert(
            fc.property(fc.array(one, { minLength: 1 }), (all: AskedAction[]) => {
                const counts = countActions(all, place).flatMap(
                    (line) => /^ {4}(\d+) × /.exec(line)?.[1] ?? [],
                );
                expect(counts.map(Number).reduce((sum, each) => sum + each)).toBe(all.length);
            }),
        );
    });
});

describe("allowedActions", () => {
    it("lists each action that was allowed once, in order, and none that was only refused", () => {
        const all = [
            asked("b/write", "/x"),
            asked("B/Write", "/y"),
            asked("a/read", "/x"),
            asked("c/delete", "/x", false),
        ];
        expect(allowedActions(all).map((action) => action.toLowerCase())).toEqual([
            "a/read",
            "b/write",
        ]);
    });

    it("lists an action that was refused in one place and allowed in another", () => {
        const all = [asked("c/delete", "/x", false), asked("c/delete", "/y")];
        expect(allowedActions(all)).toEqual(["c/delete"]);
    });
});
