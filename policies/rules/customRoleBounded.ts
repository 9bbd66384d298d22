import { matchesAction } from "../../azure/permissions";
import { parseScope } from "../../azure/scopes";
import { texts } from "../options";
import { rule } from "../rule";
import { shown, type Reader } from "../values";

/** Whether an operation exists that both patterns cover. The table keeps many stars from being slow. */
function overlap(one: string, other: string): boolean {
    const [a, b] = [one.toLowerCase(), other.toLowerCase()];
    const seen = new Map<string, boolean>();
    const from = (i: number, j: number): boolean => {
        const key = `${i} ${j}`;
        let met = seen.get(key);
        if (met !== undefined) return met;
        if (i === a.length && j === b.length) met = true;
        else if (a[i] === "*") met = from(i + 1, j) || (j < b.length && from(i, j + 1));
        else if (b[j] === "*") met = from(i, j + 1) || (i < a.length && from(i + 1, j));
        else met = a[i] === b[j] && from(i + 1, j + 1);
        seen.set(key, met);
        return met;
    };
    return from(0, 0);
}

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
    // In the first preview the group has no id yet; before the role is made, the update judges it.
    onUnknown: "skip",
    options: {
        forbiddenActions: texts(
            [
                "Microsoft.Authorization/*/write",
                "Microsoft.Authorization/*/delete",
                "Microsoft.Authorization/*/action",
            ],
            'Operations, or patterns of them, of which the role may allow none; "*" alone never may be.',
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
                // A pattern that matches the text of another one covers all that the other covers.
                const hit = options.forbiddenActions.find(
                    (forbidden) =>
                        overlap(action, forbidden) &&
                        !not.some(
                            (one) => matchesAction(one, forbidden) || matchesAction(one, action),
                        ),
                );
                if (/^[*/]+$/.test(action))
                    violation({ where, is: `${shown(action)}, which is everything` });
                else if (hit) violation({ where, is: `${shown(action)}, which covers ${hit}` });
            }
            // A star in the provider's place reaches the data of every service.
            for (const action of patterns(permission, "dataActions").filter((one) =>
                /^[^/]*\*/.test(one),
            )) {
                violation({
                    where: `${permission.where}.dataActions`,
                    is: `${shown(action)}, which is all data`,
                });
            }
        }
        const scopes = props.read("assignableScopes");
        if (scopes.known && !(Array.isArray(scopes.value) && scopes.value.length > 0)) {
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
