/**
 * How much App Service gives to a subscription.
 * Cannot show that the figures still hold: their source is named beside them.
 */
import {
    freeLinuxPlansPerRegion,
    freePlansPerRegion,
    plansPerGroup,
    sitesPerPlan,
    vaultRetention,
} from "../../azure/limits";
import { skus } from "../../azure/skus";

describe("limits", () => {
    it("give fewer Free plans on Linux than of any kind", () => {
        expect(freeLinuxPlansPerRegion).toBe(1);
        expect(freePlansPerRegion).toBe(10);
    });

    it.each([
        ["Free", Infinity, 10],
        ["Shared", 10, 100],
        ["Basic", 100, Infinity],
        ["PremiumV3", 100, Infinity],
    ])("of the tier %s are %d plans in a group and %d apps on a plan", (tier, plans, sites) => {
        expect(plansPerGroup(tier)).toBe(plans);
        expect(sitesPerPlan(tier)).toBe(sites);
    });

    it("know every tier by the name that skus.ts gives it", () => {
        const tiers = new Set(skus.map(({ tier }) => tier));
        expect([...tiers]).toEqual(expect.arrayContaining(["Free", "Shared"]));
    });

    it("keep a vault for as long as is standard, within what may be asked", () => {
        const { minimum, standard, maximum } = vaultRetention;
        expect([minimum, standard, maximum]).toEqual([7, 90, 90]);
    });
});
