import { nameRules } from "../../../azure/names";
import { findSku } from "../../../azure/skus";
import { sameId } from "../ids";
import type { ResourceModel } from "../model";
import { refusal } from "../rules";
import { propertiesOf, type Document } from "../store";
import { checkName } from "./checkName";

/** Where a resource keeps which setting scales it: there can be one. */
const settingOf = (target: string) => `${target}/autoscale/setting`;

const targetOf = (setting?: Document) =>
    propertiesOf(setting).targetResourceUri as string | undefined;

/** Source: learn.microsoft.com/rest/api/monitor/autoscale-settings */
export const autoscaleSettings: ResourceModel = {
    type: "Microsoft.Insights/autoscaleSettings",
    located: true,
    put({ id, parsed, body, existing, cloud: { store } }) {
        checkName(nameRules.autoscale, parsed);
        const target = targetOf(body);
        const before = targetOf(existing);
        if (target) {
            const plan = store.get(target);
            const sku = findSku(String((plan?.sku as Document | undefined)?.name));
            if (sku?.autoscale === false) {
                throw refusal("autoscaleSku", { plan: String(plan!.name), sku: sku.name });
            }
            const other = store.get(settingOf(target))?.owner;
            if (other !== undefined && !sameId(String(other), id)) {
                throw refusal("autoscaleTwice", { target, other: String(other) });
            }
        }
        if (before) store.delete(settingOf(before));
        if (target) store.put(settingOf(target), { owner: id });
        const properties = { enabled: true, name: parsed.name, ...propertiesOf(body) };
        return { ...body, id, name: parsed.name, type: parsed.type, properties };
    },
    beforeDelete(_, document, { store }) {
        const target = targetOf(document);
        if (target) store.delete(settingOf(target));
    },
};
