/**
 * What may be bought, and where, judged by the policy SDK's own server.
 * Cannot show what anything costs, nor where Azure keeps the data of what has no location of its own.
 */
import * as fc from "fast-check";
import { regions } from "../../azure/regions";
import { allowedResourceTypes } from "../../policies/rules/allowedResourceTypes";
import { planLinux } from "../../policies/rules/planLinux";
import { planResilience } from "../../policies/rules/planResilience";
import { regionAllowList } from "../../policies/rules/regionAllowList";
import { singleResourceGroup } from "../../policies/rules/singleResourceGroup";
import { skuAllowList } from "../../policies/rules/skuAllowList";
import { judge, unknown } from "../support/policyRunner";
import { describeRule } from "../support/ruleCases";

const compute = "machinelearningservices:Compute";
const cluster = "containerservice:ManagedCluster";
const group = "containerinstance:ContainerGroup";

function ml(computeType: string, vmSize: unknown, more = {}) {
    return { properties: { computeType, properties: { vmSize, ...more } } };
}

describeRule(skuAllowList, {
    compliant: [
        { what: "an allowed plan", props: { sku: { name: "B2", capacity: 1 } } },
        { what: "one in other letters", props: { sku: { name: " b2 ", capacity: "1" } } },
        {
            what: "a plan with its own tier and size",
            props: { sku: { name: "B2", tier: "basic", size: "B2", capacity: null } },
        },
        {
            what: "a plan that only the configuration allows",
            props: { sku: { name: "P0v3", capacity: 3 } },
            config: { appServicePlan: ["p0V3"], maxCapacity: 3 },
        },
        {
            what: "an allowed cluster",
            type: cluster,
            props: { agentPoolProfiles: [{ vmSize: "standard_d2s_V5", count: 3 }] },
        },
        { what: "an allowed compute", type: compute, props: ml("AmlCompute", "STANDARD_DS2_V2") },
        {
            what: "an attached cluster, which is bought elsewhere",
            type: compute,
            props: { properties: { computeType: "Kubernetes" } },
        },
        {
            what: "an allowed container group",
            type: group,
            props: { containers: [{ resources: { requests: { cpu: 2 } } }] },
        },
    ],
    violating: [
        {
            what: "a plan of another size",
            props: { sku: { name: "P3v3" } },
            finds: ['sku.name is "P3v3"; allowed: B2.'],
        },
        {
            what: "too many instances, as text too",
            props: { sku: { name: "B2", capacity: "2" } },
            finds: ['sku.capacity is "2"; at most 1 allowed. Fix: capacity: 1.'],
        },
        {
            what: "both, and a capacity that is none",
            props: { sku: { name: "S1", capacity: "many" } },
            finds: ["sku.name", "sku.capacity"],
        },
        {
            what: "a tier and a size of another plan",
            props: { sku: { name: "B2", tier: "PremiumV3", size: "P1v3" } },
            finds: ['sku.tier is "PremiumV3"; allowed: "Basic"', "sku.size"],
        },
        {
            what: "a node pool of another size, and too many nodes",
            type: cluster,
            props: {
                agentPoolProfiles: [
                    { vmSize: "Standard_D2s_v5", count: 1, maxCount: 100 },
                    { vmSize: "Standard_NC24ads_A100_v4" },
                ],
            },
            finds: ["agentPoolProfiles[0].maxCount is 100", "agentPoolProfiles[1].vmSize is"],
        },
        {
            what: "a pool of its own",
            type: "containerservice:AgentPool",
            props: { vmSize: "Standard_D64s_v5", count: 9 },
            finds: ["vmSize", "count is 9"],
        },
        {
            what: "a compute of another size",
            type: compute,
            props: ml("ComputeInstance", "Standard_ND96"),
            finds: ['properties.properties.vmSize is "Standard_ND96"'],
        },
        {
            what: "too large a compute cluster",
            type: compute,
            props: ml("AmlCompute", "Standard_DS2_v2", { scaleSettings: { maxNodeCount: 50 } }),
            finds: ["maxNodeCount is 50; at most 2 allowed"],
        },
        {
            what: "a container group with a GPU, too many CPUs and another sku",
            type: group,
            props: {
                sku: "Dedicated",
                containers: [
                    { resources: { requests: { cpu: 3, gpu: { count: 1, sku: "V100" } } } },
                    { resources: { requests: { cpu: 2 } } },
                ],
            },
            finds: ['sku is "Dedicated"', "requests.gpu is set", "cpu is 5 in all"],
        },
    ],
    unset: [
        { what: "the sku of a plan", props: {}, finds: ["sku.name is not set"] },
        { what: "its capacity, which is then one", props: { sku: { name: "B2" } } },
        {
            what: "the size of a pool",
            type: cluster,
            props: { agentPoolProfiles: [{}] },
            finds: ["vmSize is not set"],
        },
    ],
    unknown: [
        {
            what: "the capacity of a plan of another size",
            props: { sku: { name: "P3v3", capacity: unknown } },
            finds: ["sku.name"],
            waits: "sku.capacity is",
        },
        {
            what: "the name of a plan that is too large",
            props: { sku: { name: unknown, capacity: 9 } },
            finds: ["sku.capacity"],
            waits: "sku.name is",
        },
        { what: "the sku as a whole", props: { sku: unknown }, waits: "sku is" },
        { what: "everything else", props: { sku: { name: "B2" }, name: unknown, tags: unknown } },
    ],
});

