import type { Rule } from "./rule";
import { aciNotPrivileged } from "./rules/aciNotPrivileged";
import { aciPrivate } from "./rules/aciPrivate";
import { aciSecureEnv } from "./rules/aciSecureEnv";
import { acrAdminOff } from "./rules/acrAdminOff";
import { acrAnonymousOff } from "./rules/acrAnonymousOff";
import { acrPublicNetwork } from "./rules/acrPublicNetwork";
import { aksAuthorizedIpRanges } from "./rules/aksAuthorizedIpRanges";
import { aksIdentity } from "./rules/aksIdentity";
import { aksLocalAccountsOff } from "./rules/aksLocalAccountsOff";
import { aksNetworkPolicy } from "./rules/aksNetworkPolicy";
import { aksRbac } from "./rules/aksRbac";
import { aksUpgradeChannel } from "./rules/aksUpgradeChannel";
import { allowedResourceTypes } from "./rules/allowedResourceTypes";
import { appSettingsNoPlainSecrets } from "./rules/appSettingsNoPlainSecrets";
import { appinsightsNoLocalAuth } from "./rules/appinsightsNoLocalAuth";
import { appinsightsWorkspace } from "./rules/appinsightsWorkspace";
import { budgetPresent } from "./rules/budgetPresent";
import { containerImagePinned } from "./rules/containerImagePinned";
import { containerRegistryAllowList } from "./rules/containerRegistryAllowList";
import { customRoleBounded } from "./rules/customRoleBounded";
import { diagnosticSettings } from "./rules/diagnosticSettings";
import { kvPublicNetwork } from "./rules/kvPublicNetwork";
import { kvPurgeProtection } from "./rules/kvPurgeProtection";
import { kvRbac } from "./rules/kvRbac";
import { kvSecretExpiry } from "./rules/kvSecretExpiry";
import { kvSoftDelete } from "./rules/kvSoftDelete";
import { mlComputeIdleShutdown } from "./rules/mlComputeIdleShutdown";
import { mlComputeLocalAuthOff } from "./rules/mlComputeLocalAuthOff";
import { mlComputeMinNodes } from "./rules/mlComputeMinNodes";
import { mlIdentity } from "./rules/mlIdentity";
import { mlWorkspacePrivate } from "./rules/mlWorkspacePrivate";
import { monthlyCostEstimate } from "./rules/monthlyCostEstimate";
import { naming } from "./rules/naming";
import { packConfig } from "./rules/packConfig";
import { planLinux } from "./rules/planLinux";
import { planResilience } from "./rules/planResilience";
import { protectProd } from "./rules/protectProd";
import { providerPinned } from "./rules/providerPinned";
import { regionAllowList } from "./rules/regionAllowList";
import { registryAuthIdentity } from "./rules/registryAuthIdentity";
import { requiredTags } from "./rules/requiredTags";
import { roleDefinitionAllowList } from "./rules/roleDefinitionAllowList";
import { rolePrincipalType } from "./rules/rolePrincipalType";
import { roleScopeMaxRg } from "./rules/roleScopeMaxRg";
import { roleScopeProvenance } from "./rules/roleScopeProvenance";
import { singleResourceGroup } from "./rules/singleResourceGroup";
import { skuAllowList } from "./rules/skuAllowList";
import { spCredentialLifetime } from "./rules/spCredentialLifetime";
import { spNoDirectoryRoles } from "./rules/spNoDirectoryRoles";
import { spPreferFederation } from "./rules/spPreferFederation";
import { webappAlwaysOn } from "./rules/webappAlwaysOn";
import { webappAuth } from "./rules/webappAuth";
import { webappBasicAuthOff } from "./rules/webappBasicAuthOff";
import { webappClientAffinityOff } from "./rules/webappClientAffinityOff";
import { webappClientCert } from "./rules/webappClientCert";
import { webappCorsNoWildcard } from "./rules/webappCorsNoWildcard";
import { webappE2eEncryption } from "./rules/webappE2eEncryption";
import { webappFtps } from "./rules/webappFtps";
import { webappHealthCheck } from "./rules/webappHealthCheck";
import { webappHttp2 } from "./rules/webappHttp2";
import { webappHttpsOnly } from "./rules/webappHttpsOnly";
import { webappManagedIdentity } from "./rules/webappManagedIdentity";
import { webappMinTls } from "./rules/webappMinTls";
import { webappPublicNetwork } from "./rules/webappPublicNetwork";
import { webappRemoteDebugOff } from "./rules/webappRemoteDebugOff";
import { webappSshOff } from "./rules/webappSshOff";

/** Every rule of the pack. Kept apart from pack.ts, whose import starts the analyzer's server. */
export const sections: readonly { readonly title: string; readonly rules: readonly Rule[] }[] = [
    {
        title: "What may be bought, and where",
        rules: [
            skuAllowList,
            planLinux,
            regionAllowList,
            allowedResourceTypes,
            singleResourceGroup,
        ],
    },
    {
        title: "Who may do what",
        rules: [
            roleScopeMaxRg,
            roleScopeProvenance,
            roleDefinitionAllowList,
            rolePrincipalType,
            customRoleBounded,
            spCredentialLifetime,
            spPreferFederation,
            spNoDirectoryRoles,
        ],
    },
    {
        title: "What things are called",
        rules: [requiredTags, naming],
    },
    {
        title: "Web apps: how they are reached",
        rules: [
            webappHttpsOnly,
            webappMinTls,
            webappFtps,
            webappBasicAuthOff,
            webappRemoteDebugOff,
            webappCorsNoWildcard,
            webappClientCert,
            webappAuth,
            webappPublicNetwork,
            webappE2eEncryption,
            webappSshOff,
        ],
    },
    {
        title: "Web apps: how they run",
        rules: [
            webappManagedIdentity,
            webappHealthCheck,
            webappAlwaysOn,
            webappHttp2,
            webappClientAffinityOff,
        ],
    },
    {
        title: "Containers: what they run, and how they get it",
        rules: [
            containerImagePinned,
            containerRegistryAllowList,
            registryAuthIdentity,
            appSettingsNoPlainSecrets,
        ],
    },
    {
        title: "Container groups",
        rules: [aciPrivate, aciSecureEnv, aciNotPrivileged],
    },
    {
        title: "Kubernetes",
        rules: [
            aksLocalAccountsOff,
            aksRbac,
            aksNetworkPolicy,
            aksAuthorizedIpRanges,
            aksUpgradeChannel,
            aksIdentity,
        ],
    },
    {
        title: "Machine learning",
        rules: [
            mlWorkspacePrivate,
            mlIdentity,
            mlComputeLocalAuthOff,
            mlComputeIdleShutdown,
            mlComputeMinNodes,
        ],
    },
    {
        title: "Operation, and what it costs",
        rules: [
            appinsightsWorkspace,
            appinsightsNoLocalAuth,
            diagnosticSettings,
            budgetPresent,
            monthlyCostEstimate,
            protectProd,
            providerPinned,
            planResilience,
        ],
    },
    {
        title: "Vaults and registries",
        rules: [
            kvSoftDelete,
            kvPurgeProtection,
            kvSecretExpiry,
            kvRbac,
            kvPublicNetwork,
            acrAdminOff,
            acrAnonymousOff,
            acrPublicNetwork,
        ],
    },
    {
        title: "The pack itself, when all others have spoken",
        rules: [packConfig],
    },
];

export const policies: Rule[] = sections.flatMap(({ rules }) => rules);
