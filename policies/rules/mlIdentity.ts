import { rule } from "../rule";
import { isAbsent, words } from "../values";

/** A workspace acts by an identity that outlives it. */
export const mlIdentity = rule({
    id: "ml-identity",
    description: "A machine learning workspace should act by a user-assigned identity.",
    types: ["machinelearningservices:Workspace"],
    severity: "low",
    level: "advisory",
    control: "IM-3",
    why: "A user-assigned identity can be given its rights before the workspace exists, and keeps them when it is made anew.",
    fix: 'identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] }, primaryUserAssignedIdentity: identity.id',
    peers: ["PSRule AZR-000407", "Azure Policy 5f0c7d88"],
    check({ must }) {
        must("identity.type", (type) => words(type).includes("userassigned"), "UserAssigned");
        must("primaryUserAssignedIdentity", (id) => !isAbsent(id), "the id of the identity");
    },
});
