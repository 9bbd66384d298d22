import { mustBeClosed } from "../publicNetwork";
import { rule } from "../rule";

/** A vault is closed to the world. */
export const kvPublicNetwork = rule({
    id: "kv-public-network",
    description:
        "A key vault must be closed to the public network, or open to listed addresses only.",
    types: ["keyvault:Vault"],
    severity: "high",
    level: "mandatory",
    control: "NS-2",
    why: "Whoever reaches a vault can try every credential that has leaked.",
    fix: 'properties: { publicNetworkAccess: "Disabled" }',
    peers: ["checkov CKV_AZURE_109", "checkov CKV_AZURE_189", "PSRule AZR-000355"],
    check: (subject) =>
        mustBeClosed(
            subject,
            "properties.publicNetworkAccess",
            "properties.networkAcls.defaultAction",
        ),
});
