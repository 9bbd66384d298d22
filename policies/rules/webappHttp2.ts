import { assign, rule } from "../rule";
import { isTrue } from "../values";
import { apps } from "../webApps";

/** Many requests share one connection. */
export const webappHttp2 = rule({
    id: "webapp-http2",
    description: "A web app should speak HTTP/2.",
    types: apps,
    severity: "low",
    level: "advisory",
    why: "HTTP/2 is faster, and Azure leaves it off unless told.",
    fix: "siteConfig: { http20Enabled: true }",
    peers: [
        "checkov CKV_AZURE_18",
        "PSRule AZR-000078",
        "Azure Policy 8c122334",
        "trivy AZU-0005",
        "KICS website_with_http20enabled_disabled",
    ],
    check: ({ must }) => must("siteConfig.http20Enabled", isTrue, "true"),
    repair: (props) => assign(props, "siteConfig.http20Enabled", true),
});
