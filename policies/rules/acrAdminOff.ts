import { rule } from "../rule";
import { isTrue } from "../values";

/** A registry has no shared password. */
export const acrAdminOff = rule({
    id: "acr-admin-off",
    description: "A container registry must have no admin user.",
    types: ["containerregistry:Registry"],
    severity: "high",
    level: "mandatory",
    control: "IM-1",
    why: "The admin user is one password for everybody, which may push images too.",
    fix: "adminUserEnabled: false",
    peers: ["checkov CKV_AZURE_137", "PSRule Azure.ACR.AdminUser", "Azure Policy dc921057"],
    check: ({ must }) => must("adminUserEnabled", (value) => !isTrue(value), "false"),
});
