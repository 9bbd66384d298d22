/** What the report as Markdown and as page have in common: their words. Texts are plain, to be escaped. */
import { hoursPerMonth } from "../../azure/prices";
import type { Cost, Estimate, Total } from "./estimate";
import type { Action, Change, Node, Report } from "./model";
import { amount } from "../text";
import type { Shown } from "./values";

/** How an action is called, and its sign in diagrams. */
export const words: Readonly<Record<Action | "same", { done: string; sign: string }>> = {
    replace: { done: "replaced", sign: "±" },
    delete: { done: "deleted", sign: "−" },
    update: { done: "changed", sign: "~" },
    create: { done: "created", sign: "+" },
    import: { done: "imported", sign: "⇥" },
    same: { done: "unchanged", sign: "" },
};

/** Last part of a type token: `WebApp` of `azure-native:web:WebApp`. */
export const shortType = (type: string) => type.split(":").at(-1)!;

/** A value in words; undefined of a text, which is shown as code. */
export function inWords(value: Shown): string | undefined {
    if (value.kind === "none") return "none";
    if (value.kind === "secret") return "secret";
    return value.kind === "later" ? "known after the change" : undefined;
}

/** What happens to something of which both values are secret. */
export const secretChanged = "secret, changed";

export function costInWords(cost: Cost | undefined, currency: string): string {
    if (!cost) return "nothing";
    const what = `${cost.instances} × ${cost.sku} in ${cost.region || "a region known later"}`;
    const price = cost.monthly === undefined ? "no price known" : amount(cost.monthly, currency);
    return `${what}: ${price}`;
}

export function totalInWords({ monthly, atLeast }: Total, currency: string): string {
    if (!atLeast) return amount(monthly, currency);
    return monthly === 0 ? "not known" : `at least ${amount(monthly, currency)}`;
}

/** Why the engine's own count is another; nothing where it is the same. */
export function aboutCount({ uncounted }: Report): string {
    if (uncounted === 0) return "";
    return `Pulumi's own count has ${uncounted} more: components and providers, which are in no cloud.`;
}

/** Whether there is anything to estimate. */
export function hasCosts({ lines, unknown }: Estimate): boolean {
    return lines.length > 0 || Object.keys(unknown).length > 0;
}

/** What the estimate leaves out. */
export function aboutEstimate({ collected, currency, old, now }: Estimate): string {
    const missing =
        old.atLeast || now.atLeast ? ' "npm run prices" looks for prices that are missing.' : "";
    return (
        `An estimate: published list prices in ${currency}, collected on ${collected}, for ${hoursPerMonth} hours a ` +
        `month; without traffic, storage, taxes and discounts.${missing}`
    );
}

/** The inputs of something new that say most of it. */
const telling = ["name", "location", "sku.name", "sku.capacity", "siteConfig.linuxFxVersion"];

export function tellingValues({ properties }: Change): string[] {
    return telling.flatMap((path) => {
        const found = properties.find((property) => property.path === path)?.now;
        return found?.kind === "text" ? [found.text] : [];
    });
}

/** A box of the diagram: a resource, or several of one kind. */
export interface Box {
    readonly id: string;
    readonly title: string;
    readonly subtitle: string;
    readonly action: Node["action"];
    /** Id of the box that it hangs on. */
    readonly refersTo?: string;
}

/** Most boxes that a diagram can be read with. */
export const mostBoxes = 40;

/** The boxes of the diagram: where there are too many resources, one for each type and action. */
export function boxes({ nodes }: Report, most = mostBoxes): Box[] {
    if (nodes.length <= most) {
        return nodes.map(({ urn, name, type, action, refersTo }) => ({
            id: urn,
            title: name,
            action,
            refersTo,
            subtitle: shortType(type),
        }));
    }
    const keyOf = ({ type, action }: Node) => `${type} ${action}`;
    const groups = new Map<string, Node[]>();
    for (const node of nodes) groups.set(keyOf(node), [...(groups.get(keyOf(node)) ?? []), node]);
    return [...groups].slice(0, most).map(([id, [first, ...rest]]) => ({
        id,
        action: first!.action,
        title: `${rest.length + 1} × ${shortType(first!.type)}`,
        subtitle: words[first!.action].done,
    }));
}
