/** Days and lengths of time, as Azure, Microsoft Entra ID and their providers write them. */

const dayMilliseconds = 24 * 60 * 60 * 1000;

/** A real calendar day as `YYYY-MM-DD`: `2026-02-30` is none. */
export function isDay(text: string): boolean {
    const time = Date.parse(`${text}T00:00:00Z`);
    return (
        /^\d{4}-\d{2}-\d{2}$/.test(text) &&
        !Number.isNaN(time) &&
        new Date(time).toISOString().startsWith(text)
    );
}

/** Whole and broken days from one time to another; undefined if one of them is no RFC 3339 time. */
export function daysBetween(start: string, end: string): number | undefined {
    const form = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/i;
    const times = [start, end].map((text) =>
        form.test(text.trim()) ? Date.parse(text.trim()) : NaN,
    );
    const length = (times[1]! - times[0]!) / dayMilliseconds;
    return Number.isNaN(length) ? undefined : length;
}

const goUnits: Readonly<Record<string, number>> = {
    ns: 1e-6,
    us: 1e-3,
    µs: 1e-3,
    μs: 1e-3,
    ms: 1,
    s: 1000,
    m: 60_000,
    h: 3_600_000,
};

/**
 * Days of a duration as Go writes it, such as `2160h` or `1h30m`: what azuread takes as `endDateRelative`.
 * Undefined if it is none. Source: pkg.go.dev/time#ParseDuration
 */
export function goDurationDays(text: string): number | undefined {
    const trimmed = text.trim();
    if (/^[+-]?0$/.test(trimmed)) return 0;
    const [, sign, amounts] =
        /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(trimmed) ?? [];
    if (amounts === undefined) return undefined;
    let milliseconds = 0;
    for (const [, amount, unit] of amounts.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
        milliseconds += Number(amount) * goUnits[unit!]!;
    }
    return ((sign === "-" ? -1 : 1) * milliseconds) / dayMilliseconds;
}

/**
 * Minutes of a duration as ISO 8601 writes it, such as `PT30M` or `P1DT12H`; undefined if it is none, or if
 * it counts in months or years, which have no fixed length.
 */
export function isoDurationMinutes(text: string): number | undefined {
    const form =
        /^P(?:(\d+)W|(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?)$/i;
    const found = form.exec(text.trim());
    if (!found || /^P$/i.test(text.trim())) return undefined;
    const [weeks, days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
    return weeks! * 10_080 + days! * 1440 + hours! * 60 + minutes! + seconds! / 60;
}
