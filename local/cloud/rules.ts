/**
 * What Azure refuses, with its own code and words: one row per rule, each with its source. Models decide when a
 * row applies, and throw it by `refusal`; local/README.md's table is made from here (`npm run readme`), and
 * test/local/rules.test.ts holds a case for each row that is refused and its nearest neighbour that is not (those
 * of signing in are in test/local/signIn.test.ts).
 *
 * A rule that no source shows is left out: this Azure is never stricter than the real one.
 */
import { CloudError } from "./errors";

export interface Rule {
    /** What is refused, for people. */
    readonly when: string;
    /** HTTP status. */
    readonly status: number;
    /** Azure's error code. */
    readonly code: string;
    /** The message, with the names of values in braces. */
    readonly message: string;
    /** Where it is published: a page of learn.microsoft.com or of a specification, or an issue with the answer. */
    readonly source: string;
    /** Set where the source says that it is refused, but not in these words: the message is ours then, and the
     * code, where the source names none, the one that the service commonly answers. */
    readonly ownWords?: true;
}

const limits =
    "learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-app-service-limits";
const names = "learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules";
const armErrors =
    "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors";
const rbac = "learn.microsoft.com/azure/role-based-access-control";
const signInErrors = "learn.microsoft.com/entra/identity-platform/reference-error-codes";
const vaultErrors = "learn.microsoft.com/azure/key-vault/general/common-error-codes";
const vaultSpecification = "Azure/azure-rest-api-specs keyvault 2024-11-01, VaultProperties";

const noFederation = "No matching federated identity record found for presented assertion";
const federationHelp =
    "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

