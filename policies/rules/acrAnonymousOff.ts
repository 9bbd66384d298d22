import { rule } from "../rule";
import { isTrue } from "../values";

/** Nobody pulls unseen. */
export const acrAnonymousOff = rule({
    id: "acr-anonymous-off",
    description: "A container registry must know who pulls.",
    types: ["containerregistry:Registry"],
    severity: "high",
    level: "mandatory",
    control: "IM-1",
    why: "An image holds code, models and sometimes secrets; anonymous pulls are in no log by name.",
    fix: "anonymousPullEnabled: false",
    peers: ["checkov CKV_AZURE_138", "PSRule AZR-000401", "Azure Policy 9f2dea28"],
    check: ({ must }) => must("anonymousPullEnabled", (value) => !isTrue(value), "false"),
});
