import { texts } from "../options";
import { rule } from "../rule";
import { isOneOf, list } from "../values";

/** Roles go to principals and groups, never to a person. */
export const rolePrincipalType = rule({
    id: "role-principal-type",
    description: "A role must say that it goes to a service principal or to a group.",
    types: ["authorization:RoleAssignment"],
    severity: "medium",
    level: "advisory",
    control: "PA-1",
    why:
        "Without a type Azure looks the principal up, and fails while a new one replicates " +
        "(PrincipalNotFound); a person's own role outlives the person's task.",
    fix: 'principalType: "ServicePrincipal"',
    peers: ["PSRule Azure.RBAC.UseGroups (live only)", "Pulumi aad-direct-user-roles (closed)"],
    options: {
        allowedPrincipalTypes: texts(
            ["ServicePrincipal", "Group"],
            "Allowed values of principalType.",
        ),
    },
    check({ options, must }) {
        must(
            "principalType",
            isOneOf(options.allowedPrincipalTypes),
            list(options.allowedPrincipalTypes),
        );
    },
});
