import { mustBeClosed } from "../publicNetwork";
import { rule } from "../rule";

/** A registry is closed to the world. */
export const acrPublicNetwork = rule({
    id: "acr-public-network",
    description:
        "A container registry must be closed to the public network, or open to listed addresses only.",
    types: ["containerregistry:Registry"],
    severity: "high",
    level: "mandatory",
    control: "NS-2",
    why: "Whoever reaches a registry can try every credential that has leaked, and pull every image with it.",
    fix: 'publicNetworkAccess: "Disabled" (Premium)',
    peers: [
        "checkov CKV_AZURE_139",
        "PSRule AZR-000402",
        "Azure Policy d0793b48",
        "Azure Policy 0fdf0491",
    ],
    check: (subject) =>
        mustBeClosed(subject, "publicNetworkAccess", "networkRuleSet.defaultAction"),
});
