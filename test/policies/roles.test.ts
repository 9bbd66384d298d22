/**
 * Who may do what, judged by the policy SDK's own server.
 * Cannot show what a role lets its holder do on the real Azure, nor what somebody grants outside the program.
 */
import { findRole, roles } from "../../azure/roles";
import { customRoleBounded } from "../../policies/rules/customRoleBounded";
import { roleDefinitionAllowList } from "../../policies/rules/roleDefinitionAllowList";
import { rolePrincipalType } from "../../policies/rules/rolePrincipalType";
import { roleScopeMaxRg } from "../../policies/rules/roleScopeMaxRg";
import { roleScopeProvenance } from "../../policies/rules/roleScopeProvenance";
import { spCredentialLifetime } from "../../policies/rules/spCredentialLifetime";
import { spNoDirectoryRoles } from "../../policies/rules/spNoDirectoryRoles";
import { spPreferFederation } from "../../policies/rules/spPreferFederation";
import { judge, unknown } from "../support/policyRunner";
import { describeRule } from "../support/ruleCases";

const subscription = "/subscriptions/00000000-0000-4000-8000-000000000001";
const group = `${subscription}/resourceGroups/shop-rg`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/shop`;

const account = `${subscription}/resourceGroups/state-rg/providers/Microsoft.Storage/storageAccounts/state`;
const container = `${account}/blobServices/default/containers/dev`;

describeRule(roleScopeMaxRg, {
    compliant: [
        {
            what: "the container that the configuration names",
            props: { scope: container },
            config: { allowedScopes: ["/resourceGroups/shop-rg", container] },
        },
        { what: "a resource group", props: { scope: group } },
        { what: "one in other letters and spaces", props: { scope: ` ${group.toUpperCase()}/ ` } },
        { what: "a resource", props: { scope: vault } },
        {
            what: "a subscription where the configuration allows it",
            props: { scope: subscription },
            config: { maxScope: "subscription" },
        },
        {
            what: "a group that the configuration names",
            props: { scope: vault },
            config: { allowedScopes: ["/resourcegroups/SHOP-RG"] },
        },
    ],
    violating: [
        {
            what: "another container than the configuration names",
            props: { scope: `${container}-2` },
            config: { allowedScopes: ["/resourceGroups/shop-rg", container] },
            finds: ['state-rg/prov"; allowed: /resourceGroups/shop-rg, '],
        },
        {
            what: "a subscription",
            props: { scope: subscription },
            finds: [
                "scope is a whole subscription; allowed: a resource group at most. Fix: scope: group.id.",
            ],
        },
        {
            what: "a subscription, of a role that somebody may activate",
            type: "authorization:PimRoleEligibilitySchedule",
            props: { scope: subscription },
            finds: ["a whole subscription"],
        },
        {
            what: "a subscription with a slash at its end",
            props: { scope: `${subscription}/` },
            finds: ["a whole subscription"],
        },
        { what: "the tenant", props: { scope: "/" }, finds: ["the whole tenant"] },
        {
            what: "a management group",
            props: { scope: "/providers/Microsoft.Management/managementGroups/all" },
            finds: ["a management group"],
        },
        {
            what: "what is no scope",
            props: { scope: `${subscription}//resourceGroups/x` },
            finds: ["no scope of Azure"],
        },
        {
            what: "a resource group where only a resource may be",
            props: { scope: group },
            config: { maxScope: "resource" },
            finds: ["allowed: a resource at most"],
        },
        {
            what: "another group than the configuration names, though its name ends alike",
            props: { scope: `${subscription}/resourceGroups/workshop-rg` },
            config: { allowedScopes: ["resourceGroups/shop-rg"] },
            finds: ["allowed: resourceGroups/shop-rg"],
        },
    ],
    unset: [{ what: "the scope", props: {}, finds: ["scope is not set"] }],
    unknown: [
        // role-scope-provenance has its say on these.
        { what: "the scope", props: { scope: unknown } },
        {
            what: "all but the scope",
            props: { principalId: unknown, scope: "/" },
            finds: ["tenant"],
        },
    ],
});

