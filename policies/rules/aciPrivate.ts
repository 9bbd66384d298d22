import { rule } from "../rule";
import { isAbsent, word } from "../values";

/** A container group, which has no TLS and no firewall of its own, is in a network. */
export const aciPrivate = rule({
    id: "aci-private",
    description: "A container group should have no public address.",
    types: ["containerinstance:ContainerGroup"],
    severity: "medium",
    level: "advisory",
    control: "NS-2",
    why: "A container group has no TLS, no firewall and no sign-in of its own in front of its public address.",
    fix: 'subnetIds: [{ id: subnet.id }] and ipAddress: { type: "Private", ... }',
    peers: ["checkov CKV_AZURE_98", "checkov CKV_AZURE_245", "Azure Policy 8af8f826"],
    check({ props, must }) {
        const subnets = props.read("subnetIds");
        if (subnets.known && Array.isArray(subnets.value) && subnets.value.length > 0) return;
        // Without an address nobody calls it.
        if (subnets.known)
            must("ipAddress.type", (type) => isAbsent(type) || word(type) !== "public", "Private");
    },
});
