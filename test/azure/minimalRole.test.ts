/**
 * The minimal role: well formed, of published actions, and less than the roles that a deployer has by default.
 * Cannot show that it suffices, nor that each action is needed: test/engine/minimalRole.test.ts does, against the
 * model of Azure.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { minimalDeployerActions } from "../../azure/minimalRole";
import { linkedActions, operations } from "../../azure/operations";
import { permits } from "../../azure/permissions";
import { defaultDeployerRoles } from "../../azure/roles";

const actions = minimalDeployerActions.map(({ action }) => action);

describe("the minimal role", () => {
    it("has each action once", () => {
        const lower = actions.map((action) => action.toLowerCase());
        expect(new Set(lower).size).toBe(lower.length);
    });

    it.each(actions)("%s is published, spelt like that", (action) => {
        const published = [...operations, ...linkedActions].map((row) => row.action);
        expect(published).toContain(action);
    });

    it.each(actions)("%s is allowed by the deployer's default roles", (action) => {
        const permissions = defaultDeployerRoles.flatMap((role) => role.permissions);
        expect(permits(permissions, action)).toBe(true);
    });

    it("is what the README shows", () => {
        const readme = fs.readFileSync(
            path.join(__dirname, "..", "..", "delivery", "README.md"),
            "utf8",
        );
        const [, listed = ""] = /--used --actions\n((?:Microsoft\..*\n)+)/.exec(readme) ?? [];
        expect(listed.trim().split("\n").sort()).toEqual([...actions].sort());
    });

    it.each([
        ["Microsoft.Web/sites/config/list/Action"],
        ["Microsoft.Web/sites/publishxml/Action"],
        ["Microsoft.Web/sites/restart/Action"],
        ["Microsoft.Authorization/roleAssignments/write"],
    ])("fails to allow %s", (action) => {
        expect(permits([{ actions }], action)).toBe(false);
    });
});
