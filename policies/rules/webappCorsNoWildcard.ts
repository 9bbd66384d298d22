import { rule } from "../rule";
import { apps } from "../webApps";

/** Not every site in the world may call the app from its visitors' browsers. */
export const webappCorsNoWildcard = rule({
    id: "webapp-cors-no-wildcard",
    description: "A web app must not let every web site call it.",
    types: apps,
    severity: "high",
    level: "mandatory",
    control: "PV-2",
    why: "With * any page that somebody visits can call the app from that visitor's browser, and read the answer.",
    fix: 'siteConfig: { cors: { allowedOrigins: ["https://example.com"] } }',
    peers: ["checkov CKV_AZURE_57", "Azure Policy 5744710e", "template-analyzer TA-000018"],
    check({ props, violation }) {
        for (const origin of props.each("siteConfig.cors.allowedOrigins")) {
            const value = origin.value();
            if (typeof value === "string" && /^(https?:\/\/)?\*$/i.test(value.trim())) {
                violation({ where: origin.where, is: '"*"', allowed: "single origins" });
            }
        }
    },
});
