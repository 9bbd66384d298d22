/**
 * Looks for what a configuration file says in vain: the engine passes over policies and options that do not
 * exist, and a rule that somebody believes strict is not.
 */
import * as fs from "node:fs";
import { distance } from "fastest-levenshtein";
import { isDay } from "../azure/durations";
import type { Rule } from "./rule";
import { isOver, type Waiver } from "./waivers";

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
        const waivers = isMap(value) && Array.isArray(value.waivers) ? value.waivers : [];
        return (waivers as Waiver[]).map((waiver) => ({ rule, waiver, over: isOver(waiver) }));
    });
}
