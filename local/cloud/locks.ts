/**
 * Management locks: they hold for their scope and everything in it, whoever asks.
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
import { isWithin } from "../../azure/scopes";
import type { ResourceId } from "./ids";
import { refusal } from "./rules";
import type { Store } from "./store";

export const lockType = "Microsoft.Authorization/locks";

/** Where every lock is also noted, so that a request finds those that concern it without a search. */
export const lockIndex = "/locks";

/**
 * Refuses what a lock forbids. CanNotDelete forbids to delete its scope, what is in it, and what it is in; ReadOnly
 * forbids to change and to POST as well. Locks themselves can always be made and taken away.
 *
 * @param verb `write`, `delete`, or the name of a POST's action.
 */
export function checkLocks(store: Store, verb: string, id: string, { type }: ResourceId): void {
    if (type.toLowerCase() === lockType.toLowerCase()) return;
    const locked = store
        .list(lockIndex)
        .filter(({ level }) => verb === "delete" || level === "ReadOnly")
        .map(({ scope }) => String(scope))
        .filter((scope) => isWithin(id, scope) || (verb === "delete" && isWithin(scope, id)));
    if (locked.length === 0) return;
    throw refusal("scopeLocked", {
        scope: id,
        // Azure names a POST "write" too.
        operation: verb === "delete" ? "delete" : "write",
        locked: [...new Set(locked)].join(","),
    });
}
