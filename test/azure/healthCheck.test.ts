/**
 * Which instances the health check takes out of rotation.
 * Does not show that App Service counts in the same way; the rules are those of its documentation.
 */
import fc from "fast-check";
import { isHealthy, maxUnhealthyPercent, mostEvicted } from "../../azure/healthCheck";

describe("isHealthy", () => {
    it.each([
        [199, false],
        [200, true],
        [204, true],
        [299, true],
        [302, false],
        [500, false],
    ])("of %d is %p", (status, healthy) => expect(isHealthy(status)).toBe(healthy));
});

describe("mostEvicted", () => {
    it("takes out two of four where three are sick, as the documentation's example has it", () => {
        expect(mostEvicted(4, 3, maxUnhealthyPercent.default)).toBe(2);
    });

    it("never takes out the only instance, nor all of them", () => {
        fc.assert(
            fc.property(
                fc.integer({ min: 1, max: 30 }),
                fc.nat(30),
                fc.integer({ min: maxUnhealthyPercent.minimum, max: maxUnhealthyPercent.maximum }),
                (instances, sick, percent) => {
                    const evicted = mostEvicted(instances, Math.min(sick, instances), percent);
                    expect(evicted).toBeGreaterThanOrEqual(0);
                    expect(evicted).toBeLessThan(instances);
                    expect(evicted).toBeLessThanOrEqual(sick);
                },
            ),
        );
    });
});
