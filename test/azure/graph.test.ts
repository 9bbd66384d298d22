/**
 * The tables of Microsoft Graph: well formed, in agreement with each other, and as strict as they are meant.
 * Cannot show that the ids are those of Microsoft Graph, nor that it asks for these rights; each row names
 * its source.
 */
import {
    directoryRoles,
    escalatingAppRoles,
    graphAppId,
    graphAppRoles,
    graphOperations,
    type GraphOperation,
} from "../../azure/graph";
import { isGuid } from "../../azure/guids";

const find = (operation: string): GraphOperation =>
    graphOperations.find((candidate) => candidate.operation === operation)!;

const named = (filter: (row: GraphOperation) => boolean | undefined) =>
    graphOperations.filter(filter).map(({ operation }) => operation);

describe.each([
    ["app roles", graphAppRoles],
    ["directory roles", directoryRoles],
])("the table of %s", (_, table) => {
    it("has GUIDs in lower case, each once", () => {
        const ids = Object.values(table);
        expect(new Set([graphAppId, ...ids]).size).toBe(ids.length + 1);
        for (const id of ids) {
            expect(isGuid(id)).toBe(true);
            expect(id).toBe(id.toLowerCase());
        }
    });
});

describe("escalatingAppRoles", () => {
    it("are among the app roles whose ids are known, and write", () => {
        expect(Object.keys(graphAppRoles)).toEqual(expect.arrayContaining([...escalatingAppRoles]));
        for (const name of escalatingAppRoles) expect(name).toContain(".ReadWrite.");
    });
});

describe("the table of operations", () => {
    it("has one row for each operation", () => {
        const names = graphOperations.map(({ operation }) => operation);
        expect(new Set(names).size).toBe(names.length);
        expect(names).toEqual(
            expect.arrayContaining([
                ...["read", "create", "update", "delete"].flatMap((verb) => [
                    `applications/${verb}`,
                    `servicePrincipals/${verb}`,
                    `groups/${verb}`,
                ]),
                "users/read",
                "users/create",
                "appRoleAssignments/create",
                "directoryRoles/assign",
            ]),
        );
    });

    it.each(graphOperations.map((row) => [row.operation, row] as const))(
        "%s: names only roles with an id, each once, and its source",
        (_, { appRoles, directoryRoles: roles, source }) => {
            expect(Object.keys(graphAppRoles)).toEqual(expect.arrayContaining([...appRoles]));
            expect(Object.keys(directoryRoles)).toEqual(expect.arrayContaining([...roles]));
            expect(new Set(appRoles).size).toBe(appRoles.length);
            expect(new Set(roles).size).toBe(roles.length);
            expect(appRoles.length).toBeGreaterThan(0);
            expect(roles).toContain("Global Administrator");
            expect(source).toMatch(/^learn\.microsoft\.com\/graph\/\S+$/);
        },
    );

    it("lets every member user read, register applications and create groups, and no more", () => {
        expect(named(({ users }) => users)).toEqual([
            "applications/read",
            "applications/create",
            "servicePrincipals/read",
            "servicePrincipals/create",
            "groups/read",
            "groups/create",
            "users/read",
        ]);
    });

    it("lets Application.ReadWrite.OwnedBy change what is owned, and read everything", () => {
        const kinds = ["applications", "servicePrincipals"];
        const changes = kinds.flatMap((kind) =>
            ["create", "update", "delete"].map((verb) => `${kind}/${verb}`),
        );
        expect(named(({ ownedBy }) => ownedBy)).toEqual(changes);
        const unlimited = named(({ appRoles }) =>
            appRoles.includes("Application.ReadWrite.OwnedBy"),
        );
        expect(unlimited).toEqual(kinds.map((kind) => `${kind}/read`));
    });

    it("lets roles that only read change nothing", () => {
        const readers = graphOperations.filter(
            ({ appRoles, directoryRoles: roles }) =>
                roles.includes("Directory Readers") ||
                appRoles.some((role) => role.endsWith(".Read.All")),
        );
        expect(readers.length).toBeGreaterThan(0);
        for (const { operation } of readers) expect(operation).toMatch(/\/read$/);
    });

    it("lets whoever changes something by an app role read it too", () => {
        const change = /^(\w+)\/(update|delete)$/;
        for (const { operation, appRoles } of graphOperations) {
            const [, kind] = change.exec(operation) ?? [];
            if (!kind) continue;
            expect(find(`${kind}/read`).appRoles).toEqual(expect.arrayContaining([...appRoles]));
        }
    });

    it("keeps the assignment of roles from those who manage applications", () => {
        expect(find("directoryRoles/assign").directoryRoles).toEqual([
            "Global Administrator",
            "Privileged Role Administrator",
        ]);
        expect(find("directoryRoles/assign").appRoles).not.toContain("Application.ReadWrite.All");
        expect(find("appRoleAssignments/create").appRoles).toEqual([
            "AppRoleAssignment.ReadWrite.All",
        ]);
    });
});
