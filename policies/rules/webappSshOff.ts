import { rule } from "../rule";
import { isFalse } from "../values";
import { apps } from "../webApps";

/** Nobody signs in to a running container. */
export const webappSshOff = rule({
    id: "webapp-ssh-off",
    description: "A web app should not let anybody sign in to its container.",
    types: apps,
    severity: "medium",
    level: "advisory",
    control: "PV-2",
    why: "A shell in the container sees its secrets and changes what no image and no program shows.",
    fix: "sshEnabled: false",
    peers: ["Azure Policy 25255ddf"],
    check: ({ must }) => must("sshEnabled", isFalse, "false"),
});
