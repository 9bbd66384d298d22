import { includesEverybody } from "../../azure/addresses";
import { rule } from "../rule";
import { isTrue, word } from "../values";

/** Who may reach a cluster's API server is written down. */
export const aksAuthorizedIpRanges = rule({
    id: "aks-authorized-ip-ranges",
    description: "A cluster's API server must be private, or open to listed addresses only.",
    types: ["containerservice:ManagedCluster"],
    severity: "high",
    level: "mandatory",
    control: "NS-2",
    why: "Whoever reaches the API server can try every credential and every hole in it.",
    fix: 'apiServerAccessProfile: { authorizedIPRanges: ["203.0.113.0/24"] }',
    peers: [
        "checkov CKV_AZURE_6",
        "checkov CKV_AZURE_115",
        "PSRule Azure.AKS.AuthorizedIPs",
        "trivy AZU-0041",
        "trivy AZU-0065",
        "template-analyzer TA-000023",
    ],
    check({ props, violation, settle }) {
        const apart = props.read("apiServerAccessProfile.enablePrivateCluster");
        if (apart.known && isTrue(apart.value)) return settle();
        const where = "apiServerAccessProfile.authorizedIPRanges";
        const ranges = props.read(where);
        const open = props.each(where).filter((one) => includesEverybody(word(one.value()) ?? ""));
        for (const range of open)
            violation({
                where: range.where,
                is: "everybody",
                allowed: "single addresses and ranges",
            });
        if (!apart.known || !ranges.known || open.length > 0) return;
        if (!Array.isArray(ranges.value) || ranges.value.length === 0) {
            violation({ where, is: "not set", allowed: "addresses and ranges" });
        }
    },
});
