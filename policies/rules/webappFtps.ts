import { texts } from "../options";
import { assign, rule } from "../rule";
import { isOneOf, list } from "../values";
import { apps } from "../webApps";

/** Nobody uploads files past the image. */
export const webappFtps = rule({
    id: "webapp-ftps",
    description: "A web app must not take files over FTP.",
    types: apps,
    severity: "high",
    level: "mandatory",
    control: "DP-3",
    why: "FTP sends the publishing password in clear; a container is deployed by its image, so nobody needs even FTPS.",
    fix: 'siteConfig: { ftpsState: "Disabled" }',
    peers: [
        "checkov CKV_AZURE_78",
        "PSRule AZR-000081",
        "Azure Policy 4d24b6d4",
        "trivy AZU-0071",
        "template-analyzer TA-000015",
    ],
    options: {
        allowedStates: texts(
            ["Disabled"],
            "Allowed values of ftpsState; peers allow FtpsOnly too.",
        ),
    },
    check({ options, must }) {
        must("siteConfig.ftpsState", isOneOf(options.allowedStates), list(options.allowedStates));
    },
    repair(props, { options }) {
        const [first] = options.allowedStates;
        if (first !== undefined) assign(props, "siteConfig.ftpsState", first);
    },
});
