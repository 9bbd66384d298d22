import { stackRule } from "../rule";
import { unknownOptions, unusedWaivers } from "../waivers";

/** What this pack is told has an effect. */
export const packConfig = stackRule({
    id: "pack-config",
    description: "What the configuration of the policies says must mean something.",
    severity: "medium",
    level: "mandatory",
    control: "PV-1",
    why: "The engine ignores an option that no rule has; and a waiver that nothing needs waits for the next mistake.",
    fix: "remove it from the configuration of the policies, or mend its name",
    onUnknown: "skip",
    check({ violation, advise }) {
        for (const { rule, option } of unknownOptions()) {
            violation({ where: `The option "${option}" of ${rule}`, is: "none that the rule has" });
        }
        for (const { rule, waiver } of unusedWaivers()) {
            const { resource, owner, lastDay } = waiver;
            advise(
                `The waiver of ${rule} for "${resource}" (${owner}, until ${lastDay}) is not needed. Remove it.`,
            );
        }
    },
});
