/**
 * Which locations the policy lets through, judged by the policy SDK's own server.
 * Cannot show where Azure keeps the data of a resource that has no location of its own.
 */
import { regionAllowList } from "../../policies/regionAllowList";
import { judge, unknown } from "../support/policyRunner";

const group = "azure-native:resources:ResourceGroup";
const cannotRun = expect.stringContaining("can't run policy 'region-allow-list'");

describe("region-allow-list", () => {
    it.each([
        group,
        "azure-native:web:WebApp",
        "azure-native:web/v20240401:WebApp",
        "azure-native_storage_v20240101:storage:StorageAccount",
    ])("judges %s, like everything of Azure that has a location", async (type) => {
        expect(await judge(regionAllowList, type, { location: "westeurope" })).toEqual([]);
        expect(await judge(regionAllowList, type, { location: "westus" })).toHaveLength(1);
    });

    it.each(["West Europe", "WESTEUROPE", " westeurope "])("lets %j through", async (location) => {
        expect(await judge(regionAllowList, group, { location })).toEqual([]);
    });

    it("lets through what is everywhere", async () => {
        expect(await judge(regionAllowList, group, { location: "Global" })).toEqual([]);
    });

    it("fails on a region that is not allowed, and says how to mend it", async () => {
        expect(await judge(regionAllowList, group, { location: "West US" })).toEqual([
            {
                level: "mandatory",
                message:
                    'A resource must be in an allowed region.\nlocation is "West US"; allowed: westeurope. ' +
                    'Set it with "pulumi config set location <one of these>".',
            },
        ]);
    });

    it.each(["westeurope2", "europe", ""])(
        "fails on %j, which only resembles one",
        async (location) => {
            expect(await judge(regionAllowList, group, { location })).toHaveLength(1);
        },
    );

    it.each([
        ["no location", {}],
        ["null for a location", { location: null }],
    ])("lets a resource with %s through: it is where its parent is", async (_, properties) => {
        const type = "azure-native:web:WebAppFtpAllowed";
        expect(await judge(regionAllowList, type, properties)).toEqual([]);
    });

    it("only advises where the location is unknown", async () => {
        const findings = await judge(regionAllowList, group, { location: unknown });
        expect(findings).toEqual([{ level: "advisory", message: cannotRun }]);
    });

    it("fails on a known location though everything else is unknown", async () => {
        const properties = { name: unknown, tags: unknown, sku: unknown, location: "westus" };
        const findings = await judge(regionAllowList, group, properties);
        expect(findings).toHaveLength(1);
        expect(findings[0]).toMatchObject({ level: "mandatory" });
    });

    it.each([
        "pulumi:providers:azure-native",
        "azuread:index/application:Application",
        "aws:s3:Bucket",
    ])("has nothing to say about %s", async (type) => {
        expect(await judge(regionAllowList, type, { location: "westus" })).toEqual([]);
    });

    describe("with a configuration", () => {
        const config = { listOfAllowedLocations: ["North Europe", "uksouth"] };

        it.each(["northeurope", "UK South", "global"])("lets %j through", async (location) => {
            expect(await judge(regionAllowList, group, { location }, config)).toEqual([]);
        });

        it("fails on what it does not allow, the default among it", async () => {
            const findings = await judge(
                regionAllowList,
                group,
                { location: "westeurope" },
                config,
            );
            expect(findings).toHaveLength(1);
            expect(findings[0]!.message).toContain("allowed: North Europe, uksouth.");
        });

        it("falls back to the default where it says nothing", async () => {
            expect(await judge(regionAllowList, group, { location: "westeurope" }, {})).toEqual([]);
            expect(await judge(regionAllowList, group, { location: "uksouth" }, {})).toHaveLength(
                1,
            );
        });
    });
});
