/**
 * What a change interrupts: each row by the settings that lead to it, and by what of which resource changes then.
 * README's table is made from the first, the reports of previews from the second.
 *
 * Sources: learn.microsoft.com/azure/app-service/configure-common (a changed setting restarts the app),
 * learn.microsoft.com/azure/app-service/manage-scale-up, and the properties that force a replacement in
 * pulumi-azure-native and pulumi-azuread. What no row tells is not known, which is not to say that it is harmless.
 */
export interface Interruption {
    /** The settings, as README.md shows them. */
    readonly settings: string;
    /** What happens, as README.md and the reports show it. */
    readonly effect: string;
    /** How it shows in a preview; absent for what no preview shows. */
    readonly when?: readonly Sign[];
}

/** A change of a resource by which an interruption is recognised. */
export interface Sign {
    /** Type token. */
    readonly type: string;
    readonly action: "update" | "replace" | "delete";
    /** Any of these properties, or something below them, changes; absent: whichever. */
    readonly properties?: readonly string[];
}

const group = "azure-native:resources:ResourceGroup";
const plan = "azure-native:web:AppServicePlan";
const app = "azure-native:web:WebApp";
const assignment = "azure-native:authorization:RoleAssignment";
const federation =
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
const secret = "azuread:index/applicationPassword:ApplicationPassword";
const certificate = "azuread:index/applicationCertificate:ApplicationCertificate";

/** In order of importance: of several rows that apply, the first says most. */
export const interruptions: readonly Interruption[] = [
    {
        settings:
            "`image`, `appSettings`, `port`, `healthCheckPath`, warm-up, `registry…`, `minTlsVersion`, `alwaysOn`",
        effect: "app updated in place; its container restarts",
        when: [
            {
                type: app,
                action: "update",
                properties: [
                    "siteConfig.linuxFxVersion",
                    "siteConfig.appSettings",
                    "siteConfig.healthCheckPath",
                    "siteConfig.minTlsVersion",
                    "siteConfig.scmMinTlsVersion",
                    "siteConfig.alwaysOn",
                    "siteConfig.acrUseManagedIdentityCreds",
                ],
            },
        ],
    },
    {
        settings: "`allowedIpRanges`, `tags`",
        effect: "updated in place",
        when: [
            {
                type: app,
                action: "update",
                properties: [
                    "tags",
                    "publicNetworkAccess",
                    "siteConfig.ipSecurityRestrictions",
                    "siteConfig.ipSecurityRestrictionsDefaultAction",
                    "siteConfig.scmIpSecurityRestrictionsUseMain",
                ],
            },
            { type: plan, action: "update", properties: ["tags"] },
            { type: group, action: "update", properties: ["tags"] },
        ],
    },
    {
        settings: "`sku`, `instances`, `zoneRedundant`",
        effect: "plan updated in place, where Azure can; apps restart on other machines",
        when: [{ type: plan, action: "update", properties: ["sku", "zoneRedundant"] }],
    },
    {
        settings: "`name`",
        effect: "plan and app replaced, and the group too unless `resourceGroup` is set: down meanwhile, new URL",
        when: [
            { type: app, action: "replace", properties: ["name"] },
            { type: plan, action: "replace", properties: ["name"] },
        ],
    },
    {
        settings: "`location`, `resourceGroup`",
        effect: "group and all that is in it replaced: down meanwhile",
        when: [
            { type: group, action: "replace" },
            { type: app, action: "replace" },
            { type: plan, action: "replace" },
        ],
    },
    {
        settings: "`deploys` to `access`",
        effect: "plan and app deleted: down, and anybody may take the app's address",
        when: [
            { type: app, action: "delete" },
            { type: plan, action: "delete" },
        ],
    },
    {
        settings: '`createResourceGroup` to `"false"`',
        effect: 'the group is let go of, and kept; back to `"true"` needs `pulumi import`',
    },
    {
        settings: "`subscriptionId`, `tenantId`",
        effect: "refused: a stack stays where it is; make another stack",
    },
    {
        settings: "`deployerRoles`",
        effect: "assignments added and removed; the app is not touched",
        when: [
            { type: assignment, action: "delete" },
            { type: assignment, action: "replace" },
        ],
    },
    {
        settings: "`githubRepository`, `githubBranch`, `environment` and the ids",
        effect: "federated credential updated in place",
        when: [{ type: federation, action: "update" }],
    },
    {
        settings: "`clientSecrets`, `certificates`",
        effect: "what is not listed any more is deleted: it stops working",
        when: [
            { type: secret, action: "delete" },
            { type: certificate, action: "delete" },
        ],
    },
];

function isBelow(path: string, property: string): boolean {
    return path === property || path.startsWith(`${property}.`) || path.startsWith(`${property}[`);
}

/**
 * What a change of a resource interrupts, in one line; undefined where no row tells.
 *
 * @param paths Of the properties that change, such as `siteConfig.alwaysOn`.
 */
export function whatIsInterrupted(
    type: string,
    action: string,
    paths: readonly string[],
): string | undefined {
    const applies = (sign: Sign) =>
        sign.type === type &&
        sign.action === action &&
        (sign.properties?.some((property) => paths.some((path) => isBelow(path, property))) ??
            true);
    // A restart says more than "updated in place"; a row of a replacement names its cause.
    return interruptions.find(({ when = [] }) => when.some(applies))?.effect;
}
