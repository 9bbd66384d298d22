import { groupOfId } from "../../azure/scopes";
import { type StackResource, stackRule } from "../rule";
import { list, word } from "../values";

/** The scope of a role comes from the stack's own resource group, which shows before the group exists. */
export const roleScopeProvenance = stackRule({
    id: "role-scope-provenance",
    description:
        "The scope of a role must come from the stack's resource group or from what is in it.",
    severity: "critical",
    level: "mandatory",
    control: "PA-7",
    why:
        "In the first preview the id of a new group is unknown, and role-scope-max-rg has to wait: " +
        "where the value comes from is known already.",
    fix: "scope: group.id",
    onUnknown: "skip",
    check({ resources, violation }) {
        const groups = resources.filter((resource) => resource.is("resources:ResourceGroup"));
        const inGroup = new Set(resources.filter(isInGroup).map(({ urn }) => urn));
        for (const role of resources.filter((one) => one.is("authorization:RoleAssignment"))) {
            const scope = role.outputs.read("scope");
            if (!scope.known) {
                const sources = role.sources("scope");
                if (sources.some((urn) => inGroup.has(urn))) continue;
                const is = "not known yet, and comes from nothing in a resource group";
                violation({ where: "scope", is }, role);
                continue;
            }
            const names = groups.map(nameOf).filter((name) => typeof name === "string");
            if (names.length === 0 || typeof scope.value !== "string") continue;
            const own = word(groupOfId(scope.value));
            if (!names.some((name) => word(name) === own)) {
                const is = "outside the stack's resource group";
                violation({ where: "scope", is, allowed: list(names) }, role);
            }
        }
    },
});

function nameOf(group: StackResource): unknown {
    return group.outputs.value("name") ?? group.inputs.value("resourceGroupName");
}

/** Whether the id of a resource is a resource group's, or that of something in one. */
function isInGroup(resource: StackResource): boolean {
    if (resource.is("resources:ResourceGroup")) return true;
    const name = resource.inputs.read("resourceGroupName");
    return resource.type.family === "azure" && (!name.known || typeof name.value === "string");
}
