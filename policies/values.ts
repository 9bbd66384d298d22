/** How values read: as Azure reads them, whatever their spelling, and as far as the engine knows them yet. */

/** A value of a resource, or that the engine does not know it before the update. */
export type Known = { readonly known: true; readonly value: unknown } | { readonly known: false };

/** Whether this is the policy SDK's refusal to hand over a value that the engine does not know yet. */
function isUnknownValueError(error: unknown): boolean {
    // Not "instanceof": that would load the SDK for the sake of one class.
    return error instanceof Error && "unknownTypeSentinel" in error;
}

/**
 * Reads the properties of one resource. To read an unknown value throws in the policy SDK, and a policy that
 * throws judges nothing else of the resource: here an unknown value is an answer, and is remembered.
 */
export class Reader {
    constructor(
        private readonly root: unknown,
        /** Paths of what was asked for and is not known; shared with the readers of its parts. */
        readonly unknown: Set<string> = new Set(),
        private readonly keys: readonly string[] = [],
    ) {}

    /** Where this part of the properties is, such as `siteConfig.appSettings[3]`. */
    get where(): string {
        return label(this.keys);
    }

    /** Value at a path such as `sku.name`, from here; undefined where there is none. */
    read(path: string = ""): Known {
        const keys = [...this.keys, ...path.split(".").filter(Boolean)];
        let value = this.root;
        let depth = 0;
        try {
            for (; depth < keys.length; depth++) {
                const key = keys[depth]!;
                if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) {
                    return { known: true, value: undefined };
                }
                value = (value as Record<string, unknown>)[key];
            }
            return { known: true, value };
        } catch (error) {
            if (!isUnknownValueError(error)) throw error;
            this.unknown.add(label(keys.slice(0, depth + 1)));
            return { known: false };
        }
    }

    /** The value at a path; undefined where there is none, or where it is unknown. */
    value(path: string = ""): unknown {
        const found = this.read(path);
        return found.known ? found.value : undefined;
    }

    /** Readers of the items of a list; none if it is unknown. */
    each(path: string): Reader[] {
        const value = this.value(path);
        const length = Array.isArray(value) ? value.length : 0;
        // Not by "map", which reads the items, unknown ones too.
        return Array.from({ length }, (_, index) => this.at(path, String(index)));
    }

    /** Keys of a map with the readers of their values; none if unknown. */
    entries(path: string): [string, Reader][] {
        const value = this.value(path);
        if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
        return Object.keys(value).map((key) => [key, this.at(path, key)]);
    }

    /** Reader of what is at a path. */
    part(path: string): Reader {
        const keys = [...this.keys, ...path.split(".").filter(Boolean)];
        return new Reader(this.root, this.unknown, keys);
    }

    private at(path: string, key: string): Reader {
        const keys = [...this.keys, ...path.split(".").filter(Boolean), key];
        return new Reader(this.root, this.unknown, keys);
    }
}

function label(keys: readonly string[]): string {
    return keys
        .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
        .join("")
        .replace(/^\./, "");
}

/** A text without surrounding spaces, in lower case: Azure compares most of its own words like that. */
export function word(value: unknown): string | undefined {
    return typeof value === "string" ? value.trim().toLowerCase() : undefined;
}

/** Whether Azure takes this for true: `true`, and `"True"` as ARM templates and YAML may have it. */
export function isTrue(value: unknown): boolean {
    return value === true || word(value) === "true";
}

export function isFalse(value: unknown): boolean {
    return value === false || word(value) === "false";
}

/** Whether there is nothing: absent, null, or an empty text. */
export function isAbsent(value: unknown): boolean {
    return value === undefined || value === null || (typeof value === "string" && !value.trim());
}

/** Whether a value is one of some words, in any case and spacing. */
export function isOneOf(words: readonly string[]): (value: unknown) => boolean {
    const wanted = words.map((text) => word(text));
    return (value) => value !== undefined && wanted.includes(word(value));
}

/** Words of a text like `app,linux,container` or `SystemAssigned, UserAssigned`, in lower case. */
export function words(value: unknown): string[] {
    return (word(value) ?? "")
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean);
}

/** Whole or broken number in a number or a text; NaN for anything else. */
export function number(value: unknown): number {
    if (typeof value === "number") return value;
    return typeof value === "string" && value.trim() !== "" ? Number(value) : NaN;
}

/** Texts in secrets of this run, in lower case; undefined as long as nobody tells what is secret. */
let secrets: Set<string> | undefined;

/** Has messages be shown, less what {@link hide} is told. For a pack whose SDK tells what is secret. */
export function tellSecrets(told: boolean): void {
    secrets = told ? (secrets ?? new Set()) : undefined;
}

/** Keeps a secret text or number out of messages from now on. */
export function hide(secret: unknown): void {
    if (typeof secret !== "string" && typeof secret !== "number") return;
    const text = word(String(secret));
    if (text) (secrets ??= new Set()).add(text);
}

const mask = "[secret]";

/** Parts shorter than this are hidden only where they are a whole secret: they may be any word. */
const shortestPart = 6;

/** A text for a message, without secrets, parts of them, and what contains them. */
export function hidden(text: string): string {
    if (!secrets) return "not shown, as this version of the policy SDK does not tell secrets";
    if (secrets.size === 0) return text;
    const all = [...secrets];
    const long = all.filter((secret) => secret.length >= shortestPart);
    const lower = text.toLowerCase();
    const whole = long.filter((secret) => /\s/.test(secret) && lower.includes(secret));
    if (whole.length > 0) return mask;
    return text.replace(/[^\s"'();,]+/g, (found) => {
        const part = found.toLowerCase();
        const bare = part.replace(/[.:]+$/, "");
        const hides =
            secrets!.has(part) ||
            secrets!.has(bare) ||
            long.some((secret) => part.includes(secret)) ||
            (bare.length >= shortestPart && all.some((secret) => secret.includes(bare)));
        return hides ? mask : found;
    });
}

/** A value as a message shows it: not if it is secret. */
export function shown(value: unknown): string {
    if (isAbsent(value)) return "not set";
    if (secrets?.has(word(String(value)) ?? "")) return mask;
    if (typeof value === "string") return `"${value.trim().slice(0, 80)}"`;
    return typeof value === "object" ? "something else" : String(value);
}

/** Items as a person would read them. */
export function list(items: readonly string[]): string {
    return items.length > 0 ? items.join(", ") : "none";
}
