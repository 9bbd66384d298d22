/**
 * Days and lengths of time. Does not show that a provider reads them so: its own parsers are in Go.
 */
import * as fc from "fast-check";
import { daysBetween, goDurationDays, isDay, isoDurationMinutes } from "../../azure/durations";

describe("isDay", () => {
    it.each(["2027-01-31", "2028-02-29"])("takes %s", (text) => expect(isDay(text)).toBe(true));

    it.each(["2027-02-29", "2027-13-01", "2027-1-1", "", "tomorrow", "2027-01-01T00:00:00Z"])(
        "does not take %j",
        (text) => expect(isDay(text)).toBe(false),
    );

    it("takes every day that there is", () => {
        const days = fc.date({ min: new Date("1970-01-01"), max: new Date("2999-12-31") });
        fc.assert(
            fc.property(days, (day) => {
                fc.pre(!Number.isNaN(day.getTime()));
                expect(isDay(day.toISOString().slice(0, 10))).toBe(true);
            }),
        );
    });
});

describe("daysBetween", () => {
    it.each([
        ["2027-01-01", "2027-01-02", 1],
        ["2027-01-01T00:00:00Z", "2027-01-01T12:00:00Z", 0.5],
        ["2027-01-01T00:00:00+02:00", "2027-01-01T00:00:00Z", 2 / 24],
        [" 2027-01-02 ", "2027-01-01", -1],
    ])("from %s to %s are %d", (start, end, days) => {
        expect(daysBetween(start, end)).toBeCloseTo(days, 10);
    });

    it.each(["", "soon", "1", "2027-02-30T00:00:00Z junk", "2027"])("does not read %j", (text) => {
        expect(daysBetween(text, "2027-01-01")).toBeUndefined();
        expect(daysBetween("2027-01-01", text)).toBeUndefined();
    });
});

describe("goDurationDays", () => {
    it.each([
        ["24h", 1],
        ["2160h", 90],
        ["1h30m", 1.5 / 24],
        ["-12h", -0.5],
        ["+.5h", 0.5 / 24],
        ["0", 0],
        ["36h0m0s", 1.5],
        ["86400000ms", 1],
        ["1.5h", 1.5 / 24],
    ])("reads %s as %d days", (text, days) => {
        expect(goDurationDays(text)).toBeCloseTo(days, 10);
    });

    it.each(["", "90d", "1h 30m", "h", "3", "1,5h", "PT1H", "1hh", "--1h", "1h-1m"])(
        "does not read %j, as Go does not",
        (text) => expect(goDurationDays(text)).toBeUndefined(),
    );

    it("adds up whatever parts there are", () => {
        const part = fc.nat(10_000);
        fc.assert(
            fc.property(part, part, part, (hours, minutes, seconds) => {
                const days = hours / 24 + minutes / 1440 + seconds / 86_400;
                expect(goDurationDays(`${hours}h${minutes}m${seconds}s`)).toBeCloseTo(days, 6);
            }),
        );
    });

    it("never throws, whatever the text", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                const days = goDurationDays(text);
                expect(days === undefined || Number.isFinite(days)).toBe(true);
            }),
        );
    });
});

describe("isoDurationMinutes", () => {
    it.each([
        ["PT30M", 30],
        ["PT1H30M", 90],
        ["P1D", 1440],
        ["p1dt12h", 2160],
        ["P2W", 20_160],
        ["PT90S", 1.5],
        [" PT0.6S ", 0.01],
    ])("reads %s as %d minutes", (text, minutes) => {
        expect(isoDurationMinutes(text)).toBeCloseTo(minutes, 10);
    });

    it.each(["", "P", "PT", "P1DT", "P1M", "P1Y", "30", "PT-5M", "PT30", "30 minutes", "P1D1W"])(
        "does not read %j",
        (text) => expect(isoDurationMinutes(text)).toBeUndefined(),
    );

    it("reads what it is given, in any parts", () => {
        fc.assert(
            fc.property(fc.nat(99), fc.nat(99), fc.nat(99), (days, hours, minutes) => {
                const text = `P${days}DT${hours}H${minutes}M`;
                expect(isoDurationMinutes(text)).toBe(days * 1440 + hours * 60 + minutes);
            }),
        );
    });
});
