import { rule } from "../rule";
import { isFalse } from "../values";

/** What is deleted from a vault can be had back. */
export const kvSoftDelete = rule({
    id: "kv-soft-delete",
    description: "A key vault must keep what is deleted.",
    types: ["keyvault:Vault"],
    severity: "high",
    level: "mandatory",
    control: "DP-8",
    why: "A deleted key takes with it all that it has encrypted.",
    fix: "properties: { enableSoftDelete: true }",
    peers: [
        "checkov CKV_AZURE_111",
        "PSRule Azure.KeyVault.SoftDelete",
        "Pulumi key-vault-soft-delete (closed)",
    ],
    // Azure's own default is on, and it can no longer be switched off in a new vault.
    check: ({ must }) => must("properties.enableSoftDelete", (value) => !isFalse(value), "true"),
});
