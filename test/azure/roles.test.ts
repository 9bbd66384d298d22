/**
 * The table of roles: well formed, found by name, and nothing in it for a deployer to widen its rights.
 * Cannot show that an id is that of the role in Azure, nor that its permissions are the published ones; the
 * source is named in azure/roles.ts.
 */
import * as fc from "fast-check";
import { distance } from "fastest-levenshtein";
import { isGuid } from "../../azure/guids";
import { blobDataActions } from "../../azure/operations";
import { type Permissions, permits, permitsData } from "../../azure/permissions";
import {
    actionProblem,
    defaultDeployerRoles,
    deployerRoles,
    findRole,
    nearestRole,
    readerActions,
    roleDefinitionId,
    roles,
    stateReaderRole,
    stateWriterRole,
} from "../../azure/roles";

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
        ["Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"],
        ["Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"],
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

describe("nearestRole", () => {
    it.each([
        ["Website Contributer", "Website Contributor"],
        ["web plan contributor ", "Web Plan Contributor"],
        ["AzureML DataScientist", "AzureML Data Scientist"],
        ["Readr", "Reader"],
        ["acrpul", "AcrPull"],
    ])("takes %j for %s", (name, meant) => expect(nearestRole(name)?.name).toBe(meant));

    it.each(["", "God", "Emperor of all the machines", "12345678-1234"])(
        "takes %j for none",
        (name) => expect(nearestRole(name)).toBeUndefined(),
    );

    it("takes every role for itself, and looks only among those it is given", () => {
        for (const role of roles) expect(nearestRole(role.name)).toBe(role);
        expect(nearestRole("Owner", deployerRoles)?.name).not.toBe("Owner");
    });

    it("takes a name with one letter wrong for a role that is one letter away", () => {
        const slips = fc
            .constantFrom(...roles)
            .chain(({ name }) =>
                fc
                    .tuple(fc.nat({ max: name.length - 1 }), fc.stringMatching(/^[a-z]?$/))
                    .map(([at, letter]) => name.slice(0, at) + letter + name.slice(at + 1)),
            );
        fc.assert(
            fc.property(slips, (name) => {
                // Not always the one that was meant: AcrPulh is as near to AcrPull as to AcrPush.
                const found = nearestRole(name)!.name.toLowerCase();
                expect(distance(found, name.toLowerCase())).toBeLessThanOrEqual(1);
            }),
        );
    });
});