describe("sku-allow-list", () => {
    it("fails on every size where the configuration allows none", async () => {
        const resource = {
            type: "azure-native:web:AppServicePlan",
            props: { sku: { name: "B2" } },
        };
        const [found] = await judge(skuAllowList, resource, { appServicePlan: [] });
        expect(found!.message).toContain('sku.name is "B2"; allowed: none.');
    });

    it("has the same defaults with the engine and without it", async () => {
        const resource = {
            type: "azure-native:web:AppServicePlan",
            props: { sku: { name: "P3v3", capacity: 7 } },
        };
        expect(await judge(skuAllowList, resource)).toEqual(
            await judge(skuAllowList, resource, {}),
        );
    });
});

describeRule(planLinux, {
    compliant: [
        { what: "a Linux plan", props: { reserved: true, kind: "linux" } },
        { what: "one in other spellings", props: { reserved: "True", kind: "Functionapp, Linux" } },
    ],
    violating: [
        {
            what: "a Windows plan",
            props: { reserved: false, kind: "app" },
            finds: ["reserved is false; allowed: true", 'kind is "app"; allowed: "linux"'],
        },
        {
            what: "a kind that only resembles Linux",
            props: { reserved: true, kind: "linuxlike" },
            finds: ["kind"],
        },
    ],
    unset: [{ what: "both", props: {}, finds: ["reserved is not set", "kind is not set"] }],
    unknown: [
        {
            what: "reserved, of another kind",
            props: { reserved: unknown, kind: "windows" },
            finds: ["kind"],
            waits: "reserved is",
        },
    ],
});

