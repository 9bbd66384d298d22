/**
 * How policies read type tokens and values. Does not show what the engine hands over: that is shown by the
 * policies' own tests, which run in the SDK's server.
 */
import fc from "fast-check";
import { resourceType } from "../../policies/tokens";
import {
    isAbsent,
    isFalse,
    isOneOf,
    isTrue,
    list,
    number,
    Reader,
    shown,
    word,
    words,
} from "../../policies/values";
import { unknown } from "../support/policyRunner";

/** Guards properties as the server does; not in the SDK's declarations. */
const {
    unknownCheckingProxy,
}: { unknownCheckingProxy: (properties: object) => object } = require("@pulumi/policy");

const reader = (props: object) => new Reader(unknownCheckingProxy(props));

describe("resourceType", () => {
    it.each([
        ["azure-native:web:WebApp", undefined],
        ["azure-native:web/v20240401:WebApp", "v20240401"],
        ["azure-native:web/v20240401preview:WebApp", "v20240401preview"],
        ["azure-native_web_v20240401:web:WebApp", "v20240401"],
        ["azure-native_web_v20240401preview:web:WebApp", "v20240401preview"],
        ["azure-native_web:web:WebApp", undefined],
    ])("knows the app in %s", (token, apiVersion) => {
        expect(resourceType(token)).toEqual({ name: "web:WebApp", family: "azure", apiVersion });
    });

    it.each([
        "azuread:index/application:Application",
        "azuread:index:Application",
        "azuread:applications/application:Application",
    ])("knows the application in %s", (token) => {
        expect(resourceType(token)).toEqual({ name: "azuread:Application", family: "directory" });
    });

    it.each([
        "",
        "not-azure-native:web:WebApp",
        "azure-native-extra:web:WebApp",
        "azure-native:web:WebApp:more",
        "azure-native:web/slots:WebApp",
        "pulumi:providers:azure-native",
        "azure:appservice/plan:Plan",
    ])("leaves %j as it is", (token) => {
        expect(resourceType(token)).toEqual({ name: token, family: "other" });
    });

    it("never throws, and answers the same each time", () => {
        fc.assert(
            fc.property(fc.string(), (token) => {
                expect(resourceType(token)).toBe(resourceType(token));
            }),
        );
    });
});

describe("a Reader", () => {
    it("reads what is there and answers undefined for what is not, at any depth", () => {
        const props = reader({ a: { b: [{ c: 1 }], n: null }, s: "text" });
        expect(props.read("a.b.0.c")).toEqual({ known: true, value: 1 });
        for (const path of [
            "z",
            "a.z",
            "a.b.7.c",
            "a.n.c",
            "s.length",
            "a.b.length.x",
            "constructor",
        ]) {
            expect(props.read(path)).toEqual({ known: true, value: undefined });
        }
        expect(props.unknown.size).toBe(0);
    });

    it("answers and remembers what is unknown, on whatever level it is", () => {
        for (const [props, path] of [
            [{ a: unknown }, "a"],
            [{ a: { b: unknown } }, "a.b"],
            [{ a: { b: { c: unknown } } }, "a.b.c"],
        ] as const) {
            const found = reader(props);
            expect(found.read("a.b.c")).toEqual({ known: false });
            expect(found.value("a.b.c")).toBeUndefined();
            expect([...found.unknown]).toEqual([path]);
        }
    });

    it("goes through a list and a map with unknown parts", () => {
        const props = reader({ list: [unknown, { a: 1 }], map: { "x.y": unknown, z: 2 } });
        expect(props.each("list").map((item) => item.value("a"))).toEqual([undefined, 1]);
        expect(props.each("list").map(({ where }) => where)).toEqual(["list[0]", "list[1]"]);
        expect(props.entries("map").map(([key, item]) => [key, item.value()])).toEqual([
            ["x.y", undefined],
            ["z", 2],
        ]);
        expect([...props.unknown]).toEqual(["list[0]", "map.x.y"]);
        expect(props.part("list").each("").length).toBe(2);
        for (const path of ["z", "map", "list.1.a"]) expect(props.each(path)).toEqual([]);
        for (const path of ["z", "list", "list.1.a"]) expect(props.entries(path)).toEqual([]);
    });

    it("never throws, whatever the properties hold", () => {
        const paths = fc.array(fc.string(), { minLength: 1 }).map((keys) => keys.join("."));
        fc.assert(
            fc.property(fc.object(), paths, (props, path) => {
                const found = reader(props);
                expect(found.read(path).known).toBe(true);
                found.each(path);
                found.entries(path);
            }),
        );
    });

    it("does not swallow errors that are not about unknown values", () => {
        const props = new Reader({
            get a() {
                throw new RangeError("no");
            },
        });
        expect(() => props.read("a")).toThrow(RangeError);
    });
});

describe("values", () => {
    it("read as Azure reads them", () => {
        for (const value of [true, "true", " True "]) expect(isTrue(value)).toBe(true);
        for (const value of [false, "false", "FALSE "]) expect(isFalse(value)).toBe(true);
        for (const value of [1, "yes", "1", null, undefined, {}]) {
            expect(isTrue(value)).toBe(false);
            expect(isFalse(value)).toBe(false);
        }
        for (const value of [undefined, null, "", "  "]) expect(isAbsent(value)).toBe(true);
        for (const value of [0, false, [], {}]) expect(isAbsent(value)).toBe(false);
        expect(word("  Deny ")).toBe("deny");
        expect(word(1)).toBeUndefined();
        expect(words(" SystemAssigned , UserAssigned,")).toEqual([
            "systemassigned",
            "userassigned",
        ]);
        expect(words(undefined)).toEqual([]);
        expect(number(" 2 ")).toBe(2);
        for (const value of ["", "two", null, undefined, true, []]) expect(number(value)).toBeNaN();
        expect(isOneOf(["B2"])(" b2")).toBe(true);
        expect(isOneOf(["B2"])(undefined)).toBe(false);
        expect(isOneOf([])("B2")).toBe(false);
    });

    it("are shown briefly", () => {
        expect(shown(undefined)).toBe("not set");
        expect(shown(" x ")).toBe('"x"');
        expect(shown("x".repeat(1000))).toHaveLength(82);
        expect(shown(3)).toBe("3");
        expect(shown({ a: 1 })).toBe("something else");
        expect(list([])).toBe("none");
        expect(list(["a", "b"])).toBe("a, b");
    });
});
