import { assign, rule } from "../rule";
import { isTrue } from "../values";
import { apps } from "../webApps";

/** Nobody talks to an app in clear. */
export const webappHttpsOnly = rule({
    id: "webapp-https-only",
    description: "A web app must answer over HTTPS only.",
    types: apps,
    severity: "high",
    level: "mandatory",
    control: "DP-3",
    why: "Over HTTP anybody on the way reads the request, its token and the answer.",
    fix: "httpsOnly: true",
    peers: [
        "checkov CKV_AZURE_14",
        "checkov CKV_AZURE_153",
        "PSRule AZR-000084",
        "Azure Policy a4af4a39",
        "trivy AZU-0072",
        "template-analyzer TA-000016",
        "KICS website_not_forcing_https",
    ],
    check: ({ must }) => must("httpsOnly", isTrue, "true"),
    repair: (props) => assign(props, "httpsOnly", true),
});
