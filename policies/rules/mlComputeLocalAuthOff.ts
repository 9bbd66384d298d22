import { rule } from "../rule";
import { isTrue } from "../values";

/** Nobody signs in to a compute but by Entra ID. */
export const mlComputeLocalAuthOff = rule({
    id: "ml-compute-local-auth-off",
    description: "A machine learning compute should have no local accounts.",
    types: ["machinelearningservices:Compute"],
    severity: "medium",
    level: "advisory",
    control: "IM-1",
    why: "A local account is a shared key, which names nobody.",
    fix: "properties: { disableLocalAuth: true }",
    peers: ["PSRule AZR-000404", "checkov CKV_AZURE_142", "Azure Policy e96a9a5f"],
    check: ({ must }) => must("properties.disableLocalAuth", isTrue, "true"),
});
