/**
 * App settings that App Service itself reads, for a custom Linux container.
 * Source: learn.microsoft.com/azure/app-service/reference-app-settings
 */

/** Seconds that a container may take to start before App Service ends it. Default of Azure: 230. */
export const startTimeLimit = { minimum: 10, maximum: 1800 } as const;

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
        // Without it App Service assumes port 80 and reports a container that never starts.
        WEBSITES_PORT: String(runtime.port),
        WEBSITES_CONTAINER_START_TIME_LIMIT: String(runtime.startTimeLimitSeconds),
        // A mounted /home would hide what the image has there.
        WEBSITES_ENABLE_APP_SERVICE_STORAGE: "false",
    };
    if (runtime.warmUpPath) settings.WEBSITE_WARMUP_PATH = runtime.warmUpPath;
    if (runtime.warmUpStatuses) settings.WEBSITE_WARMUP_STATUSES = runtime.warmUpStatuses;
    return settings;
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
