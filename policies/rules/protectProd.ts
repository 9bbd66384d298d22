import { texts } from "../options";
import { stackRule } from "../rule";
import { word } from "../values";

const locks = [
    "authorization:ManagementLockAtResourceGroupLevel",
    "authorization:ManagementLockByScope",
    "authorization:ManagementLockAtResourceLevel",
];

/** What runs in production is not deleted by a slip of the hand. */
export const protectProd = stackRule({
    id: "protect-prod",
    description:
        "What runs in production should be protected, and its security not be left to others.",
    severity: "medium",
    level: "advisory",
    control: "AM-3",
    why: "A renamed resource is a deleted one; and what a program ignores, anybody may change behind its back.",
    fix: "{ protect: true }, or a management lock CanNotDelete on the group",
    peers: ["Pulumi lb-deletion-protection (closed)"],
    onUnknown: "skip",
    options: {
        types: texts(["resources:ResourceGroup", "web:WebApp"], "Types that should be protected."),
        securityProperties: texts(
            [
                "httpsOnly",
                "identity",
                "publicNetworkAccess",
                "siteConfig.minTlsVersion",
                "siteConfig.scmMinTlsVersion",
                "siteConfig.ftpsState",
                "siteConfig.remoteDebuggingEnabled",
                "siteConfig.ipSecurityRestrictions",
                "siteConfig.ipSecurityRestrictionsDefaultAction",
            ],
            "Properties whose changes no program should ignore.",
        ),
    },
    check({ resources, options, violation }) {
        const locked = resources.some(
            (one) =>
                one.is(...locks) &&
                ["cannotdelete", "readonly"].includes(word(one.inputs.value("level")) ?? ""),
        );
        for (const resource of resources.filter((one) => one.is(...options.types))) {
            if (!locked && !resource.opts.protect) {
                violation(
                    { where: "protect", is: "not set, and no lock is in the stack" },
                    resource,
                );
            }
            for (const ignored of resource.opts.ignoreChanges) {
                const touches = options.securityProperties.some((one) => overlap(one, ignored));
                if (!touches) continue;
                const fix = `remove "${ignored}" from ignoreChanges`;
                violation(
                    { where: "ignoreChanges", is: `"${ignored}", which security depends on`, fix },
                    resource,
                );
            }
        }
    },
});

/** Whether one path is the other, or leads to it; "*" is all of them. */
function overlap(property: string, ignored: string): boolean {
    const leads = (a: string, b: string) =>
        b === a || b.startsWith(`${a}.`) || b.startsWith(`${a}[`);
    return ignored === "*" || leads(property, ignored) || leads(ignored, property);
}