const assignment = (scope: unknown, from?: string) => ({
    type: "authorization:RoleAssignment",
    name: "role",
    props: { scope },
    ...(from !== undefined && { sources: { scope: [from] } }),
});
const resourceGroup = {
    type: "resources:ResourceGroup",
    name: "group",
    props: { name: "shop-rg" },
    inputs: { resourceGroupName: "shop-rg" },
};
const inGroup = {
    type: "keyvault:Vault",
    name: "vault",
    props: {},
    inputs: { resourceGroupName: "shop-rg" },
};
const workspace = `${subscription}/resourceGroups/ml-rg/providers/Microsoft.MachineLearningServices/workspaces/shop`;
const elsewhere = { type: "azuread:Group", name: "team", props: {} };

describeRule(roleScopeProvenance, {
    compliant: [
        { what: "the id of the group", resources: [resourceGroup, assignment(group)] },
        { what: "the id of what is in it", resources: [resourceGroup, assignment(vault)] },
        {
            what: "what is in the group by its id",
            resources: [
                { ...resourceGroup, props: { ...resourceGroup.props, id: group } },
                assignment(vault.toUpperCase()),
            ],
        },
        { what: "a stack without a group of its own", resources: [assignment(group)] },
        {
            what: "the container of its state",
            resources: [resourceGroup, assignment(container.toUpperCase())],
            config: { allowedResources: [container] },
        },
        {
            what: "a resource in another group that the configuration lists",
            resources: [resourceGroup, assignment(workspace)],
            config: { allowedResources: ["/other", ` ${workspace.toUpperCase()} `] },
        },
    ],
    violating: [
        {
            what: "a container that is not listed",
            resources: [resourceGroup, assignment(container)],
            finds: ["outside"],
        },
        {
            what: "the container of another environment",
            resources: [resourceGroup, assignment(container.replace("/dev", "/prod"))],
            config: { allowedResources: [container] },
            finds: ["outside"],
        },
        {
            what: "the account around the container",
            resources: [resourceGroup, assignment(account)],
            config: { allowedResources: [container] },
            finds: ["outside"],
        },
        {
            what: "another group",
            resources: [resourceGroup, assignment(`${subscription}/resourceGroups/other`)],
            finds: ["scope is outside the stack's resource group; allowed: shop-rg."],
        },
        {
            what: "another group, of a role that somebody may activate",
            resources: [
                resourceGroup,
                {
                    ...assignment(`${subscription}/resourceGroups/other`),
                    type: "authorization:PimRoleEligibilitySchedule",
                },
            ],
            finds: ["outside"],
        },
        {
            what: "a group of the same name in another subscription",
            resources: [
                { ...resourceGroup, props: { ...resourceGroup.props, id: group } },
                assignment(group.replace(/1\//, "2/")),
            ],
            finds: ["outside"],
        },
        {
            what: "the subscription",
            resources: [resourceGroup, assignment(subscription)],
            finds: ["outside"],
        },
        {
            what: "a resource in another group",
            resources: [resourceGroup, assignment(workspace)],
            finds: ["outside"],
        },
        {
            what: "the group of a resource that the configuration lists, and what is below it",
            resources: [
                resourceGroup,
                assignment(workspace.replace(/\/providers\/.*/, "")),
                { ...assignment(`${workspace}/computes/one`), name: "below" },
            ],
            config: { allowedResources: [workspace] },
            finds: ["outside", "outside"],
        },
    ],
    unset: [{ what: "the scope", resources: [resourceGroup, assignment(null)] }],
    unknown: [
        {
            what: "a scope that comes from the group",
            resources: [resourceGroup, assignment(unknown, "group")],
        },
        {
            what: "a scope that comes from what is in it",
            resources: [resourceGroup, inGroup, assignment(unknown, "vault")],
        },
        {
            what: "a scope that comes from what is in a group whose name is not known",
            resources: [
                { ...resourceGroup, props: {}, inputs: {} },
                {
                    ...inGroup,
                    inputs: { resourceGroupName: unknown },
                    sources: { resourceGroupName: ["group"] },
                },
                assignment(unknown, "vault"),
            ],
        },
        {
            what: "a scope that comes from what is in another group",
            resources: [
                resourceGroup,
                { ...inGroup, inputs: { resourceGroupName: "other-rg" } },
                assignment(unknown, "vault"),
            ],
            finds: ["comes from nothing in the stack's resource group"],
        },
        {
            what: "a scope that comes from something else",
            resources: [resourceGroup, elsewhere, assignment(unknown, "team")],
            finds: ["comes from nothing in the stack's resource group"],
        },
        {
            what: "a scope that comes from something else, though the configuration lists a resource",
            resources: [resourceGroup, elsewhere, assignment(unknown, "team")],
            config: { allowedResources: [workspace] },
            finds: ["comes from nothing in the stack's resource group"],
        },
        {
            what: "a scope that comes from nowhere",
            resources: [resourceGroup, assignment(unknown)],
            finds: ["comes from nothing in the stack's resource group"],
        },
    ],
});

const definition = (id: string) =>
    `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
const named = (name: string) => definition(roles.find((role) => role.name === name)!.id);

describeRule(roleDefinitionAllowList, {
    compliant: [
        { what: "an allowed role", props: { roleDefinitionId: named("Website Contributor") } },
        {
            what: "one without a subscription, in capitals",
            props: {
                roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roles[0]!.id.toUpperCase()}`,
            },
        },
        {
            what: "Contributor where the configuration allows it",
            props: { roleDefinitionId: named("Contributor") },
            config: { allowedRoles: ["contributor"] },
        },
        {
            what: "a role that the configuration names by id",
            props: { roleDefinitionId: definition("00000000-1111-2222-3333-444444444444") },
            config: { allowedRoles: ["00000000-1111-2222-3333-444444444444"] },
        },
        ...["Storage Blob Data Contributor", "Storage Blob Data Reader"].map((role) => ({
            what: `${role} at a container`,
            props: { roleDefinitionId: named(role), scope: container },
        })),
    ],
    violating: [
        ...[account, group, null].map((scope) => ({
            what: `Storage Blob Data Reader at ${scope ?? "no scope"}`,
            props: { roleDefinitionId: named("Storage Blob Data Reader"), scope },
            finds: ['"Storage Blob Data Reader" above a blob container; allowed: Website'],
        })),
        {
            what: "Contributor",
            props: { roleDefinitionId: named("Contributor") },
            finds: ['roleDefinitionId is "Contributor"; allowed: Website Contributor'],
        },
        ...roles
            .filter(({ grantsAccess }) => grantsAccess)
            .map(({ name }) => ({
                what: `${name}, though the configuration allows it`,
                props: { roleDefinitionId: named(name) },
                config: { allowedRoles: [name] },
                finds: [`"${name}", which is denied`],
            })),
        {
            what: "Contributor, which somebody may activate",
            type: "authorization:PimRoleEligibilitySchedule",
            props: { roleDefinitionId: named("Contributor") },
            finds: ["Contributor"],
        },
        {
            what: "a role that nobody knows",
            props: { roleDefinitionId: definition("00000000-1111-2222-3333-444444444444") },
            finds: ["a role that this pack does not know"],
        },
        {
            what: "what is no id",
            props: { roleDefinitionId: "Website Contributor" },
            finds: ["no id of a role"],
        },
    ],
    unset: [{ what: "the role", props: {}, finds: ["roleDefinitionId is not set"] }],
    unknown: [
        { what: "the role", props: { roleDefinitionId: unknown } },
        {
            what: "everything else",
            props: { roleDefinitionId: named("Owner"), scope: unknown, principalId: unknown },
            finds: ["Owner"],
        },
    ],
});

