/** Waivers: what one rule puts up with in one resource, for a reason and until a day. */
import type { PolicyConfigSchema } from "@pulumi/policy";
import { isDay } from "../azure/durations";

export interface Waiver {
    /** Name of the resource in the program, or its whole URN where several have that name. */
    readonly resource: string;
    readonly reason: string;
    readonly owner: string;
    /** Last day on which it holds, as `YYYY-MM-DD`; the day ends at midnight UTC. */
    readonly lastDay: string;
}

/** Schema of the option `waivers`, which every rule has. */
export const waiversSchema: PolicyConfigSchema["properties"][string] = {
    type: "array",
    description: "What the rule puts up with, where, why, on whose word, and until when.",
    default: [],
    items: {
        type: "object",
        required: ["resource", "reason", "owner", "lastDay"],
        additionalProperties: false,
        properties: {
            resource: { type: "string", minLength: 1 },
            reason: { type: "string", minLength: 10 },
            owner: { type: "string", minLength: 1 },
            lastDay: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
        },
    },
};

/** Whether a waiver no longer holds. A day that is none never began. */
export function isOver(waiver: Waiver): boolean {
    return !isDay(waiver.lastDay) || Date.now() > Date.parse(`${waiver.lastDay}T23:59:59.999Z`);
}

/** The waivers of a rule's configuration, without what is none; `npm run policies -- check` names that. */
export function waiversOf(config: Readonly<Record<string, unknown>>): readonly Waiver[] {
    const isWaiver = (one: unknown): one is Waiver => typeof one === "object" && one !== null;
    return Array.isArray(config.waivers) ? config.waivers.filter(isWaiver) : [];
}

/** A waiver of a resource: one that holds before one that is over. */
export function waiverFor(
    waivers: readonly Waiver[],
    urn: string,
    name: string,
): Waiver | undefined {
    const all = waivers.filter(({ resource }) => resource === name || resource === urn);
    return all.find((waiver) => !isOver(waiver)) ?? all[0];
}

/** What the pack was told and has seen in this run, for the rule `pack-config` to report at its end. */
const seen = new Map<string, { waivers: readonly Waiver[]; unknownOptions: readonly string[] }>();
const used = new Set<string>();

const key = (rule: string, { resource, lastDay }: Waiver) => `${rule} ${lastDay} ${resource}`;

/** Remembers how a rule is configured. */
export function remember(
    rule: string,
    waivers: readonly Waiver[],
    unknownOptions: readonly string[],
): void {
    seen.set(rule, { waivers, unknownOptions });
}

export function markUsed(rule: string, waiver: Waiver): void {
    used.add(key(rule, waiver));
}

/** Waivers that nothing has needed so far. */
export function unusedWaivers(): { rule: string; waiver: Waiver }[] {
    return [...seen].flatMap(([rule, { waivers }]) =>
        waivers
            .filter((waiver) => !used.has(key(rule, waiver)))
            .map((waiver) => ({ rule, waiver })),
    );
}

/** Options that a configuration names and no rule has. */
export function unknownOptions(): { rule: string; option: string }[] {
    return [...seen].flatMap(([rule, found]) =>
        found.unknownOptions.map((option) => ({ rule, option })),
    );
}
