/**
 * What the checks find wrong with inputs, judged by the declarations of the installed SDKs.
 * Cannot show what Azure itself refuses: its rules between properties stand in no declaration.
 */
import fc from "fast-check";
import { checkInputs } from "../../local/providers/check";
import { Declarations } from "../../local/providers/declarations";
import { unknown } from "../../local/providers/values";
import { temporaryCache } from "../support/temporaryFolder";

temporaryCache();

const sdks = {
    "azure-native": new Declarations("@pulumi/azure-native"),
    azuread: new Declarations("@pulumi/azuread"),
};

const application = "azuread:index/application:Application";
const password = "azuread:index/applicationPassword:ApplicationPassword";
const plan = "azure-native:web:AppServicePlan";
const webApp = "azure-native:web:WebApp";
const assignment = "azure-native:authorization:RoleAssignment";
const network = "azure-native:network:VirtualNetwork";
const storage = "azure-native:storage:StorageAccount";
const compute = "azure-native:machinelearningservices:Compute";

/** What is wrong, as `property: reason`. */
function check(type: string, inputs: Record<string, unknown>): string[] {
    const declaration = sdks[type.split(":")[0] as keyof typeof sdks].find(type)!;
    return checkInputs(declaration, inputs).map(({ property, reason }) => `${property}: ${reason}`);
}

/** Inputs that nothing is wrong with, by type. */
const right: Record<string, Record<string, unknown>> = {
    [plan]: { resourceGroupName: "g", sku: { name: "B2", capacity: 1 }, reserved: true },
    [webApp]: {
        resourceGroupName: "g",
        httpsOnly: true,
        identity: { type: "SystemAssigned" },
        siteConfig: { ftpsState: "Disabled", appSettings: [{ name: "A", value: "1" }] },
        tags: { env: "dev" },
    },
    [assignment]: { principalId: "p", roleDefinitionId: "r", scope: "/s" },
    [network]: {
        resourceGroupName: "g",
        addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
        subnets: [{ name: "s", addressPrefix: "10.0.0.0/24" }],
    },
    [storage]: {
        resourceGroupName: "g",
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        networkRuleSet: { defaultAction: "Deny", ipRules: [{ iPAddressOrRange: "203.0.113.7" }] },
    },
    [compute]: {
        resourceGroupName: "g",
        workspaceName: "w",
        properties: { computeType: "AmlCompute", properties: { vmSize: "Standard_DS3_v2" } },
    },
    [application]: { displayName: "a", api: { requestedAccessTokenVersion: 2 } },
    [password]: { applicationId: "/applications/x", rotateWhenChanged: { time: "1" } },
};

