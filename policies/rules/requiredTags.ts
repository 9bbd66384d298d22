import { textMap } from "../options";
import { assign, rule } from "../rule";
import { taggableTypes } from "../taggable";
import { isAbsent } from "../values";

/** Environment of a resource: the last part of its stack's name, which its URN begins with. */
function environmentOf(urn: string): string {
    return urn.split("::")[0]!.split(":").at(-1)!.split("/").at(-1)!;
}

/** Everything says whose it is and who pays for it. */
export const requiredTags = rule({
    id: "required-tags",
    description: "A resource must have the tags that say what it is for and who pays.",
    types: taggableTypes,
    severity: "low",
    level: "mandatory",
    control: "AM-1",
    why: "Nobody dares to delete, and nobody can bill, what says nothing about its owner.",
    fix: 'tags: { env: "dev", owner: "...", costCenter: "..." }',
    setting:
        "pulumi config set --path tags.owner <name>, and the same for each tag that is missing",
    peers: [
        "PSRule AZR-000477",
        "PSRule AZR-000478",
        "PSRule AZR-000166",
        "Azure Policy 871b6d14",
        "Azure Policy 1e30110a",
    ],
    options: {
        requiredTags: textMap(
            { env: "dev|test|prod", owner: ".+", costCenter: ".+" },
            "Names of tags, in any case, and regular expressions that all of the value must match.",
        ),
    },
    check({ props, options, violation }) {
        const tags = props.read("tags");
        if (!tags.known) return;
        const found = new Map(
            props.entries("tags").map(([name, value]) => [name.trim().toLowerCase(), value]),
        );
        for (const [name, pattern] of Object.entries(options.requiredTags)) {
            const value = found.get(name.toLowerCase())?.read() ?? {
                known: true,
                value: undefined,
            };
            if (!value.known) continue;
            const where = `tags.${name}`;
            // This stack sets "env" itself, to its own name.
            const own = name.toLowerCase() === "env";
            const mend = {
                fix: `tags: { "${name}": "..." }`,
                setting: own ? undefined : `pulumi config set --path tags.${name} <value>`,
            };
            if (isAbsent(value.value))
                violation({ where, is: "not set", allowed: pattern, ...mend });
            else if (!new RegExp(`^(?:${pattern})$`).test(String(value.value).trim())) {
                // A tag is for everybody to see, but nobody can say what has ended up in one.
                violation({ where, is: "not of the form required", allowed: pattern, ...mend });
            }
        }
    },
    // Owner and cost centre only a person knows; the environment is in the name of the stack.
    repair(props, { urn, options }) {
        const env = environmentOf(urn);
        const pattern = options.requiredTags.env;
        if (pattern === undefined || !new RegExp(`^(?:${pattern})$`).test(env)) return;
        const tags = props.tags as Record<string, unknown> | undefined;
        const name = Object.keys(tags ?? {}).find((key) => key.trim().toLowerCase() === "env");
        if (isAbsent(name === undefined ? undefined : tags![name]))
            assign(props, `tags.${name ?? "env"}`, env);
    },
});