describe("role-definition-allow-list of a program that makes a custom role", () => {
    const assigned = (id: string) => ({
        type: "azure-native:authorization:RoleAssignment",
        props: { roleDefinitionId: definition(id) },
    });
    const own = "aaaaaaaa-1111-2222-3333-444444444444";

    it("takes that role once it is registered, and still no other", async () => {
        expect(await judge(roleDefinitionAllowList, assigned(own))).toHaveLength(1);
        const role = {
            type: "azure-native:authorization:RoleDefinition",
            props: { roleDefinitionId: own.toUpperCase() },
        };
        expect(await judge(roleDefinitionAllowList, role)).toEqual([]);
        expect(await judge(roleDefinitionAllowList, assigned(own))).toEqual([]);
        const other = assigned(own.replace("a", "b"));
        expect(await judge(roleDefinitionAllowList, other)).toHaveLength(1);
    });

    it("refuses a role that hands out roles, though it is called the program's own", async () => {
        const owner = findRole("Owner")!.id;
        const role = {
            type: "azure-native:authorization:RoleDefinition",
            props: { roleDefinitionId: owner },
        };
        await judge(roleDefinitionAllowList, role);
        expect(await judge(roleDefinitionAllowList, assigned(owner))).toHaveLength(1);
    });
});

describeRule(rolePrincipalType, {
    compliant: [
        { what: "a service principal", props: { principalType: "ServicePrincipal" } },
        { what: "a group, in other letters", props: { principalType: " group " } },
    ],
    violating: [
        {
            what: "a person",
            props: { principalType: "User" },
            finds: ['principalType is "User"; allowed: ServicePrincipal, Group.'],
        },
    ],
    unset: [{ what: "the type", props: {}, finds: ["not set"] }],
    unknown: [
        { what: "the type", props: { principalType: unknown }, waits: "principalType is" },
        {
            what: "the principal, a person",
            props: { principalId: unknown, principalType: "User" },
            finds: ["User"],
        },
    ],
});

