import { rule } from "../rule";
import { word } from "../values";

/** A cluster has no password to Azure. */
export const aksIdentity = rule({
    id: "aks-identity",
    description: "A cluster must act by managed identity.",
    types: ["containerservice:ManagedCluster"],
    severity: "medium",
    level: "mandatory",
    control: "IM-3",
    why: "A service principal has a password, which ends one day, and the cluster with it.",
    fix: 'identity: { type: "SystemAssigned" }',
    peers: ["PSRule Azure.AKS.ManagedIdentity"],
    check: ({ must }) =>
        must(
            "identity.type",
            (type) => ["systemassigned", "userassigned"].includes(word(type) ?? ""),
            "SystemAssigned or UserAssigned",
        ),
});
