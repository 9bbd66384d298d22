/**
 * The table of plan sizes and what is refused before Azure would refuse it.
 * Cannot show that a size is offered in a region, nor that Azure's limits have stayed as documented.
 */
import fc from "fast-check";
import {
    containerSkus,
    findSku,
    planProblems,
    skus,
    zoneRedundantMinimum,
    type PlanRequest,
    type Problem,
} from "../../azure/skus";

/** The SKUs that a message names, the refused one aside. */
function namedSkus(problem: Problem, refused: string): string[] {
    const words = problem.expected.split(/[\s,]+/);
    return words.filter((word) => word !== refused && findSku(word)?.name === word);
}

/** The only problem of a request; fails if there is none or another. */
function onlyProblem(request: PlanRequest): Problem {
    const problems = planProblems(request);
    expect(problems).toHaveLength(1);
    return problems[0]!;
}

describe("the table of SKUs", () => {
    it("has one row per name", () => {
        const names = skus.map(({ name }) => name.toLowerCase());
        expect(new Set(names).size).toBe(names.length);
    });

    it("has plain figures where it has any", () => {
        for (const { virtualCpus, memoryGib, maximumInstances, slots } of skus) {
            for (const figure of [virtualCpus, memoryGib, maximumInstances]) {
                if (figure !== undefined) expect(figure).toBeGreaterThan(0);
            }
            if (slots !== undefined) expect(slots).toBeGreaterThanOrEqual(0);
        }
    });

    it.each([
        ["F1", "Free", 1, 0, false],
        ["B2", "Basic", 3, 0, true],
        ["S1", "Standard", 10, 5, true],
        ["P1v3", "PremiumV3", 30, 20, true],
        ["I1v2", "IsolatedV2", 100, 20, true],
    ])("gives the limits of %s", (name, tier, maximumInstances, slots, alwaysOn) => {
        expect(findSku(name)).toMatchObject({ tier, maximumInstances, slots, alwaysOn });
    });

    it("offers for containers whatever runs Linux outside an App Service Environment", () => {
        const left = skus.filter((row) => !containerSkus.includes(row)).map(({ name }) => name);
        expect(left).toEqual(["D1", "I1v2", "I2v2", "I3v2", "I4v2", "I5v2", "I6v2"]);
    });
});

describe("findSku", () => {
    it("finds every row in any case and with spaces around", () => {
        for (const row of skus) {
            expect(findSku(row.name)).toBe(row);
            expect(findSku(` ${row.name.toLowerCase()} `)).toBe(row);
            expect(findSku(row.name.toUpperCase())).toBe(row);
        }
    });

    it.each(["", "B4", "Y1", "EP1", "P1", "B2 B2", "constructor"])(
        "finds nothing for %j",
        (name) => {
            expect(findSku(name)).toBeUndefined();
        },
    );
});

