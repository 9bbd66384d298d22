import { nameProblem, type NameRule } from "../../../azure/names";
import type { ResourceId } from "../ids";
import { refusal } from "../rules";

/** Refuses a name out of shape, for types whose own words for that are not published. */
export function checkName(rule: NameRule, { name, type }: ResourceId): void {
    const expected = nameProblem(rule, name);
    if (expected) throw refusal("resourceName", { name, type, expected });
}
