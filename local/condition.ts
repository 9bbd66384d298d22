/** `npm run local -- quota`, `unit` and `purge`: what one asks of Azure's support, or does beside Pulumi. */
import { skus } from "../azure/skus";
import { UserError } from "../engine/userError";
import type { Cloud } from "./cloud/cloud";
import { quotas, setOldUnit, setQuota, totalTier } from "./cloud/conditions";
import { findDeletedVault } from "./cloud/models/vaults";

/** Tiers with instances of their own, which Azure counts. */
const tiers = [
    ...new Set(skus.filter(({ virtualCpus }) => virtualCpus !== undefined).map(({ tier }) => tier)),
    totalTier,
];

export function quota({ store, caller }: Cloud, [tier, limit, ...rest]: readonly string[]): string {
    const { subscriptionId } = caller;
    if (tier === undefined) {
        const set = [...quotas(store, subscriptionId)];
        if (set.length === 0) return "No quota is set.";
        return set.map(([name, most]) => `${name} VMs: ${most} per region`).join("\n");
    }
    const known = tiers.find((name) => name.toLowerCase() === tier.toLowerCase());
    if (!known) throw new UserError(`"${tier}" is no tier; expected one of ${tiers.join(", ")}.`);
    if (limit === "none" && rest.length === 0) {
        setQuota(store, subscriptionId, known);
        return `${known} VMs are no longer limited.`;
    }
    if (!/^\d+$/.test(limit ?? "") || rest.length > 0) {
        throw new UserError(
            `quota ${known} wants a number of instances, or "none"; for example: npm run local -- quota ${known} 0`,
        );
    }
    setQuota(store, subscriptionId, known, Number(limit));
    return `${known} VMs: ${Number(limit)} per region. "quota ${known} none" lifts it.`;
}

export function unit({ store }: Cloud, [age, ...rest]: readonly string[]): string {
    if ((age !== "old" && age !== "new") || rest.length > 0) {
        throw new UserError('unit wants "old" or "new".');
    }
    setOldUnit(store, age === "old");
    return age === "old"
        ? "Groups are now on an old deployment unit: no third-generation Premium for plans that exist, and one operating system per group and region."
        : "Groups are on a new deployment unit again.";
}

/** What `az keyvault purge` does. */
export async function purge(cloud: Cloud, [name, ...rest]: readonly string[]): Promise<string> {
    if (name === undefined || rest.length > 0) {
        throw new UserError("purge wants the name of a deleted vault.");
    }
    const deleted = findDeletedVault(cloud.store, name);
    if (!deleted) throw new UserError(`There is no deleted vault "${name}".`);
    await cloud.post(String(deleted.id), "purge");
    return `The vault "${name}" is purged; its name is free.`;
}
