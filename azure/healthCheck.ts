/**
 * App Service's health check: how often it asks, and when it takes an instance out of rotation.
 * Source: learn.microsoft.com/azure/app-service/monitor-instances-health-check
 */

/** Seconds between two pings of an instance, and the longest wait for an answer. */
export const pingIntervalSeconds = 60;

/** Seconds of failing pings after which an instance is replaced by a new one. */
export const replacedAfterSeconds = 3600;

/** Most instances of a plan that are replaced in an hour and in a day. */
export const replacements = { perHour: 1, perDay: 3 } as const;

/** `WEBSITE_HEALTHCHECK_MAXPINGFAILURES`: failed pings after which an instance is unhealthy. */
export const maxPingFailures = { minimum: 2, maximum: 10, default: 10 } as const;

/** `WEBSITE_HEALTHCHECK_MAXUNHEALTHYWORKERPERCENT`: most instances out of rotation at a time. */
export const maxUnhealthyPercent = { minimum: 1, maximum: 100, default: 50 } as const;

/** Whether a status counts as well. Redirects are not followed and do not count. */
export function isHealthy(status: number): boolean {
    return status >= 200 && status <= 299;
}

/**
 * How many unhealthy instances are taken out of rotation: no more than the percentage, and none where all
 * are unhealthy. A single instance therefore always stays.
 */
export function mostEvicted(instances: number, unhealthy: number, percent: number): number {
    if (unhealthy >= instances) return 0;
    return Math.min(unhealthy, Math.floor((instances * percent) / 100));
}
