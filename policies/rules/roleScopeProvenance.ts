import { groupOfId, isWithin } from "../../azure/scopes";
import { texts } from "../options";
import { type StackResource, stackRule } from "../rule";
import { list, word } from "../values";

const roleTypes = ["authorization:RoleAssignment", "authorization:PimRoleEligibilitySchedule"];

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
    setting: "list the resource in policies/config.<environment>.json",
    onUnknown: "skip",
    options: {
        allowedResources: texts(
            [],
            "Ids of single resources outside the group that a role may hold on, such as an Azure ML workspace, or the blob container of the state.",
        ),
    },
    check({ resources, options, violation }) {
        const groups = resources.filter((resource) => resource.is("resources:ResourceGroup"));
        const own = new Set(
            resources.filter((one) => isInGroup(one, groups)).map(({ urn }) => urn),
        );
        for (const role of resources.filter((one) => one.is(...roleTypes))) {
            const scope = role.outputs.read("scope");
            if (!scope.known) {
                const sources = role.sources("scope");
                if (sources.some((urn) => own.has(urn))) continue;
                const is = "not known yet, and comes from nothing in the stack's resource group";
                violation({ where: "scope", is }, role);
                continue;
            }
            const names = groups.map(nameOf).filter((name) => typeof name === "string");
            const { value } = scope;
            if (names.length === 0 || typeof value !== "string") continue;
            if (options.allowedResources.some((id) => word(id) === word(value))) continue;
            if (!groups.some((group) => reaches(group, value))) {
                const is = "outside the stack's resource group";
                violation({ where: "scope", is, allowed: list(names) }, role);
            }
        }
    },
});

function nameOf(group: StackResource): unknown {
    return group.outputs.value("name") ?? group.inputs.value("resourceGroupName");
}

/** Whether a scope is this group or in it: by its id, with the subscription, or by its name before it has one. */
function reaches(group: StackResource, scope: string): boolean {
    const id = group.outputs.value("id");
    if (typeof id === "string" && id !== "") return isWithin(scope, id);
    const name = word(nameOf(group));
    return name !== undefined && word(groupOfId(scope)) === name;
}

/** Whether a resource is one of these groups or in one of them; in any group where the stack makes none. */
function isInGroup(resource: StackResource, groups: readonly StackResource[]): boolean {
    if (resource.is("resources:ResourceGroup")) return true;
    if (resource.type.family !== "azure") return false;
    const name = resource.inputs.read("resourceGroupName");
    if (groups.length === 0) return !name.known || typeof name.value === "string";
    const sources = resource.sources("resourceGroupName");
    if (groups.some(({ urn }) => sources.includes(urn))) return true;
    if (!name.known || typeof name.value !== "string") return false;
    return groups.some((group) => word(nameOf(group)) === word(name.value));
}
