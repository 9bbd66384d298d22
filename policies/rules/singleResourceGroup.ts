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
        const others = resources.filter(
            (resource) => resource.type.family === "azure" && !groups.includes(resource),
        );
        let allowed = options.allowedResourceGroups;
        if (allowed.length === 0) {
            for (const extra of groups.slice(1)) {
                const is = `one group more than "${groups[0]!.name}"`;
                const fix = "remove it, or make it a stack of its own";
                violation({ where: "This", is, fix }, extra);
            }
            const one = groups.length > 0 ? nameOf(groups[0]!) : first(others.map(placeOf));
            allowed = one === undefined ? [] : [one];
        }
        for (const resource of others) {
            const name = placeOf(resource);
            if (name !== undefined) {
                if (allowed.length === 0 || allowed.map(word).includes(word(name))) continue;
                const is = `"${name}"`;
                violation({ where: "Its resource group", is, allowed: list(allowed) }, resource);
                continue;
            }
            // Not known yet: then it must come from a group of the stack, if that has one.
            const sources = resource.sources("resourceGroupName");
            if (sources.length === 0 || groups.length === 0) continue;
            if (groups.some(({ urn }) => sources.includes(urn))) continue;
            const is = "of another origin than the stack's resource group";
            violation({ where: "resourceGroupName", is }, resource);
        }
    },
});

function first(names: readonly (string | undefined)[]): string | undefined {
    return names.find((name) => name !== undefined);
}

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
