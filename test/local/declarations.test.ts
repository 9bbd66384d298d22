/**
 * What is read from the declarations of the installed SDKs, and that it is read once.
 * Cannot show that the SDKs declare what Azure takes; another version of them may move what is named here.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDirectory } from "../../engine/cache";
import { Declarations, type Declaration, type Shape } from "../../local/providers/declarations";
import { temporaryCache } from "../support/temporaryFolder";

temporaryCache();

const azureNative = new Declarations("@pulumi/azure-native");
const azureAd = new Declarations("@pulumi/azuread");

function declared(from: Declarations, token: string): Declaration {
    const declaration = from.find(token);
    if (!declaration) throw new Error(`${token} is not declared`);
    return declaration;
}

/** The property at a path such as `siteConfig.appSettings.name`; lists and maps are looked through. */
function property(declaration: Declaration, at: string) {
    const [first = "", ...rest] = at.split(".");
    let found = declaration.inputs[first]!;
    for (const name of rest) found = objectOf(declaration, found.shape)[name]!;
    return found;
}

function objectOf(declaration: Declaration, shape: Shape) {
    let inner = shape;
    while (inner.kind === "array" || inner.kind === "map") inner = inner.of;
    if (inner.kind !== "object") throw new Error(`${inner.kind} is no object`);
    return declaration.objects[inner.name]!;
}

describe("declarations of azure-native", () => {
    const webApp = declared(azureNative, "azure-native:web:WebApp");
    const storage = declared(azureNative, "azure-native:storage:StorageAccount");

    it.each([
        ["httpsOnly", { kind: "boolean" }],
        ["name", { kind: "string" }],
        ["containerSize", { kind: "number" }],
        ["tags", { kind: "map", of: { kind: "string" } }],
        ["siteConfig.defaultDocuments", { kind: "array", of: { kind: "string" } }],
        ["siteConfig.appSettings.value", { kind: "string" }],
        ["siteConfig.azureStorageAccounts.shareName", { kind: "string" }],
    ])("give %s its type", (at, shape) => {
        expect(property(webApp, at).shape).toEqual(shape);
    });

    it("give closed enums their values", () => {
        expect(property(webApp, "clientCertMode").shape).toEqual({
            kind: "enum",
            values: ["Required", "Optional", "OptionalInteractiveUser"],
        });
        expect(property(storage, "networkRuleSet.defaultAction").shape).toEqual({
            kind: "enum",
            values: ["Allow", "Deny"],
        });
    });

    it.each(["siteConfig.ftpsState", "siteConfig.minTlsVersion"])(
        "take any string for %s, an open enum",
        (at) => {
            expect(property(webApp, at).shape).toEqual({ kind: "string" });
        },
    );

    it("tell required properties from optional ones, on any level", () => {
        const required = Object.entries(storage.inputs).filter(([, input]) => input.required);
        expect(required.map(([name]) => name).sort()).toEqual(["kind", "resourceGroupName", "sku"]);
        expect(property(storage, "sku.name").required).toBe(true);
        expect(property(storage, "networkRuleSet").required).toBe(false);
        expect(property(storage, "networkRuleSet.defaultAction").required).toBe(true);
    });

    it("know what is one of several objects", () => {
        const compute = declared(azureNative, "azure-native:machinelearningservices:Compute");
        const { shape } = property(compute, "properties");
        expect(shape).toMatchObject({
            kind: "union",
            of: expect.arrayContaining([
                { kind: "object", name: "machinelearningservices.AmlComputeArgs" },
            ]),
        });
    });

    it("hold every object that an input refers to, at any depth", () => {
        for (const { inputs, objects } of [webApp, storage]) {
            const missing = new Set<string>();
            const visit = (shape: Shape): void => {
                if (shape.kind === "object" && !(shape.name in objects)) missing.add(shape.name);
                if (shape.kind === "array" || shape.kind === "map") visit(shape.of);
                if (shape.kind === "union") shape.of.forEach(visit);
            };
            for (const properties of [inputs, ...Object.values(objects)]) {
                for (const { shape } of Object.values(properties)) visit(shape);
            }
            expect([...missing]).toEqual([]);
        }
    });

    it("list outputs and the API version", () => {
        expect(webApp.outputs).toEqual(expect.arrayContaining(["defaultHostName", "hostNames"]));
        expect(webApp.outputs).not.toContain("siteConfigArgs");
        expect(webApp.apiVersion).toMatch(/^\d{4}-\d{2}-\d{2}/);
    });

    it("end where a type contains itself", () => {
        const pipeline = declared(azureNative, "azure-native:datafactory:Pipeline");
        const expression = "datafactory.ExpressionV2Args";
        expect(pipeline.objects[expression]!.operands!.shape).toEqual({
            kind: "array",
            of: { kind: "object", name: expression },
        });
    });
});

describe("declarations of azuread", () => {
    const application = declared(azureAd, "azuread:index/application:Application");

    it("are found by the bridge's type tokens", () => {
        expect(property(application, "displayName")).toEqual({
            shape: { kind: "string" },
            required: true,
        });
        expect(property(application, "api.requestedAccessTokenVersion").shape.kind).toBe("number");
        expect(property(application, "requiredResourceAccesses.resourceAccesses.id").required).toBe(
            true,
        );
        expect(application.outputs).toContain("clientId");
        expect(application.apiVersion).toBeUndefined();
    });
});

describe("find", () => {
    it.each([
        "",
        "azure-native",
        "azure-native:web",
        "azure-native:web:NoSuchType",
        "azure-native:nosuch:WebApp",
        "azure-native:web:.*",
        "azure-native:..:WebApp",
    ])("finds nothing for %j", (token) => {
        expect(azureNative.find(token)).toBeUndefined();
    });
});

describe("the cache of declarations", () => {
    const token = "azure-native:resources:ResourceGroup";
    const fresh = () => new Declarations("@pulumi/azure-native");
    const cachedFile = () => {
        const folder = path.join(cacheDirectory(), "declarations");
        const files = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
        const name = files.find(
            (file) => path.basename(file) === `${encodeURIComponent(token)}.json`,
        );
        return path.join(folder, name!);
    };

    it("answers the second time, in place of the SDK", () => {
        const read = fresh().find(token);
        const planted = { inputs: {}, outputs: ["planted"], objects: {} };
        expect(JSON.parse(fs.readFileSync(cachedFile(), "utf8"))).toEqual(read);
        fs.writeFileSync(cachedFile(), JSON.stringify(planted));
        expect(fresh().find(token)).toEqual(planted);
        fs.rmSync(cachedFile());
        expect(fresh().find(token)).toEqual(read);
    });

    it("is made anew where a file is cut off", () => {
        const read = fresh().find(token);
        const text = fs.readFileSync(cachedFile(), "utf8");
        fs.writeFileSync(cachedFile(), text.slice(0, 20));
        expect(fresh().find(token)).toEqual(read);
        expect(fs.readFileSync(cachedFile(), "utf8")).toBe(text);
    });

    it("is kept per version of the SDK", () => {
        const { version } = require("@pulumi/azure-native/package.json") as { version: string };
        fresh().find(token);
        expect(cachedFile()).toContain(version);
    });
});
