/** Checks a resource's inputs against what the SDK declares, as the providers' Check does. */
import { distance } from "fastest-levenshtein";
import type { Declaration, Properties, Shape } from "./declarations";
import { isUnknown } from "./values";

/** What is wrong with one input. */
export interface Failure {
    readonly property: string;
    readonly reason: string;
}

/**
 * Everything wrong with the inputs. The wording of missing and mistyped properties is the real
 * provider's; it does not mind a property that it does not know, but Azure then ignores it in silence,
 * which is how a misspelt security setting stays open.
 */
export function checkInputs(declaration: Declaration, inputs: Record<string, unknown>): Failure[] {
    return new Checker(declaration).object(declaration.inputs, inputs, "");
}

class Checker {
    constructor(private readonly declaration: Declaration) {}

    object(properties: Properties, value: Record<string, unknown>, at: string): Failure[] {
        const failures: Failure[] = [];
        const pathOf = (name: string) => (at ? `${at}.${name}` : name);
        for (const [name, { required }] of Object.entries(properties)) {
            const given = value[name];
            if (!required || (given !== undefined && given !== null)) continue;
            const hint =
                pathOf(name) === "location"
                    ? ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
                    : "";
            failures.push({
                property: pathOf(name),
                reason: `missing required property '${pathOf(name)}'${hint}`,
            });
        }
        for (const [name, given] of Object.entries(value)) {
            // Names with two underscores are the provider's own notes, such as __createBeforeDelete.
            if (name.startsWith("__") || given === undefined || given === null) continue;
            // Not properties[name]: that would find what every object has, such as "constructor".
            const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
            if (property) failures.push(...this.value(property.shape, given, pathOf(name)));
            else {
                const near = nearest(name, Object.keys(properties));
                failures.push({
                    property: pathOf(name),
                    reason: `'${pathOf(name)}' is not a known property${near ? `; did you mean '${near}'?` : ""}`,
                });
            }
        }
        return failures;
    }

    private value(shape: Shape, value: unknown, at: string): Failure[] {
        if (shape.kind === "any" || isUnknown(value) || value === null) return [];
        const wrong = (type: string): Failure[] => [
            {
                property: at,
                reason: `'${at}' should be of type '${type}' but got ${described(value)}`,
            },
        ];
        switch (shape.kind) {
            case "array":
                return Array.isArray(value)
                    ? value.flatMap((item, index) => this.value(shape.of, item, `${at}[${index}]`))
                    : wrong("array");
            case "map":
                return isObject(value)
                    ? Object.entries(value).flatMap(([key, item]) =>
                          this.value(shape.of, item, `${at}.${key}`),
                      )
                    : wrong("object");
            case "object":
                return isObject(value)
                    ? this.object(this.declaration.objects[shape.name] ?? {}, value, at)
                    : wrong("object");
            case "enum": {
                // Azure compares its words without regard to case.
                const same = (a: unknown) =>
                    String(a).toLowerCase() === String(value).toLowerCase();
                if (typeof value !== "object" && shape.values.some(same)) return [];
                const allowed = shape.values.join(", ");
                return [
                    {
                        property: at,
                        reason: `'${at}' must be one of ${allowed}, but got ${described(value)}`,
                    },
                ];
            }
            case "union": {
                const tries = shape.of.map((option) => this.value(option, value, at));
                // The failures of the option that fits best say the most.
                return tries.reduce((best, next) => (next.length < best.length ? next : best));
            }
            default:
                return typeof value === shape.kind ? [] : wrong(shape.kind);
        }
    }
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The kind of a value, never the value: it may be a secret. */
function described(value: unknown): string {
    if (Array.isArray(value)) return "an array";
    return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** The candidate that differs from the name in at most two letters. */
function nearest(name: string, candidates: readonly string[]): string | undefined {
    const lower = name.toLowerCase();
    const off = (candidate: string) => distance(lower, candidate.toLowerCase());
    const [best] = [...candidates].sort((a, b) => off(a) - off(b));
    return best !== undefined && off(best) <= 2 ? best : undefined;
}
