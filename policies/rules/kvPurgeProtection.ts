import { rule } from "../rule";
import { isTrue } from "../values";

/** Nobody can delete a vault for good before its time. */
export const kvPurgeProtection = rule({
    id: "kv-purge-protection",
    description: "A key vault must be protected against purging.",
    types: ["keyvault:Vault"],
    severity: "high",
    level: "mandatory",
    control: "DP-8",
    why: "Without it whoever breaks in deletes the vault, and then what soft delete kept.",
    fix: "properties: { enablePurgeProtection: true }",
    peers: ["checkov CKV_AZURE_110", "PSRule Azure.KeyVault.PurgeProtect"],
    check: ({ must }) => must("properties.enablePurgeProtection", isTrue, "true"),
});
