/**
 * How much App Service gives to one subscription, beyond what a size itself allows (see skus.ts).
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-app-service-limits
 */

/** Most Free plans in one region. */
export const freePlansPerRegion = 10;

/** Most Free plans for Linux in one region. Source: MicrosoftDocs/azure-docs issue 100771. */
export const freeLinuxPlansPerRegion = 1;

/** Most plans of one tier in one resource group; those of the Free tier count by region. */
export function plansPerGroup(tier: string): number {
    if (tier === "Free") return Infinity;
    return tier === "Shared" ? 10 : 100;
}

/** Most apps on one plan. */
export function sitesPerPlan(tier: string): number {
    if (tier === "Free") return 10;
    return tier === "Shared" ? 100 : Infinity;
}

/** Days that a deleted vault stays recoverable, when it does not say. Source: learn.microsoft.com/azure/key-vault/general/soft-delete-overview */
export const vaultRetention = { minimum: 7, standard: 90, maximum: 90 } as const;
