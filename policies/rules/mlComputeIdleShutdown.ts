import { isoDurationMinutes } from "../../azure/durations";
import { whole } from "../options";
import { rule } from "../rule";
import { word } from "../values";

/** A compute that nobody uses costs nothing. */
export const mlComputeIdleShutdown = rule({
    id: "ml-compute-idle-shutdown",
    description: "A machine learning compute instance should shut down when idle.",
    types: ["machinelearningservices:Compute"],
    severity: "medium",
    level: "advisory",
    why: "A compute instance costs as much at night and at weekends as while somebody works.",
    fix: 'properties: { properties: { idleTimeBeforeShutdown: "PT30M" } }',
    peers: ["PSRule AZR-000403", "Azure Policy 679ddf89"],
    options: { maxIdleMinutes: whole(60, "Longest idle time, in minutes.", 1) },
    check({ props, options, must }) {
        const kind = props.read("properties.computeType");
        if (!kind.known || word(kind.value) !== "computeinstance") return;
        const fits = (value: unknown) => {
            const minutes = typeof value === "string" ? isoDurationMinutes(value) : undefined;
            return minutes !== undefined && minutes > 0 && minutes <= options.maxIdleMinutes;
        };
        must(
            "properties.properties.idleTimeBeforeShutdown",
            fits,
            `PT${options.maxIdleMinutes}M or less`,
        );
    },
});
