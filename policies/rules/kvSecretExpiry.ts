import { rule } from "../rule";
import { number } from "../values";

/** A secret in a vault ends. */
export const kvSecretExpiry = rule({
    id: "kv-secret-expiry",
    description: "A secret or key in a vault must have an end.",
    types: ["keyvault:Secret", "keyvault:Key"],
    severity: "medium",
    level: "mandatory",
    control: "DP-6",
    why: "What never ends is never renewed, and works for whoever has copied it.",
    fix: "properties: { attributes: { expires: <seconds since 1970> } }",
    peers: ["checkov CKV_AZURE_41", "checkov CKV_AZURE_40"],
    check: ({ must }) =>
        must(
            "properties.attributes.expires",
            (value) => number(value) > 0,
            "a time, in seconds since 1970",
        ),
});
