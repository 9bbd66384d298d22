import { choice } from "../options";
import { assign, rule } from "../rule";
import { number } from "../values";
import { apps } from "../webApps";

const versions = ["1.0", "1.1", "1.2", "1.3"] as const;
const fields = ["siteConfig.minTlsVersion", "siteConfig.scmMinTlsVersion"];

/** Old versions of TLS are broken: neither the app nor the site that deploys it takes them. */
export const webappMinTls = rule({
    id: "webapp-min-tls",
    description: "A web app must refuse old versions of TLS.",
    types: apps,
    severity: "high",
    level: "mandatory",
    control: "NS-8",
    why: "TLS 1.0 and 1.1 can be broken; the SCM site, which peers mostly forget, has a version of its own.",
    fix: 'siteConfig: { minTlsVersion: "1.2", scmMinTlsVersion: "1.2" }',
    setting: "pulumi config set minTlsVersion 1.2",
    peers: [
        "checkov CKV_AZURE_15",
        "checkov CKV_AZURE_154",
        "PSRule AZR-000073",
        "Azure Policy f0e6e85b",
        "trivy AZU-0006",
        "template-analyzer TA-000017",
        "KICS web_app_not_using_tls_last_version",
    ],
    options: {
        minTlsVersion: choice<(typeof versions)[number]>(
            "1.2",
            versions,
            "Oldest version; newer ones are allowed.",
        ),
    },
    check({ options, must }) {
        const known = versions.map(Number);
        const fits = (value: unknown) =>
            known.includes(number(value)) && number(value) >= Number(options.minTlsVersion);
        for (const field of fields) must(field, fits, `${options.minTlsVersion} or newer`);
    },
    repair(props, { props: read, options }) {
        for (const field of fields) {
            // What is not known yet may be newer.
            const now = read.read(field);
            if (!now.known || number(now.value) >= Number(options.minTlsVersion)) continue;
            assign(props, field, options.minTlsVersion);
        }
    },
});