describe("actionProblem", () => {
    it.each([
        "Microsoft.Network/publicIPAddresses/write",
        "Microsoft.Network/publicIPAddresses/join/action",
        "microsoft.network/natgateways/DELETE",
        "Microsoft.Web/sites/config/list/Action",
        "Microsoft.Web/register/action",
        "Microsoft.Authorization/roleAssignments/read",
    ])("has none with %s", (action) => expect(actionProblem(action)).toBeUndefined());

    it.each([
        "*",
        "*/read",
        "Microsoft.Network/*",
        "Microsoft.Network/*/write",
        "Microsoft.Network/publicIPAddresses/*",
        "Microsoft.Net*rk/publicIPAddresses/write",
    ])("wants a single operation in place of %s", (action) => {
        expect(actionProblem(action)).toBe("a single operation, not a pattern of them");
    });

    it.each([
        "",
        "write",
        "Network/publicIPAddresses/write",
        "Microsoft.Network/write",
        "Microsoft.Network/publicIPAddresses",
        "Microsoft.Network/publicIPAddresses/create",
        "Microsoft.Network//write",
        "/Microsoft.Network/publicIPAddresses/write",
        "Microsoft.Network/publicIPAddresses/write/",
        "Microsoft.Network/public IPAddresses/write",
        "Microsoft.Network/publicIPAddresses/write\n",
        "Microsoft.Network/publicIPAddresses/write;Microsoft.Web/sites/write",
    ])("wants an operation in place of %j", (action) => {
        expect(actionProblem(action)).toMatch(/^an operation, such as /);
    });

    it.each([
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
        "Microsoft.Authorization/elevateAccess/action",
        "Microsoft.Authorization/locks/delete",
        "microsoft.authorization/ROLEDEFINITIONS/Write",
    ])("fails on %s, which hands out access", (action) => {
        expect(actionProblem(action)).toBe("no operation that hands out access");
    });

    it("has its example in its own form", () => {
        const example = /such as (.*)$/.exec(actionProblem("x")!)![1]!;
        expect(actionProblem(example)).toBeUndefined();
    });

    const word = fc.stringMatching(/^[A-Za-z]{1,12}$/);
    const operations = fc
        .tuple(
            word,
            word,
            fc.array(word, { minLength: 1, maxLength: 4 }),
            fc.constantFrom("read", "write", "delete", "action"),
        )
        .map(([owner, service, types, verb]) => `${owner}.${service}/${types.join("/")}/${verb}`);

    it("has none with any operation outside Microsoft.Authorization, whatever its case", () => {
        fc.assert(
            fc.property(operations, (action) => {
                for (const text of [action, action.toUpperCase(), action.toLowerCase()]) {
                    expect(actionProblem(text)).toBeUndefined();
                }
            }),
        );
    });

    it("lets nothing through that stands for more than itself, nor what hands out roles", () => {
        const anything = fc.oneof(fc.string(), fc.string({ unit: "binary" }), operations);
        fc.assert(
            fc.property(anything, fc.nat(), anything, (action, place, put) => {
                const at = place % (action.length + 1);
                const text = action.slice(0, at) + put + action.slice(at);
                if (actionProblem(text) !== undefined) return;
                expect(text).toMatch(/^[\w./$-]+$/);
                const writes = "Microsoft.Authorization/roleAssignments/write";
                expect(permits([{ actions: [text] }], writes)).toBe(false);
            }),
            { numRuns: 1000 },
        );
    });
});

