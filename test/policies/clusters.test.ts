/**
 * Kubernetes and machine learning, judged by the policy SDK's own server.
 * Cannot show what runs in a cluster, nor how a workspace's managed network is reached.
 */
import { aksAuthorizedIpRanges } from "../../policies/rules/aksAuthorizedIpRanges";
import { aksIdentity } from "../../policies/rules/aksIdentity";
import { aksLocalAccountsOff } from "../../policies/rules/aksLocalAccountsOff";
import { aksNetworkPolicy } from "../../policies/rules/aksNetworkPolicy";
import { aksRbac } from "../../policies/rules/aksRbac";
import { aksUpgradeChannel } from "../../policies/rules/aksUpgradeChannel";
import { mlComputeIdleShutdown } from "../../policies/rules/mlComputeIdleShutdown";
import { mlComputeLocalAuthOff } from "../../policies/rules/mlComputeLocalAuthOff";
import { mlComputeMinNodes } from "../../policies/rules/mlComputeMinNodes";
import { mlIdentity } from "../../policies/rules/mlIdentity";
import { mlWorkspacePrivate } from "../../policies/rules/mlWorkspacePrivate";
import { unknown } from "../support/policyRunner";
import { describeRule } from "../support/ruleCases";

describeRule(aksLocalAccountsOff, {
    compliant: [{ what: "none", props: { disableLocalAccounts: "true" } }],
    violating: [{ what: "some", props: { disableLocalAccounts: false }, finds: ["is false"] }],
    unset: [{ what: "it", props: {}, finds: ["disableLocalAccounts is not set"] }],
    unknown: [
        { what: "it", props: { disableLocalAccounts: unknown }, waits: "disableLocalAccounts is" },
    ],
});

describeRule(aksRbac, {
    compliant: [
        { what: "both", props: { enableRBAC: true, aadProfile: { enableAzureRBAC: true } } },
    ],
    violating: [
        {
            what: "neither",
            props: { enableRBAC: false, aadProfile: { enableAzureRBAC: "false" } },
            finds: ["enableRBAC is false", "aadProfile.enableAzureRBAC"],
        },
    ],
    unset: [{ what: "both", props: {}, finds: ["enableRBAC", "enableAzureRBAC"] }],
    unknown: [
        {
            what: "one, without the other",
            props: { enableRBAC: unknown },
            finds: ["enableAzureRBAC"],
            waits: "enableRBAC is",
        },
    ],
});

const network = (networkPolicy: unknown) => ({ networkProfile: { networkPolicy } });

describeRule(aksNetworkPolicy, {
    compliant: [{ what: "Calico", props: network("calico") }],
    violating: [
        { what: "none by name", props: network("None"), finds: ['networkPolicy is "None"'] },
    ],
    unset: [{ what: "it", props: {}, finds: ["not set"] }],
    unknown: [{ what: "it", props: network(unknown), waits: "networkProfile.networkPolicy is" }],
});

const api = (apiServerAccessProfile: object) => ({ apiServerAccessProfile });

describeRule(aksAuthorizedIpRanges, {
    compliant: [
        { what: "a private server", props: api({ enablePrivateCluster: true }) },
        { what: "listed addresses", props: api({ authorizedIPRanges: ["203.0.113.0/24"] }) },
    ],
    violating: [
        {
            what: "an empty list",
            props: api({ authorizedIPRanges: [] }),
            finds: ["apiServerAccessProfile.authorizedIPRanges is not set"],
        },
        {
            what: "everybody beside somebody",
            props: api({ authorizedIPRanges: ["203.0.113.0/24", "0.0.0.0/0"] }),
            finds: ["authorizedIPRanges[1] is everybody"],
        },
        {
            what: "everybody in two halves",
            props: api({ authorizedIPRanges: ["0.0.0.0/1", "128.0.0.0/1"] }),
            finds: ["[0] is everybody", "[1] is everybody"],
        },
    ],
    unset: [{ what: "both", props: {}, finds: ["not set"] }],
    unknown: [
        {
            what: "whether it is private",
            props: api({ enablePrivateCluster: unknown }),
            waits: "apiServerAccessProfile.enablePrivateCluster is",
        },
        {
            what: "addresses of a private one",
            props: api({ enablePrivateCluster: true, authorizedIPRanges: unknown }),
        },
        {
            what: "one address beside everybody",
            props: api({ authorizedIPRanges: [unknown, "0.0.0.0/0"] }),
            finds: ["[1] is everybody"],
            waits: "apiServerAccessProfile.authorizedIPRanges[0] is",
        },
    ],
});

const channel = (upgradeChannel: unknown) => ({ autoUpgradeProfile: { upgradeChannel } });

