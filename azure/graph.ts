/**
 * What Microsoft Graph asks of somebody who works on the directory (Microsoft Entra ID).
 */

/** Client id of Microsoft Graph: the same in every tenant. */
export const graphAppId = "00000003-0000-0000-c000-000000000000";

/**
 * App roles of Microsoft Graph ("application permissions") and their ids, the same in every tenant.
 * Source: learn.microsoft.com/graph/permissions-reference
 */
export const graphAppRoles: Readonly<Record<string, string>> = {
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
    "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "Directory.ReadWrite.All": "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
    "Group.Create": "bf7b1a76-6e77-406b-b258-bf5c7720e98f",
    "Group.Read.All": "5b567255-7703-4780-807c-7be8301ae99b",
    "Group.ReadWrite.All": "62a82d76-70ea-41e2-9197-370581804d09",
    "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    "RoleManagement.ReadWrite.Directory": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "User.ReadWrite.All": "741f803b-c850-494e-b5df-cde7c675a1ca",
};

/** App roles whose holder can give itself any other, or nearly. Source: the same page. */
export const escalatingAppRoles: readonly string[] = [
    "RoleManagement.ReadWrite.Directory",
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/**
 * Directory roles that this project names and the ids of their templates, the same in every tenant. Users have
 * them, and service principals may.
 * Source: learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference (2026-01-20),
 * which also lists what each role allows.
 */
export const directoryRoles: Readonly<Record<string, string>> = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
    "Application Developer": "cf1c38e5-3621-4004-a7cb-879624dced7c",
    "Directory Readers": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
    "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Groups Administrator": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
};

export interface GraphOperation {
    /** Kind of object and what is done with it, such as `applications/create`. */
    readonly operation: string;
    /**
     * App roles of which a service principal needs any one. Of those that the source names, the ones that
     * `graphAppRoles` has; where it asks for a second one to read what is changed, that is left out.
     */
    readonly appRoles: readonly string[];
    /**
     * Whether `Application.ReadWrite.OwnedBy` is enough at what the service principal owns. It may create with
     * it too, and owns what it has created.
     */
    readonly ownedBy?: boolean;
    /** Directory roles of which one is enough. Who owns what is updated or deleted, a user, needs none. */
    readonly directoryRoles: readonly string[];
    /**
     * Whether every member user may, unless the tenant restricts it.
     * Source: learn.microsoft.com/entra/fundamentals/users-default-permissions
     */
    readonly users?: boolean;
    /** Page that names the app roles. */
    readonly source: string;
}

/** Who manages every application and service principal. */
const applicationManagers = [
    "Global Administrator",
    "Application Administrator",
    "Cloud Application Administrator",
];

/** Who manages every group to which no directory role can be assigned. */
const groupManagers = ["Global Administrator", "Groups Administrator", "User Administrator"];

/**
 * Who reads the whole directory. The pages of most objects name only the first, but who writes can read:
 * `Directory.ReadWrite.All` is described as reading and writing the data of the directory.
 */
const directoryReaders = ["Directory.Read.All", "Directory.ReadWrite.All"];

/** OwnedBy lists what it does not own as well: learn.microsoft.com/graph/permissions-reference says so. */
const applicationReaders = {
    appRoles: [
        "Application.Read.All",
        "Application.ReadWrite.OwnedBy",
        "Application.ReadWrite.All",
        ...directoryReaders,
    ],
    directoryRoles: [...applicationManagers, "Directory Readers"],
    users: true,
};

