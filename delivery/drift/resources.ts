/** Which resources were changed or deleted, as a refresh finds out. */
import type { PropertyDiff, Refreshed, Seen } from "../../engine/refresh";
import { nameOf, unseen, type Change, type ResourceDrift, type Unseen } from "./model";

/** What the engine writes into events in the place of a secret, or of its text. */
const mask = "[secret]";

function isMasked(value: unknown): boolean {
    return value === mask || (value as { ciphertext?: unknown } | null)?.ciphertext === mask;
}

/** The steps of a property path: `a.b[0]["c.d"]` is a, b, 0 and c.d. */
export function parsePath(path: string): string[] {
    const step = /\.?([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/gy;
    return [...path.matchAll(step)].map(
        ([, plain, index, quoted]) => plain ?? index ?? quoted!.replaceAll(/\\(.)/g, "$1"),
    );
}

/** The value at a path, and whether it is a secret: as a whole, in part, or as a part of one. */
function lookUp(properties: unknown, path: readonly string[]): { value: unknown; secret: boolean } {
    let value = properties;
    for (const step of path) {
        if (isMasked(value)) return { value: undefined, secret: true };
        value =
            typeof value === "object" && value !== null && Object.hasOwn(value, step)
                ? (value as Record<string, unknown>)[step]
                : undefined;
    }
    return { value, secret: value !== undefined && JSON.stringify(value).includes(mask) };
}

const kinds: Readonly<Record<string, Change["kind"]>> = { add: "added", delete: "removed" };

function changeOf(seen: Seen, path: string, { diffKind, inputDiff }: PropertyDiff): Change {
    const steps = parsePath(path);
    const at = inputDiff ? "inputs" : "outputs";
    const [before, now] = [lookUp(seen.old?.[at], steps), lookUp(seen.new?.[at], steps)];
    const kind = kinds[diffKind.replace("-replace", "")] ?? "changed";
    const secret = before.secret || now.secret;
    return { path, kind, ...(!secret && { before: before.value, now: now.value }), secret };
}

function driftOf(seen: Seen): ResourceDrift {
    const { urn, type, id = "", op } = seen;
    const deleted = op === "delete";
    const changes = Object.entries(seen.diff).map(([path, diff]) => changeOf(seen, path, diff));
    return { urn, name: nameOf(urn), type, id, deleted, changes: deleted ? [] : changes };
}

export function resourceDrift({ seen }: Refreshed): ResourceDrift[] {
    return seen.filter(({ op }) => op !== "same").map(driftOf);
}

export function unseenResources({ unseen: missed }: Refreshed): Unseen[] {
    return missed.map(({ urn, reason }) =>
        unseen(nameOf(urn), urn.split("::").at(-2)!.split("$").at(-1)!, reason),
    );
}
