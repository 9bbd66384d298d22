/**
 * What differs from one real subscription to the next, and here is set by hand to see what Azure then says:
 * quotas, and the age of the deployment unit that App Service gives to a new group. Nothing is set at first.
 */
import type { Store } from "./store";

/** The quota over all tiers of dedicated instances. Azure's own word in its refusal. */
export const totalTier = "Total";

const quotaPath = (subscriptionId: string, tier: string) =>
    `/conditions/quotas/${subscriptionId}/${tier}`;

/** Most instances of a tier, such as `Basic`, in one region; undefined if there is no limit. */
export function quotaOf(store: Store, subscriptionId: string, tier: string): number | undefined {
    return store.get(quotaPath(subscriptionId, tier))?.limit as number | undefined;
}

/** Limits a tier, or with undefined no longer. */
export function setQuota(store: Store, subscriptionId: string, tier: string, limit?: number): void {
    const path = quotaPath(subscriptionId, tier);
    if (limit === undefined) store.delete(path);
    else store.put(path, { tier, limit });
}

/** Every quota that is set, by tier. */
export function quotas(store: Store, subscriptionId: string): Map<string, number> {
    const set = store.list(`/conditions/quotas/${subscriptionId}`);
    return new Map(set.map(({ tier, limit }) => [String(tier), Number(limit)]));
}

const unitPath = "/conditions/old-unit";

/**
 * Whether groups are on a deployment unit without the third generation of Premium and with one operating system
 * per group and region. Most are not today: learn.microsoft.com/azure/app-service/app-service-configure-premium-tier
 */
export function isOldUnit(store: Store): boolean {
    return store.get(unitPath) !== undefined;
}

export function setOldUnit(store: Store, old: boolean): void {
    if (old) store.put(unitPath, { old });
    else store.delete(unitPath);
}
