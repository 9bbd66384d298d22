/**
 * Logs, money, protection, vaults and registries, judged by the policy SDK's own server.
 * Cannot show what Azure bills, nor that anybody reads a log or an e-mail.
 */
import { acrAdminOff } from "../../policies/rules/acrAdminOff";
import { acrAnonymousOff } from "../../policies/rules/acrAnonymousOff";
import { acrPublicNetwork } from "../../policies/rules/acrPublicNetwork";
import { appinsightsNoLocalAuth } from "../../policies/rules/appinsightsNoLocalAuth";
import { appinsightsWorkspace } from "../../policies/rules/appinsightsWorkspace";
import { budgetPresent } from "../../policies/rules/budgetPresent";
import { diagnosticSettings } from "../../policies/rules/diagnosticSettings";
import { kvPublicNetwork } from "../../policies/rules/kvPublicNetwork";
import { kvPurgeProtection } from "../../policies/rules/kvPurgeProtection";
import { kvRbac } from "../../policies/rules/kvRbac";
import { kvSecretExpiry } from "../../policies/rules/kvSecretExpiry";
import { kvSoftDelete } from "../../policies/rules/kvSoftDelete";
import { monthlyCostEstimate } from "../../policies/rules/monthlyCostEstimate";
import { protectProd } from "../../policies/rules/protectProd";
import { providerPinned } from "../../policies/rules/providerPinned";
import { judge, judgeStack, unknown, type Props } from "../support/policyRunner";
import { describeRule } from "../support/ruleCases";

describeRule(appinsightsWorkspace, {
    compliant: [{ what: "one", props: { workspaceResourceId: "/workspace" } }],
    violating: [
        {
            what: "an empty one, of the older module",
            type: "insights:Component",
            props: { workspaceResourceId: " " },
            finds: ["workspaceResourceId is not set"],
        },
    ],
    unset: [{ what: "it", props: {}, finds: ["not set"] }],
    unknown: [
        { what: "it", props: { workspaceResourceId: unknown }, waits: "workspaceResourceId is" },
    ],
});

describeRule(appinsightsNoLocalAuth, {
    compliant: [{ what: "identities only", props: { disableLocalAuth: true } }],
    violating: [{ what: "anybody", props: { disableLocalAuth: false }, finds: ["is false"] }],
    unset: [{ what: "it", props: {}, finds: ["not set"] }],
    unknown: [{ what: "it", props: { disableLocalAuth: unknown }, waits: "disableLocalAuth is" }],
});

const app = { type: "web:WebApp", name: "app", props: { name: "shop" } };
const diagnostic = (props: Props, sources: string[] = ["app"]) => ({
    type: "monitor:DiagnosticSetting",
    name: "logs",
    props,
    sources: { resourceUri: sources },
});
const enabled = [{ category: "AppServiceHTTPLogs", enabled: true }];

describeRule(diagnosticSettings, {
    compliant: [
        {
            what: "logs to a workspace",
            resources: [app, diagnostic({ workspaceId: "/w", logs: enabled })],
        },
        {
            what: "logs of an app that is named by its id",
            resources: [
                app,
                diagnostic(
                    {
                        resourceUri: "/sites/Shop",
                        workspaceId: "/w",
                        logs: [{ categoryGroup: "allLogs", enabled: "true" }],
                    },
                    [],
                ),
            ],
            config: { categories: ["AppServiceConsoleLogs"] },
        },
        { what: "a type that need send none", resources: [{ ...app, type: "web:AppServicePlan" }] },
    ],
    violating: [
        { what: "no setting", resources: [app], finds: ["This is without a diagnostic setting"] },
        {
            what: "no workspace",
            resources: [app, diagnostic({ storageAccountId: "/s", logs: enabled })],
            finds: ["sending no logs to a workspace"],
        },
        {
            what: "no log that is on",
            resources: [
                app,
                diagnostic({ workspaceId: "/w", logs: [{ category: "a", enabled: false }] }),
            ],
            finds: ["none is enabled"],
        },
        {
            what: "a category that is missing",
            resources: [app, diagnostic({ workspaceId: "/w", logs: enabled })],
            config: { categories: ["AppServiceConsoleLogs", "AppServiceHTTPLogs"] },
            finds: ["not sending AppServiceConsoleLogs"],
        },
        {
            what: "a setting of another resource",
            resources: [
                app,
                diagnostic({ resourceUri: "/sites/other", workspaceId: "/w", logs: enabled }, []),
            ],
            finds: ["without a diagnostic setting"],
        },
    ],
    unset: [
        {
            what: "logs",
            resources: [app, diagnostic({ workspaceId: "/w" })],
            finds: ["none is enabled"],
        },
    ],
    unknown: [
        {
            what: "the workspace, of logs that are off",
            resources: [app, diagnostic({ workspaceId: unknown, logs: [{ enabled: false }] })],
            finds: ["none is enabled"],
        },
        { what: "the logs", resources: [app, diagnostic({ workspaceId: "/w", logs: unknown })] },
    ],
});