describeRule(regionAllowList, {
    compliant: [
        { what: "an allowed region", props: { location: "westeurope" } },
        { what: "one as people write it", props: { location: " West Europe " } },
        {
            what: "one that only the configuration allows",
            props: { location: "uksouth" },
            config: { listOfAllowedLocations: ["UK South"] },
        },
        {
            what: "what is everywhere",
            type: "monitor:ActionGroup",
            props: { location: "Global" },
        },
        {
            what: "replicas in allowed regions",
            type: "cosmosdb:DatabaseAccount",
            props: { location: "westeurope", locations: [{ locationName: "West Europe" }] },
        },
    ],
    violating: [
        {
            what: "another region",
            props: { location: "West US" },
            finds: ['location is "West US"; allowed: westeurope. Fix: location: "<one of these>".'],
        },
        {
            what: "a resource group elsewhere",
            type: "resources:ResourceGroup",
            props: { location: "westus" },
            finds: ["location"],
        },
        {
            what: "a region that only resembles an allowed one",
            props: { location: "westeurope2" },
            finds: ["location"],
        },
        { what: "an empty region", props: { location: "" }, finds: ["location is empty"] },
        {
            what: "everywhere, of something that is somewhere",
            props: { location: "global" },
            finds: ["location"],
        },
        {
            what: "replicas elsewhere",
            type: "cosmosdb:DatabaseAccount",
            props: {
                location: "westeurope",
                locations: [{ locationName: "westeurope" }, { locationName: "East US" }],
            },
            finds: ['locations[1].locationName is "East US"'],
        },
        {
            what: "a registry's replica elsewhere",
            type: "containerregistry:Replication",
            props: { location: "eastus" },
            finds: ["location"],
        },
        {
            what: "the compute of a workspace elsewhere",
            type: compute,
            props: { properties: { computeLocation: "eastus" } },
            finds: ["properties.computeLocation"],
        },
    ],
    unset: [
        { what: "the location of a child, which is where its parent is", props: {} },
        { what: "one that is null", props: { location: null } },
    ],
    unknown: [
        { what: "the location", props: { location: unknown }, waits: "location is" },
        {
            what: "everything but the location",
            props: { name: unknown, tags: unknown, sku: unknown, location: "westus" },
            finds: ["location"],
        },
        {
            what: "one replica of two",
            type: "cosmosdb:DatabaseAccount",
            props: { locations: [{ locationName: unknown }, { locationName: "eastus" }] },
            finds: ["locations[1]"],
            waits: "locations[0].locationName is",
        },
    ],
    otherTypes: [
        "pulumi:providers:azure-native",
        "azuread:index/application:Application",
        "aws:s3:Bucket",
        "my:index:Component",
    ],
});

describe("region-allow-list", () => {
    it("lets every region through in any spelling, and no other", async () => {
        const spelling = fc
            .constantFrom(...regions)
            .chain((region) => fc.tuple(fc.constant(region), fc.constantFrom(...regions)));
        await fc.assert(
            fc.asyncProperty(spelling, fc.boolean(), async ([allowed, used], upper) => {
                const spaced = [...used].join(" ");
                const location = upper ? spaced.toUpperCase() : spaced;
                const resource = { type: "azure-native:web:WebApp", props: { location } };
                const config = { listOfAllowedLocations: [allowed] };
                const found = await judge(regionAllowList, resource, config);
                expect(found).toHaveLength(allowed === used ? 0 : 1);
            }),
        );
    });
});

describeRule(allowedResourceTypes, {
    compliant: [
        { what: "an allowed type" },
        { what: "one of an allowed module", type: "keyvault:Vault" },
        ...[
            "RoleAssignment",
            "RoleDefinition",
            "PimRoleEligibilitySchedule",
            "ManagementLockByScope",
        ].map((name) => ({ what: name, type: `authorization:${name}` })),
        { what: "one of a stable version", type: "azure-native:web/v20240401:WebApp" },
        { what: "what is not of Azure", type: "random:index/randomId:RandomId" },
        { what: "a component", type: "my:index:Component" },
        {
            what: "a template that the configuration names",
            type: "resources:Deployment",
            config: { listOfResourceTypesAllowed: ["resources:Deployment"] },
        },
        {
            what: "a preview that the configuration names",
            type: "azure-native:web/v20240401preview:WebApp",
            config: {
                listOfResourceTypesAllowed: ["web:WebApp", "web:WebApp@v20240401preview"],
            },
        },
    ],
    violating: [
        {
            what: "a type that nobody has allowed",
            type: "compute:VirtualMachine",
            finds: ["The type compute:VirtualMachine is not in the list"],
        },
        {
            what: "a template",
            type: "resources:DeploymentAtSubscriptionScope",
            finds: ["able to deploy anything"],
        },
        {
            what: "what hands out rights in its own way",
            type: "authorization:PolicyAssignment",
            finds: ["not in the list"],
        },
        { what: "an untyped resource", type: "resources:Resource", finds: ["able to deploy"] },
        { what: "a script", type: "resources:AzureCliScript", finds: ["able to deploy"] },
        {
            what: "the escape hatches of a module that is allowed as a whole",
            type: "resources:Resource",
            config: { listOfResourceTypesAllowed: ["resources:*"] },
            finds: ["able to deploy"],
        },
    ],
    unset: [{ what: "all properties", type: "compute:Disk", finds: ["compute:Disk"] }],
    unknown: [
        { what: "all properties", type: "compute:Disk", props: { a: unknown }, finds: ["Disk"] },
    ],
    otherTypes: ["pulumi:providers:azure-native", "azuread:index/user:User", "aws:s3:Bucket"],
});