const permitting = (actions: unknown[], more = {}, scopes: unknown = [group]) => ({
    permissions: [{ actions, ...more }],
    assignableScopes: scopes,
});

describeRule(customRoleBounded, {
    compliant: [
        { what: "a few actions", props: permitting(["Microsoft.Web/sites/*", "*/read"]) },
        {
            what: "a pattern from which the dangerous ones are taken out",
            props: permitting(["Microsoft.Authorization/*"], {
                notActions: [
                    "Microsoft.Authorization/*/write",
                    "*/delete",
                    "Microsoft.Authorization/*/action",
                ],
            }),
        },
        {
            what: "an operation that is taken out again",
            props: permitting(["Microsoft.Authorization/locks/write"], {
                notActions: ["Microsoft.Authorization/locks/*"],
            }),
        },
        {
            what: "the data of one service, and reading of rights",
            props: permitting(["Microsoft.Authorization/*/read"], {
                dataActions: ["Microsoft.KeyVault/*"],
            }),
        },
    ],
    violating: [
        {
            what: "everything",
            props: permitting(["*"]),
            finds: ['permissions[0].actions is "*", which is everything'],
        },
        {
            what: "patterns that cover the handing out of roles",
            props: permitting([
                "Microsoft.Authorization/*",
                "*/write",
                "microsoft.authorization/roleassignments/WRITE",
            ]),
            finds: ["covers", "covers", "covers"],
        },
        ...[
            "roleAssignmentScheduleRequests/write",
            "roleEligibilityScheduleRequests/write",
            "roleManagementPolicies/write",
            "roleManagementPolicyAssignments/write",
            "policyAssignments/write",
            "denyAssignments/write",
            "locks/write",
            "locks/delete",
            "elevateAccess/action",
        ].map((operation) => ({
            what: operation,
            props: permitting([`Microsoft.Authorization/${operation}`]),
            finds: [`Microsoft.Authorization/${operation}", which covers`],
        })),
        {
            what: "a pattern from which only two operations are taken out",
            props: permitting(["*/write"], {
                notActions: [
                    "Microsoft.Authorization/roleAssignments/write",
                    "Microsoft.Authorization/roleDefinitions/write",
                ],
            }),
            finds: ['"*/write", which covers Microsoft.Authorization/*/write'],
        },
        {
            what: "patterns with a star in the middle of words",
            props: permitting(["Micro*ation/lo*", "*s/delete"]),
            finds: ["Micro*ation/lo*", "*s/delete"],
        },
        {
            what: "all data, in each spelling",
            props: permitting([], { dataActions: ["*", "*/*", "Microsoft.*", "*/read"] }),
            finds: ["all data", "all data", "all data", "all data"],
        },
        {
            what: "no scope at all",
            props: permitting([], {}, []),
            finds: ["assignableScopes is not set"],
        },
        {
            what: "a subscription as scope",
            props: permitting([], {}, [group, subscription]),
            finds: ["assignableScopes[1] is"],
        },
    ],
    unset: [{ what: "the scopes", props: {}, finds: ["assignableScopes is not set"] }],
    unknown: [
        {
            what: "an action beside one that is too much",
            props: permitting([unknown, "*"]),
            finds: ["everything"],
        },
        {
            what: "a scope beside one that is too wide",
            props: permitting([], {}, [unknown, "/"]),
            finds: ["assignableScopes[1]"],
        },
    ],
});