const group = { type: "resources:ResourceGroup", name: "group", props: { name: "shop-rg" } };
const tell = { enabled: true, threshold: 80, contactEmails: ["ana@example.com"] };
const budget = (props: Props, sources: string[] = ["group"]) => ({
    type: "consumption:Budget",
    name: "budget",
    props: { amount: 50, notifications: { most: tell }, ...props },
    sources: { scope: sources },
});
const scope = "/subscriptions/00000000-0000-4000-8000-000000000001";

describeRule(budgetPresent, {
    compliant: [
        { what: "a budget for the group", resources: [group, budget({})] },
        {
            what: "one that names the group",
            resources: [group, budget({ scope: `${scope}/resourceGroups/shop-rg` }, [])],
        },
        { what: "a stack without Azure", resources: [{ type: "aws:s3:Bucket", props: {} }] },
    ],
    violating: [
        { what: "no budget", resources: [group], finds: ["The stack is without a budget"] },
        {
            what: "a budget for the subscription",
            resources: [group, budget({ scope }, [])],
            finds: ["whose scope is its resource group"],
        },
        {
            what: "too much money",
            resources: [group, budget({ amount: 5000 })],
            finds: ["amount is 5000; at most 100 allowed"],
        },
        {
            what: "word to nobody",
            resources: [group, budget({ notifications: { most: { ...tell, contactEmails: [] } } })],
            finds: ["telling nobody before it is used up"],
        },
        {
            what: "word when it is too late",
            resources: [group, budget({ notifications: { most: { ...tell, threshold: "120" } } })],
            finds: ["telling nobody"],
        },
        {
            what: "word that is off",
            resources: [group, budget({ notifications: { most: { ...tell, enabled: false } } })],
            finds: ["telling nobody"],
        },
    ],
    unset: [
        {
            what: "amount and notifications",
            resources: [group, budget({ amount: null, notifications: null })],
            finds: ["amount is not set", "telling nobody"],
        },
    ],
    unknown: [
        {
            what: "the amount, with word to nobody",
            resources: [group, budget({ amount: unknown, notifications: {} })],
            finds: ["telling nobody"],
        },
        { what: "the notifications", resources: [group, budget({ notifications: unknown })] },
    ],
    otherTypes: ["aws:s3:Bucket"],
});

const plan = (name: string, capacity: unknown, location = "West Europe") => ({
    type: "web:AppServicePlan",
    name: "plan",
    props: { sku: { name, capacity }, location },
});
const prices = {
    B2: 25,
    "b2@northeurope": 30,
    Standard_D2s_v5: 70,
    "container-cpu": 30,
    "container-gib": 3,
};

describeRule(monthlyCostEstimate, {
    compliant: [
        { what: "what costs less", resources: [plan("b2", 3)], config: { prices } },
        { what: "anything without prices", resources: [plan("P5mv3", 30)] },
    ],
    violating: [
        {
            what: "what costs more",
            resources: [plan("B2", 5)],
            config: { prices },
            finds: ["The sum of prices is at least 125.00 a month; at most 100 allowed."],
        },
        {
            what: "what costs more in its region",
            resources: [plan("B2", "4", "North Europe")],
            config: { prices },
            finds: ["120.00"],
        },
        {
            what: "a cluster and a group of containers in all",
            resources: [
                {
                    type: "containerservice:ManagedCluster",
                    name: "aks",
                    props: { agentPoolProfiles: [{ vmSize: "standard_d2s_v5", count: 1 }] },
                },
                {
                    type: "containerinstance:ContainerGroup",
                    name: "aci",
                    props: { containers: [{ resources: { requests: { cpu: 1, memoryInGB: 2 } } }] },
                },
            ],
            config: { prices },
            finds: ["106.00"],
        },
    ],
    unset: [
        {
            what: "the capacity, which is then one",
            resources: [plan("B2", null)],
            config: { prices },
        },
    ],
    unknown: [{ what: "the capacity", resources: [plan("B2", unknown)], config: { prices } }],
});

