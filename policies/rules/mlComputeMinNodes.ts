import { rule } from "../rule";
import { isAbsent, number } from "../values";

/** A cluster without work has no nodes. */
export const mlComputeMinNodes = rule({
    id: "ml-compute-min-nodes",
    description: "A machine learning cluster should shrink to no nodes.",
    types: ["machinelearningservices:Compute"],
    severity: "medium",
    level: "advisory",
    why: "Each node that is kept costs as much without work as with it.",
    fix: "properties: { properties: { scaleSettings: { minNodeCount: 0, maxNodeCount: 2 } } }",
    peers: ["checkov CKV_AZURE_150"],
    check({ must }) {
        // Azure's own default is 0.
        const fits = (value: unknown) => isAbsent(value) || number(value) === 0;
        must("properties.properties.scaleSettings.minNodeCount", fits, "0");
    },
});
