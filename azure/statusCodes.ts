/**
 * What App Service's front end answers by itself, without or instead of a Linux container's own answer.
 *
 * Sources: [settings] learn.microsoft.com/azure/app-service/reference-app-settings;
 * [502-503] learn.microsoft.com/azure/app-service/troubleshoot-http-502-http-503;
 * [timeout] learn.microsoft.com/troubleshoot/azure/app-service/web-request-times-out-app-service;
 * [403] learn.microsoft.com/troubleshoot/azure/app-service/error-403-web-app-stopped-message;
 * [RFC9110] www.rfc-editor.org/rfc/rfc9110;
 * [429] learn.microsoft.com/troubleshoot/azure/app-service/faqs-app-service-linux-new.
 * The list of 502, 503 and 504 that Azure Machine Learning gives for its web services is another service's:
 * there a request times out after one minute.
 */
export interface StatusCode {
    readonly status: number;
    /** When the front end answers it. */
    readonly when: string;
    /** What to do about it. */
    readonly remedy: string;
    /** Page that says so, and what it leaves open. */
    readonly source: string;
}

/** Seconds without a response after which App Service answers for a Linux app (230 on Windows). [timeout] */
export const requestLimitSeconds = 240;

/**
 * Header of the 403 with which App Service keeps out a caller who is not in an app's access restrictions; its value is
 * the caller's address, as App Service sees it. Sources: Azure/static-web-apps#1666, microsoft/clarity#1133.
 */
export const keptOutHeader = "x-ms-forbidden-ip";

export const statusCodes = {
    stopped: {
        status: 403,
        when: "the web app is stopped",
        remedy: "start the web app",
        source: "[403]",
    },
    starting: {
        status: 503,
        when: "the container is starting, or the platform has ended a start that failed and tries again",
        remedy: "wait for the warm-up path to answer; the log says what it waits for",
        source: "[settings] WEBSITE_WARMUP_STATUSES, WEBSITES_CONTAINER_START_TIME_LIMIT",
    },
    overloaded: {
        status: 503,
        when: "more requests are under way than the platform takes",
        remedy: "call less often, answer faster, or add instances",
        source: "[502-503] names long requests and high load as causes; it gives no number of requests",
    },
    crashed: {
        status: 502,
        when: "the container ended, or closed the connection, before it had answered",
        remedy: "look for the exception in the container's output",
        source: "[502-503] names a crash as a cause; it does not part 502 from 503",
    },
    unreadable: {
        status: 502,
        when: "what the container answered is not HTTP",
        remedy: "write the answer's header lines as RFC 9112 has them, each with CR and LF at its end",
        source: "[RFC9110] 15.6.3: a gateway that got an invalid response; App Service's pages do not name it",
    },
    timeout: {
        status: 504,
        when: `no response came within ${requestLimitSeconds} seconds`,
        remedy: "answer sooner, and do long work in the background",
        source: "[timeout] gives the limit; 504 is RFC 9110's number for a gateway's time-out",
    },
    tooManyWebSockets: {
        status: 429,
        when: "a Free plan has more than five WebSocket connections",
        remedy: "use a larger sku",
        source: "[429]",
    },
} as const satisfies Record<string, StatusCode>;