describe("allowed-resource-types", () => {
    it.each([
        ["azure:appservice/appService:AppService", "classic provider"],
        ["azure-native:web/v20240401preview:WebApp", "a preview of its API (v20240401preview)"],
        ["azure-native_web_v20240401preview:web:WebApp", "a preview of its API"],
    ])("fails on %s", async (type, text) => {
        const [found, ...more] = await judge(allowedResourceTypes, { type, props: {} });
        expect(found).toMatchObject({ level: "mandatory" });
        expect(found!.message).toContain(text);
        expect(more).toEqual([]);
    });
});

const scope = (name: string, props = {}) => ({
    type: "resources:ResourceGroup",
    name,
    props: { name: `${name}-rg`, ...props },
    inputs: { resourceGroupName: `${name}-rg` },
});
const app = (inputs: object, sources: Record<string, string[]> = {}) => ({
    type: "web:WebApp",
    name: "app",
    // What a provider answers does not say where it is.
    props: { name: "app" },
    inputs: { name: "app", ...inputs },
    sources,
});

describeRule(singleResourceGroup, {
    compliant: [
        { what: "one group", resources: [scope("a"), app({ resourceGroupName: "A-RG" })] },
        {
            what: "a group that is elsewhere, and the same for all",
            resources: [
                app({ resourceGroupName: "shared" }),
                { ...app({ resourceGroupName: "Shared" }), name: "other" },
            ],
        },
        {
            what: "several groups that the configuration allows",
            resources: [scope("a"), scope("b"), app({ resourceGroupName: "b-rg" })],
            config: { allowedResourceGroups: ["a-rg", "b-rg"] },
        },
        { what: "an empty stack", resources: [] },
    ],
    violating: [
        {
            what: "a resource in another group",
            resources: [scope("a"), app({ resourceGroupName: "other" })],
            finds: ['Its resource group is "other"; allowed: a-rg.'],
        },
        {
            what: "a second group",
            resources: [scope("a"), scope("b")],
            finds: ['one group more than "a"'],
        },
        {
            what: "a group that the configuration does not allow",
            resources: [app({ resourceGroupName: "other" })],
            config: { allowedResourceGroups: ["a-rg"] },
            finds: ["allowed: a-rg"],
        },
    ],
    unset: [{ what: "the group of what is in none", resources: [scope("a"), app({})] }],
    unknown: [
        {
            what: "a name that comes from the group",
            resources: [
                scope("a"),
                app({ resourceGroupName: unknown }, { resourceGroupName: ["a"] }),
            ],
        },
        {
            what: "a name that comes from elsewhere",
            resources: [
                scope("a"),
                { ...app({ resourceGroupName: "a-rg" }), name: "else" },
                app({ resourceGroupName: unknown }, { resourceGroupName: ["else"] }),
            ],
            finds: ["of another origin"],
        },
    ],
    otherTypes: ["aws:s3:Bucket", "my:index:Component"],
});

describeRule(planResilience, {
    compliant: [
        { what: "two instances", props: { sku: { capacity: 2 } } },
        {
            what: "two instances in zones",
            props: { sku: { capacity: 3 }, zoneRedundant: "true" },
            config: { requireZones: true },
        },
    ],
    violating: [
        {
            what: "one instance",
            props: { sku: { capacity: 1 } },
            finds: ["sku.capacity is 1; allowed: 2 or more."],
        },
        {
            what: "one zone where more are wanted",
            props: { sku: { capacity: 2 }, zoneRedundant: false },
            config: { requireZones: true },
            finds: ["zoneRedundant is false"],
        },
    ],
    unset: [{ what: "the capacity", props: { sku: { name: "B2" } }, finds: ["not set"] }],
    unknown: [
        {
            what: "the capacity, in one zone",
            props: { sku: { capacity: unknown } },
            config: { requireZones: true },
            finds: ["zoneRedundant"],
            waits: "sku.capacity is",
        },
    ],
});
