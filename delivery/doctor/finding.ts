/** What a check finds. */

/** Worst last. `unknown`: it could not be told, which says nothing about how it is. */
export const levels = ["ok", "unknown", "warning", "problem"] as const;

export type Level = (typeof levels)[number];

export interface Finding {
    /** What it is about, in a word or two. */
    readonly about: string;
    readonly level: Level;
    /** One sentence or two, without anything secret. */
    readonly what: string;
    /** The command that mends it, or that tells what could not be told here. */
    readonly command?: string;
}

/** Short forms for the findings of one check. */
export function findingsOf(about: string) {
    const finding = (level: Level) => (what: string, command?: string) => ({
        about,
        level,
        what,
        ...(command !== undefined && { command }),
    });
    return {
        ok: finding("ok"),
        unknown: finding("unknown"),
        warning: finding("warning"),
        problem: finding("problem"),
    };
}

export function count(findings: readonly Finding[], level: Level): number {
    return findings.filter((finding) => finding.level === level).length;
}

/** A number with its noun, such as `1 problem` or `2 problems`. */
const some = (amount: number, noun: string) => `${amount} ${noun}${amount === 1 ? "" : "s"}`;

/** The findings in one sentence. */
export function verdict(findings: readonly Finding[]): string {
    const [problems, warnings, unknown] = [
        count(findings, "problem"),
        count(findings, "warning"),
        count(findings, "unknown"),
    ];
    const rest = [
        ...(warnings > 0 ? [some(warnings, "warning")] : []),
        ...(unknown > 0 ? [`${unknown} not known`] : []),
    ];
    const first =
        problems === 0
            ? "Nothing was found that would stop an up"
            : `${some(problems, "problem")} would stop an up`;
    return `${[first, ...rest].join("; ")}.`;
}
