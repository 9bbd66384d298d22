/**
 * Application permissions of Microsoft Graph whose holder can give itself any other, or nearly.
 * Source: learn.microsoft.com/graph/permissions-reference
 */
export interface GraphRole {
    readonly name: string;
    /** The same in every tenant. */
    readonly id: string;
}

export const graphRoles: readonly GraphRole[] = [
    { name: "RoleManagement.ReadWrite.Directory", id: "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8" },
    { name: "AppRoleAssignment.ReadWrite.All", id: "06b708a9-e830-4db3-a914-8e69da51d44f" },
    { name: "Application.ReadWrite.All", id: "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9" },
    { name: "Directory.ReadWrite.All", id: "19dbc75e-c2e2-444c-a770-ec69d8559fc7" },
];
