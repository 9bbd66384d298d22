/** Reads single settings from the configuration; settings.ts and principals.ts say what each must be. */
import * as pulumi from "@pulumi/pulumi";

/** Settings that are secret even where somebody has stored them in clear. */
const secretKeys: readonly string[] = ["registryPassword", "secretAppSettings"];

/** One mistake: what is wrong with which setting, what is allowed, and a value that would do. */
export interface Mistake {
    readonly key: string;
    readonly text: string;
    readonly command: string;
}

/** Reads single settings and remembers every mistake. */
export class Reader {
    readonly mistakes: Mistake[] = [];
    private readonly config = new pulumi.Config();
    private readonly read = new Set<string>();

    text(key: string): string {
        this.read.add(key);
        return (this.config.get(key) ?? "").trim();
    }

    /** Remembers as a mistake every key of ours that nobody has read: it would be ignored in silence. */
    refuseUnknown(): void {
        const prefix = `${this.config.name}:`;
        for (const full of Object.keys(pulumi.runtime.allConfig())) {
            const key = full.slice(prefix.length);
            if (!full.startsWith(prefix) || this.read.has(key)) continue;
            this.mistakes.push({
                key,
                text: "is not a setting of this stack; Pulumi.yaml lists those that are",
                command: `pulumi config rm ${key}`,
            });
        }
    }

    /** Reads without remembering mistakes: what this stack has no use for may say what it likes. */
    ignoring<T>(work: () => T): T {
        const before = this.mistakes.length;
        const result = work();
        this.mistakes.length = before;
        return result;
    }

    isSecret(key: string): boolean {
        const keys: string[] = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
        return keys.includes(`${this.config.name}:${key}`);
    }

    /** Remembers a mistake. A secret's value is never shown. */
    refuse(key: string, expected: string, example: string, value = this.text(key)) {
        const secret = this.isSecret(key) || secretKeys.includes(key);
        const got = secret
            ? "the value given is not allowed"
            : value === ""
              ? "is missing"
              : `"${value.slice(0, 80)}" is not allowed`;
        const quoted = /^[\w./:@-]+$/.test(example) ? example : `'${example}'`;
        const flags = secret ? "--secret " : "";
        this.mistakes.push({
            key,
            text: `${got}; expected ${expected}`,
            command: `pulumi config set ${flags}${key} ${quoted}`,
        });
    }

    choice<T extends string>(key: string, allowed: readonly T[]): T {
        const found = allowed.find((value) => value === this.text(key));
        if (found === undefined) this.refuse(key, `one of ${allowed.join(", ")}`, allowed[0]!);
        return found ?? allowed[0]!;
    }

    whole(key: string, minimum: number, maximum: number, example: number): number {
        const text = this.text(key);
        const value = Number(text);
        const fits = /^\d{1,9}$/.test(text) && value >= minimum && value <= maximum;
        if (!fits)
            this.refuse(key, `a whole number from ${minimum} to ${maximum}`, String(example));
        return fits ? value : example;
    }

    matching(key: string, test: (value: string) => boolean, expected: string, example: string) {
        const value = this.text(key);
        if (!test(value)) this.refuse(key, expected, example);
        return value;
    }

    /** Like {@link matching}, for a setting that may be empty. */
    optional(key: string, test: (value: string) => boolean, expected: string, example: string) {
        if (this.text(key) === "") return undefined;
        return this.matching(key, test, expected, example);
    }

    /** Items separated by commas, or given as a YAML list. */
    list(key: string): string[] {
        const text = this.text(key);
        let items = text.split(",");
        try {
            // The engine hands a YAML list over as JSON.
            const value: unknown = JSON.parse(text);
            if (Array.isArray(value)) items = value.map(String);
        } catch {
            // A text, as it mostly is.
        }
        return items.map((item) => item.trim()).filter(Boolean);
    }

    /** A map of names to texts, given as YAML or as JSON. */
    map(key: string, example: string): Record<string, string> {
        let value: unknown;
        try {
            value = JSON.parse(this.text(key) || "{}");
        } catch {
            // Refused below, like everything else that is not a map.
        }
        const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
        const entries = isMap ? Object.entries(value as object) : [];
        if (!isMap || entries.some(([, item]) => typeof item === "object")) {
            this.refuse(key, "a map of names to texts", example);
            return {};
        }
        return Object.fromEntries(entries.map(([name, item]) => [name, String(item)]));
    }
}
