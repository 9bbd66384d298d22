/**
 * Built-in Azure roles that this project names.
 * Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles
 */
export interface Role {
    /** Name of the role, as Azure shows it. */
    readonly name: string;
    /** The same in every tenant. */
    readonly id: string;
    /** What somebody gets it for. */
    readonly why: string;
    /** Whether it can hand out roles, and with them any right at all. */
    readonly grantsAccess?: boolean;
}

export const roles: readonly Role[] = [
    {
        name: "Website Contributor",
        id: "de139f84-1756-47ae-9be6-808fbbe84772",
        why: "Deploys web apps; together with Web Plan Contributor it replaces Contributor.",
    },
    {
        name: "Web Plan Contributor",
        id: "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b",
        why: "Creates and scales App Service plans.",
    },
    {
        name: "Reader",
        id: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        why: "Sees every resource and changes none.",
    },
    {
        name: "Contributor",
        id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
        why: "Manages every resource; broader than a deployment of a web app needs.",
    },
    {
        name: "Monitoring Contributor",
        id: "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        why: "Sets up alerts and diagnostic settings.",
    },
    {
        name: "Application Insights Component Contributor",
        id: "ae349356-3a1b-4a5e-921d-050484c6347e",
        why: "Creates Application Insights.",
    },
    {
        name: "Log Analytics Contributor",
        id: "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
        why: "Creates Log Analytics workspaces.",
    },
    {
        name: "AcrPull",
        id: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        why: "Lets an app's identity pull its image from Azure Container Registry.",
    },
    {
        name: "AcrPush",
        id: "8311e382-0749-4cb8-b61a-304f252e45ec",
        why: "Lets a pipeline push images to Azure Container Registry.",
    },
    {
        name: "Key Vault Secrets User",
        id: "4633458b-17de-408a-b874-0445c86b69e6",
        why: "Lets an app's identity read secrets.",
    },
    {
        name: "Managed Identity Operator",
        id: "f1a07417-d97a-45cb-824c-7a7467783830",
        why: "Assigns an existing identity to an app.",
    },
    {
        name: "Network Contributor",
        id: "4d97b98b-1d4f-4787-a291-c67834d212e7",
        why: "Creates public IP addresses, gateways and networks.",
    },
    {
        name: "AzureML Data Scientist",
        id: "f6c7c914-8db3-469d-8ca1-694a8f32e121",
        why: "Works in an Azure Machine Learning workspace without changing it.",
    },
    {
        name: "Owner",
        id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        why: "Does everything.",
        grantsAccess: true,
    },
    {
        name: "User Access Administrator",
        id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        why: "Hands out roles.",
        grantsAccess: true,
    },
    {
        name: "Role Based Access Control Administrator",
        id: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        why: "Hands out roles.",
        grantsAccess: true,
    },
];

/** A role by name, whatever its case. */
export function findRole(name: string): Role | undefined {
    const wanted = name.trim().toLowerCase();
    return roles.find((role) => role.name.toLowerCase() === wanted);
}

/** Least that a deployer of web apps needs: together they replace Contributor. */
export const defaultDeployerRoles: readonly Role[] = [
    findRole("Website Contributor")!,
    findRole("Web Plan Contributor")!,
];

/** Roles that the deployer of this stack may be given: none that can widen its own rights. */
export const deployerRoles: readonly Role[] = roles.filter((role) => !role.grantsAccess);

/** The form in which ARM answers a role definition: with the subscription, so that no diff arises. */
export function roleDefinitionId(subscriptionId: string, role: Role): string {
    return `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role.id}`;
}
