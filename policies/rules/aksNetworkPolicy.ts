import { rule } from "../rule";
import { isAbsent, word } from "../values";

/** Pods do not all talk to each other. */
export const aksNetworkPolicy = rule({
    id: "aks-network-policy",
    description: "A cluster must have a network policy.",
    types: ["containerservice:ManagedCluster"],
    severity: "high",
    level: "mandatory",
    control: "NS-1",
    why: "Without one a pod that is broken into reaches every other pod.",
    fix: 'networkProfile: { networkPolicy: "azure" }',
    peers: [
        "checkov CKV_AZURE_7",
        "PSRule Azure.AKS.NetworkPolicy",
        "trivy AZU-0043",
        "compliance-policies azurenative-containerservice-managedcluster-configure-network-policy",
    ],
    check: ({ must }) =>
        must(
            "networkProfile.networkPolicy",
            (value) => !isAbsent(value) && word(value) !== "none",
            "azure, calico or cilium",
        ),
});
