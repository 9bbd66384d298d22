import { containers } from "../containers";
import { rule } from "../rule";
import { isTrue } from "../values";

/** A container is not root on its host. */
export const aciNotPrivileged = rule({
    id: "aci-not-privileged",
    description: "A container of a group must not be privileged.",
    types: ["containerinstance:ContainerGroup"],
    severity: "high",
    level: "mandatory",
    control: "PV-2",
    why: "A privileged container that is broken into is a host that is broken into.",
    fix: "securityContext: { privileged: false }",
    peers: ["Pulumi container-instance-privileged-mode (closed)"],
    check({ props, violation }) {
        for (const container of containers(props)) {
            if (!isTrue(container.value("securityContext.privileged"))) continue;
            violation({
                where: `${container.where}.securityContext.privileged`,
                is: "true",
                allowed: "false",
            });
        }
    },
});
