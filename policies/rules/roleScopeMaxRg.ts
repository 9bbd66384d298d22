import { isWithin, parseScope, scopeKinds } from "../../azure/scopes";
import { choice, texts } from "../options";
import { rule } from "../rule";
import { isAbsent, list, shown } from "../values";

/** A role holds in one resource group at most. */
export const roleScopeMaxRg = rule({
    id: "role-scope-max-rg",
    description: "A role must be assigned at a resource group or below.",
    types: ["authorization:RoleAssignment", "authorization:PimRoleEligibilitySchedule"],
    severity: "critical",
    level: "mandatory",
    control: "PA-7",
    why: "A right in the whole subscription reaches everything that anybody else has there.",
    fix: "scope: group.id",
    peers: [
        "PSRule Azure.RBAC.UseRGDelegation (live only)",
        "Pulumi rbac-least-privilege (closed)",
    ],
    // Before the group exists role-scope-provenance judges where the scope comes from.
    onUnknown: "skip",
    options: {
        maxScope: choice<"resource" | "resourceGroup" | "subscription">(
            "resourceGroup",
            ["resource", "resourceGroup", "subscription"],
            "Widest scope that is allowed.",
        ),
        allowedScopes: texts(
            [],
            'Ends of scopes that a role may hold in, such as "/resourceGroups/shop-rg"; none means any group.',
        ),
    },
    check({ props, options, violation }) {
        const found = props.read("scope");
        if (!found.known) return;
        const text = typeof found.value === "string" ? found.value : "";
        const scope = parseScope(text);
        if (!scope) {
            const is = isAbsent(found.value)
                ? "not set"
                : `no scope of Azure: ${shown(found.value)}`;
            return violation({
                where: "scope",
                is,
                allowed: "the id of a resource group, or of what is in it",
            });
        }
        const width = (kind: (typeof scopeKinds)[number]) => scopeKinds.indexOf(kind);
        if (width(scope.kind) < width(options.maxScope)) {
            const words = {
                tenant: "the whole tenant",
                managementGroup: "a management group",
                subscription: "a whole subscription",
                resourceGroup: "a resource group",
                resource: "a resource",
            };
            return violation({
                where: "scope",
                is: words[scope.kind],
                allowed: `${words[options.maxScope]} at most`,
            });
        }
        if (options.allowedScopes.length === 0) return;
        const group = `/subscriptions/${scope.subscriptionId}/resourceGroups/${scope.resourceGroup}`;
        const inside = options.allowedScopes.some(
            (end) =>
                group.toLowerCase().endsWith(
                    end
                        .trim()
                        .toLowerCase()
                        .replace(/^(?!\/)/, "/"),
                ) || isWithin(text, end),
        );
        if (!inside)
            violation({ where: "scope", is: shown(text), allowed: list(options.allowedScopes) });
    },
});
