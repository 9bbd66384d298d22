import { assign, rule } from "../rule";
import { isFalse } from "../values";
import { apps } from "../webApps";

/** Any instance answers any request. */
export const webappClientAffinityOff = rule({
    id: "webapp-client-affinity-off",
    description: "A web app should not tie callers to one instance.",
    types: apps,
    severity: "low",
    level: "advisory",
    why: "A model keeps nothing between two requests; a cookie that ties a caller to one instance only spreads the load badly.",
    fix: "clientAffinityEnabled: false",
    peers: ["PSRule AZR-000083"],
    check: ({ must }) => must("clientAffinityEnabled", isFalse, "false"),
    repair: (props) => assign(props, "clientAffinityEnabled", false),
});
