import { findSku } from "../../azure/skus";
import { assign, rule } from "../rule";
import { isTrue, word } from "../values";
import { apps } from "../webApps";

/** Plans of this run that keep no app loaded, by name: Azure refuses Always On there (409). */
const plansWithout = new Set<string>();
const consumption = ["y1", "fc1"];

/** A model stays loaded. */
export const webappAlwaysOn = rule({
    id: "webapp-always-on",
    description: "A web app must stay loaded while nobody calls it.",
    types: [...apps, "web:AppServicePlan"],
    severity: "medium",
    level: "mandatory",
    why: "Azure unloads an idle app after 20 minutes, and the next caller waits for the model to load again.",
    fix: "siteConfig: { alwaysOn: true }",
    setting: "pulumi config set alwaysOn auto",
    peers: ["checkov CKV_AZURE_214", "PSRule AZR-000077 (passes over container apps)"],
    check({ type, props, must, settle }) {
        if (type.name === "web:AppServicePlan") {
            const [name, sku] = [word(props.value("name")), word(props.value("sku.name"))];
            const without =
                sku !== undefined &&
                (consumption.includes(sku) || findSku(sku)?.alwaysOn === false);
            if (name !== undefined && without) plansWithout.add(name);
            return settle();
        }
        // The plan is registered before its apps. Where none lacks Always On, which one it is does not matter.
        if (plansWithout.size > 0) {
            const plan = props.read("serverFarmId");
            if (!plan.known) return;
            const name = word(plan.value)?.split("/").at(-1);
            if (name !== undefined && plansWithout.has(name)) return settle();
        }
        must("siteConfig.alwaysOn", isTrue, "true");
    },
    repair: (props) => assign(props, "siteConfig.alwaysOn", true),
});