describeRule(aksUpgradeChannel, {
    compliant: [{ what: "a channel", props: channel("patch") }],
    violating: [{ what: "none by name", props: channel(" NONE "), finds: ["upgradeChannel"] }],
    unset: [{ what: "it", props: {}, finds: ["not set"] }],
    unknown: [
        { what: "it", props: channel(unknown), waits: "autoUpgradeProfile.upgradeChannel is" },
    ],
});

describeRule(aksIdentity, {
    compliant: [{ what: "one", props: { identity: { type: "systemAssigned" } } }],
    violating: [{ what: "none", props: { identity: { type: "None" } }, finds: ["identity.type"] }],
    unset: [{ what: "it", props: { servicePrincipalProfile: {} }, finds: ["not set"] }],
    unknown: [{ what: "it", props: { identity: { type: unknown } }, waits: "identity.type is" }],
});

const workspace = (publicNetworkAccess: unknown, isolationMode: unknown) => ({
    publicNetworkAccess,
    managedNetwork: { isolationMode },
});

describeRule(mlWorkspacePrivate, {
    compliant: [{ what: "a private one", props: workspace("disabled", "AllowInternetOutbound") }],
    violating: [
        {
            what: "a public one without a network",
            props: workspace("Enabled", "Disabled"),
            finds: ['publicNetworkAccess is "Enabled"', "managedNetwork.isolationMode"],
        },
    ],
    unset: [{ what: "both", props: {}, finds: ["publicNetworkAccess", "isolationMode"] }],
    unknown: [
        {
            what: "access, without a network",
            props: workspace(unknown, "Disabled"),
            finds: ["isolationMode"],
            waits: "publicNetworkAccess is",
        },
    ],
});

describeRule(mlIdentity, {
    compliant: [
        {
            what: "one of its own",
            props: {
                identity: { type: "SystemAssigned,UserAssigned" },
                primaryUserAssignedIdentity: "/id",
            },
        },
    ],
    violating: [
        {
            what: "one of the system",
            props: { identity: { type: "SystemAssigned" }, primaryUserAssignedIdentity: "" },
            finds: ["identity.type", "primaryUserAssignedIdentity"],
        },
    ],
    unset: [{ what: "both", props: {}, finds: ["identity.type", "primary"] }],
    unknown: [
        {
            what: "the primary one",
            props: { identity: { type: "UserAssigned" }, primaryUserAssignedIdentity: unknown },
            waits: "primaryUserAssignedIdentity is",
        },
    ],
});

describeRule(mlComputeLocalAuthOff, {
    compliant: [{ what: "none", props: { properties: { disableLocalAuth: true } } }],
    violating: [
        { what: "some", props: { properties: { disableLocalAuth: false } }, finds: ["is false"] },
    ],
    unset: [{ what: "it", props: {}, finds: ["not set"] }],
    unknown: [{ what: "it", props: { properties: unknown }, waits: "properties is" }],
});

const instance = (idleTimeBeforeShutdown: unknown, computeType: unknown = "ComputeInstance") => ({
    properties: { computeType, properties: { idleTimeBeforeShutdown } },
});

describeRule(mlComputeIdleShutdown, {
    compliant: [
        { what: "half an hour", props: instance("PT30M") },
        {
            what: "a day where the configuration allows it",
            props: instance("P1D"),
            config: { maxIdleMinutes: 1440 },
        },
        { what: "a cluster, which shrinks instead", props: instance(null, "AmlCompute") },
    ],
    violating: [
        {
            what: "two hours",
            props: instance("PT2H"),
            finds: ['idleTimeBeforeShutdown is "PT2H"; allowed: PT60M'],
        },
        { what: "what is no duration", props: instance("30 minutes"), finds: ["idleTime"] },
        { what: "no time at all", props: instance("PT0S"), finds: ["idleTime"] },
    ],
    unset: [{ what: "the time", props: instance(null), finds: ["not set"] }],
    unknown: [
        {
            what: "the time",
            props: instance(unknown),
            waits: "properties.properties.idleTimeBeforeShutdown is",
        },
    ],
});

const nodes = (minNodeCount: unknown) => ({
    properties: { computeType: "AmlCompute", properties: { scaleSettings: { minNodeCount } } },
});

describeRule(mlComputeMinNodes, {
    compliant: [{ what: "none", props: nodes("0") }],
    violating: [{ what: "one", props: nodes(1), finds: ["minNodeCount is 1; allowed: 0"] }],
    unset: [{ what: "it, which is then none", props: nodes(null) }],
    unknown: [
        {
            what: "it",
            props: nodes(unknown),
            waits: "properties.properties.scaleSettings.minNodeCount is",
        },
    ],
});
