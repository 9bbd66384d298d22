/**
 * The table of roles: well formed, found by name, and nothing in it for a deployer to widen its rights.
 * Cannot show that an id is that of the role in Azure; the source is named in azure/roles.ts.
 */
import { isGuid } from "../../azure/guids";
import { deployerRoles, findRole, roleDefinitionId, roles } from "../../azure/roles";

describe("the table of roles", () => {
    it("has one row per name and per id", () => {
        expect(new Set(roles.map(({ name }) => name.toLowerCase())).size).toBe(roles.length);
        expect(new Set(roles.map(({ id }) => id)).size).toBe(roles.length);
    });

    it("has GUIDs in lower case and a reason for every role", () => {
        for (const { id, why } of roles) {
            expect(isGuid(id)).toBe(true);
            expect(id).toBe(id.toLowerCase());
            expect(why).toMatch(/^[A-Z].+\.$/);
        }
    });

    // These ids are in Microsoft's documentation of each role, and the same in every tenant.
    it.each([
        ["Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"],
        ["User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"],
        ["Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168"],
        ["Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c"],
        ["Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7"],
        ["Website Contributor", "de139f84-1756-47ae-9be6-808fbbe84772"],
        ["Web Plan Contributor", "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b"],
    ])("knows %s", (name, id) => {
        expect(findRole(name)?.id).toBe(id);
    });
});

describe("findRole", () => {
    it("finds every role in any case and with spaces around", () => {
        for (const role of roles) {
            expect(findRole(role.name)).toBe(role);
            expect(findRole(` ${role.name.toUpperCase()} `)).toBe(role);
            expect(findRole(role.name.toLowerCase())).toBe(role);
        }
    });

    it.each(["", "God", "Read", "constructor"])("finds nothing for %j", (name) => {
        expect(findRole(name)).toBeUndefined();
    });
});

describe("deployerRoles", () => {
    it("leaves out exactly the roles that can hand out rights", () => {
        const left = roles.filter((role) => !deployerRoles.includes(role)).map(({ name }) => name);
        expect(left).toEqual([
            "Owner",
            "User Access Administrator",
            "Role Based Access Control Administrator",
        ]);
    });
});

describe("roleDefinitionId", () => {
    it("names subscription and role as ARM answers them", () => {
        const subscription = "10ca1000-0000-4000-8000-000000000002";
        expect(roleDefinitionId(subscription, findRole("Reader")!)).toBe(
            `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
        );
    });
});