describe("monthly-cost-estimate", () => {
    it("only advises where it knows no price, even where it is mandatory", async () => {
        const resources = [{ ...plan("S1", 1), type: "azure-native:web:AppServicePlan" }];
        const [found, ...more] = await judgeStack(monthlyCostEstimate, resources, { prices });
        expect(found).toMatchObject({ level: "advisory" });
        expect(found!.message).toContain("No price is given for s1@westeurope");
        expect(more).toEqual([]);
    });

    it("counts by published prices where that is asked for, and by one's own before them", async () => {
        const { type, props, ...others } = plan("B1", 2, "East US");
        const linux = {
            ...others,
            type: `azure-native:${type}`,
            props: { ...props, reserved: true },
        };
        const config = { listPrices: true, maxMonthlyCost: 24 };
        const judge = (more: object) =>
            judgeStack(monthlyCostEstimate, [linux], { ...config, ...more });
        expect((await judge({})).map(({ message }) => message)).toEqual([
            expect.stringContaining("at least 24.82 a month; at most 24 allowed"),
        ]);
        expect(await judge({ prices: { B1: 5 } })).toEqual([]);
        expect(await judge({ listPrices: false })).toEqual([]);
        const windows = { ...linux, props };
        const [found] = await judgeStack(monthlyCostEstimate, [windows], config);
        expect(found!.message).toContain("No price is given for b1@eastus");
    });
});

const lock = (level: string) => ({
    type: "authorization:ManagementLockAtResourceGroupLevel",
    name: "lock",
    props: { level },
});

describeRule(protectProd, {
    compliant: [
        { what: "what is protected", resources: [{ ...app, protect: true }] },
        { what: "what is locked", resources: [app, group, lock("CanNotDelete")] },
        { what: "what need not be", resources: [{ ...app, type: "web:AppServicePlan" }] },
        {
            what: "what ignores its tags",
            resources: [
                { ...app, protect: true, ignoreChanges: ["tags", "siteConfig.linuxFxVersion"] },
            ],
        },
    ],
    violating: [
        { what: "what is not", resources: [app], finds: ["protect is not set, and no lock"] },
        {
            what: "what ignores its security",
            resources: [{ ...app, protect: true, ignoreChanges: ["siteConfig", "httpsOnly"] }],
            finds: ['ignoreChanges is "siteConfig"', 'ignoreChanges is "httpsOnly"'],
        },
    ],
    unset: [{ what: "all", resources: [group], finds: ["protect is not set"] }],
    unknown: [
        {
            what: "the lock's level",
            resources: [app, lock(unknown)],
            finds: ["protect is not set"],
        },
    ],
});

const through = (provider: Props | undefined) => ({ type: "web:WebApp", props: {}, provider });

describeRule(providerPinned, {
    compliant: [
        { what: "a pinned provider", resources: [through({ subscriptionId: "s" })] },
        {
            what: "the right one, in other letters",
            resources: [through({ subscriptionId: " ABC ", tenantId: "T" })],
            config: { subscriptionIds: ["abc"], tenantIds: ["t"] },
        },
        { what: "what names no provider", resources: [through(undefined)] },
    ],
    violating: [
        {
            what: "an unpinned provider",
            resources: [through({ environment: "public" })],
            finds: ["The provider's subscriptionId is not set. Fix:"],
        },
        {
            what: "another subscription and tenant",
            resources: [through({ subscriptionId: "x", tenantId: "y" })],
            config: { subscriptionIds: ["abc"], tenantIds: ["t"] },
            finds: ['subscriptionId is "x"; allowed: abc', "tenantId"],
        },
        {
            what: "a password, without showing it",
            resources: [through({ subscriptionId: "s", clientSecret: "planted" })],
            finds: ["The provider's clientSecret is set; allowed: none."],
        },
    ],
    unset: [{ what: "all", resources: [through({})], finds: ["subscriptionId is not set"] }],
    unknown: [
        {
            what: "the subscription, with a password",
            resources: [through({ subscriptionId: unknown, clientSecret: "planted" })],
            finds: ["clientSecret"],
        },
    ],
    otherTypes: ["azuread:index/application:Application", "aws:s3:Bucket"],
});

const vault = (properties: unknown) => ({ properties });

describeRule(kvSoftDelete, {
    compliant: [{ what: "soft delete", props: vault({ enableSoftDelete: true }) }],
    violating: [
        { what: "none", props: vault({ enableSoftDelete: "false" }), finds: ["enableSoftDelete"] },
    ],
    unset: [{ what: "it, which is then on", props: vault({}) }],
    unknown: [{ what: "it", props: vault(unknown), waits: "properties is" }],
});