describe("planProblems", () => {
    it.each(containerSkus.map(({ name }) => name))("finds nothing wrong with one %s", (sku) => {
        expect(planProblems({ sku })).toEqual([]);
        expect(planProblems({ sku: sku.toLowerCase(), instances: 1 })).toEqual([]);
    });

    const limited = containerSkus.filter((row) => row.maximumInstances !== undefined);
    it.each(limited.map((row) => [row.name, row.maximumInstances!]))(
        "fails on more than the %s can have, which is %d",
        (sku, most) => {
            expect(planProblems({ sku, instances: most })).toEqual([]);
            const problem = onlyProblem({ sku, instances: most + 1 });
            expect(problem).toMatchObject({ field: "instances", value: String(most + 1) });
            expect(problem.expected).toContain(`a whole number from 1 to ${most} on ${sku}`);
            for (const other of namedSkus(problem, sku)) {
                expect(planProblems({ sku: other, instances: most + 1 })).toEqual([]);
            }
        },
    );

    it("names larger SKUs for more instances, and none where there is none", () => {
        expect(namedSkus(onlyProblem({ sku: "B2", instances: 4 }), "B2")).toContain("S1");
        const most = onlyProblem({ sku: "P1v3", instances: 31 });
        expect(most.expected).toBe("a whole number from 1 to 30 on P1v3");
    });

    it.each([0, -1, 1.5, NaN, Infinity])("fails on %d instances", (instances) => {
        expect(onlyProblem({ sku: "B2", instances })).toMatchObject({ field: "instances" });
    });

    it.each([
        ["slots on Basic", { sku: "B2", slots: 1 }, "slots", "S1"],
        ["more slots than Standard has", { sku: "S1", slots: 6 }, "slots", "P1v3"],
        ["autoscale on Basic", { sku: "B1", autoscale: true }, "autoscale", "S1"],
        ["alwaysOn on F1", { sku: "F1", alwaysOn: true }, "alwaysOn", "B1"],
        ["zones on B2", { sku: "B2", instances: 2, zoneRedundant: true }, "zoneRedundant", "P1v3"],
        [
            "zones on Standard",
            { sku: "S1", instances: 2, zoneRedundant: true },
            "zoneRedundant",
            "P0v3",
        ],
        ["Windows only", { sku: "D1" }, "sku", "B2"],
        ["an App Service Environment", { sku: "I1v2" }, "sku", "B2"],
        ["what is no SKU", { sku: "Z9" }, "sku", "B2"],
        ["no SKU at all", { sku: "" }, "sku", "B2"],
    ])("fails on %s, and names a SKU that can do it", (_, request: PlanRequest, field, able) => {
        const problem = onlyProblem(request);
        expect(problem.field).toBe(field);
        const named = namedSkus(problem, request.sku);
        expect(named).toContain(able);
        for (const sku of named) expect(planProblems({ ...request, sku })).toEqual([]);
    });

    it("fails on zone redundancy with one instance", () => {
        expect(planProblems({ sku: "P1v3", instances: 2, zoneRedundant: true })).toEqual([]);
        const problem = onlyProblem({ sku: "P1v3", zoneRedundant: true });
        expect(problem).toMatchObject({ field: "instances", value: "1" });
        expect(problem.expected).toContain(`at least ${zoneRedundantMinimum}`);
    });

    it("lists every problem of a request at once", () => {
        const all = { sku: "F1", instances: 2, slots: 1, autoscale: true, alwaysOn: true };
        const fields = planProblems({ ...all, zoneRedundant: true }).map(({ field }) => field);
        expect(fields).toEqual(["instances", "slots", "autoscale", "alwaysOn", "zoneRedundant"]);
    });

    it("refuses nothing that no source gives a limit of", () => {
        const request = { sku: "P1mv4", instances: 50, slots: 50, autoscale: true };
        expect(planProblems({ ...request, zoneRedundant: true })).toEqual([]);
    });

    const requests: fc.Arbitrary<PlanRequest> = fc.record(
        {
            sku: fc.oneof(fc.constantFrom(...skus.map(({ name }) => name)), fc.string()),
            instances: fc.integer({ min: -1, max: 120 }),
            slots: fc.integer({ min: 0, max: 30 }),
            autoscale: fc.boolean(),
            alwaysOn: fc.boolean(),
            zoneRedundant: fc.boolean(),
        },
        { requiredKeys: ["sku"] },
    );

    it("blames only what the request holds, and shows its value", () => {
        fc.assert(
            fc.property(requests, (request) => {
                for (const { field, value, expected } of planProblems(request)) {
                    const held = { instances: 1, ...request } as Record<string, unknown>;
                    expect(value).toBe(String(held[field]));
                    expect(expected).not.toBe("");
                }
            }),
        );
    });

    it("finds no more wrong when less is asked for", () => {
        fc.assert(
            fc.property(requests, (request) => {
                const { sku, instances } = request;
                const less = planProblems({ sku, instances }).length;
                expect(less).toBeLessThanOrEqual(planProblems(request).length);
            }),
        );
    });
});
