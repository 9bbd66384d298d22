import { whole } from "../options";
import { rule } from "../rule";
import { apps } from "../webApps";

/** Azure asks the app whether it is well. */
export const webappHealthCheck = rule({
    id: "webapp-health-check",
    description: "A web app must have a health check of its own.",
    types: apps,
    severity: "medium",
    level: "advisory",
    why: "Without one Azure sends requests to an instance that answers none; a container app escapes the same rule elsewhere.",
    fix: 'siteConfig: { healthCheckPath: "/healthz" }',
    setting: "pulumi config set healthCheckPath /healthz",
    peers: ["checkov CKV_AZURE_213", "PSRule AZR-000079", "PSRule AZR-000080"],
    options: {
        minLength: whole(
            2,
            "Shortest path; 2 refuses the root, which answers whatever the state of the app.",
            1,
        ),
    },
    check({ options, must }) {
        const fits = (path: unknown) =>
            typeof path === "string" &&
            path.trim().startsWith("/") &&
            path.trim().length >= options.minLength;
        must(
            "siteConfig.healthCheckPath",
            fits,
            `a path of at least ${options.minLength} characters that starts with /`,
        );
    },
});
