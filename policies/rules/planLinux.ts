import { rule } from "../rule";
import { isTrue, words } from "../values";

/** Containers of this stack are Linux containers: so is the plan. */
export const planLinux = rule({
    id: "plan-linux",
    description: "An App Service plan must run Linux.",
    types: ["web:AppServicePlan"],
    severity: "medium",
    level: "mandatory",
    control: "PV-2",
    why: "Without reserved: true Azure makes a Windows plan, which runs no Linux container and cannot be changed.",
    fix: 'kind: "linux", reserved: true',
    check({ must }) {
        must("reserved", isTrue, "true");
        must("kind", (kind) => words(kind).includes("linux"), '"linux"');
    },
});
