/**
 * How policies read type tokens and values. Does not show what the engine hands over: that is shown by the
 * policies' own tests, which run in the SDK's server.
 */
import { UnknownValueError } from "@pulumi/policy";
import fc from "fast-check";
import { giveUpOn, isAzure, isType, known } from "../../policies/support";
import { unknown } from "../support/policyRunner";

/** Guards properties as the server does; not in the SDK's declarations. */
const {
    unknownCheckingProxy,
}: { unknownCheckingProxy: (properties: object) => object } = require("@pulumi/policy");

describe("isType", () => {
    it.each([
        "azure-native:web:WebApp",
        "azure-native:web/v20240401:WebApp",
        "azure-native:web/v20240401preview:WebApp",
        "azure-native_web_v20240401:web:WebApp",
    ])("knows %s", (token) => {
        expect(isType(token, "web:WebApp")).toBe(true);
    });

    it.each([
        "",
        "azure-native:web:WebAppSlot",
        "azure-native:web:webapp",
        "azure-native:webx:WebApp",
        "azure-native:web/slots:WebApp",
        "not-azure-native:web:WebApp",
        "azure-native:web:WebApp:more",
    ])("does not take %j for it", (token) => {
        expect(isType(token, "web:WebApp")).toBe(false);
    });
});

describe("isAzure", () => {
    it.each([
        ["azure-native:web:WebApp", true],
        ["azure-native_web_v20240401:web:WebApp", true],
        ["azure-native-extra:web:WebApp", false],
        ["pulumi:providers:azure-native", false],
        ["azuread:index/application:Application", false],
    ])("answers for %s: %s", (token, expected) => {
        expect(isAzure(token)).toBe(expected);
    });
});

describe("known", () => {
    it("reads what is there and answers undefined for what is not, at any depth", () => {
        const props = unknownCheckingProxy({ a: { b: [{ c: 1 }], n: null }, s: "text" });
        expect(known(props, "a.b.0.c")).toEqual({ known: true, value: 1 });
        for (const path of ["z", "a.z", "a.b.7.c", "a.n.c", "s.length", "z.z.z"]) {
            expect(known(props, path)).toEqual({ known: true, value: undefined });
        }
    });

    it("answers an unknown instead of throwing, on whatever level it is", () => {
        for (const props of [{ a: unknown }, { a: { b: unknown } }, { a: { b: { c: unknown } } }]) {
            const found = known(unknownCheckingProxy(props), "a.b.c");
            expect(found.known).toBe(false);
            expect(() => giveUpOn([{ known: true, value: 1 }, found])).toThrow(UnknownValueError);
        }
    });

    it("never throws, whatever the properties hold", () => {
        const paths = fc.array(fc.string(), { minLength: 1 }).map((keys) => keys.join("."));
        fc.assert(
            fc.property(fc.object(), paths, (props, path) => {
                expect(known(unknownCheckingProxy(props), path).known).toBe(true);
            }),
        );
    });
});

describe("giveUpOn", () => {
    it("does nothing where everything is known", () => {
        expect(() => giveUpOn([{ known: true, value: undefined }])).not.toThrow();
    });
});
