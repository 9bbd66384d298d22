import { texts } from "../options";
import { rule } from "../rule";
import { list, words } from "../values";
import { apps } from "../webApps";

/** An app has an identity of its own, and so needs no password to anything of Azure. */
export const webappManagedIdentity = rule({
    id: "webapp-managed-identity",
    description: "A web app must have a managed identity.",
    types: apps,
    severity: "medium",
    level: "mandatory",
    control: "IM-3",
    why: "Without an identity the app needs a password for every service that it calls.",
    fix: 'identity: { type: "SystemAssigned" }',
    peers: [
        "checkov CKV_AZURE_16",
        "checkov CKV_AZURE_71",
        "PSRule AZR-000082",
        "Azure Policy 2b9ad585",
        "trivy AZU-0002",
        "template-analyzer TA-000019",
    ],
    options: {
        types: texts(
            ["SystemAssigned", "UserAssigned"],
            "Allowed kinds of identity; both at once are two of them.",
        ),
    },
    check({ options, must }) {
        const allowed = options.types.map((type) => type.trim().toLowerCase());
        const fits = (type: unknown) =>
            words(type).length > 0 && words(type).every((word) => allowed.includes(word));
        must("identity.type", fits, list(options.types));
    },
});