describeRule(kvPurgeProtection, {
    compliant: [{ what: "protection", props: vault({ enablePurgeProtection: true }) }],
    violating: [
        { what: "none", props: vault({ enablePurgeProtection: false }), finds: ["is false"] },
    ],
    unset: [{ what: "it", props: vault({}), finds: ["not set"] }],
    unknown: [
        {
            what: "it",
            props: vault({ enablePurgeProtection: unknown }),
            waits: "properties.enablePurgeProtection is",
        },
    ],
});

describeRule(kvSecretExpiry, {
    compliant: [
        { what: "a secret that ends", props: vault({ attributes: { expires: 1_800_000_000 } }) },
        {
            what: "a key that ends",
            type: "keyvault:Key",
            props: vault({ attributes: { expires: "1800000000" } }),
        },
    ],
    violating: [
        {
            what: "an end that is none",
            props: vault({ attributes: { expires: 0 } }),
            finds: ["is 0"],
        },
    ],
    unset: [{ what: "the end", props: vault({ value: "planted" }), finds: ["not set"] }],
    unknown: [
        {
            what: "the end",
            props: vault({ attributes: { expires: unknown } }),
            waits: "properties.attributes.expires is",
        },
    ],
});

describeRule(kvRbac, {
    compliant: [{ what: "roles", props: vault({ enableRbacAuthorization: true }) }],
    violating: [
        { what: "policies", props: vault({ enableRbacAuthorization: false }), finds: ["is false"] },
    ],
    unset: [{ what: "it", props: vault({}), finds: ["not set"] }],
    unknown: [{ what: "it", props: vault(unknown), waits: "properties is" }],
});

describeRule(kvPublicNetwork, {
    compliant: [
        { what: "no public network", props: vault({ publicNetworkAccess: "disabled" }) },
        { what: "listed addresses", props: vault({ networkAcls: { defaultAction: "Deny" } }) },
    ],
    violating: [
        {
            what: "everybody",
            props: vault({
                publicNetworkAccess: "Enabled",
                networkAcls: { defaultAction: "Allow" },
            }),
            finds: ["properties.publicNetworkAccess is not Disabled"],
        },
    ],
    unset: [{ what: "both", props: vault({}), finds: ["not Disabled"] }],
    unknown: [
        {
            what: "one",
            props: vault({ publicNetworkAccess: unknown }),
            waits: "properties.publicNetworkAccess is",
        },
        {
            what: "one that no longer matters",
            props: vault({ publicNetworkAccess: unknown, networkAcls: { defaultAction: "Deny" } }),
        },
    ],
});

describeRule(acrAdminOff, {
    compliant: [{ what: "no admin", props: { adminUserEnabled: false } }],
    violating: [
        { what: "an admin", props: { adminUserEnabled: "true" }, finds: ["adminUserEnabled"] },
    ],
    unset: [{ what: "the admin, which is then off", props: {} }],
    unknown: [
        { what: "the admin", props: { adminUserEnabled: unknown }, waits: "adminUserEnabled is" },
    ],
});

describeRule(acrAnonymousOff, {
    compliant: [{ what: "nobody unknown", props: { anonymousPullEnabled: false } }],
    violating: [{ what: "anybody", props: { anonymousPullEnabled: true }, finds: ["is true"] }],
    unset: [{ what: "it, which is then off", props: {} }],
    unknown: [
        { what: "it", props: { anonymousPullEnabled: unknown }, waits: "anonymousPullEnabled is" },
    ],
});

describeRule(acrPublicNetwork, {
    compliant: [
        { what: "no public network", props: { publicNetworkAccess: "Disabled" } },
        { what: "listed addresses", props: { networkRuleSet: { defaultAction: "deny" } } },
    ],
    violating: [
        { what: "everybody", props: { publicNetworkAccess: "Enabled" }, finds: ["not Disabled"] },
    ],
    unset: [{ what: "both", props: {}, finds: ["not Disabled"] }],
    unknown: [
        { what: "one", props: { publicNetworkAccess: unknown }, waits: "publicNetworkAccess is" },
    ],
});

describe("provider-pinned", () => {
    it("shows no password", async () => {
        const resource = {
            type: "azure-native:web:WebApp",
            props: {},
            provider: { clientSecret: "planted", subscriptionId: "s" },
        };
        const [found] = await judge(providerPinned, resource, {});
        expect(found!.message).not.toContain("planted");
    });
});
