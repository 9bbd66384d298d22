/** What drifted: found out by the other files of this folder, printed by report.ts. */

/** One property of a resource, or one setting of an app. */
export interface Change {
    /** Such as `siteConfig.ftpsState`, or the name of a setting. */
    readonly path: string;
    readonly kind: "added" | "changed" | "removed";
    /** As the state has it; undefined where it has none, or where it is not shown. */
    readonly before?: unknown;
    /** As Azure has it now; undefined where it has none, or where it is not shown. */
    readonly now?: unknown;
    /** Whether it is, or may be, a secret: then neither value is here. */
    readonly secret: boolean;
}

export interface ResourceDrift {
    readonly urn: string;
    readonly name: string;
    /** Type token. */
    readonly type: string;
    /** ARM id, or object id of the directory. */
    readonly id: string;
    readonly deleted: boolean;
    /** None of what is deleted. */
    readonly changes: readonly Change[];
}

/** App settings of one web app or slot. */
export interface SettingsDrift {
    /** Of the resource that gives the settings. */
    readonly urn: string;
    readonly name: string;
    /** ARM id of the app or slot. */
    readonly id: string;
    readonly changes: readonly Change[];
}

/** What could not be looked at. */
export interface Unseen {
    readonly name: string;
    /** Type token, or "app settings". */
    readonly what: string;
    readonly reason: string;
    /** Whether it is the administrator's, and was refused: principals and roles, which a reader need not see. */
    readonly refused: boolean;
}

export interface Drift {
    readonly stack: string;
    /** How many resources, and settings of apps, were looked at. */
    readonly lookedAt: number;
    readonly resources: readonly ResourceDrift[];
    readonly settings: readonly SettingsDrift[];
    readonly unseen: readonly Unseen[];
}

/** Microsoft Graph's code for "not allowed". */
const refusedByGraph = "Authorization_RequestDenied";

/** A custom role belongs to the subscription, and roles elsewhere to where they are: beyond a reader of the group. */
const isRole = (type: string) => type.startsWith("azure-native:authorization:");

export function unseen(name: string, what: string, reason: string): Unseen {
    const ofRole = isRole(what) && reason.includes("AuthorizationFailed");
    return { name, what, reason, refused: ofRole || reason.includes(refusedByGraph) };
}

/**
 * `drift`; `none`; `unknown` where nothing was found, but not everything could be looked at. Refused principals
 * and roles change nothing about that: a pipeline's reader need not see them, and the report says what it did not see.
 */
export function verdictOf({ resources, settings, unseen, lookedAt }: Drift): Verdict {
    if (resources.length > 0 || settings.length > 0) return "drift";
    return lookedAt === 0 || unseen.some(({ refused }) => !refused) ? "unknown" : "none";
}

export type Verdict = "drift" | "none" | "unknown";

export const nameOf = (urn: string) => urn.split("::").at(-1)!;
