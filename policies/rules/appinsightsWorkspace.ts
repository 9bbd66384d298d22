import { rule } from "../rule";
import { isAbsent } from "../values";

/** Telemetry lies in a workspace. */
export const appinsightsWorkspace = rule({
    id: "appinsights-workspace",
    description: "Application Insights must keep its data in a workspace.",
    types: ["applicationinsights:Component", "insights:Component"],
    severity: "medium",
    level: "mandatory",
    control: "LT-3",
    why: "Classic components are retired; only a workspace has rights, retention and queries over all that a team runs.",
    fix: "workspaceResourceId: workspace.id",
    peers: ["PSRule AZR-000069", "Azure Policy d550e854"],
    check: ({ must }) =>
        must("workspaceResourceId", (id) => !isAbsent(id), "the id of a Log Analytics workspace"),
});
