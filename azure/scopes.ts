/**
 * Where a role, a budget or a lock holds: the scopes of Azure Resource Manager.
 * Source: learn.microsoft.com/azure/role-based-access-control/scope-overview
 */
import { isGuid } from "./guids";

/** How wide a scope is, widest first. */
export const scopeKinds = [
    "tenant",
    "managementGroup",
    "subscription",
    "resourceGroup",
    "resource",
] as const;

export interface Scope {
    readonly kind: (typeof scopeKinds)[number];
    readonly subscriptionId?: string;
    readonly resourceGroup?: string;
}

const group = /^[-\w.()\p{L}\p{N}]{1,90}$/u;

/**
 * Reads a scope; Azure ignores case, a slash at the end and spaces around it. Undefined for what is none: a
 * missing slash or an empty part turns a scope into something else than it looks.
 */
export function parseScope(text: string): Scope | undefined {
    const trimmed = text.trim();
    if (trimmed === "/") return { kind: "tenant" };
    const parts = trimmed.replace(/\/$/, "").split("/");
    if (parts.shift() !== "" || parts.length === 0 || parts.some((part) => part.trim() === "")) {
        return undefined;
    }
    const lower = parts.map((part) => part.toLowerCase());
    if (lower[0] === "providers") {
        const named = lower[1] === "microsoft.management" && lower[2] === "managementgroups";
        return named && parts.length === 4 ? { kind: "managementGroup" } : undefined;
    }
    if (lower[0] !== "subscriptions" || !isGuid(lower[1] ?? "")) return undefined;
    const subscriptionId = lower[1]!;
    if (parts.length === 2) return { kind: "subscription", subscriptionId };
    // What hangs on the subscription itself is in no group, such as a policy assignment.
    if (lower[2] === "providers") return { kind: "subscription", subscriptionId };
    if (lower[2] !== "resourcegroups" || !group.test(parts[3] ?? "")) return undefined;
    const resourceGroup = parts[3]!;
    if (parts.length === 4) return { kind: "resourceGroup", subscriptionId, resourceGroup };
    const whole = lower[4] === "providers" && parts.length >= 8 && parts.length % 2 === 0;
    return whole ? { kind: "resource", subscriptionId, resourceGroup } : undefined;
}

/** Whether one scope is another or lies in it; both as Azure writes them. */
export function isWithin(scope: string, outer: string): boolean {
    const [inside, outside] = [scope, outer].map((text) =>
        text.trim().toLowerCase().replace(/\/+$/, ""),
    );
    return inside === outside || inside!.startsWith(`${outside}/`);
}

/** Name of the resource group in a resource's id; undefined where there is none. */
export function groupOfId(id: string): string | undefined {
    return /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(id.trim())?.[1];
}
