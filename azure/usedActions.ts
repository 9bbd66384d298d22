/** What somebody asked of Azure, told in actions: counted by place, or as the plain list that a custom role takes. */

/** One request, as far as the caller's rights are concerned. */
export interface AskedAction {
    /** Such as `Microsoft.Web/sites/Write`; its case means nothing. */
    readonly action: string;
    /** Id of what it was asked of. */
    readonly scope: string;
    /** Whether the caller had the right. */
    readonly allowed: boolean;
}

/**
 * Each action with the number of requests at each scope, in order of their names.
 *
 * @param place Names a scope for the reader.
 */
export function countActions(
    asked: readonly AskedAction[],
    place: (scope: string) => string,
): string[] {
    if (asked.length === 0) return ["  nothing"];
    const rows = new Map<string, AskedAction & { scopes: Map<string, number> }>();
    for (const one of asked) {
        const { action, allowed, scope } = one;
        const key = `${allowed ? "may" : "refused"} ${action.toLowerCase()}`;
        const row = rows.get(key) ?? { ...one, scopes: new Map<string, number>() };
        row.scopes.set(scope, (row.scopes.get(scope) ?? 0) + 1);
        rows.set(key, row);
    }
    const sorted = [...rows.values()].sort((a, b) => a.action.localeCompare(b.action));
    return sorted.flatMap(({ allowed, action, scopes }) => [
        `  ${action}${allowed ? "" : "   refused"}`,
        ...[...scopes].map(([scope, times]) => `    ${times} × ${place(scope)}`),
    ]);
}

/** Every action that was allowed, once, in order. */
export function allowedActions(asked: readonly AskedAction[]): string[] {
    const allowed = asked.filter((one) => one.allowed).map(({ action }) => action);
    const once = new Map(allowed.map((action) => [action.toLowerCase(), action]));
    return [...once.values()].sort((a, b) => a.localeCompare(b));
}
