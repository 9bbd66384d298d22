import { includesEverybody } from "../../azure/addresses";
import { choice } from "../options";
import { rule } from "../rule";
import { isAbsent, word, type Reader } from "../values";
import { apps } from "../webApps";

/** Words in the place of an address that mean everybody. */
const everybody = ["any", "internet"];

/** Who may call the app is written down. */
export const webappPublicNetwork = rule({
    id: "webapp-public-network",
    description:
        "A web app must be closed to the public network, or open to listed addresses only.",
    types: apps,
    severity: "high",
    level: "advisory",
    control: "NS-2",
    why: "What everybody can reach, everybody can try: a model costs money for each attempt.",
    fix: 'publicNetworkAccess: "Disabled", or siteConfig: { ipSecurityRestrictionsDefaultAction: "Deny" } and the addresses that may call',
    setting: "pulumi config set allowedIpRanges 203.0.113.0/24",
    peers: ["checkov CKV_AZURE_222 (passes only Disabled)", "Azure Policy 1b5ef780"],
    options: {
        mode: choice(
            "restricted",
            ["restricted", "disabled"],
            'What is enough: listed addresses ("restricted"), or only no public access at all ("disabled").',
        ),
    },
    check({ props, options, violation, settle }) {
        const own = props.read("publicNetworkAccess");
        const site = props.read("siteConfig.publicNetworkAccess");
        const closed = [own, site].some((found) => found.known && word(found.value) === "disabled");
        if (closed) return settle();
        const action = props.read("siteConfig.ipSecurityRestrictionsDefaultAction");
        const rules = props.read("siteConfig.ipSecurityRestrictions");
        // Rules without a default action refuse whomever none of them names.
        // Source: learn.microsoft.com/azure/app-service/overview-access-restrictions
        const implied = rules.known && Array.isArray(rules.value) && rules.value.length > 0;
        const denies =
            action.known && (isAbsent(action.value) ? implied : word(action.value) === "deny");
        if (options.mode === "restricted" && denies) {
            for (const rule of props
                .each("siteConfig.ipSecurityRestrictions")
                .filter(admitsEverybody)) {
                violation({
                    where: `${rule.where}.ipAddress`,
                    is: "everybody",
                    allowed: "single addresses and ranges",
                });
            }
            return settle();
        }
        const undecided = !action.known || (isAbsent(action.value) && !rules.known);
        if (!own.known || !site.known || (options.mode === "restricted" && undecided)) return;
        violation({
            where: "The app",
            is: "open to everybody",
            allowed:
                options.mode === "disabled"
                    ? "no public network"
                    : "no public network, or listed addresses",
        });
    },
});

function admitsEverybody(rule: Reader): boolean {
    const allows = word(rule.value("action")) !== "deny";
    const address = word(rule.value("ipAddress")) ?? "";
    return allows && (everybody.includes(address) || includesEverybody(address));
}
