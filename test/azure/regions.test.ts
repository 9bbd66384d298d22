/**
 * Regions, in every spelling that Azure takes.
 * Cannot show that a subscription may use a region, nor that the table still lists all of them.
 */
import fc from "fast-check";
import { isRegion, normalizeRegion, regionDisplayName, regions } from "../../azure/regions";

/** The same letters in any case and with spaces anywhere. */
const spelt = (name: string) =>
    fc
        .array(fc.tuple(fc.boolean(), fc.constantFrom("", "", " ", "\t")), {
            minLength: name.length,
            maxLength: name.length,
        })
        .map((choices) =>
            choices
                .map(([upper, space], at) => space + (upper ? name[at]!.toUpperCase() : name[at]!))
                .join(""),
        );
const region = fc.constantFrom(...regions);

describe("the table of regions", () => {
    it("lists each region once, as the API spells it", () => {
        expect(new Set(regions).size).toBe(regions.length);
        for (const name of regions) expect(name).toMatch(/^[a-z]+\d?$/);
    });

    it("has display names that lead back to their region", () => {
        for (const name of regions) {
            expect(normalizeRegion(regionDisplayName(name))).toBe(name);
            expect(regionDisplayName(name)).not.toBe(name);
        }
    });
});

describe("normalizeRegion", () => {
    it("knows a region in any case and with any spaces", () => {
        fc.assert(
            fc.property(
                region.chain((name) => fc.tuple(fc.constant(name), spelt(name))),
                ([name, text]) => {
                    expect(normalizeRegion(text)).toBe(name);
                    expect(isRegion(text)).toBe(true);
                    expect(regionDisplayName(text)).toBe(regionDisplayName(name));
                },
            ),
        );
    });

    it("changes nothing the second time", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (text) => {
                expect(normalizeRegion(normalizeRegion(text))).toBe(normalizeRegion(text));
            }),
        );
    });
});

describe("isRegion", () => {
    it.each(["", "mars", "west-europe", "europewest", "global", "constructor", "__proto__"])(
        "fails on %j",
        (text) => {
            expect(isRegion(text)).toBe(false);
        },
    );

    it("knows nothing but the table", () => {
        fc.assert(
            fc.property(fc.oneof(fc.string(), region), (text) => {
                expect(isRegion(text)).toBe(regions.includes(normalizeRegion(text)));
            }),
        );
    });
});

describe("regionDisplayName", () => {
    it.each(["mars", "", "constructor"])("answers %j as it is", (text) => {
        expect(regionDisplayName(text)).toBe(text);
    });
});