export const graphOperations: readonly GraphOperation[] = [
    {
        operation: "applications/read",
        ...applicationReaders,
        source: "learn.microsoft.com/graph/api/application-get",
    },
    {
        operation: "applications/create",
        appRoles: ["Application.ReadWrite.All"],
        ownedBy: true,
        directoryRoles: [...applicationManagers, "Application Developer"],
        users: true,
        source: "learn.microsoft.com/graph/api/application-post-applications",
    },
    {
        operation: "applications/update",
        appRoles: ["Application.ReadWrite.All"],
        ownedBy: true,
        directoryRoles: applicationManagers,
        source: "learn.microsoft.com/graph/api/application-update",
    },
    {
        operation: "applications/delete",
        appRoles: ["Application.ReadWrite.All"],
        ownedBy: true,
        directoryRoles: applicationManagers,
        source: "learn.microsoft.com/graph/api/application-delete",
    },
    {
        operation: "servicePrincipals/read",
        ...applicationReaders,
        source: "learn.microsoft.com/graph/api/serviceprincipal-get",
    },
    {
        operation: "servicePrincipals/create",
        appRoles: ["Application.ReadWrite.All", "Directory.ReadWrite.All"],
        ownedBy: true,
        directoryRoles: [...applicationManagers, "Application Developer"],
        users: true,
        source: "learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals",
    },
    {
        operation: "servicePrincipals/update",
        appRoles: ["Application.ReadWrite.All", "Directory.ReadWrite.All"],
        ownedBy: true,
        directoryRoles: applicationManagers,
        source: "learn.microsoft.com/graph/api/serviceprincipal-update",
    },
    {
        operation: "servicePrincipals/delete",
        appRoles: ["Application.ReadWrite.All"],
        ownedBy: true,
        directoryRoles: applicationManagers,
        source: "learn.microsoft.com/graph/api/serviceprincipal-delete",
    },
    {
        operation: "groups/read",
        appRoles: [
            "GroupMember.Read.All",
            "Group.Read.All",
            "Group.ReadWrite.All",
            ...directoryReaders,
        ],
        directoryRoles: [...groupManagers, "Directory Readers"],
        users: true,
        source: "learn.microsoft.com/graph/api/group-get",
    },
    {
        operation: "groups/create",
        appRoles: ["Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All"],
        directoryRoles: groupManagers,
        users: true,
        source: "learn.microsoft.com/graph/api/group-post-groups",
    },
    {
        operation: "groups/update",
        appRoles: ["Group.ReadWrite.All", "Directory.ReadWrite.All"],
        directoryRoles: groupManagers,
        source: "learn.microsoft.com/graph/api/group-update",
    },
    {
        operation: "groups/delete",
        appRoles: ["Group.ReadWrite.All"],
        directoryRoles: groupManagers,
        source: "learn.microsoft.com/graph/api/group-delete",
    },
    {
        operation: "users/read",
        appRoles: ["User.Read.All", "User.ReadWrite.All", ...directoryReaders],
        directoryRoles: ["Global Administrator", "User Administrator", "Directory Readers"],
        users: true,
        source: "learn.microsoft.com/graph/migrate-azure-ad-graph-permissions-differences",
    },
    {
        operation: "users/create",
        appRoles: ["User.ReadWrite.All", "Directory.ReadWrite.All"],
        directoryRoles: ["Global Administrator", "User Administrator"],
        source: "learn.microsoft.com/graph/api/user-post-users",
    },
    {
        operation: "users/update",
        appRoles: ["User.ReadWrite.All", "Directory.ReadWrite.All"],
        directoryRoles: ["Global Administrator", "User Administrator"],
        source: "learn.microsoft.com/graph/api/user-update",
    },
    {
        // Directory.ReadWrite.All deletes neither users nor groups: learn.microsoft.com/graph/permissions-reference
        operation: "users/delete",
        appRoles: ["User.ReadWrite.All"],
        directoryRoles: ["Global Administrator", "User Administrator"],
        source: "learn.microsoft.com/graph/api/user-delete",
    },
    {
        // App roles of Microsoft Graph itself, which let their holder change the directory.
        operation: "graphAppRoleAssignments/create",
        appRoles: ["AppRoleAssignment.ReadWrite.All"],
        directoryRoles: ["Global Administrator", "Privileged Role Administrator"],
        source: "learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments",
    },
    {
        // App roles of every other application.
        operation: "appRoleAssignments/create",
        appRoles: ["AppRoleAssignment.ReadWrite.All"],
        directoryRoles: [
            "Global Administrator",
            "Privileged Role Administrator",
            "Application Administrator",
            "Cloud Application Administrator",
            "User Administrator",
        ],
        source: "learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments",
    },
    {
        operation: "directoryRoles/assign",
        appRoles: ["RoleManagement.ReadWrite.Directory"],
        directoryRoles: ["Global Administrator", "Privileged Role Administrator"],
        source: "learn.microsoft.com/graph/api/rbacapplication-post-roleassignments",
    },
];
