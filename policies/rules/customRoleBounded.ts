import { matchesAction } from "../../azure/permissions";
import { parseScope } from "../../azure/scopes";
import { texts } from "../options";
import { rule } from "../rule";
import { shown, type Reader } from "../values";

/** A custom role does not do everything, gives no rights, and exists in a resource group. */
export const customRoleBounded = rule({
    id: "custom-role-bounded",
    description:
        "A custom role must not hand out rights, do everything, or reach beyond a resource group.",
    types: ["authorization:RoleDefinition"],
    severity: "critical",
    level: "mandatory",
    control: "PA-7",
    why: "A custom role with a wildcard is Owner under another name, which no list of built-in roles catches.",
    fix: 'actions: ["Microsoft.Web/sites/read", ...], assignableScopes: [group.id]',
    peers: [
        "checkov CKV_AZURE_39",
        "trivy AZU-0030",
        "trivy AZU-0052",
        "template-analyzer TA-000020",
        "Azure Policy a451c1ef",
    ],
    options: {
        forbiddenActions: texts(
            [
                "Microsoft.Authorization/roleAssignments/write",
                "Microsoft.Authorization/roleDefinitions/write",
                "Microsoft.Authorization/elevateAccess/action",
            ],
            'Operations that no pattern of the role may cover; "*" alone never may.',
        ),
    },
    check({ props, options, violation }) {
        const patterns = (permission: Reader, list: string) =>
            permission
                .each(list)
                .map((one) => one.value())
                .filter((one) => typeof one === "string")
                .map((one) => one.trim());
        for (const permission of props.each("permissions")) {
            const not = patterns(permission, "notActions");
            for (const action of patterns(permission, "actions")) {
                const where = `${permission.where}.actions`;
                const hit = options.forbiddenActions.find(
                    (operation) =>
                        matchesAction(action, operation) &&
                        !not.some((one) => matchesAction(one, operation)),
                );
                if (action === "*" || action === "*/*")
                    violation({ where, is: `${shown(action)}, which is everything` });
                else if (hit) violation({ where, is: `${shown(action)}, which covers ${hit}` });
            }
            for (const action of patterns(permission, "dataActions").filter((one) => one === "*")) {
                violation({
                    where: `${permission.where}.dataActions`,
                    is: `${shown(action)}, which is all data`,
                });
            }
        }
        const scopes = props.read("assignableScopes");
        if (scopes.known && !Array.isArray(scopes.value)) {
            violation({ where: "assignableScopes", is: "not set", allowed: "resource groups" });
        }
        for (const one of props.each("assignableScopes")) {
            const scope = one.read();
            if (!scope.known) continue;
            const kind =
                typeof scope.value === "string" ? parseScope(scope.value)?.kind : undefined;
            if (kind !== "resourceGroup" && kind !== "resource") {
                violation({
                    where: one.where,
                    is: shown(scope.value),
                    allowed: "a resource group",
                });
            }
        }
    },
});
