import { rule } from "../rule";
import { isOneOf, list } from "../values";

const modes = ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"];

/** A workspace with data and models is in a network of its own. */
export const mlWorkspacePrivate = rule({
    id: "ml-workspace-private",
    description: "A machine learning workspace must have no public network, and a managed one.",
    types: ["machinelearningservices:Workspace"],
    severity: "high",
    level: "mandatory",
    control: "NS-2",
    why: "Data, models and keys of the whole team are behind one address.",
    fix: 'publicNetworkAccess: "Disabled", managedNetwork: { isolationMode: "AllowInternetOutbound" }',
    peers: [
        "PSRule AZR-000406",
        "checkov CKV_AZURE_144",
        "checkov CKV_AZURE_243",
        "Azure Policy 438c38d2",
        "Azure Policy 6ddb1705",
    ],
    check({ must }) {
        must("publicNetworkAccess", isOneOf(["Disabled"]), "Disabled");
        must("managedNetwork.isolationMode", isOneOf(modes), list(modes));
    },
});
