/**
 * Comparing and merging property values, as a provider does for the engine.
 * Cannot show that the engine reads the paths as they are meant; test/engine looks at its own diffs.
 */
import fc from "fast-check";
import {
    applyOutputChanges,
    differences,
    isUnknown,
    secret,
    unknown,
    withoutSecrets,
} from "../../local/providers/values";

/** Properties as they come over the wire: JSON without nulls, which mean absent. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z.]{1,3}$/), tie("value"), { maxKeys: 3 }),
    ),
}));
const values = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), value, { maxKeys: 4 });
const copy = <T>(given: T): T => structuredClone(given);

describe("differences", () => {
    const changes = (before: unknown, after: unknown) =>
        Object.fromEntries(differences(before, after));

    it("names each path and what happened there", () => {
        const before = { same: 1, gone: 1, sku: { name: "B1" }, list: [{ a: 1 }, { a: 2 }] };
        const after = { same: 1, sku: { name: "B2", capacity: 1 }, list: [{ a: 1 }, { a: 3 }, 4] };
        expect(changes(before, after)).toEqual({
            gone: "delete",
            "sku.name": "update",
            "sku.capacity": "add",
            "list[1].a": "update",
            "list[2]": "add",
        });
    });

    it("takes null and undefined for absent", () => {
        expect(changes({ a: null, b: undefined }, { c: null })).toEqual({});
        expect(changes({ a: null }, { a: 0 })).toEqual({ a: "add" });
        expect(changes({ a: false }, { a: null })).toEqual({ a: "delete" });
    });

    it("sees a change of kind as an update of the whole", () => {
        expect(changes({ a: [1] }, { a: { 0: 1 } })).toEqual({ a: "update" });
        expect(changes({ a: "1" }, { a: 1 })).toEqual({ a: "update" });
        expect(changes({ a: { b: 1 } }, { a: "b" })).toEqual({ a: "update" });
    });

    it("quotes names that would read as a path", () => {
        const after = { tags: { "a.b": "1", 'c"d': "1", "e[0]": "1", "f-g": "1" }, "x.y": 1 };
        expect(Object.keys(changes({ tags: {} }, after))).toEqual([
            'tags["a.b"]',
            'tags["c\\"d"]',
            'tags["e[0]"]',
            "tags.f-g",
            '["x.y"]',
        ]);
    });

    it("finds none between equal values", () => {
        fc.assert(fc.property(value, (any) => expect(differences(any, copy(any)).size).toBe(0)));
    });

    it("finds some between unequal values", () => {
        fc.assert(
            fc.property(values, values, (a, b) => {
                const equal = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
                expect(differences(a, b).size === 0).toBe(equal);
            }),
        );
    });

    it("finds the opposite the other way round", () => {
        const opposite = { add: "delete", delete: "add", update: "update" };
        fc.assert(
            fc.property(values, values, (a, b) => {
                const there = [...differences(a, b)].map(([path, change]) => [
                    path,
                    opposite[change],
                ]);
                expect(changes(b, a)).toEqual(Object.fromEntries(there));
            }),
        );
    });
});

/** The same value with its keys in order, for a comparison that owes nothing to the code under test. */
function sorted(any: unknown): unknown {
    if (Array.isArray(any)) return any.map(sorted);
    if (typeof any !== "object" || any === null) return any;
    const entries = Object.entries(any).sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.map(([key, item]) => [key, sorted(item)]);
}

describe("applyOutputChanges", () => {
    it("takes over what Azure changed, and leaves alone what only Azure sets", () => {
        const inputs = { location: "westeurope", tags: { env: "dev" } };
        const before = { location: "West Europe", tags: { env: "dev" }, state: "Running" };
        const after = { ...before, tags: { env: "prod" } };
        expect(applyOutputChanges(inputs, before, after)).toEqual({
            location: "westeurope",
            tags: { env: "prod" },
        });
    });

    it("takes over what Azure added and drops what it removed", () => {
        const before = { tags: { a: "1", b: "2" } };
        const after = { tags: { b: "2", c: "3" } };
        expect(applyOutputChanges(copy(before), before, after)).toEqual(after);
    });

    it("follows changes inside of lists, and their length", () => {
        const inputs = { rules: [{ ip: "a" }, { ip: "b" }] };
        const before = {
            rules: [
                { ip: "a", own: 1 },
                { ip: "b", own: 2 },
            ],
        };
        const after = {
            rules: [
                { ip: "a", own: 1 },
                { ip: "x", own: 2 },
            ],
        };
        expect(applyOutputChanges(inputs, before, after)).toEqual({
            rules: [{ ip: "a" }, { ip: "x" }],
        });
        const fewer = { rules: [{ ip: "a", own: 1 }] };
        expect(applyOutputChanges(inputs, before, fewer)).toEqual({ rules: [{ ip: "a" }] });
    });

    it("changes no input where Azure changed nothing", () => {
        fc.assert(
            fc.property(values, values, (inputs, outputs) => {
                expect(applyOutputChanges(inputs, outputs, copy(outputs))).toEqual(inputs);
            }),
        );
    });

    it("ends with what Azure has, where the inputs were what Azure had", () => {
        fc.assert(
            fc.property(values, values, (before, after) => {
                const inputs = applyOutputChanges(copy(before), before, after);
                expect(differences(inputs, after).size).toBe(0);
            }),
        );
    });

    it("changes none of the values it is given", () => {
        fc.assert(
            fc.property(values, values, values, (inputs, before, after) => {
                const copies = copy([inputs, before, after]);
                applyOutputChanges(inputs, before, after);
                expect([inputs, before, after]).toEqual(copies);
            }),
        );
    });
});

describe("withoutSecrets", () => {
    it("unwraps secrets at any depth, also in each other", () => {
        const marked = { a: secret("x"), list: [secret({ b: secret(secret("y")) })], n: null };
        expect(withoutSecrets(marked)).toEqual({ a: "x", list: [{ b: "y" }], n: null });
    });

    it("changes nothing else", () => {
        fc.assert(fc.property(value, (any) => expect(withoutSecrets(any)).toEqual(any)));
    });
});

describe("isUnknown", () => {
    it("knows the engine's sentinel, and takes nothing else for it", () => {
        expect(isUnknown(unknown)).toBe(true);
        for (const other of ["", undefined, null, {}, [unknown]])
            expect(isUnknown(other)).toBe(false);
    });
});
