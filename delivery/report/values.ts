/** Compares what a resource was asked to be with what it is asked to be now, in the engine's JSON. */

import { secretSignature } from "../../engine/state";

/** How the engine writes a value that is known only after the change. Source: pulumi/sdk/go/common/resource. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value, as far as it may be shown. */
export type Shown =
    | { readonly kind: "none" }
    /** A secret is never shown, and two of them cannot be compared. */
    | { readonly kind: "secret" }
    /** Known after the change. */
    | { readonly kind: "later" }
    | { readonly kind: "text"; readonly text: string };

export interface Difference {
    /** Such as `siteConfig.appSettings[PORT].value`. */
    readonly path: string;
    readonly old: Shown;
    readonly now: Shown;
}

type Fields = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is a secret, in whichever form the engine's events have it. */
export function isSecret(value: unknown): boolean {
    return value === "[secret]" || (isMap(value) && secretSignature[0] in value);
}

/** A list whose items have a `name` each, of its own, by that name: its order says nothing. */
function byName(value: unknown): Fields | undefined {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const entries: [string, unknown][] = [];
    for (const item of value) {
        if (!isMap(item) || typeof item.name !== "string") return undefined;
        const { name, ...rest } = item;
        entries.push([`[${name}]`, rest]);
    }
    const map = new Map(entries);
    return map.size === value.length ? Object.fromEntries(map) : undefined;
}

/** What is inside of a value, by the ending of its path; undefined if it has no inside to compare. */
function parts(value: unknown): Fields | undefined {
    if (isSecret(value)) return undefined;
    if (isMap(value)) {
        const entries = Object.entries(value).filter(([key]) => !key.startsWith("__"));
        return Object.fromEntries(
            entries.map(([key, part]) => [/^[\w$]+$/.test(key) ? `.${key}` : `["${key}"]`, part]),
        );
    }
    if (!Array.isArray(value)) return undefined;
    return byName(value) ?? Object.fromEntries(value.map((item, index) => [`[${index}]`, item]));
}

export function show(value: unknown): Shown {
    if (value === undefined || value === null) return { kind: "none" };
    if (isSecret(value)) return { kind: "secret" };
    if (value === unknown) return { kind: "later" };
    return { kind: "text", text: typeof value === "string" ? value : JSON.stringify(value) };
}

/** Every difference between two values, down to those that have no inside. */
export function differences(old: unknown, now: unknown, path = ""): Difference[] {
    const [before, after] = [parts(old), parts(now)];
    const [shownOld, shownNow] = [show(old), show(now)];
    const empty = (shown: Shown, inside?: Fields) => inside !== undefined || shown.kind === "none";
    const compared = Object.keys({ ...before, ...after });
    if (compared.length > 0 && empty(shownOld, before) && empty(shownNow, after)) {
        return compared.flatMap((part) =>
            differences(before?.[part], after?.[part], `${path}${part}`),
        );
    }
    if (JSON.stringify(shownOld) === JSON.stringify(shownNow)) return [];
    return [{ path: path.replace(/^\./, ""), old: shownOld, now: shownNow }];
}

/** The value at a path of the engine's, such as `siteConfig.appSettings[0].value`; a secret on the way ends it. */
export function valueAt(value: unknown, path: string): unknown {
    const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)];
    let at = value;
    for (const [, quoted, index, plain] of keys) {
        if (isSecret(at)) return at;
        if (typeof at !== "object" || at === null) return undefined;
        at = (at as Fields)[(quoted ?? index ?? plain)!];
    }
    return at;
}
