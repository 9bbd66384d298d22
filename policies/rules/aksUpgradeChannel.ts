import { rule } from "../rule";
import { isAbsent, word } from "../values";

/** A cluster keeps itself up to date. */
export const aksUpgradeChannel = rule({
    id: "aks-upgrade-channel",
    description: "A cluster must upgrade itself.",
    types: ["containerservice:ManagedCluster"],
    severity: "medium",
    level: "mandatory",
    control: "PV-6",
    why: "Azure supports a version of Kubernetes for about a year; what nobody upgrades has known holes by then.",
    fix: 'autoUpgradeProfile: { upgradeChannel: "patch" }',
    peers: ["checkov CKV_AZURE_171", "PSRule Azure.AKS.AutoUpgrade"],
    check: ({ must }) =>
        must(
            "autoUpgradeProfile.upgradeChannel",
            (value) => !isAbsent(value) && word(value) !== "none",
            "patch, stable, rapid or node-image",
        ),
});
