import { texts } from "../options";
import { type StackResource, stackRule } from "../rule";
import { list, word } from "../values";

/** All of a stack lies in one resource group, where its rights, its budget and its end are. */
export const singleResourceGroup = stackRule({
    id: "single-resource-group",
    description: "Everything of a stack must be in one resource group.",
    severity: "medium",
    level: "mandatory",
    control: "NS-1",
    why: "The deployer's rights, the budget and the clean-up end at the group; what is outside escapes all three.",
    fix: "resourceGroupName: group.name",
    onUnknown: "skip",
    options: {
        allowedResourceGroups: texts(
            [],
            "Groups that are allowed; none means the one group of the stack.",
        ),
    },
    check({ resources, options, violation }) {
        const groups = resources.filter((resource) => resource.is("resources:ResourceGroup"));
        const allowed = options.allowedResourceGroups;
        if (allowed.length === 0) {
            for (const extra of groups.slice(1)) {
                const is = `one group more than "${groups[0]!.name}"`;
                violation(
                    { where: "This", is, fix: "remove it, or make it a stack of its own" },
                    extra,
                );
            }
        }
        const own = groups[0] && nameOf(groups[0]);
        let first = allowed.length > 0 ? undefined : own;
        for (const resource of resources) {
            if (resource.type.family !== "azure" || groups.includes(resource)) continue;
            const name = placeOf(resource);
            if (name === undefined) {
                // Not known yet: then it must come from the group of the stack.
                const sources = resource.sources("resourceGroupName");
                if (sources.length === 0 || groups.some(({ urn }) => sources.includes(urn)))
                    continue;
                if (groups.length === 0) continue;
                const is = "of another origin than the stack's resource group";
                violation({ where: "resourceGroupName", is }, resource);
                continue;
            }
            if (allowed.length === 0) first ??= name;
            const fits =
                allowed.length > 0
                    ? allowed.map(word).includes(word(name))
                    : word(name) === word(first);
            const expected = allowed.length > 0 ? list(allowed) : first!;
            if (!fits)
                violation(
                    { where: "Its resource group", is: `"${name}"`, allowed: expected },
                    resource,
                );
        }
    },
});

/** Name of a resource group, from what the program asked for or what Azure answered. */
function nameOf(group: StackResource): string | undefined {
    const name = group.inputs.value("resourceGroupName") ?? group.outputs.value("name");
    return typeof name === "string" ? name : undefined;
}

/** Group that a resource is in, as far as it is known. */
function placeOf({ inputs }: StackResource): string | undefined {
    const name = inputs.value("resourceGroupName");
    return typeof name === "string" ? name : undefined;
}
