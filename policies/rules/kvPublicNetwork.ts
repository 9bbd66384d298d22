import { rule } from "../rule";
import { word } from "../values";

/** A vault is closed to the world. */
export const kvPublicNetwork = rule({
    id: "kv-public-network",
    description:
        "A key vault must be closed to the public network, or open to listed addresses only.",
    types: ["keyvault:Vault"],
    severity: "high",
    level: "mandatory",
    control: "NS-2",
    why: "Whoever reaches a vault can try every credential that has leaked.",
    fix: 'properties: { publicNetworkAccess: "Disabled" }',
    peers: ["checkov CKV_AZURE_109", "checkov CKV_AZURE_189", "PSRule AZR-000355"],
    check({ props, violation, settle }) {
        const access = props.read("properties.publicNetworkAccess");
        const action = props.read("properties.networkAcls.defaultAction");
        if (access.known && word(access.value) === "disabled") return settle();
        if (action.known && word(action.value) === "deny") return settle();
        if (!access.known || !action.known) return;
        violation({
            where: "properties.publicNetworkAccess",
            is: "not Disabled, and properties.networkAcls.defaultAction not Deny",
        });
    },
});