const life = (startDate: unknown, endDate: unknown, more = {}) => ({ startDate, endDate, ...more });

describeRule(spCredentialLifetime, {
    compliant: [
        { what: "90 days", props: life("2027-01-01T00:00:00Z", "2027-04-01T00:00:00Z") },
        { what: "90 days that are long over", props: life("2001-01-01", "2001-04-01") },
        { what: "a length in Go's words", props: { endDateRelative: "2160h" } },
        {
            what: "a year where the configuration allows it",
            type: "azuread:ServicePrincipalCertificate",
            props: life("2027-01-01", "2027-12-31"),
            config: { maxDays: 365 },
        },
    ],
    violating: [
        {
            what: "a year",
            props: life("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"),
            finds: ["endDate is 365 days after the start; allowed: at most 90 days."],
        },
        {
            what: "a moment more than 90 days",
            props: life("2027-01-01T00:00:00Z", "2027-04-01T00:00:01Z"),
            finds: ["endDate is 91 days"],
        },
        {
            what: "a year, in the block of an application",
            type: "azuread:Application",
            props: { password: life("2027-01-01", "2028-01-01") },
            finds: ["password.endDate is 365 days after the start"],
        },
        {
            what: "an end before the start",
            props: life("2027-02-01", "2027-01-01"),
            finds: ["not after the start"],
        },
        {
            what: "a start that is no time",
            props: life("soon", "2027-01-01"),
            finds: ["not a time that can be read"],
        },
        {
            what: "a long life in Go's words",
            props: { endDateRelative: "8760h" },
            finds: ["endDateRelative is 365 days"],
        },
        {
            what: "words that are not Go's",
            props: { endDateRelative: "90d" },
            finds: ["endDateRelative is not a time"],
        },
    ],
    unset: [
        { what: "the end", props: { startDate: "2027-01-01" }, finds: ["endDate is not set"] },
        { what: "the start", props: { endDate: "2027-01-01" }, finds: ["startDate is not set"] },
        { what: "both", props: {}, finds: ["endDate is not set"] },
        { what: "an application's password", type: "azuread:Application", props: {} },
        {
            what: "the end, in the block of an application",
            type: "azuread:Application",
            props: { password: { displayName: "pipeline" } },
            finds: ["password.endDate is not set"],
        },
    ],
    unknown: [
        { what: "the start", props: life(unknown, "2027-01-01"), waits: "startDate is" },
        { what: "the end", props: life("2027-01-01", unknown), waits: "endDate is" },
        {
            what: "the end, without a start",
            props: { endDate: unknown },
            finds: ["startDate is not set"],
            waits: "endDate is",
        },
    ],
});

describe("sp-credential-lifetime", () => {
    it("judges the same at any time", async () => {
        const type = "azuread:index/applicationPassword:ApplicationPassword";
        const resource = { type, props: life("2027-01-01", "2027-03-01") };
        const now = jest.spyOn(Date, "now");
        for (const day of ["1999-01-01", "2027-02-01", "2040-01-01"]) {
            now.mockReturnValue(Date.parse(day));
            expect(await judge(spCredentialLifetime, resource, {})).toEqual([]);
        }
        now.mockRestore();
    });
});

