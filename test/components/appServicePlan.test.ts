/**
 * AppServicePlan against mocks: what it asks for, and what it refuses to ask for.
 * Does not show that Azure has the size in the region, or quota for it; the table of what each size can do
 * is tested in test/azure.
 */
import * as pulumi from "@pulumi/pulumi";
import { AppServicePlan, type AppServicePlanArgs } from "../../components";
import { only, pinnedProviders, register, run, summary } from "../support/mockEngine";

const required: AppServicePlanArgs = { resourceGroupName: "shop-rg", planName: "shop-plan" };
const type = "azure-native:web:AppServicePlan";

function plan(args: Partial<AppServicePlanArgs> = {}) {
    return register(() => {
        const providers = pinnedProviders();
        new AppServicePlan("plan", { ...required, ...args }, { providers });
    });
}

describe("AppServicePlan", () => {
    it("registers one plan, in itself and through the pinned provider", async () => {
        expect(summary(await plan())).toEqual([
            "azure-native:web:AppServicePlan plan < plan @ azure",
            "azure-webapp-stack:index:AppServicePlan plan",
            "pulumi:providers:azure-native azure",
            "pulumi:providers:azuread directory",
        ]);
    });

    it("asks for one B2 instance of Linux unless told otherwise", async () => {
        const { inputs } = only(await plan(), type);
        expect(inputs).toMatchObject({
            resourceGroupName: "shop-rg",
            name: "shop-plan",
            kind: "linux",
            reserved: true,
            sku: { name: "B2", tier: "Basic", capacity: 1 },
            zoneRedundant: false,
        });
        expect(Object.keys(inputs)).not.toContain("location");
        expect(Object.keys(inputs)).not.toContain("tags");
    });

    it("takes every argument, and spells the size as Azure does", async () => {
        const { inputs } = only(
            await plan({
                location: "northeurope",
                sku: "p1V3",
                instances: 3,
                zoneRedundant: true,
                needs: { slots: 2, autoscale: true, alwaysOn: true },
                tags: { env: "prod" },
            }),
            type,
        );
        expect(inputs).toMatchObject({
            location: "northeurope",
            kind: "linux",
            reserved: true,
            sku: { name: "P1v3", tier: "PremiumV3", capacity: 3 },
            zoneRedundant: true,
            tags: { env: "prod" },
        });
    });

    it("publishes the plan's ID and name", async () => {
        const found = await plan();
        expect(only(found, "azure-webapp-stack:index:AppServicePlan").outputs).toEqual({
            planId: "/subscriptions/assigned/serverfarms/plan",
            planName: "shop-plan",
        });
    });

    it.each<[string, Partial<AppServicePlanArgs>, string]>([
        ["an unknown size", { sku: "B9" }, "sku: expected a size that runs Linux containers"],
        ["a size without Linux", { sku: "D1" }, "sku: expected a size that runs Linux containers"],
        ["a size of an App Service Environment", { sku: "I1v2" }, "sku: expected a size"],
        ["no instance", { instances: 0 }, "instances: expected a whole number from 1 to 3 on B2"],
        ["half an instance", { instances: 1.5 }, "got 1.5"],
        ["more instances than the size has", { instances: 4 }, "larger sku: S1"],
        ["slots on Basic", { needs: { slots: 1 } }, "slots: expected at most 0 on B2"],
        ["autoscale on Basic", { needs: { autoscale: true } }, "autoscale: expected false on B2"],
        ["Always On on Free", { sku: "F1", needs: { alwaysOn: true } }, "alwaysOn: expected false"],
        ["zones on Basic", { zoneRedundant: true, instances: 2 }, "zoneRedundant: expected false"],
        [
            "one instance over several zones",
            { sku: "P1v3", zoneRedundant: true },
            "instances: expected at least 2, because the plan is zone redundant, got 1",
        ],
    ])("fails on %s before any plan is registered", async (_, args, message) => {
        const { registered, error } = await run(
            () => new AppServicePlan("plan", { ...required, ...args }),
        );
        expect(pulumi.ResourceError.isInstance(error)).toBe(true);
        expect(error).toMatchObject({ hideStack: true });
        expect(error!.message).toContain(message);
        expect(summary(registered)).toEqual(["azure-webapp-stack:index:AppServicePlan plan"]);
    });

    it("fails on everything impossible at once, one line each", async () => {
        const needs = { slots: 1, autoscale: true, alwaysOn: true };
        const args = { ...required, sku: "F1", instances: 2, needs };
        const { error } = await run(() => new AppServicePlan("plan", args));
        expect(error!.message.split("\n").map((line) => line.split(":")[0])).toEqual([
            "instances",
            "slots",
            "autoscale",
            "alwaysOn",
        ]);
    });
});
