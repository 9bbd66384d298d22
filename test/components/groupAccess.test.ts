/**
 * GroupAccess against mocks: which rights it asks for, for whom and where.
 * Does not show that Azure grants them, nor that they suffice for a deployment.
 */
import * as pulumi from "@pulumi/pulumi";
import { isGuid } from "../../azure/guids";
import { defaultDeployerRoles, findRole, roles } from "../../azure/roles";
import { GroupAccess, type GroupAccessArgs } from "../../components";
import { only, pinnedProviders, register, run, summary } from "../support/mockEngine";

const assignment = "azure-native:authorization:RoleAssignment";
const roleDefinition = "azure-native:authorization:RoleDefinition";
const component = "azure-webapp-stack:index:GroupAccess";
const providers = [
    "pulumi:providers:azure-native azure",
    "pulumi:providers:azuread directory",
] as const;

const group = "/subscriptions/sub/resourceGroups/shop-rg";
const required: GroupAccessArgs = {
    principalId: "deployer-object",
    principalType: "ServicePrincipal",
    resourceGroupId: group,
    subscriptionId: "sub",
    roles: defaultDeployerRoles,
};
const actions = [
    "Microsoft.Network/publicIPAddresses/write",
    "Microsoft.Network/natGateways/write",
];
const customRoles = [{ key: "custom", roleName: "shop-deployer custom", actions }];
const otherSubscription = "bbbbbbbb-0000-0000-0000-000000000009";
const workspace = `/subscriptions/${otherSubscription}/resourceGroups/ML_rg/providers/Microsoft.MachineLearningServices/workspaces/Shop`;
const elsewhere = [{ resourceId: workspace, role: findRole("AzureML Data Scientist")! }];
const every: GroupAccessArgs = { ...required, customRoles, elsewhere };

const definitionPath = (name: string, subscription = "sub") =>
    `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${findRole(name)!.id}`;

function access(args: Partial<GroupAccessArgs> = {}) {
    return register(
        () => new GroupAccess("access", { ...required, ...args }, { providers: pinnedProviders() }),
    );
}

/** Names of the role assignments in Azure, in their order. */
async function assignmentNames(args: Partial<GroupAccessArgs> = {}): Promise<string[]> {
    const found = await access(args);
    return found
        .filter(({ type }) => type === assignment)
        .map(({ inputs }) => inputs.roleAssignmentName);
}

