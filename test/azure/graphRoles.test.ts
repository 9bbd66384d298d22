/** Permissions of Microsoft Graph. Cannot show that the list has all that are dangerous. */
import { graphRoles } from "../../azure/graphRoles";
import { isGuid } from "../../azure/guids";

describe("graphRoles", () => {
    it("has names and ids that differ, each id a GUID in lower case", () => {
        expect(new Set(graphRoles.map(({ name }) => name)).size).toBe(graphRoles.length);
        expect(new Set(graphRoles.map(({ id }) => id)).size).toBe(graphRoles.length);
        for (const { id } of graphRoles) {
            expect(isGuid(id)).toBe(true);
            expect(id).toBe(id.toLowerCase());
        }
    });
});
