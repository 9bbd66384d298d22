/** The report on drift, for a terminal and as Markdown. */
import { stackFileName } from "../../engine/pack";
import { code } from "../text";
import { verdictOf, type Change, type Drift } from "./model";

/** Longest value that is shown whole, in characters. */
const longestValue = 100;

/** A value in one line. */
function inWords(value: unknown): string {
    if (value === undefined) return "nothing";
    const text = JSON.stringify(value);
    return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

function lineOf({ path, kind, before, now, secret }: Change): string {
    if (secret) return `${path}: ${kind}; its value is not shown`;
    if (kind === "removed") return `${path}: removed; it was ${inWords(before)}`;
    if (kind === "added") return `${path}: added; it is ${inWords(now)}`;
    return `${path}: ${inWords(before)} became ${inWords(now)}`;
}

interface Section {
    readonly title: string;
    /** Id below the title. */
    readonly id: string;
    readonly lines: readonly string[];
}

function sections({ resources, settings }: Drift): Section[] {
    return [
        ...resources.map(({ name, type, id, deleted, changes }) => ({
            title: `${name} (${type}): ${deleted ? "deleted" : "changed"}`,
            id,
            lines: changes.map(lineOf),
        })),
        ...settings.map(({ name, id, changes }) => ({
            title: `${name}: app settings changed`,
            id,
            lines: changes.map(lineOf),
        })),
    ];
}

function headline(drift: Drift): string {
    const { stack, lookedAt, resources, settings, unseen } = drift;
    const looked = `${lookedAt} looked at${unseen.length > 0 ? `, ${unseen.length} not` : ""}`;
    switch (verdictOf(drift)) {
        case "none":
            return `No drift in ${stack}: what Azure has is what the state says (${looked}).`;
        case "unknown":
            return `Not known whether ${stack} drifted: not everything could be looked at (${looked}).`;
        case "drift": {
            const found = resources.length + settings.length;
            const were = found === 1 ? "1 was" : `${found} were`;
            return `${stack} drifted: ${were} changed behind Pulumi's back (${looked}).`;
        }
    }
}

/** What the engine and the SDK write in front of a provider's own words. */
const prefix = /^(?:Preview failed: |invocation of \S+ returned an error: )+/;

/** One line for each reason: who cannot sign in would else read it for every resource. */
function unseenLines({ unseen }: Drift): string[] {
    const byReason = new Map<string, string[]>();
    for (const { name, what, reason, refused } of unseen) {
        const why = refused
            ? "whoever is signed in may not look at principals and roles"
            : reason.replace(prefix, "").replaceAll(/\s+/g, " ");
        byReason.set(why, [...(byReason.get(why) ?? []), `${name} (${what})`]);
    }
    return [...byReason].map(([why, names]) => `${names.join(", ")}: ${why}`);
}

/** What puts it right, or takes it in. */
function fixes({ stack, resources, settings }: Drift): string[] {
    const lines: string[] = [];
    if (settings.length > 0) {
        lines.push(
            `To put it right: npm run drift -- --stack ${stack} --repair. App settings want this: "up --refresh" does ` +
                "not see that they changed.",
        );
    } else if (resources.length > 0) {
        lines.push(`To put it right: npm run up -- --stack ${stack} --refresh`);
    }
    if (lines.length > 0) {
        lines.push(
            `To keep it: take it into ${stackFileName(stack)} or the program, then npm run up -- --stack ${stack} --refresh`,
        );
    }
    return lines;
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

export function textReport(drift: Drift): string {
    const found = sections(drift).flatMap(({ title, id, lines }) => [
        "",
        title,
        ...indented([id, ...lines]),
    ]);
    const missed = unseenLines(drift);
    const notLooked = missed.length > 0 ? ["", "Not looked at:", ...indented(missed)] : [];
    const todo = fixes(drift);
    return [
        headline(drift),
        ...found,
        ...notLooked,
        ...(todo.length > 0 ? ["", ...todo] : []),
    ].join("\n");
}

/** Longest line in an issue, in characters: ids are long. */
const longestLine = 1000;

export function markdownReport(drift: Drift): string {
    const bullets = (lines: readonly string[]) =>
        lines.map((line) => `- ${code(line, longestLine)}`);
    const found = sections(drift).flatMap(({ title, id, lines }) => [
        ...["", `### ${code(title, longestLine)}`, "", code(id, longestLine)],
        ...(lines.length > 0 ? ["", ...bullets(lines)] : []),
    ]);
    const missed = bullets(unseenLines(drift));
    const notLooked = missed.length > 0 ? ["", "### Not looked at", "", ...missed] : [];
    const todo = fixes(drift).flatMap((line) => ["", line]);
    return `${[headline(drift), ...found, ...notLooked, ...todo].join("\n")}\n`;
}
