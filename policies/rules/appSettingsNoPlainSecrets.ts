import { isKeyVaultReference } from "../../azure/appSettings";
import { text, texts } from "../options";
import { rule } from "../rule";
import { secretNames } from "../secretNames";
import { isAbsent } from "../values";
import { apps, appSettings, connectionStrings } from "../webApps";

/** Secrets lie in a vault, and the app's settings only say where. */
export const appSettingsNoPlainSecrets = rule({
    id: "app-settings-no-plain-secrets",
    description: "A setting that is named like a secret must refer to Key Vault.",
    types: [
        ...apps,
        "web:WebAppApplicationSettings",
        "web:WebAppApplicationSettingsSlot",
        "web:WebAppConnectionStrings",
        "web:WebAppConnectionStringsSlot",
    ],
    severity: "high",
    level: "mandatory",
    control: "IM-8",
    why: "Whoever may read the app reads its settings; a vault has rights, a log and an end for each secret.",
    fix: "@Microsoft.KeyVault(SecretUri=https://<vault>.vault.azure.net/secrets/<name>) as the value",
    setting:
        "pulumi config set --path appSettings.<NAME> '@Microsoft.KeyVault(SecretUri=...)' instead of secretAppSettings",
    peers: ["checkov CKV_AZURE_235 (container groups only)"],
    options: {
        namePattern: text(
            secretNames,
            "Regular expression of names that stand for secrets; case does not matter.",
        ),
        // Source for the second: learn.microsoft.com/azure/azure-monitor/app/sdk-connection-string
        notSecret: texts(
            ["DOCKER_REGISTRY_SERVER_PASSWORD", "APPLICATIONINSIGHTS_CONNECTION_STRING"],
            "Names that match and are let through: the first is the business of registry-auth-identity, the second no secret.",
        ),
    },
    check({ type, props, options, violation }) {
        const pattern = new RegExp(options.namePattern, "i");
        const exempt = options.notSecret.map((name) => name.toUpperCase());
        const secrets = appSettings(type.name, props).filter(
            ({ name }) => pattern.test(name) && !exempt.includes(name.toUpperCase()),
        );
        for (const { where, value } of [...secrets, ...connectionStrings(type.name, props)]) {
            const found = value.read();
            // The value itself never goes into a message: here it is a secret.
            if (!found.known || isAbsent(found.value) || isKeyVaultReference(found.value)) continue;
            violation({ where, is: "a value of its own", allowed: "a reference to Key Vault" });
        }
    },
});
