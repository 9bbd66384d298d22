/**
 * What a change interrupts, by resource and property.
 * Cannot show that Azure interrupts no more, nor for how long.
 */
import { interruptions, whatIsInterrupted } from "../../azure/interruptions";

const app = "azure-native:web:WebApp";

describe("what is interrupted", () => {
    it.each([
        [app, "update", ["siteConfig.linuxFxVersion"], "its container restarts"],
        [app, "update", ["tags.owner", "siteConfig.appSettings[PORT].value"], "container restarts"],
        [app, "update", ["tags.owner"], "updated in place"],
        ["azure-native:web:AppServicePlan", "update", ["sku.name"], "restart on other machines"],
        [app, "replace", ["name"], "new URL"],
        [app, "replace", ["resourceGroupName"], "down meanwhile"],
        ["azure-native:resources:ResourceGroup", "replace", ["location"], "down meanwhile"],
    ])("%s, %s of %j: %s", (type, action, paths, expected) => {
        expect(whatIsInterrupted(type, action, paths)).toContain(expected);
    });

    it.each([
        [app, "update", ["siteConfig.alwaysOnward"]],
        [app, "update", []],
        [app, "create", ["name"]],
        ["azure-native:web:Other", "replace", ["name"]],
    ])("is not known of %s, %s of %j", (type, action, paths) => {
        expect(whatIsInterrupted(type, action, paths)).toBeUndefined();
    });

    it("has a row for each group of settings, and no two alike", () => {
        const settings = interruptions.map(({ settings }) => settings);
        expect(new Set(settings).size).toBe(settings.length);
        expect(settings.length).toBeGreaterThan(8);
    });
});
