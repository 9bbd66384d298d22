/**
 * The tables of operations and linked actions: well formed, found whatever the case, and in agreement with
 * the roles that are meant to allow them.
 * Cannot show that Azure asks for these actions, nor that it asks for no other; each row names its source.
 */
import { actionOf, linkedActions, operations } from "../../azure/operations";
import { permits } from "../../azure/permissions";
import { findRole } from "../../azure/roles";

const allows = (role: string, action: string) => permits(findRole(role)!.permissions, action);

const page = /^(learn\.microsoft\.com|github\.com)\/\S+[^/]$/;
const armType = /^Microsoft\.\w+(\/\w+)+$/;

describe("the table of operations", () => {
    it("has one row for each type and verb, whatever the case", () => {
        const keys = operations.map(({ type, verb }) => `${type} ${verb}`.toLowerCase());
        expect(new Set(keys).size).toBe(keys.length);
    });

    it.each(operations.map((row) => [`${row.type} ${row.verb}`, row] as const))(
        "%s: the action is that of the type and the verb",
        (_, { type, verb, action, source }) => {
            expect(type).toMatch(armType);
            expect(source).toMatch(page);
            const inActions = type.replace(
                "Microsoft.Resources/resourceGroups",
                "Microsoft.Resources/subscriptions/resourceGroups",
            );
            const end = ["read", "write", "delete"].includes(verb) ? verb : `${verb}/action`;
            expect(action.toLowerCase()).toBe(`${inActions}/${end}`.toLowerCase());
        },
    );

    it.each(operations.map(({ action }) => [action]))("%s is allowed to an owner", (action) => {
        expect(allows("Owner", action)).toBe(true);
        expect(allows("Reader", action)).toBe(action.toLowerCase().endsWith("/read"));
    });

    it("can be read for every type that it knows", () => {
        for (const { type } of operations) expect(actionOf(type, "read")).toBeDefined();
    });
});

describe("actionOf", () => {
    it("finds every action in any case", () => {
        for (const { type, verb, action } of operations) {
            expect(actionOf(type, verb)).toBe(action);
            expect(actionOf(type.toUpperCase(), verb.toLowerCase())).toBe(action);
        }
    });

    it.each([
        ["Microsoft.Web/sites/config", "list", "Microsoft.Web/sites/config/list/Action"],
        ["microsoft.web/serverFarms", "write", "Microsoft.Web/serverfarms/Write"],
        [
            "Microsoft.Resources/resourceGroups",
            "delete",
            "Microsoft.Resources/subscriptions/resourceGroups/delete",
        ],
        [
            "Microsoft.KeyVault/locations/deletedVaults",
            "purge",
            "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        ],
    ])("answers for %s and %s %s", (type, verb, action) => {
        expect(actionOf(type, verb)).toBe(action);
    });

    it.each([
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies", "delete"],
        ["Microsoft.KeyVault/vaults/secrets", "delete"],
        ["Microsoft.Web/sites", "list"],
        ["Microsoft.Web/unheardOf", "read"],
        ["", ""],
        ["constructor", "name"],
    ])("fails to find one for %j and %j", (type, verb) => {
        expect(actionOf(type, verb)).toBeUndefined();
    });
});

describe("the table of linked actions", () => {
    it("has one row for each type and property", () => {
        const keys = linkedActions.map(({ type, property }) => `${type} ${property}`);
        expect(new Set(keys).size).toBe(keys.length);
    });

    it.each(linkedActions.map((row) => [`${row.type} ${row.property}`, row] as const))(
        "%s: belongs to a type that can be written, and names an action and its source",
        (_, { type, property, action, source }) => {
            expect(actionOf(type, "write")).toBeDefined();
            expect(property).toMatch(/^(properties|identity)(\.\w+)+$/);
            expect(action).toMatch(/^Microsoft\.\w+(\/\w+)+\/(action|read|write)$/i);
            expect(source).toMatch(page);
            expect(allows("Owner", action)).toBe(true);
        },
    );

    it.each([
        ["properties.serverFarmId", "Website Contributor"],
        ["properties.virtualNetworkSubnetId", "Network Contributor"],
        ["properties.workspaceId", "Log Analytics Contributor"],
        ["properties.workspaceId", "Monitoring Contributor"],
        ["properties.storageAccountId", "Log Analytics Contributor"],
        ["identity.userAssignedIdentities", "Managed Identity Operator"],
    ])("asks at %s for what %s may do", (property, role) => {
        const rows = linkedActions.filter((row) => row.property === property);
        expect(rows.length).toBeGreaterThan(0);
        for (const { action } of rows) {
            expect(allows(role, action)).toBe(true);
            expect(allows("AcrPull", action)).toBe(false);
        }
    });
});
