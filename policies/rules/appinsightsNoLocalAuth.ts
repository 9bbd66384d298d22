import { rule } from "../rule";
import { isTrue } from "../values";

/** Only identities send telemetry. */
export const appinsightsNoLocalAuth = rule({
    id: "appinsights-no-local-auth",
    description: "Application Insights should take telemetry from identities only.",
    types: ["applicationinsights:Component", "insights:Component"],
    severity: "low",
    level: "advisory",
    control: "IM-1",
    why: "Whoever finds the connection string in a client or a log can send telemetry, for which you pay.",
    fix: "disableLocalAuth: true",
    peers: ["PSRule AZR-000484", "Azure Policy 199d5677"],
    check: ({ must }) => must("disableLocalAuth", isTrue, "true"),
});
