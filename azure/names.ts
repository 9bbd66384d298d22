/**
 * Azure's naming rules for what this stack creates, and the names that the stack derives from one.
 * Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export interface NameRule {
    /** Resource type, as ARM spells it. */
    readonly type: string;
    /** Within what the name must be unique. */
    readonly scope: "world" | "subscription" | "resource group" | "site" | "scope";
    readonly minimum: number;
    readonly maximum: number;
    readonly pattern: RegExp;
    /** The pattern in words, as the end of the sentence "expected ...". */
    readonly words: string;
}

export const nameRules = {
    resourceGroup: {
        type: "Microsoft.Resources/resourceGroups",
        scope: "subscription",
        minimum: 1,
        maximum: 90,
        pattern: /^[-\w.()\p{L}\p{N}]*[-\w()\p{L}\p{N}]$/u,
        words: "letters, digits, _ ( ) - and ., not ending in a period",
    },
    plan: {
        type: "Microsoft.Web/serverfarms",
        scope: "resource group",
        minimum: 1,
        maximum: 60,
        pattern: /^[-\w]+$/,
        words: "letters, digits, hyphens and underscores",
    },
    site: {
        type: "Microsoft.Web/sites",
        scope: "world",
        minimum: 2,
        maximum: 60,
        pattern: /^[0-9a-z](?:[0-9a-z-]*[0-9a-z])?$/i,
        words: "letters, digits and hyphens, with no hyphen at either end",
    },
    slot: {
        type: "Microsoft.Web/sites/slots",
        scope: "site",
        minimum: 2,
        maximum: 59,
        pattern: /^[0-9a-z-]+$/i,
        words: "letters, digits and hyphens",
    },
    vault: {
        type: "Microsoft.KeyVault/vaults",
        scope: "world",
        minimum: 3,
        maximum: 24,
        pattern: /^[a-z](?:-?[0-9a-z])*$/i,
        words: "letters, digits and single hyphens, with a letter first and no hyphen last",
    },
    lock: {
        type: "Microsoft.Authorization/locks",
        scope: "scope",
        minimum: 1,
        maximum: 90,
        pattern: /^[-\w.()]*[-\w()]$/,
        words: "letters, digits, _ ( ) - and ., not ending in a period",
    },
    identity: {
        type: "Microsoft.ManagedIdentity/userAssignedIdentities",
        scope: "resource group",
        minimum: 3,
        maximum: 128,
        pattern: /^[0-9a-z][-\w]*$/i,
        words: "letters, digits, hyphens and underscores, with a letter or digit first",
    },
    workspace: {
        type: "Microsoft.OperationalInsights/workspaces",
        scope: "resource group",
        minimum: 4,
        maximum: 63,
        pattern: /^[0-9a-z](?:[0-9a-z-]*[0-9a-z])?$/i,
        words: "letters, digits and hyphens, with no hyphen at either end",
    },
    storageAccount: {
        type: "Microsoft.Storage/storageAccounts",
        scope: "world",
        minimum: 3,
        maximum: 24,
        pattern: /^[0-9a-z]+$/,
        words: "lower-case letters and digits",
    },
    blobContainer: {
        type: "Microsoft.Storage/storageAccounts/blobServices/containers",
        scope: "scope",
        minimum: 3,
        maximum: 63,
        pattern: /^[0-9a-z](?:-?[0-9a-z])*$/,
        words: "lower-case letters, digits and single hyphens, with no hyphen at either end",
    },
    insights: {
        type: "Microsoft.Insights/components",
        scope: "resource group",
        minimum: 1,
        maximum: 260,
        pattern: /^[^%&\\?/]*[^%&\\?/. ]$/,
        words: "anything but % & \\ ? and /, not ending in a space or period",
    },
    autoscale: {
        type: "Microsoft.Insights/autoscaleSettings",
        scope: "resource group",
        minimum: 1,
        maximum: 260,
        pattern: /^[^:<>+/&%\\?|]*[^:<>+/&%\\?|. ]$/,
        words: "anything but : < > + / & % \\ ? and |, not ending in a space or period",
    },
} satisfies Record<string, NameRule>;

/** What is wrong with a name, as the end of the sentence "expected ..."; undefined if nothing is. */
export function nameProblem(rule: NameRule, name: string): string | undefined {
    const fits = name.length >= rule.minimum && name.length <= rule.maximum;
    if (fits && rule.pattern.test(name)) return undefined;
    return `${rule.minimum} to ${rule.maximum} characters: ${rule.words}`;
}

/** Names as in the lessons: everything follows from one short name. */
export function planName(name: string): string {
    return `${name}-plan`;
}

export function appName(name: string): string {
    return `${name}-app`;
}

/** Where every app of App Service, of whomever, has its address and its SCM site. */
export const sitesDomain = "azurewebsites.net";

export function resourceGroupName(name: string): string {
    return `${name}-rg`;
}

export function deployerName(name: string): string {
    return `${name}-deployer`;
}

export function readerName(name: string): string {
    return `${name}-reader`;
}

/** Longest `name` whose plan still fits into the 40 characters that older regions allow a plan. */
export const longestName = 40 - planName("").length;

/** Names that hardly anybody has: the wanted one with four random hexadecimal digits each. */
export function alternativeNames(name: string, randoms: readonly number[]): string[] {
    const room = longestName - 5;
    return randoms.map(
        (random) =>
            `${name.slice(0, room)}-${Math.floor(random * 0x10000)
                .toString(16)
                .padStart(4, "0")}`,
    );
}
