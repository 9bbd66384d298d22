/**
 * Whether the permissions of a role include an action.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions
 */

/** One set of permissions of a role, as the role's definition lists them. */
export interface Permissions {
    /** What the set allows of the control plane; `*` stands for any characters. */
    readonly actions: readonly string[];
    /** Taken from those again. Another role may still allow it: this is no deny assignment. */
    readonly notActions?: readonly string[];
    /** What the set allows of the data in a resource, such as the value of a secret. */
    readonly dataActions?: readonly string[];
    /** Taken from those again. */
    readonly notDataActions?: readonly string[];
}

// A star between two slashes may also stand for nothing, together with one of them. No page says so, but only
// so do published roles mean what their descriptions say: Managed Identity Operator assigns identities
// (action `userAssignedIdentities/assign/action`) by `userAssignedIdentities/*/assign/action`, and AzureML
// Data Scientist takes `workspaces/write` away from `workspaces/*/write`.
//
// Each literal part is taken at the first place where it fits, which never needs going back: no pattern makes
// this slow.

/** Whether a pattern of a role covers an action. Ignores case; `*` stands for any characters, slashes too. */
export function matchesAction(pattern: string, action: string): boolean {
    const parts = pattern.toLowerCase().split(/\*+/);
    const text = action.toLowerCase();
    const first = parts[0]!;
    if (parts.length === 1) return text === first;
    if (!text.startsWith(first)) return false;

    let end = first.length;
    for (let i = 1; i < parts.length; i++) {
        const part = parts[i]!;
        const sharesSlash = parts[i - 1]!.endsWith("/") && part.startsWith("/");
        const from = sharesSlash ? end - 1 : end;
        if (i === parts.length - 1) return text.endsWith(part) && text.length - part.length >= from;
        const at = text.indexOf(part, from);
        if (at < 0) return false;
        end = at + part.length;
    }
    return true;
}

/** Whether one of these sets allows the action: each takes away only from what it allows itself. */
export function permits(permissions: readonly Permissions[], action: string): boolean {
    return permissions.some(({ actions, notActions }) => covers(actions, notActions, action));
}

/** The same for an action on the data in a resource, which no action of the control plane includes. */
export function permitsData(permissions: readonly Permissions[], dataAction: string): boolean {
    return permissions.some(({ dataActions, notDataActions }) =>
        covers(dataActions, notDataActions, dataAction),
    );
}

function covers(
    patterns: readonly string[] = [],
    except: readonly string[] = [],
    action: string,
): boolean {
    const covered = (pattern: string) => matchesAction(pattern, action);
    return patterns.some(covered) && !except.some(covered);
}
