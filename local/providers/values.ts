/** Property values as the engine sends them to providers, and how two sets of them differ. */

/** What the engine sends for a value that is not known before the update. Source: pulumi/proto. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export type Values = Record<string, unknown>;

export function isUnknown(value: unknown): boolean {
    return value === unknown;
}

/** Marks a value, so that the engine encrypts it in the state and never shows it. */
export function secret(value: unknown): Values {
    return { [signature]: secretSignature, value };
}

/** The same value without the marks of secrets, at any depth. */
export function withoutSecrets(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutSecrets);
    if (typeof value !== "object" || value === null) return value;
    const object = value as Values;
    if (object[signature] === secretSignature) return withoutSecrets(object.value);
    return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, withoutSecrets(v)]));
}

export type Change = "add" | "update" | "delete";

/** Every path at which the two differ, as the engine writes paths: `siteConfig.appSettings[2].value`. */
export function differences(before: unknown, after: unknown, at = ""): Map<string, Change> {
    const found = new Map<string, Change>();
    const visit = (a: unknown, b: unknown, path: string) => {
        if (isContainer(a) && isContainer(b) && Array.isArray(a) === Array.isArray(b)) {
            const array = Array.isArray(a);
            for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
                const next = array ? `${path}[${key}]` : join(path, key);
                visit((a as Values)[key], (b as Values)[key], next);
            }
        } else if (isAbsent(a) && !isAbsent(b)) found.set(path, "add");
        else if (!isAbsent(a) && isAbsent(b)) found.set(path, "delete");
        else if (!isAbsent(a) && a !== b) found.set(path, "update");
    };
    visit(before, after, at);
    return found;
}

/** A tag may be named `a.b`, which as part of a path must be quoted. Source: PropertyPath of Pulumi's SDK. */
function join(path: string, key: string): string {
    if (key === "" || /[.[\]"]/.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
    return path ? `${path}.${key}` : key;
}

function isContainer(value: unknown): value is object {
    return typeof value === "object" && value !== null;
}

function isObject(value: unknown): value is Values {
    return isContainer(value) && !Array.isArray(value);
}

function isAbsent(value: unknown): boolean {
    return value === undefined || value === null;
}

/**
 * Inputs after a refresh: as they were, but with what Azure changed since. Only what the program gave
 * is compared: outputs hold far more than inputs.
 */
export function applyOutputChanges(inputs: unknown, before: unknown, after: unknown): unknown {
    if (Array.isArray(inputs) && Array.isArray(before) && Array.isArray(after)) {
        return after.map((item, index) =>
            index < inputs.length && index < before.length
                ? applyOutputChanges(inputs[index], before[index], item)
                : item,
        );
    }
    if (isObject(inputs) && isObject(before) && isObject(after)) {
        const [given, old, now] = [inputs, before, after];
        const result: Values = { ...given };
        for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
            if (differences(old[key], now[key]).size === 0) continue;
            if (isAbsent(now[key])) delete result[key];
            else
                result[key] =
                    key in given ? applyOutputChanges(given[key], old[key], now[key]) : now[key];
        }
        return result;
    }
    return after;
}

/** Outputs before the resource exists: the inputs of the same name are known, and nothing else is. */
export function previewOutputs(outputs: readonly string[], inputs: Values): Values {
    return Object.fromEntries(outputs.map((name) => [name, inputs[name] ?? unknown]));
}