describe("checks", () => {
    it.each(Object.keys(right))("find nothing wrong with good inputs of %s", (type) => {
        expect(check(type, right[type]!)).toEqual([]);
    });

    it.each([
        [
            webApp,
            { httpOnly: true },
            "httpOnly: 'httpOnly' is not a known property; did you mean 'httpsOnly'?",
        ],
        [
            webApp,
            { siteConfig: { minTLSVersion: "1.2" } },
            "siteConfig.minTLSVersion: 'siteConfig.minTLSVersion' is not a known property; did you mean 'minTlsVersion'?",
        ],
        [
            webApp,
            { siteConfig: { appSettings: [{ name: "A", value: "1" }, { key: "B" }] } },
            "siteConfig.appSettings[1].key: 'siteConfig.appSettings[1].key' is not a known property",
        ],
        [plan, { constructor: "x" }, "constructor: 'constructor' is not a known property"],
        [
            network,
            { subnets: [{ adressPrefix: "x" }] },
            "subnets[0].adressPrefix: 'subnets[0].adressPrefix' is not a known property; did you mean 'addressPrefix'?",
        ],
        [
            storage,
            { networkRuleSet: { defaultAction: "Deny", bypas: "x" } },
            "networkRuleSet.bypas: 'networkRuleSet.bypas' is not a known property; did you mean 'bypass'?",
        ],
        [
            application,
            { displayname: "x" },
            "displayname: 'displayname' is not a known property; did you mean 'displayName'?",
        ],
    ])("fail on what %s does not know: %j", (type, added, expected) => {
        expect(check(type, { ...right[type], ...added })).toEqual([expected]);
    });

    it("name no other property where none is near", () => {
        const [reason] = check(plan, { ...right[plan], somethingElse: 1 });
        expect(reason).toMatch(/is not a known property$/);
    });

    it.each([
        [plan, "resourceGroupName", "resourceGroupName"],
        [assignment, "principalId", "principalId"],
        [network, "resourceGroupName", "resourceGroupName"],
        [storage, "sku", "sku"],
        [application, "displayName", "displayName"],
        [password, "applicationId", "applicationId"],
    ])("fail on a %s without %s", (type, name, at) => {
        const expected = [`${at}: missing required property '${at}'`];
        const { [name]: _, ...rest } = right[type]!;
        expect(check(type, rest)).toEqual(expected);
        expect(check(type, { ...rest, [name]: null })).toEqual(expected);
    });

    it("fail on what is missing inside of an object of a list", () => {
        const rules = { defaultAction: "Deny", ipRules: [{ action: "Allow" }] };
        expect(check(storage, { ...right[storage], sku: {}, networkRuleSet: rules })).toEqual([
            "sku.name: missing required property 'sku.name'",
            "networkRuleSet.ipRules[0].iPAddressOrRange: missing required property 'networkRuleSet.ipRules[0].iPAddressOrRange'",
        ]);
    });

    it.each([
        [webApp, "httpsOnly", "true", "boolean", "a string"],
        [webApp, "httpsOnly", { on: true }, "boolean", "an object"],
        [webApp, "name", ["a"], "string", "an array"],
        [webApp, "siteConfig", "x", "object", "a string"],
        [webApp, "siteConfig", [], "object", "an array"],
        [webApp, "tags", "x", "object", "a string"],
        [plan, "maximumElasticWorkerCount", "1", "number", "a string"],
        [network, "subnets", { name: "s" }, "array", "an object"],
        [storage, "kind", 1, "string", "a number"],
        [application, "displayName", true, "string", "a boolean"],
        [application, "owners", "me", "array", "a string"],
    ])("fail on a %s whose %s is of the wrong type: %j", (type, name, value, wanted, got) => {
        expect(check(type, { ...right[type], [name]: value })).toEqual([
            `${name}: '${name}' should be of type '${wanted}' but got ${got}`,
        ]);
    });

    it("fail on a wrong type at any depth", () => {
        const siteConfig = { appSettings: [{ name: "A", value: 1 }] };
        expect(check(webApp, { ...right[webApp], siteConfig, tags: { a: 1 } })).toEqual([
            "siteConfig.appSettings[0].value: 'siteConfig.appSettings[0].value' should be of type 'string' but got a number",
            "tags.a: 'tags.a' should be of type 'string' but got a number",
        ]);
    });

    it("fail on a value outside of a closed enum, and list the values", () => {
        const networkRuleSet = { defaultAction: "Block" };
        expect(check(storage, { ...right[storage], networkRuleSet })).toEqual([
            "networkRuleSet.defaultAction: 'networkRuleSet.defaultAction' must be one of Allow, Deny, but got a string",
        ]);
        for (const clientCertMode of ["Never", "", 1, ["Required"], {}]) {
            expect(check(webApp, { ...right[webApp], clientCertMode })).toHaveLength(1);
        }
    });

    it("take the values of a closed enum in any case, as Azure does", () => {
        const identity = { type: "systemassigned" };
        expect(check(webApp, { ...right[webApp], identity })).toEqual([]);
    });

    it("take any string where an enum is open", () => {
        const siteConfig = { ftpsState: "Newer", minTlsVersion: "9.9" };
        expect(check(webApp, { ...right[webApp], siteConfig })).toEqual([]);
        expect(check(storage, { ...right[storage], kind: "StorageV9" })).toEqual([]);
    });

    it("judge one of several objects by the one that fits best", () => {
        const properties = {
            computeType: "AmlCompute",
            properties: { vmSize: "Standard_DS3_v2", scaleSettings: { maxNodeCount: "4" } },
        };
        const failures = check(compute, { ...right[compute], properties });
        expect(failures).toEqual([
            "properties.properties.scaleSettings.maxNodeCount: 'properties.properties.scaleSettings.maxNodeCount' should be of type 'number' but got a string",
        ]);
    });

    it("find nothing wrong with what is not known yet, wherever it is", () => {
        for (const [type, inputs] of Object.entries(right)) {
            const unknowns = Object.fromEntries(Object.keys(inputs).map((name) => [name, unknown]));
            expect(check(type, unknowns)).toEqual([]);
        }
        const siteConfig = { alwaysOn: unknown, appSettings: [unknown, { name: unknown }] };
        expect(check(webApp, { ...right[webApp], siteConfig, tags: { a: unknown } })).toEqual([]);
    });

    it("do not mind the provider's own notes, nor what is absent", () => {
        const inputs = { ...right[plan], __createBeforeDelete: true, kind: null, tags: undefined };
        expect(check(plan, inputs)).toEqual([]);
    });

    it("say where a location comes from, where a type needs one", () => {
        const declaration = { inputs: { location: { shape: { kind: "string" }, required: true } } };
        const failures = checkInputs({ ...declaration, outputs: [], objects: {} } as never, {});
        expect(failures.map(({ reason }) => reason)).toEqual([
            "missing required property 'location'. Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'.",
        ]);
    });

    const marker = "correct-horse-battery-staple";
    const names = fc.constantFrom(
        ...["name", "siteConfig", "identity", "tags", "type", "appSettings", "httpsOnly"],
        ...["clientCertMode", "constructor", "displayName", "api", "sku", "kind", "other"],
    );
    const { anything } = fc.letrec<{ anything: unknown }>((tie) => ({
        anything: fc.oneof(
            { maxDepth: 4 },
            fc.constantFrom(marker, unknown, null, 1, true),
            fc.array(tie("anything"), { maxLength: 3 }),
            fc.dictionary(names, tie("anything"), { maxKeys: 4 }),
        ),
    }));

    it("never throw, and never show a value, which may be a secret", () => {
        const types = fc.constantFrom(...Object.keys(right));
        let failures = 0;
        fc.assert(
            fc.property(types, fc.dictionary(names, anything), (type, inputs) => {
                for (const text of check(type, { ...right[type], ...inputs })) {
                    failures++;
                    expect(text).not.toContain(marker);
                }
            }),
        );
        expect(failures).toBeGreaterThan(0);
    });
});
