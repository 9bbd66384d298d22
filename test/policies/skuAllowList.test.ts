/**
 * Which plans the policy lets through, judged by the policy SDK's own server.
 * Cannot show that the engine asks about every resource: test/engine runs the pack on the whole stack.
 */
import { skuAllowList } from "../../policies/skuAllowList";
import { judge, unknown } from "../support/policyRunner";

const plan = "azure-native:web:AppServicePlan";
const compliant = { name: "p", sku: { name: "B2", capacity: 1 } };
const cannotRun = expect.stringContaining("can't run policy 'sku-allow-list'");

describe("sku-allow-list", () => {
    it("lets an allowed size with an allowed number of instances through", async () => {
        expect(await judge(skuAllowList, plan, compliant)).toEqual([]);
    });

    it("lets a plan through that leaves the number of instances to Azure, which is one", async () => {
        expect(await judge(skuAllowList, plan, { sku: { name: "B2" } })).toEqual([]);
    });

    it.each(["b2", " B2 ", "B2\n"])(
        "lets %j through, whatever its case and spacing",
        async (name) => {
            expect(await judge(skuAllowList, plan, { sku: { name } })).toEqual([]);
        },
    );

    it("fails on a size that is not allowed, and says how to mend it", async () => {
        const findings = await judge(skuAllowList, plan, { sku: { name: "P3v3" } });
        expect(findings).toEqual([
            {
                level: "mandatory",
                message:
                    "An App Service plan must have an allowed size and an allowed number of instances.\n" +
                    'sku.name is "P3v3"; allowed: B2. Set it with "pulumi config set sku <one of these>".',
            },
        ]);
    });

    it.each([
        ["no sku", {}],
        ["null for a sku", { sku: null }],
        ["no name in its sku", { sku: { tier: "Basic", capacity: 1 } }],
    ])("fails on a plan with %s, which Azure would choose itself", async (_, properties) => {
        const findings = await judge(skuAllowList, plan, properties);
        expect(findings).toHaveLength(1);
        expect(findings[0]!.message).toContain("sku.name is not set; allowed: B2.");
    });

    it.each([2, "2"])("fails on more instances than allowed: %j", async (capacity) => {
        const findings = await judge(skuAllowList, plan, { sku: { name: "B2", capacity } });
        expect(findings).toHaveLength(1);
        expect(findings[0]).toMatchObject({ level: "mandatory" });
        expect(findings[0]!.message).toContain(
            'sku.capacity is 2; at most 1 allowed. Set it with "pulumi config set instances 1".',
        );
    });

    it("fails on size and number at once", async () => {
        const properties = { sku: { name: "P3v3", capacity: 9 } };
        expect(await judge(skuAllowList, plan, properties)).toHaveLength(2);
    });

    it.each([
        ["sku", { sku: unknown }],
        ["sku.name", { sku: { name: unknown, capacity: 1 } }],
        ["sku.capacity", { sku: { name: "B2", capacity: unknown } }],
    ])("only advises where %s is unknown", async (_, properties) => {
        const findings = await judge(skuAllowList, plan, properties);
        expect(findings).toEqual([{ level: "advisory", message: cannotRun }]);
    });

    it.each([
        ["capacity", { sku: { name: "P3v3", capacity: unknown } }, "sku.name is"],
        ["name", { sku: { name: unknown, capacity: 9 } }, "sku.capacity is"],
    ])("fails on what is known though the %s is not", async (_, properties, text) => {
        expect(await judge(skuAllowList, plan, properties)).toEqual([
            { level: "mandatory", message: expect.stringContaining(text) },
            { level: "advisory", message: cannotRun },
        ]);
    });

    it("is not kept from judging by unknowns elsewhere", async () => {
        const properties = { ...compliant, name: unknown, tags: unknown, location: unknown };
        expect(await judge(skuAllowList, plan, properties)).toEqual([]);
    });

    it.each([
        "azure-native:web/v20240401:AppServicePlan",
        "azure-native_web_v20240401:web:AppServicePlan",
    ])("fails on a plan of the versioned type %s", async (type) => {
        expect(await judge(skuAllowList, type, { sku: { name: "P3v3" } })).toHaveLength(1);
    });

    it.each([
        "azure-native:web:WebApp",
        "azure-native:web:AppServicePlanRouteForVnet",
        "azure-native:compute:AppServicePlan",
        "azure:appservice/plan:Plan",
        "my:web:AppServicePlan",
        "pulumi:providers:azure-native",
    ])("has nothing to say about %s", async (type) => {
        expect(await judge(skuAllowList, type, { sku: { name: "P3v3" } })).toEqual([]);
    });

    describe("with a configuration", () => {
        const config = { appServicePlan: ["f1", "P0v3"], maxCapacity: 3 };

        it("lets through what it allows", async () => {
            const properties = { sku: { name: "F1", capacity: 3 } };
            expect(await judge(skuAllowList, plan, properties, config)).toEqual([]);
        });

        it("fails on what it does not allow, the default among it", async () => {
            const properties = { sku: { name: "B2", capacity: 4 } };
            const messages = (await judge(skuAllowList, plan, properties, config)).map(
                ({ message }) => message,
            );
            expect(messages).toEqual([
                expect.stringContaining('sku.name is "B2"; allowed: f1, P0v3.'),
                expect.stringContaining("sku.capacity is 4; at most 3 allowed."),
            ]);
        });

        it("keeps the default of what it leaves out", async () => {
            const properties = { sku: { name: "P0v3", capacity: 2 } };
            const partial = { appServicePlan: ["P0v3"] };
            const findings = await judge(skuAllowList, plan, properties, partial);
            expect(findings).toHaveLength(1);
            expect(findings[0]!.message).toContain("at most 1 allowed");
        });

        it("fails on every size where it allows none", async () => {
            const none = { appServicePlan: [] };
            expect(await judge(skuAllowList, plan, compliant, none)).toHaveLength(1);
        });
    });
});
