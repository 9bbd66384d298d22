/**
 * App settings that App Service itself reads, for a custom Linux container.
 * Source: learn.microsoft.com/azure/app-service/reference-app-settings
 */

/** Seconds that a container may take to start before App Service ends it. Default of Azure: 230. */
export const startTimeLimit = { minimum: 10, maximum: 1800, default: 230 } as const;

/** `WEBSITES_CONTAINER_STOP_TIME_LIMIT`: seconds that a container has to end when it is told to. */
export const stopTimeLimit = { maximum: 120, default: 5 } as const;

/** Ports that App Service tries where `WEBSITES_PORT` names none. */
export const detectedPorts = [80, 8080] as const;

/** Path that is asked until a container answers, where `WEBSITE_WARMUP_PATH` names none. */
export const defaultWarmUpPath = "/robots933456.txt";

/** TCP ports that an image can listen on. */
export const port = { minimum: 1, maximum: 65535 } as const;

/** What a container needs told to App Service; each field ends in one setting or none. */
export interface ContainerRuntime {
    /** TCP port that the container listens on, at 0.0.0.0. */
    readonly port: number;
    /** Longest start of the container, in seconds. */
    readonly startTimeLimitSeconds: number;
    /** Path that is asked until the container answers; Azure's own default answers any image. */
    readonly warmUpPath?: string;
    /** HTTP statuses that count as ready, e.g. `200,202`; without them any status does. */
    readonly warmUpStatuses?: string;
}

/** The settings of App Service for a container, by name. */
export function containerSettings(runtime: ContainerRuntime): Record<string, string> {
    const settings: Record<string, string> = {
        // Without it App Service tries 80 and 8080 only, and reports a container that never starts.
        WEBSITES_PORT: String(runtime.port),
        WEBSITES_CONTAINER_START_TIME_LIMIT: String(runtime.startTimeLimitSeconds),
        // A mounted /home would hide what the image has there.
        WEBSITES_ENABLE_APP_SERVICE_STORAGE: "false",
    };
    if (runtime.warmUpPath) settings.WEBSITE_WARMUP_PATH = runtime.warmUpPath;
    if (runtime.warmUpStatuses) settings.WEBSITE_WARMUP_STATUSES = runtime.warmUpStatuses;
    return settings;
}

/** What App Service reads from an app's settings when it starts its container. */
export interface HostedContainer {
    /** Ports to ask: the one that is set, else those that App Service tries. */
    readonly ports: readonly number[];
    readonly startTimeLimitSeconds: number;
    readonly stopTimeLimitSeconds: number;
    readonly warmUpPath: string;
    /** Statuses that count as ready; undefined means any. */
    readonly warmUpStatuses?: readonly number[];
}

/** Reads settings as App Service does; what is no number within its bounds counts as not set or as the bound. */
export function readContainerSettings(settings: Readonly<Record<string, string>>): HostedContainer {
    const number = (name: string) => {
        const value = settings[name]?.trim() ?? "";
        return /^\d+$/.test(value) ? Number(value) : undefined;
    };
    const within = (
        value: number,
        { minimum = 0, maximum }: { minimum?: number; maximum: number },
    ) => Math.min(Math.max(value, minimum), maximum);
    const own = number("WEBSITES_PORT");
    const statuses = (settings.WEBSITE_WARMUP_STATUSES ?? "").match(/\d+/g)?.map(Number);
    return {
        ports: own && own <= port.maximum ? [own] : detectedPorts,
        startTimeLimitSeconds: within(
            number("WEBSITES_CONTAINER_START_TIME_LIMIT") ?? startTimeLimit.default,
            startTimeLimit,
        ),
        stopTimeLimitSeconds: within(
            number("WEBSITES_CONTAINER_STOP_TIME_LIMIT") ?? stopTimeLimit.default,
            stopTimeLimit,
        ),
        warmUpPath: settings.WEBSITE_WARMUP_PATH || defaultWarmUpPath,
        warmUpStatuses: statuses,
    };
}

/** Settings that App Service keeps from the container. */
const notPassedOn = new Set([
    "WEBSITES_PORT",
    "DOCKER_REGISTRY_SERVER_URL",
    "DOCKER_REGISTRY_SERVER_USERNAME",
    "DOCKER_REGISTRY_SERVER_PASSWORD",
]);

/** What App Service knows of an app and tells its container. */
export interface HostedSite {
    readonly name: string;
    readonly resourceGroup: string;
    readonly hostName: string;
    /** Tier of the plan, such as `Basic`. */
    readonly tier: string;
    readonly instanceId: string;
    /** Port that the container should listen on. */
    readonly port: number;
}

/**
 * Environment of a container: the app's settings, and of what App Service adds the part whose values are
 * documented. `PORT` is documented for built-in images; that custom ones get it too is seen only in the
 * start lines that App Service logs (`docker run ... -e PORT=80`).
 */
export function containerEnvironment(
    settings: Readonly<Record<string, string>>,
    site: HostedSite,
): Record<string, string> {
    const passedOn = Object.entries(settings).filter(([name]) => !notPassedOn.has(name));
    return {
        PORT: String(site.port),
        ...Object.fromEntries(passedOn),
        WEBSITE_SITE_NAME: site.name,
        WEBSITE_RESOURCE_GROUP: site.resourceGroup,
        WEBSITE_HOSTNAME: site.hostName,
        WEBSITE_SKU: site.tier,
        WEBSITE_INSTANCE_ID: site.instanceId,
    };
}

/** Names that the stack sets from its own settings, so that two owners never fight over one. */
export const reservedSettings: readonly string[] = [
    "WEBSITES_PORT",
    "WEBSITES_CONTAINER_START_TIME_LIMIT",
    "WEBSITES_ENABLE_APP_SERVICE_STORAGE",
    "WEBSITE_WARMUP_PATH",
    "WEBSITE_WARMUP_STATUSES",
    "DOCKER_REGISTRY_SERVER_URL",
    "DOCKER_REGISTRY_SERVER_USERNAME",
    "DOCKER_REGISTRY_SERVER_PASSWORD",
];

/** Linux passes settings as environment variables: letters, digits and underscores. */
export const settingName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Whether the value of a setting only says where in Key Vault the secret is.
 * Source: learn.microsoft.com/azure/app-service/app-service-key-vault-references
 */
export function isKeyVaultReference(value: unknown): boolean {
    return typeof value === "string" && /^@Microsoft\.KeyVault\(.+\)$/i.test(value.trim());
}