describe("the roles that this stack itself gives", () => {
    it("hand out no access", () => {
        const given = [...defaultDeployerRoles, stateReaderRole, stateWriterRole];
        for (const role of given) expect(deployerRoles).toContain(role);
        for (const action of readerActions) expect(actionProblem(action)).toBeUndefined();
    });

    it("let a reader of the state change nothing of it, and a writer all", () => {
        const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
        // permits() asks for actions; those on data are of the same form.
        const onData = ({ permissions }: typeof stateReaderRole, verb: string) =>
            permits(
                permissions.map(({ dataActions = [] }) => ({ actions: dataActions })),
                `${blobs}/${verb}`,
            );
        expect(["read", "write", "delete"].map((verb) => onData(stateReaderRole, verb))).toEqual([
            true,
            false,
            false,
        ]);
        expect(["read", "write", "delete"].map((verb) => onData(stateWriterRole, verb))).toEqual([
            true,
            true,
            true,
        ]);
    });

    it("give a reader what the role Reader lacks, and no right to write", () => {
        const reader = findRole("Reader")!.permissions;
        for (const action of readerActions) {
            expect(permits(reader, action)).toBe(false);
            expect(action).not.toMatch(/\/(write|delete)$/i);
        }
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

describe("permissions of roles", () => {
    const patterns = ({ actions, notActions, dataActions, notDataActions }: Permissions) =>
        [actions, notActions ?? [], dataActions ?? [], notDataActions ?? []] as const;

    it.each(roles.map((role) => [role.name, role] as const))(
        "%s: patterns have the form of actions, and none is there twice",
        (_, { permissions }) => {
            expect(permissions.length).toBeGreaterThan(0);
            expect(permissions.flatMap((set) => patterns(set).flat()).length).toBeGreaterThan(0);
            for (const list of permissions.flatMap(patterns)) {
                expect(new Set(list.map((pattern) => pattern.toLowerCase())).size).toBe(
                    list.length,
                );
                for (const pattern of list) {
                    expect(pattern).toMatch(
                        /^(\*|\*\/read|Microsoft\.\w+(\/(\w+|\*))*\/(read|write|delete|action|\*))$/i,
                    );
                }
            }
        },
    );

    it.each(roles.map((role) => [role.name, role] as const))(
        "%s: takes away nothing that it has not allowed",
        (_, { permissions }) => {
            for (const { actions, notActions = [] } of permissions) {
                for (const pattern of notActions) {
                    expect(permits([{ actions }], pattern.replaceAll("*", "any"))).toBe(true);
                }
            }
        },
    );

    it.each([
        ["Website Contributor", "Microsoft.Web/sites/Write", true],
        ["Website Contributor", "Microsoft.Web/sites/slots/config/list/Action", true],
        ["Website Contributor", "Microsoft.Web/serverfarms/Join/Action", true],
        ["Website Contributor", "Microsoft.Web/serverfarms/Read", true],
        ["Website Contributor", "Microsoft.Web/serverfarms/Write", false],
        ["Website Contributor", "Microsoft.Insights/Components/Write", true],
        ["Website Contributor", "Microsoft.Insights/DiagnosticSettings/Write", false],
        ["Website Contributor", "Microsoft.ManagedIdentity/userAssignedIdentities/write", false],
        ["Website Contributor", "Microsoft.Authorization/locks/write", false],
        [
            "Website Contributor",
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            false,
        ],
        ["Web Plan Contributor", "Microsoft.Web/serverfarms/Write", true],
        ["Web Plan Contributor", "Microsoft.Insights/AutoscaleSettings/Write", true],
        ["Web Plan Contributor", "Microsoft.Web/sites/Write", false],
        ["Web Plan Contributor", "Microsoft.Web/sites/Read", false],
        ["Reader", "Microsoft.Web/sites/config/Read", true],
        ["Reader", "Microsoft.Web/sites/config/list/Action", false],
        ["Contributor", "Microsoft.Web/sites/config/list/Action", true],
        ["Contributor", "Microsoft.Authorization/roleAssignments/read", true],
        ["Contributor", "Microsoft.Authorization/roleAssignments/write", false],
        ["Contributor", "Microsoft.Authorization/roleAssignments/delete", false],
        ["Contributor", "Microsoft.Authorization/locks/write", false],
        ["Owner", "Microsoft.Authorization/locks/delete", true],
        ["User Access Administrator", "Microsoft.Authorization/locks/write", true],
        ["User Access Administrator", "Microsoft.Web/sites/Write", false],
        ["Role Based Access Control Administrator", "Microsoft.Authorization/locks/write", false],
        [
            "Managed Identity Operator",
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            true,
        ],
        [
            "Managed Identity Operator",
            "Microsoft.ManagedIdentity/userAssignedIdentities/read",
            true,
        ],
        [
            "Managed Identity Operator",
            "Microsoft.ManagedIdentity/userAssignedIdentities/write",
            false,
        ],
        ["AzureML Data Scientist", "Microsoft.MachineLearningServices/workspaces/read", true],
        ["AzureML Data Scientist", "Microsoft.MachineLearningServices/workspaces/write", false],
        [
            "AzureML Data Scientist",
            "Microsoft.MachineLearningServices/workspaces/computes/write",
            false,
        ],
        ["Key Vault Secrets User", "Microsoft.KeyVault/vaults/secrets/getSecret/action", false],
        ["Monitoring Contributor", "Microsoft.OperationalInsights/workspaces/delete", false],
    ])("%s, asked for %s: %s", (name, action, expected) => {
        expect(permits(findRole(name)!.permissions, action)).toBe(expected);
    });
});

describe("what roles allow of the data in a blob container", () => {
    it.each([
        ["Storage Blob Data Contributor", ["read", "write", "delete"]],
        ["Storage Blob Data Reader", ["read"]],
        // Whoever owns the account reads no blob with it: only data actions say so.
        ["Owner", []],
        ["Contributor", []],
        ["Reader", []],
        ["Website Contributor", []],
    ])("%s: %j", (name, allowed) => {
        const { permissions } = findRole(name)!;
        const found = Object.entries(blobDataActions)
            .filter(([, action]) => permitsData(permissions, action))
            .map(([verb]) => verb);
        expect(found).toEqual(allowed);
    });
});