describe("GroupAccess", () => {
    it("registers an assignment for each role", async () => {
        expect(summary(await access())).toEqual([
            `${assignment} access-web-plan-contributor < access @ azure`,
            `${assignment} access-website-contributor < access @ azure`,
            `${component} access`,
            ...providers,
        ]);
    });

    it("registers nothing where it is given no roles", async () => {
        const none = { roles: [], customRoles: [], elsewhere: [] };
        expect(summary(await access(none))).toEqual([`${component} access`, ...providers]);
    });

    it("registers roles of our own and roles elsewhere too with every argument", async () => {
        expect(summary(await access(every))).toEqual([
            `${assignment} access-azureml-data-scientist-ml-rg-shop < access @ azure`,
            `${assignment} access-custom < access @ azure`,
            `${assignment} access-web-plan-contributor < access @ azure`,
            `${assignment} access-website-contributor < access @ azure`,
            `${roleDefinition} access-custom-definition < access @ azure`,
            `${component} access`,
            ...providers,
        ]);
    });

    it("gives every role to the assignee, each where it is for", async () => {
        const { principalId, principalType } = required;
        const found = await access(every);
        const given = found
            .filter(({ type }) => type === assignment)
            .map(({ name, inputs }) => [name, [inputs.scope, inputs.roleDefinitionId]]);
        expect(Object.fromEntries(given)).toEqual({
            "access-website-contributor": [group, definitionPath("Website Contributor")],
            "access-web-plan-contributor": [group, definitionPath("Web Plan Contributor")],
            "access-custom": [group, "access-custom-definition-id"],
            // With the subscription of the resource, as Azure answers it.
            "access-azureml-data-scientist-ml-rg-shop": [
                workspace,
                definitionPath("AzureML Data Scientist", otherSubscription),
            ],
        });
        for (const { type, inputs } of found) {
            if (type === assignment) expect(inputs).toMatchObject({ principalId, principalType });
        }
    });

    it("takes a person or a group for the assignee", async () => {
        const assignee = { principalId: "team-object", principalType: "Group" } as const;
        const found = await access({ ...assignee, roles: [findRole("Reader")!] });
        expect(only(found, assignment).inputs).toMatchObject(assignee);
    });

    it("makes a role of single actions, which can be given in its group only", async () => {
        const { inputs } = only(await access(every), roleDefinition);
        expect(inputs).toMatchObject({
            scope: group,
            roleName: "shop-deployer custom",
            roleType: "CustomRole",
            assignableScopes: [group],
            permissions: [{ actions }],
        });
        expect(isGuid(inputs.roleDefinitionId)).toBe(true);
    });

    it("gives the same role of our own the same id for ever, and another in another group", async () => {
        const id = async (args: Partial<GroupAccessArgs> = {}) =>
            only(await access({ customRoles, ...args }), roleDefinition).inputs.roleDefinitionId;
        const first = await id();
        expect(await id()).toBe(first);
        expect(await id({ resourceGroupId: group.toUpperCase() })).toBe(first);
        expect(await id({ resourceGroupId: `${group}-2` })).not.toBe(first);
        const renamed = [{ ...customRoles[0]!, roleName: "bar" }];
        expect(await id({ customRoles: renamed })).toBe(first);
        const another = [{ ...customRoles[0]!, key: "another" }];
        expect(await id({ customRoles: another })).not.toBe(first);
    });

    it("gives the same assignment the same name for ever, one for each role", async () => {
        const names = await assignmentNames(every);
        expect(names).toEqual(await assignmentNames(every));
        expect(new Set(names).size).toBe(4);
        for (const name of names) expect(isGuid(name)).toBe(true);
    });

    it("gives the assignment in another group, or to somebody else, another name", async () => {
        const names = [
            ...(await assignmentNames()),
            ...(await assignmentNames({ resourceGroupId: `${group}-2` })),
            ...(await assignmentNames({
                principalId: "somebody-else",
            })),
        ];
        expect(new Set(names).size).toBe(6);
    });

    it("publishes nothing, and keeps the names of roles, not what they permit, in the state", async () => {
        const { inputs, outputs } = only(await access(every), component);
        expect(outputs).toEqual({});
        expect(inputs).toEqual({
            ...every,
            roles: ["Website Contributor", "Web Plan Contributor"],
            elsewhere: [{ resourceId: workspace, role: "AzureML Data Scientist" }],
        });
    });

    describe("fails, and registers nothing,", () => {
        async function refusal(args: Partial<GroupAccessArgs>): Promise<string> {
            const { registered, error } = await run(
                () => new GroupAccess("access", { ...every, ...args }),
            );
            expect(pulumi.ResourceError.isInstance(error)).toBe(true);
            expect(summary(registered)).toEqual([`${component} access`]);
            return error!.message;
        }

        it.each(roles.filter((role) => role.grantsAccess).map((role) => [role.name]))(
            "on the role %s, which can widen its holder's rights",
            async (name) => {
                const message = await refusal({ roles: [findRole("Reader")!, findRole(name)!] });
                expect(message).toContain(
                    `roles: expected none that hands out access, got "${name}"`,
                );
            },
        );

        it.each(["*", "*/read", "Microsoft.Network/*"])("on the pattern %s", async (pattern) => {
            const wide = [...customRoles, { ...customRoles[0]!, actions: [...actions, pattern] }];
            const message = await refusal({ customRoles: wide });
            expect(message).toContain(
                `customRoles: expected a single operation, not a pattern of them, got "${pattern}"`,
            );
        });
    });
});
