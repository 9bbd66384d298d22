import { choice } from "../options";
import { rule } from "../rule";
import { word, type Reader } from "../values";
import { apps } from "../webApps";

/** Addresses that mean everybody. */
const everybody = ["0.0.0.0/0", "::/0", "any", "internet"];

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
        if (options.mode === "restricted" && action.known && word(action.value) === "deny") {
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
        if (!own.known || !site.known || (options.mode === "restricted" && !action.known)) return;
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
    return allows && everybody.includes(word(rule.value("ipAddress")) ?? "");
}