export const rules = {
    // Every resource
    subscriptionNotFound: {
        when: "another subscription than the signed-in one",
        status: 404,
        code: "SubscriptionNotFound",
        message: "The subscription '{subscription}' could not be found.",
        source: armErrors,
    },
    resourceGroupNotFound: {
        when: "group missing",
        status: 404,
        code: "ResourceGroupNotFound",
        message: "Resource group '{group}' could not be found.",
        source: armErrors,
    },
    parentResourceNotFound: {
        when: "parent missing",
        status: 404,
        code: "ParentResourceNotFound",
        message:
            "Failed to perform 'write' on resource(s) of type '{type}', because the parent resource '{parent}' could not be found.",
        source: armErrors,
    },
    locationRequired: {
        when: "no region said",
        status: 400,
        code: "LocationRequired",
        message: "The location property is required for this definition.",
        source: "Azure/azure-sdk-for-net, answers recorded in its tests",
    },
    locationNotAvailable: {
        when: "no such region",
        status: 400,
        code: "LocationNotAvailableForResourceType",
        message: "The provided location '{location}' is not available for resource type '{type}'.",
        source: armErrors,
    },
    locationChanged: {
        when: "resource exists in another region",
        status: 409,
        code: "InvalidResourceLocation",
        message:
            "The resource '{name}' already exists in location '{before}'. A resource with the same name cannot be created in location '{location}'.",
        source: armErrors,
    },
    scopeLocked: {
        when: "deletion under a lock; under a ReadOnly lock also every change, and every POST such as `list`",
        status: 409,
        code: "ScopeLocked",
        message:
            "The scope '{scope}' cannot perform {operation} operation because following scope(s) are locked: '{locked}'. Please remove the lock and try again.",
        source: "learn.microsoft.com/azure/azure-resource-manager/management/lock-resources; Azure/azure-sdk-for-java#24893",
    },

    // Microsoft.Resources/resourceGroups
    groupName: {
        when: "name of a group out of shape",
        status: 400,
        code: "InvalidResourceGroup",
        message:
            "The provided resource group name '{name}' has these invalid characters or length. The name can only be a letter, digit, '-', '.', '(', ')' or '_', and must not end in '.'.",
        source: names,
        ownWords: true,
    },
    groupDeletionBlocked: {
        when: "group deleted while an app of another group is on its plan",
        status: 409,
        code: "ResourceGroupDeletionBlocked",
        message:
            "Deletion of resource group '{group}' failed as resources with identifiers '{resources}' could not be deleted. The provisioning state of the resource group will be rolled back. The tracking Id is '{tracking}'. Please check audit logs for more details.",
        source: "learn.microsoft.com/azure/azure-resource-manager/management/delete-resource-group",
    },

    // Microsoft.Web/serverfarms
    planName: {
        when: "name of a plan out of shape",
        status: 400,
        code: "BadRequest",
        message: "The plan name '{name}' is invalid.",
        source: names,
        ownWords: true,
    },
    planSku: {
        when: "size that does not exist",
        status: 400,
        code: "BadRequest",
        message: "The pricing tier '{sku}' is not allowed.",
        source: limits,
        ownWords: true,
    },
    planInstances: {
        when: "more instances than the size has",
        status: 400,
        code: "BadRequest",
        message: "The plan cannot have instances {instances}; expected {expected}.",
        source: limits,
        ownWords: true,
    },
    planZones: {
        when: "zone redundancy on a size without it",
        status: 400,
        code: "BadRequest",
        message: "The plan cannot have zoneRedundant true; expected {expected}.",
        source: "learn.microsoft.com/azure/reliability/reliability-app-service",
        ownWords: true,
    },
    planZoneInstances: {
        when: "zone redundancy with too few instances",
        status: 400,
        code: "BadRequest",
        message:
            "App Service Plans with fewer than {minimum} workers are not allowed for zone redundancy. Requested number of workers: {instances}.",
        source: "Azure/terraform-azurerm-avm-res-web-serverfarm#133",
    },
    planSystem: {
        when: "Linux plan turned into one for Windows, also by leaving `reserved` out",
        status: 400,
        code: "BadRequest",
        message:
            "You cannot change the OS hosting your app at this time. Please recreate your app with the desired OS.",
        source: "cloud-custodian/cloud-custodian#4556",
    },
    planAlwaysOn: {
        when: "plan scaled to a size without Always On under an app that has it",
        status: 409,
        code: "Conflict",
        message:
            "There was a conflict. AlwaysOn cannot be set for this site as the plan does not allow it. For more information on pricing and features, please see: https://aka.ms/appservicepricingdetails",
        source: "Azure/azure-quickstart-templates#7747",
    },
    planSlots: {
        when: "plan scaled to a size that has fewer slots than one of its apps",
        status: 409,
        code: "Conflict",
        message:
            "The plan cannot be changed to the '{tier}' SKU because the site {site} has {count} slot(s), more than it allows.",
        source: "MicrosoftDocs/azure-docs#24123",
        ownWords: true,
    },
    planHasApps: {
        when: "plan deleted while apps are on it",
        status: 409,
        code: "Conflict",
        message:
            "Server farm '{name}' cannot be deleted because it has web app(s) {apps} assigned to it.",
        source: "hashicorp/terraform-provider-azurerm#13377",
    },
    freePlans: {
        when: "more Free plans in a region than Azure gives",
        status: 409,
        code: "Conflict",
        message: "The maximum number of Free ServerFarms allowed in a Subscription is {limit}.",
        source: `${limits}; Azure/azure-cli#1007`,
    },
    freeLinuxPlans: {
        when: "second Free Linux plan in a region",
        status: 401,
        code: "Unauthorized",
        message:
            "This subscription has reached the limit of {limit} Free Linux app service plan(s) it can create in this region. Please choose a different sku or region.",
        source: "MicrosoftDocs/azure-docs#100771, microsoft/vscode-azureappservice#1766",
    },
    plansInGroup: {
        when: "more plans of a tier in a group than Azure gives",
        status: 409,
        code: "Conflict",
        message: "The resource group {group} cannot have more than {limit} '{tier}' plans.",
        source: limits,
        ownWords: true,
    },
    quota: {
        when: "more instances of a tier in a region than `npm run local -- quota` allows; templates show the code `SubscriptionIsOverQuotaForSku`",
        status: 401,
        code: "Unauthorized",
        message:
            "Operation cannot be completed without additional quota. \nAdditional details - Location: \nCurrent Limit ({tier} VMs): {limit} \nCurrent Usage: {usage}\nAmount required for this deployment ({tier} VMs): {required} \n(Minimum) New Limit that you should request to enable this deployment: {wanted}. \nNote that if you experience multiple scaling operations failing (in addition to this one) and need to accommodate the aggregate quota requirements of these operations, you will need to request a higher quota limit than the one currently displayed.",
        source: "Azure/terraform-azurerm-avm-res-web-site#248, Azure/Commercial-Marketplace-SaaS-Accelerator#854",
    },
    linuxWorkers: {
        when: "on an old deployment unit (`npm run local -- unit old`): Linux plan beside one for Windows, in one group and region",
        status: 400,
        code: "LinuxWorkersNotAllowedInResourceGroup",
        message:
            "Linux workers are not available in resource group {group}. Use this link to learn more https://aka.ms/LinuxWorkersNotAllowedInResourceGroup",
        source: "microsoft/azurechat#61",
    },
    windowsWorkers: {
        when: "on an old deployment unit: plan for Windows beside a Linux plan, in one group and region",
        status: 400,
        code: "WindowsWorkersNotAllowedInLinuxResourceGroup",
        message:
            "The requested app service plan cannot be created in the current resource group because it is hosting Linux apps. Please choose a different resource group or create a new one.",
        source: "shibayan/appservice-acmebot#144",
    },
    premiumV3Unit: {
        when: "on an old deployment unit: plan scaled to a third-generation Premium size",
        status: 400,
        code: "BadRequest",
        message:
            "The deployment unit of the plan {name} does not have {sku}: create the plan with that size, in a new resource group.",
        source: "learn.microsoft.com/azure/app-service/app-service-configure-premium-tier",
        ownWords: true,
    },

    // Microsoft.Web/sites
    siteName: {
        when: "name of an app out of shape",
        status: 400,
        code: "BadRequest",
        message: "The site name '{name}' is invalid.",
        source: names,
        ownWords: true,
    },
    siteNameTaken: {
        when: "app name taken by anybody",
        status: 409,
        code: "Conflict",
        message: "Website with given name {name} already exists.",
        source: "dotnet/sign#392",
    },
    sitePlanMissing: {
        when: "plan missing",
        status: 404,
        code: "NotFound",
        message: "Cannot find ServerFarm with name {plan}.",
        source: "Azure/azure-powershell#3410",
    },
    sitePlanRegion: {
        when: "app and plan in different regions",
        status: 400,
        code: "BadRequest",
        message:
            "The site '{name}' is in '{location}' but its App Service plan is in '{planLocation}'.",
        source: "learn.microsoft.com/azure/app-service/app-service-plan-manage",
        ownWords: true,
    },
    sitePlanMoved: {
        when: "app moved to a plan of another group",
        status: 404,
        code: "NotFound",
        message: "Cannot find ServerFarm with name {plan}.",
        source: "learn.microsoft.com/azure/app-service/app-service-plan-manage; Azure/azure-powershell#3410",
    },
    siteSystem: {
        when: "Linux app on a plan for Windows",
        status: 400,
        code: "BadRequest",
        message:
            "The parameter LinuxFxVersion has an invalid value: the App Service plan is not a Linux plan (reserved is false).",
        source: "learn.microsoft.com/azure/app-service/overview-hosting-plans",
        ownWords: true,
    },
    siteAlwaysOn: {
        when: "Always On where the plan does not allow it",
        status: 409,
        code: "Conflict",
        message:
            "There was a conflict. AlwaysOn cannot be set for this site as the plan does not allow it. For more information on pricing and features, please see: https://aka.ms/appservicepricingdetails",
        source: "microsoft/HealthBotContainerSample#51",
    },
    sitesOnPlan: {
        when: "more apps on a Free or Shared plan than it takes",
        status: 409,
        code: "Conflict",
        message: "The '{tier}' plan {plan} cannot have more than {limit} sites.",
        source: limits,
        ownWords: true,
    },

    // Microsoft.Web/sites/slots
    slotName: {
        when: "name of a slot out of shape",
        status: 400,
        code: "BadRequest",
        message: "The slot name '{name}' is invalid.",
        source: names,
        ownWords: true,
    },
    slotsOfSku: {
        when: "more slots than the plan's size has; Basic and below have none",
        status: 409,
        code: "Conflict",
        message:
            "Cannot complete the operation because the site will exceed the number of slots allowed for the '{tier}' SKU.",
        source: "microsoft/vscode-azureappservice#520, ITfoxtec/FoxIDs#470",
    },

    // Microsoft.Insights/autoscaleSettings
    autoscaleSku: {
        when: "autoscale of a plan whose size does not have it",
        status: 400,
        code: "BadRequest",
        message: "The plan {plan} has the SKU {sku}, which does not support autoscale.",
        source: limits,
        ownWords: true,
    },
    autoscaleTwice: {
        when: "second autoscale setting of a plan",
        status: 409,
        code: "Conflict",
        message: "The resource '{target}' already has the autoscale setting '{other}'.",
        source: "pulumi/pulumi-azure#787",
        ownWords: true,
    },

    // Microsoft.KeyVault/vaults
    vaultName: {
        when: "name of a vault out of shape",
        status: 400,
        code: "VaultNameNotValid",
        message:
            "The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens.",
        source: `${vaultErrors}; ${names}`,
        ownWords: true,
    },
    vaultNameTaken: {
        when: "vault name taken by anybody",
        status: 409,
        code: "VaultAlreadyExists",
        message:
            "The vault name '{name}' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more information about VaultAlreadyExists, soft delete and purging a vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740.",
        source: `${vaultErrors}; Esri/arcgis-gitops#174`,
    },
    vaultDeleted: {
        when: "vault name of a vault that is deleted but not purged",
        status: 409,
        code: "ConflictError",
        message:
            "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
        source: "alan-turing-institute/data-safe-haven#2523",
    },
    vaultNotDeleted: {
        when: "`createMode: recover` of a vault that was not deleted",
        status: 400,
        code: "SoftDeletedVaultDoesNotExist",
        message:
            "A soft deleted vault with the given name does not exist. Ensure that the name for the vault that is being attempted to recover is in a recoverable state.",
        source: "hashicorp/terraform-provider-azurerm, answers of the service in its users' logs",
    },
    vaultRetention: {
        when: "retention of a vault below 7 or above 90 days",
        status: 400,
        code: "BadRequest",
        message:
            'The property "softDeleteRetentionInDays" must be between {minimum} and {maximum}.',
        source: vaultSpecification,
        ownWords: true,
    },
    vaultRetentionChanged: {
        when: "retention of a vault changed",
        status: 400,
        code: "BadRequest",
        message:
            'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
        source: "learn.microsoft.com/azure/key-vault/general/soft-delete-overview; hashicorp/terraform-provider-azurerm, key_vault_resource.go",
    },
    vaultPurgeProtection: {
        when: "`enablePurgeProtection: false`",
        status: 400,
        code: "BadRequest",
        message:
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.',
        source: `${vaultSpecification}; hashicorp/terraform-provider-azurerm#5344`,
    },
    vaultPurge: {
        when: "purge of a vault with purge protection",
        status: 405,
        code: "MethodNotAllowed",
        message: "Operation 'DeletedVaultPurge' is not allowed.",
        source: "MicrosoftDocs/azure-docs#55427",
    },

    // Microsoft.Storage/storageAccounts
    storageName: {
        when: "name of a storage account out of shape",
        status: 400,
        code: "AccountNameInvalid",
        message:
            "{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.",
        source: "pulumi/templates#274",
    },
    storageNameTaken: {
        when: "name of a storage account taken by anybody",
        status: 409,
        code: "StorageAccountAlreadyTaken",
        message: "The storage account named {name} is already taken.",
        source: "hashicorp/terraform#11485",
    },
    storagePublicAccess: {
        when: "container open to everybody in an account that does not allow it",
        status: 409,
        code: "PublicAccessNotPermitted",
        message: "Public access is not permitted on this storage account.",
        source: "learn.microsoft.com/azure/storage/blobs/anonymous-read-access-prevent",
    },

    // Names of the rest
    resourceName: {
        when: "name of an identity, lock, workspace, Application Insights component or autoscale setting out of shape",
        status: 400,
        code: "BadRequest",
        message: "The name '{name}' is invalid for {type}; expected {expected}.",
        source: names,
        ownWords: true,
    },

    // Rights
    tokenOfOtherTenant: {
        when: "subscription of another tenant",
        status: 401,
        code: "InvalidAuthenticationTokenTenant",
        message:
            "The access token is from the wrong issuer 'https://sts.windows.net/{tenant}/'. It must match the tenant 'https://sts.windows.net/{wanted}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/{wanted}' to get the token.",
        source: "Azure/azure-sdk-for-net#49391",
    },
    actionNotAllowed: {
        when: "no role allows the action there",
        status: 403,
        code: "AuthorizationFailed",
        message:
            "The client '{client}' with object id '{objectId}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        source: `${rbac}/troubleshooting; Azure/enterprise-azure-policy-as-code#1339`,
    },
    linkedActionNotAllowed: {
        when: "no role allows what the body refers to: to join a plan, to assign an identity, to write roles at an assignable scope",
        status: 403,
        code: "LinkedAuthorizationFailed",
        message:
            "The client '{client}' with object id '{objectId}' has permission to perform action '{action}' on scope '{scope}'; however, it does not have permission to perform action(s) '{needed}' on the linked scope(s) '{linked}' (respectively) or the linked scope(s) are invalid.",
        source: "Azure/enterprise-azure-policy-as-code#1339, Azure/aad-pod-identity#613",
    },
    directoryNotAllowed: {
        when: "no right in the directory",
        status: 403,
        code: "Authorization_RequestDenied",
        message: "Insufficient privileges to complete the operation.",
        source: "Azure/pcs-cli#516, Azure/azure-powershell#8719",
    },

    // Role assignments and definitions
    assignmentName: {
        when: "role assignment whose name is no GUID",
        status: 400,
        code: "InvalidRoleAssignmentId",
        message:
            "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.",
        source: "Azure/azure-service-operator#2586",
    },
    assignedRoleMissing: {
        when: "no such role, or a custom one outside of its assignable scopes",
        status: 400,
        code: "RoleDefinitionDoesNotExist",
        message: "The specified role definition with ID '{role}' does not exist.",
        source: `Azure/azure-powershell, RoleDefinitionTests.ps1; ${rbac}/role-definitions#assignablescopes`,
    },
    assignmentExists: {
        when: "role that the principal has been assigned there already, under another name",
        status: 409,
        code: "RoleAssignmentExists",
        message: "The role assignment already exists.",
        source: "aztfmod/terraform-azurerm-caf#1589",
    },
    assignmentChanged: {
        when: "role assignment turned into another principal's or another role's",
        status: 400,
        code: "RoleAssignmentUpdateNotPermitted",
        message:
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
        source: `${rbac}/troubleshooting; Azure/Azure-Landing-Zones#2040`,
    },
    principalOfOtherType: {
        when: "principal of another type than said",
        status: 400,
        code: "UnmatchedPrincipalType",
        message:
            "The PrincipalId '{principal}' has type '{type}' , which is different from specified PrinciaplType '{said}'.",
        source: "Azure/azure-dev#5814",
    },
    principalNotFound: {
        when: "principal that is nowhere, or that is new (for ten seconds), without `principalType`",
        status: 400,
        code: "PrincipalNotFound",
        message:
            "Principal {principal} does not exist in the directory {tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group. See https://aka.ms/docs-principaltype",
        source: `${rbac}/troubleshooting; Azure/HubAndSpokeResearchEnclave#50`,
    },
    roleNotValid: {
        when: "custom role without a name or an assignable scope, or whose id is no GUID",
        status: 400,
        code: "BadRequest",
        message: "The role definition is not valid: {problem}.",
        source: `${rbac}/custom-roles; pulumi/pulumi-azure-native#625`,
        ownWords: true,
    },
    roleNameTaken: {
        when: "custom role with the name of another one, or of a built-in one",
        status: 409,
        code: "RoleDefinitionWithSameNameExists",
        message:
            "A custom role with the same name already exists in this directory. Use a different name.",
        source: `${rbac}/custom-roles; Azure/Azure-Landing-Zones#1505`,
    },
    roleAssigned: {
        when: "custom role deleted while it is assigned",
        status: 400,
        code: "RoleDefinitionHasAssignments",
        message: "There are existing role assignments referencing role.",
        source: `${rbac}/troubleshooting`,
    },

    // Signing in. Here the status is always 401, where Entra ID answers some of these with 400
    // (sjkp/letsencrypt-siteextension#108, Azure/azure-workload-identity#616).
    tenantMissing: {
        when: "sign-in to a tenant that does not exist",
        status: 401,
        code: "AADSTS90002",
        message:
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
        source: `${signInErrors}; Azure/azure-cli#22145`,
    },
    userMissing: {
        when: "user unknown in the tenant",
        status: 401,
        code: "AADSTS50020",
        message: "User account '{user}' does not exist in tenant '{tenant}'.",
        source: signInErrors,
        ownWords: true,
    },
    userDisabled: {
        when: "user disabled",
        status: 401,
        code: "AADSTS50057",
        message: "The user account is disabled.",
        source: signInErrors,
    },
    applicationMissing: {
        when: "application unknown in the tenant",
        status: 401,
        code: "AADSTS700016",
        message:
            "Application with identifier '{application}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
        source: `${signInErrors}; Azure/azure-powershell#9156`,
    },
    servicePrincipalMissing: {
        when: "application without a service principal",
        status: 401,
        code: "AADSTS7000229",
        message:
            "The client application {application} is missing service principal in the tenant {tenant}.",
        source: "Azure/Commercial-Marketplace-SaaS-Accelerator#830",
    },
    servicePrincipalDisabled: {
        when: "service principal disabled",
        status: 401,
        code: "AADSTS7000112",
        message: "Application '{application}'({name}) is disabled.",
        source: `${signInErrors}; MicrosoftDocs/azure-docs#28469`,
    },
    secretWrong: {
        when: "client secret wrong, or not valid yet",
        status: 401,
        code: "AADSTS7000215",
        message:
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{application}'.",
        source: `${signInErrors}; Azure/sap-automation#418`,
    },
    secretExpired: {
        when: "client secret expired",
        status: 401,
        code: "AADSTS7000222",
        message:
            "The provided client secret keys for app '{application}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
        source: `${signInErrors}; Budibase/budibase#15843`,
    },
    certificateRefused: {
        when: "certificate unknown, expired, or with another key",
        status: 401,
        code: "AADSTS700027",
        message:
            "The certificate with identifier used to sign the client assertion is not registered on application, or is not valid. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}']",
        source: `${signInErrors}; AzureAD/microsoft-authentication-library-for-js#8339`,
        ownWords: true,
    },
    tokenForged: {
        when: "token that its issuer has not signed",
        status: 401,
        code: "AADSTS50013",
        message: "Assertion failed signature validation.",
        source: "AzureAD/microsoft-authentication-library-for-dotnet#2604",
    },
    tokenOutOfTime: {
        when: "token before or after its time",
        status: 401,
        code: "AADSTS700024",
        message: "Client assertion is not within its valid time range.",
        source: "Azure/login#180",
    },
    tokenIssuer: {
        when: "token of an issuer that no federated credential trusts",
        status: 401,
        code: "AADSTS700211",
        message: `${noFederation} issuer '{issuer}'. ${federationHelp}`,
        source: "Azure/azure-workload-identity#1200",
    },
    tokenAudience: {
        when: "token for another audience",
        status: 401,
        code: "AADSTS700212",
        message: `${noFederation} audience '{audience}'. ${federationHelp}`,
        source: "Azure/azure-workload-identity#1200, where it is the issuer or the subject",
        ownWords: true,
    },
    tokenSubject: {
        when: "token of another subject",
        status: 401,
        code: "AADSTS700213",
        message: `${noFederation} subject '{subject}'. ${federationHelp}`,
        source: "Azure/azure-workload-identity#1200, Azure/login#482",
    },
    tokenSubjectCase: {
        when: "token whose subject has other capital letters",
        status: 401,
        code: "AADSTS7002138",
        message: `${noFederation} subject '{subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. ${federationHelp}`,
        source: "Azure/login#515",
    },

    // The directory
    objectMissing: {
        when: "object of the directory that is not there, such as a member of a group",
        status: 404,
        code: "Request_ResourceNotFound",
        message:
            "Resource '{object}' does not exist or one of its queried reference-property objects are not present.",
        source: "microsoftgraph/microsoft-graph-docs#6059",
    },
    // Graph gives this code as a detail of the code Request_BadRequest.
    backingApplicationMissing: {
        when: "service principal of an application that is not there",
        status: 400,
        code: "NoBackingApplicationObject",
        message:
            "The appId '{application}' of the service principal does not reference a valid application object.",
        source: "microsoftgraph/msgraph-sdk-powershell#846",
    },
    servicePrincipalExists: {
        when: "second service principal of an application",
        status: 409,
        code: "Request_MultipleObjectsWithSameKeyValue",
        message:
            "The service principal cannot be created, updated, or restored because the service principal name {application} is already in use.",
        source: "Azure/reliable-web-app-pattern-java#185",
    },
    userNameTaken: {
        when: "user with the principal name of another one",
        status: 400,
        code: "Request_BadRequest",
        message:
            "Another object with the same value for property userPrincipalName already exists.",
        source: "microsoftgraph/microsoft-graph-docs#1508",
    },
    federatedNameTaken: {
        when: "second federated credential of a name in an application",
        status: 409,
        code: "Request_MultipleObjectsWithSameKeyValue",
        message: "FederatedIdentityCredential with name {name} already exists.",
        source: "Azure/azure-dev#1482",
    },
    federatedSubjectTaken: {
        when: "second federated credential of an issuer and subject in an application",
        status: 400,
        code: "InvalidFederatedIdentityCredentialValue",
        message: "FederatedIdentityCredential with the same issuer and subject already exists.",
        source: "Azure/azure-workload-identity#434",
        ownWords: true,
    },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

/** The names in braces of a message. */
type Placeholders<Message extends string> = Message extends `${string}{${infer Name}}${infer Rest}`
    ? Name | Placeholders<Rest>
    : never;

type PlaceholdersOf<Name extends RuleName> = Placeholders<(typeof rules)[Name]["message"]>;

/** The values that a rule's message names; none where it names none. */
type Values<Name extends RuleName> = [PlaceholdersOf<Name>] extends [never]
    ? []
    : [Readonly<Record<PlaceholdersOf<Name>, string | number>>];

/** Azure's refusal by a rule. */
export function refusal<Name extends RuleName>(name: Name, ...values: Values<Name>): CloudError {
    const { status, code, message }: Rule = rules[name];
    const given: Readonly<Record<string, string | number>> = values[0] ?? {};
    const filled = message.replaceAll(/\{(\w+)\}/g, (_, key: string) => String(given[key]));
    return new CloudError(status, code, filled);
}
