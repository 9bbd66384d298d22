import { rule } from "../rule";
import { isTrue } from "../values";

/** Rights in a cluster are Azure roles. */
export const aksRbac = rule({
    id: "aks-rbac",
    description: "A cluster must take its rights from Azure roles.",
    types: ["containerservice:ManagedCluster"],
    severity: "high",
    level: "mandatory",
    control: "PA-7",
    why: "Without RBAC whoever reaches the API server may do everything; without Azure RBAC its rights are in no list of yours.",
    fix: "enableRBAC: true, aadProfile: { managed: true, enableAzureRBAC: true }",
    peers: [
        "checkov CKV_AZURE_5",
        "PSRule Azure.AKS.AzureRBAC",
        "PSRule Azure.AKS.UseRBAC",
        "trivy AZU-0042",
        "template-analyzer TA-000024",
    ],
    check({ must }) {
        must("enableRBAC", isTrue, "true");
        must("aadProfile.enableAzureRBAC", isTrue, "true");
    },
});
