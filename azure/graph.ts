/**
 * What Microsoft Graph asks of somebody who works on the directory (Microsoft Entra ID).
 */

/** Client id of Microsoft Graph: the same in every tenant. */
export const graphAppId = "00000003-0000-0000-c000-000000000000";

/**
 * App roles of Microsoft Graph (application permissions) and their ids, the same in every tenant.
 * Source: learn.microsoft.com/graph/permissions-reference
 */
export const graphAppRoles: Readonly<Record<string, string>> = {
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "Application.ReadWrite.OwnedBy": "18a4783c-866b-4cc7-a460-3d5e5662c884",
    "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
};

/**
 * Directory roles that this project names and the ids of their templates, the same in every tenant.
 * Source: learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference (2026-01-20)
 */
export const directoryRoles: Readonly<Record<string, string>> = {
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
    "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
    "Application Developer": "cf1c38e5-3621-4004-a7cb-879624dced7c",
    "Directory Readers": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
    "Groups Administrator": "fdd7a751-b60b-444a-984c-02652fe8fa1c",
};

export interface GraphOperation {
    /** Kind of object and what is done with it, such as `applications/create`. */
    readonly operation: string;
    /** App roles of which a service principal needs any one. */
    readonly appRoles: readonly string[];
    /**
     * Whether `Application.ReadWrite.OwnedBy` is enough for what the service principal owns; of what it creates
     * it becomes an owner.
     */
    readonly ownedBy?: boolean;
    /** Directory roles of which a user needs any one, unless the user owns what is updated or deleted. */
    readonly directoryRoles: readonly string[];
    /** Whether every member user may, as tenants allow unless they are told otherwise. */
    readonly users?: boolean;
    /** Page that says so. */
    readonly source: string;
}

export const graphOperations: readonly GraphOperation[] = [
    {
        operation: "applications/create",
        appRoles: ["Application.ReadWrite.All"],
        ownedBy: true,
        directoryRoles: [
            "Global Administrator",
            "Application Administrator",
            "Cloud Application Administrator",
            "Application Developer",
        ],
        users: true,
        source: "learn.microsoft.com/graph/api/application-post-applications",
    },
];
