/**
 * Looks for what a configuration file says in vain: the engine passes over policies and options that do not
 * exist, and a rule that somebody believes strict is not.
 */
import * as fs from "node:fs";
import { distance } from "fastest-levenshtein";
import { isDay } from "../azure/durations";
import { isRegion, regions } from "../azure/regions";
import { findRole, roles } from "../azure/roles";
import { findSku, skus } from "../azure/skus";
import type { Option } from "./options";
import type { Rule } from "./rule";
import { isOver, type Waiver, waiversOf } from "./waivers";

const levels = ["advisory", "mandatory", "remediate", "disabled"];

type Config = Record<string, unknown>;

function isMap(value: unknown): value is Config {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function suggestion(wrong: string, known: readonly string[]): string {
    const [best] = known
        .map((name) => ({ name, off: distance(wrong.toLowerCase(), name.toLowerCase()) }))
        .sort((a, b) => a.off - b.off);
    return best && best.off <= Math.max(2, wrong.length / 3)
        ? `; did you mean "${best.name}"?`
        : "";
}

function levelProblem(where: string, level: unknown, repairs: boolean): string[] {
    if (!levels.includes(level as string)) {
        return [`${where}: expected one of ${levels.join(", ")}, got ${JSON.stringify(level)}`];
    }
    return level === "remediate" && !repairs
        ? [`${where}: this rule repairs nothing; expected mandatory, advisory or disabled`]
        : [];
}

/** What a schema asks of a value, as far as options use schemas; undefined if the value is right. */
function expected(schema: Option<unknown>["schema"], value: unknown): string | undefined {
    const { type, minimum = -Infinity, items, additionalProperties } = schema;
    const least = minimum === -Infinity ? "" : ` of at least ${minimum}`;
    switch (type) {
        case "array": {
            if (!Array.isArray(value)) return "a list";
            const wrong = value
                .map((one) => expected(items as Option<unknown>["schema"], one))
                .find(Boolean);
            return wrong && `a list, each item ${wrong}`;
        }
        case "object": {
            if (!isMap(value)) return "a map";
            const each = additionalProperties as Option<unknown>["schema"];
            const wrong = Object.values(value).map((one) => expected(each, one));
            const first = wrong.find(Boolean);
            return first && `a map, each value ${first}`;
        }
        case "integer":
            return Number.isInteger(value) && Number(value) >= minimum
                ? undefined
                : `a whole number${least}`;
        case "number":
            return typeof value === "number" && value >= minimum ? undefined : `a number${least}`;
        case "boolean":
            return typeof value === "boolean" ? undefined : "true or false";
        default:
            if (schema.enum) {
                const allowed = schema.enum.map((one) => JSON.stringify(one)).join(", ");
                return schema.enum.includes(value as string) ? undefined : `one of ${allowed}`;
            }
            return typeof value === "string" ? undefined : "a text";
    }
}

/** Options whose texts are regular expressions. */
const patterns = ["formats", "requiredTags", "namePattern"];

function isPattern(text: string): boolean {
    try {
        return Boolean(new RegExp(text));
    } catch {
        return false;
    }
}

const families = new Set(skus.map(({ name }) => /^[A-Z]+/.exec(name)![0].toLowerCase()));

/** Options whose texts name something of Azure, and what is wrong with such a name. */
const names: Readonly<Record<string, (name: string) => string | undefined>> = {
    // Plans for functions and logic apps have sizes that azure/ does not list: only its own families are judged.
    appServicePlan(name) {
        const [family] = /^[a-z]+/i.exec(name.trim()) ?? [""];
        if (findSku(name) || !families.has(family.toLowerCase())) return undefined;
        const known = skus.map((sku) => sku.name);
        return `"${name}" is no size of an App Service plan${suggestion(name, known)}`;
    },
    // Regions and roles of one's own may be none of ours: only what looks like a slip is named.
    listOfAllowedLocations: (name) => (isRegion(name) ? undefined : slip(name, regions)),
    allowedRoles: roleSlip,
    deniedRoles: roleSlip,
};

function roleSlip(name: string): string | undefined {
    return findRole(name)
        ? undefined
        : slip(
              name,
              roles.map((role) => role.name),
          );
}

function slip(name: string, known: readonly string[]): string | undefined {
    const best = known.find((one) => distance(one.toLowerCase(), name.toLowerCase()) <= 2);
    return best && `"${name}" is unknown; did you mean "${best}"?`;
}

function optionProblems(where: string, option: Option<unknown>, value: unknown): string[] {
    const wanted = expected(option.schema, value);
    if (wanted) return [`${where}: expected ${wanted}, got ${JSON.stringify(value)}`];
    const name = where.split(".").at(-1)!;
    const texts = [value].flat().flatMap((one) => (isMap(one) ? Object.values(one) : [one]));
    const strings = texts.filter((one) => typeof one === "string");
    if (patterns.includes(name)) {
        return strings
            .filter((text) => !isPattern(text))
            .map((text) => `${where}: "${text}" is no regular expression`);
    }
    if (!Object.hasOwn(names, name)) return [];
    return strings.flatMap((text) => names[name]!(text) ?? []).map((text) => `${where}: ${text}`);
}

function waiverProblems(where: string, waiver: unknown): string[] {
    if (!isMap(waiver)) return [`${where}: expected a map of resource, reason, owner and lastDay`];
    const fields = ["resource", "reason", "owner", "lastDay"];
    const missing = fields.filter((field) => typeof waiver[field] !== "string" || !waiver[field]);
    const strange = Object.keys(waiver).filter((field) => !fields.includes(field));
    const day = typeof waiver.lastDay === "string" && !isDay(waiver.lastDay);
    return [
        ...missing.map((field) => `${where}: ${field} is missing`),
        ...strange.map(
            (field) => `${where}: "${field}" is no part of a waiver${suggestion(field, fields)}`,
        ),
        ...(day ? [`${where}: lastDay is no day; expected YYYY-MM-DD`] : []),
    ];
}

/** Everything in a configuration that would have no effect, or not the one that it looks like. */
export function problemsIn(config: unknown, rules: readonly Rule[]): string[] {
    if (!isMap(config)) return ["expected a map of policies to levels or options"];
    const names = rules.map(({ name }) => name);
    return Object.entries(config).flatMap(([name, value]) => {
        if (name === "all") return levelProblem("all", value, true);
        const found = rules.find((rule) => rule.name === name);
        if (!found) return [`"${name}" is no policy of this pack${suggestion(name, names)}`];
        if (typeof value === "string") return levelProblem(name, value, found.repairs);
        if (!isMap(value)) return [`${name}: expected a level, or a map of options`];
        const { enforcementLevel, waivers, ...options } = value;
        const known = Object.keys(found.about.options ?? {});
        const level = `${name}.enforcementLevel`;
        return [
            ...(enforcementLevel === undefined
                ? []
                : levelProblem(level, enforcementLevel, found.repairs)),
            ...Object.keys(options)
                .filter((option) => !known.includes(option))
                .map((option) => {
                    const all = [...known, "enforcementLevel", "waivers"];
                    return `${name}: "${option}" is no option of this policy${suggestion(option, all)}`;
                }),
            ...Object.entries(found.about.options ?? {})
                .filter(([option]) => options[option] !== undefined)
                .flatMap(([option, declared]) =>
                    optionProblems(`${name}.${option}`, declared, options[option]),
                ),
            ...(waivers === undefined || Array.isArray(waivers)
                ? []
                : [`${name}.waivers: expected a list`]),
            ...(Array.isArray(waivers) ? waivers : []).flatMap((waiver, index) =>
                waiverProblems(`${name}.waivers[${index}]`, waiver),
            ),
        ];
    });
}

/** The same for a file; none where there is no file, or several: then which of them is meant is unknown. */
export function configProblems(file: string | undefined, rules: readonly Rule[]): string[] {
    if (!file || !fs.existsSync(file)) return [];
    try {
        return problemsIn(JSON.parse(fs.readFileSync(file, "utf8")), rules).map(
            (problem) => `  ${file}: ${problem}`,
        );
    } catch (error) {
        return [
            `  ${file}: ${error instanceof SyntaxError ? `no JSON: ${error.message}` : String(error)}`,
        ];
    }
}

/** Waivers of a configuration, with those that are over. */
export function waiversIn(config: unknown): { rule: string; waiver: Waiver; over: boolean }[] {
    return Object.entries(isMap(config) ? config : {}).flatMap(([rule, value]) => {
        return waiversOf(isMap(value) ? value : {}).map((waiver) => ({
            rule,
            waiver,
            over: isOver(waiver),
        }));
    });
}