const password = { type: "azuread:ApplicationPassword", name: "secret", props: {} };
const federation = {
    type: "azuread:ApplicationFederatedIdentityCredential",
    name: "pipeline",
    props: {},
};

describeRule(spPreferFederation, {
    compliant: [
        { what: "federation", resources: [federation] },
        { what: "a password beside federation", resources: [password, federation] },
    ],
    violating: [
        {
            what: "a password alone",
            resources: [password],
            finds: ["This is a password, and nothing in the stack signs in without one."],
        },
        {
            what: "a password in the block of an application",
            resources: [
                {
                    type: "azuread:Application",
                    name: "app",
                    props: { password: { displayName: "pipeline" } },
                },
            ],
            finds: ["a password"],
        },
    ],
    unset: [
        { what: "both", resources: [] },
        {
            what: "the block of an application",
            resources: [{ type: "azuread:Application", name: "app", props: {} }],
        },
    ],
    unknown: [
        {
            what: "all of a password",
            resources: [{ ...password, props: { applicationId: unknown, endDate: unknown } }],
            finds: ["a password"],
        },
    ],
});

const access = (id: unknown, type: unknown = "Role") => ({
    requiredResourceAccesses: [{ resourceAppId: "graph", resourceAccesses: [{ id, type }] }],
});
const dangerous = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8";

describeRule(spNoDirectoryRoles, {
    compliant: [
        {
            what: "an application without permissions",
            type: "azuread:Application",
            props: { displayName: "shop" },
        },
        {
            what: "a harmless permission",
            type: "azuread:Application",
            props: access("00000000-0000-4000-8000-000000000009"),
        },
        {
            what: "a right that the signed-in person has anyway",
            type: "azuread:Application",
            props: access(dangerous, "Scope"),
        },
        {
            what: "a dangerous one that the configuration allows",
            type: "azuread:AppRoleAssignment",
            props: { appRoleId: dangerous },
            config: { deniedGraphRoles: [] },
        },
    ],
    violating: [
        {
            what: "a role in the directory",
            props: { roleId: "x", principalObjectId: "y" },
            finds: ["This is a role in the directory; allowed: none."],
        },
        {
            what: "membership in one",
            type: "azuread:DirectoryRoleMember",
            finds: ["a role in the directory"],
        },
        {
            what: "a dangerous permission",
            type: "azuread:Application",
            props: access(dangerous.toUpperCase()),
            finds: ["resourceAccesses[0].id is RoleManagement.ReadWrite.Directory"],
        },
        {
            what: "a dangerous permission in a resource of its own",
            type: "azuread:ApplicationApiAccess",
            props: { roleIds: ["00000000-0000-4000-8000-000000000009", dangerous] },
            finds: ["roleIds[1] is RoleManagement.ReadWrite.Directory"],
        },
        {
            what: "a role over an administrative unit",
            type: "azuread:AdministrativeUnitRoleMember",
            finds: ["a role in the directory"],
        },
        {
            what: "a group that can be given one",
            type: "azuread:Group",
            props: { assignableToRole: true },
            finds: ["assignableToRole is true; allowed: false"],
        },
        {
            what: "the grant of one",
            type: "azuread:AppRoleAssignment",
            props: { appRoleId: dangerous },
            finds: ["appRoleId is RoleManagement"],
        },
        {
            what: "one that the configuration denies by name",
            type: "azuread:AppRoleAssignment",
            props: { appRoleId: dangerous },
            config: { deniedGraphRoles: ["rolemanagement.readwrite.directory"] },
            finds: ["appRoleId"],
        },
    ],
    unset: [
        { what: "permissions", type: "azuread:Application", props: {} },
        { what: "all of a group", type: "azuread:Group", props: {} },
        { what: "all of a role", props: {}, finds: ["a role in the directory"] },
    ],
    unknown: [
        { what: "all of a role", props: { roleId: unknown }, finds: ["a role in the directory"] },
        {
            what: "a permission",
            type: "azuread:Application",
            props: access(unknown),
            waits: "requiredResourceAccesses[0].resourceAccesses[0].id is",
        },
    ],
});
