import { parseScope } from "../../azure/scopes";
import { whole } from "../options";
import { type Reader as Part } from "../values";
import { type StackResource, stackRule } from "../rule";
import { isFalse, number, shown } from "../values";

/** Somebody hears of it before the month's money is gone. */
export const budgetPresent = stackRule({
    id: "budget-present",
    description: "A stack must have a budget for its resource group that tells somebody in time.",
    severity: "medium",
    level: "advisory",
    why: "Azure stops nothing that costs too much; without a budget the bill is the first to tell.",
    fix: "new consumption.Budget(..., { scope: group.id, amount: 50, notifications: { ... } })",
    onUnknown: "skip",
    options: {
        maxMonthlyAmount: whole(100, "Highest amount of a month, in the currency of the bill.", 1),
    },
    check({ resources, options, violation }) {
        const groups = resources.filter((one) => one.is("resources:ResourceGroup"));
        if (!resources.some(({ type }) => type.family === "azure")) return;
        const budgets = resources.filter((one) =>
            one.is("consumption:Budget", "costmanagement:Budget"),
        );
        const own = budgets.filter((budget) => isForGroup(budget, groups));
        if (own.length === 0) {
            const is =
                budgets.length === 0
                    ? "without a budget"
                    : "without a budget whose scope is its resource group";
            violation({ where: "The stack", is });
        }
        for (const budget of own) {
            const amount = budget.inputs.read("amount");
            if (
                amount.known &&
                !(number(amount.value) > 0 && number(amount.value) <= options.maxMonthlyAmount)
            ) {
                const is = `${shown(amount.value)}; at most ${options.maxMonthlyAmount} allowed`;
                violation(
                    { where: "amount", is, fix: `amount: ${options.maxMonthlyAmount}` },
                    budget,
                );
            }
            if (!budget.inputs.read("notifications").known) continue;
            if (!budget.inputs.entries("notifications").some(([, one]) => tellsInTime(one))) {
                const is = "telling nobody before it is used up";
                const fix =
                    'notifications: { most: { enabled: true, operator: "GreaterThan", threshold: 80, contactEmails: ["<you>"] } }';
                violation({ where: "notifications", is, fix }, budget);
            }
        }
    },
});

function isForGroup(budget: StackResource, groups: readonly StackResource[]): boolean {
    if (budget.sources("scope").some((urn) => groups.some((group) => group.urn === urn)))
        return true;
    const scope = budget.inputs.value("scope");
    return typeof scope === "string" && parseScope(scope)?.kind === "resourceGroup";
}

function tellsInTime(notification: Part): boolean {
    const somebody = ["contactEmails", "contactGroups", "contactRoles"].some((list) => {
        const found = notification.read(list);
        return !found.known || (Array.isArray(found.value) && found.value.length > 0);
    });
    const threshold = notification.read("threshold");
    const inTime = !threshold.known || number(threshold.value) <= 100;
    return somebody && inTime && !isFalse(notification.value("enabled"));
}
