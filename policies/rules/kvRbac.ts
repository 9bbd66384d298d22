import { rule } from "../rule";
import { isTrue } from "../values";

/** Rights in a vault are Azure roles. */
export const kvRbac = rule({
    id: "kv-rbac",
    description: "A key vault must take its rights from Azure roles.",
    types: ["keyvault:Vault"],
    severity: "medium",
    level: "mandatory",
    control: "PA-7",
    why: "Access policies are a second system of rights, which whoever may write the vault can widen.",
    fix: "properties: { enableRbacAuthorization: true }",
    peers: ["PSRule AZR-000388"],
    check: ({ must }) => must("properties.enableRbacAuthorization", isTrue, "true"),
});
