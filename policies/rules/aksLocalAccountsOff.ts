import { rule } from "../rule";
import { isTrue } from "../values";

/** Nobody signs in to a cluster but by Entra ID. */
export const aksLocalAccountsOff = rule({
    id: "aks-local-accounts-off",
    description: "A cluster must have no local accounts.",
    types: ["containerservice:ManagedCluster"],
    severity: "high",
    level: "mandatory",
    control: "IM-1",
    why: "A local account is a shared certificate that names nobody and never ends.",
    fix: "disableLocalAccounts: true",
    peers: ["checkov CKV_AZURE_141", "PSRule Azure.AKS.LocalAccounts"],
    check: ({ must }) => must("disableLocalAccounts", isTrue, "true"),
});
