/**
 * What a configuration says in vain, and the document that is made from the rules.
 * Does not show the schema at work, which the engine checks: for that there is test/engine/policies.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { configProblems, problemsIn, waiversIn } from "../../policies/config";
import { policies } from "../../policies/index";
import { temporaryFolder } from "../support/temporaryFolder";

const project = path.resolve(__dirname, "..", "..");
const problems = (config: unknown) => problemsIn(config, policies);
const waiver = { resource: "app", reason: "not ready yet", owner: "ana", lastDay: "2027-01-31" };

describe("a configuration", () => {
    it.each(["dev", "test", "prod"])("of %s says nothing in vain", (stack) => {
        const file = path.join(project, "policies", `config.${stack}.json`);
        expect(fs.existsSync(file)).toBe(true);
        expect(configProblems(file, policies)).toEqual([]);
    });

    it("may say all that there is to say", () => {
        const all = {
            all: "advisory",
            "webapp-https-only": "remediate",
            "sku-allow-list": { enforcementLevel: "mandatory", maxCapacity: 2, waivers: [waiver] },
        };
        expect(problems(all)).toEqual([]);
        expect(waiversIn(all)).toEqual([{ rule: "sku-allow-list", waiver, over: false }]);
    });

    it.each([
        [
            { "sku-alow-list": "mandatory" },
            '"sku-alow-list" is no policy of this pack; did you mean "sku-allow-list"?',
        ],
        [{ "something-else-entirely": {} }, '"something-else-entirely" is no policy of this pack'],
        [
            { "sku-allow-list": { appServicePlans: [] } },
            'sku-allow-list: "appServicePlans" is no option of this policy; did you mean "appServicePlan"?',
        ],
        [
            { "sku-allow-list": { enforcmentLevel: "mandatory" } },
            'did you mean "enforcementLevel"?',
        ],
        [
            { "plan-linux": "strict" },
            "plan-linux: expected one of advisory, mandatory, remediate, disabled",
        ],
        [
            { "plan-linux": { enforcementLevel: "strict" } },
            "plan-linux.enforcementLevel: expected one of",
        ],
        [{ "plan-linux": "remediate" }, "this rule repairs nothing"],
        [{ "plan-linux": 7 }, "plan-linux: expected a level, or a map of options"],
        [{ all: "strict" }, "all: expected one of"],
        [[], "expected a map of policies"],
        [
            { "plan-linux": { waivers: [{ ...waiver, owner: "" }] } },
            "plan-linux.waivers[0]: owner is missing",
        ],
        [
            { "plan-linux": { waivers: [{ ...waiver, lastDay: "2027-02-29" }] } },
            "lastDay is no day",
        ],
        [
            { "plan-linux": { waivers: [{ ...waiver, expires: "x" }] } },
            '"expires" is no part of a waiver',
        ],
        [
            { "plan-linux": { waivers: ["app"] } },
            "expected a map of resource, reason, owner and lastDay",
        ],
        [{ "plan-linux": { waivers: {} } }, "plan-linux.waivers: expected a list"],
        [
            { "sku-allow-list": { maxCapacity: "1" } },
            'sku-allow-list.maxCapacity: expected a whole number of at least 1, got "1"',
        ],
        [{ "sku-allow-list": { maxCapacity: 0 } }, "expected a whole number of at least 1"],
        [{ "sku-allow-list": { appServicePlan: "B2" } }, "expected a list"],
        [{ "sku-allow-list": { appServicePlan: [2] } }, "expected a list, each item a text"],
        [{ "sku-allow-list": { containerGroupGpus: "no" } }, "expected true or false"],
        [{ "sku-allow-list": { appServicePlan: ["B22"] } }, '"B22" is no size'],
        [{ "webapp-min-tls": { minTlsVersion: "1.4" } }, "expected one of"],
        [{ naming: { formats: { "web:WebApp": "(" } } }, '"(" is no regular expression'],
        [{ naming: { formats: { "web:WebApp": 1 } } }, "expected a map, each value a text"],
        [
            { "region-allow-list": { listOfAllowedLocations: ["westeurop"] } },
            '"westeurop" is unknown; did you mean "westeurope"?',
        ],
        [
            { "role-definition-allow-list": { allowedRoles: ["Website Contributer"] } },
            'did you mean "Website Contributor"?',
        ],
    ])("fails on %j", (config, text) => {
        const found = problems(config);
        expect(found).toHaveLength(1);
        expect(found[0]).toContain(text);
    });

    it("may name what Azure has and this project does not", () => {
        const own = {
            "sku-allow-list": { appServicePlan: ["EP1", "b2"] },
            "region-allow-list": { listOfAllowedLocations: ["West Europe", "atlantis"] },
            "role-definition-allow-list": { allowedRoles: ["Role of our own"] },
        };
        expect(problems(own)).toEqual([]);
    });

    it("reports all mistakes at once", () => {
        expect(problems({ "a-b": "mandatory", "plan-linux": { x: 1, y: 2 } })).toHaveLength(3);
    });
});

describe("a configuration file", () => {
    const folder = temporaryFolder();

    it("is named with what is wrong in it", () => {
        const file = path.join(folder, "config.json");
        fs.writeFileSync(file, "{");
        expect(configProblems(file, policies)[0]).toContain(`${file}: no JSON`);
        fs.writeFileSync(file, '{ "x-y": "advisory" }');
        expect(configProblems(file, policies)[0]).toContain(`${file}: "x-y" is no policy`);
    });

    it("that is not there, or not named, says nothing", () => {
        expect(configProblems(undefined, policies)).toEqual([]);
        expect(configProblems("", policies)).toEqual([]);
        expect(configProblems(path.join(folder, "none.json"), policies)).toEqual([]);
    });
});

describe("npm run policies", () => {
    const folder = temporaryFolder();
    const command = (...words: string[]) => {
        const run = [path.join(project, "engine", "run.js"), "policies/command.ts", ...words];
        try {
            return {
                code: 0,
                output: execFileSync(process.execPath, run, {
                    cwd: project,
                    stdio: "pipe",
                }).toString(),
            };
        } catch (error) {
            const { status, stderr } = error as { status: number; stderr: Buffer };
            return { code: status, output: stderr.toString() };
        }
    };

    it("docs --check finds policies/README.md current", () => {
        expect(command("docs", "--check")).toEqual({ code: 0, output: "" });
    });

    it("check finds the configurations in order", () => {
        const { code, output } = command("check");
        expect(code).toBe(0);
        expect(output.match(/all policies and options exist/g)).toHaveLength(3);
    });

    it("check fails on a mistake, without a stack trace", () => {
        const file = path.join(folder, "config.json");
        fs.writeFileSync(file, '{ "plan-linus": "mandatory" }');
        const { code, output } = command("check", file);
        expect(code).toBe(1);
        expect(output).toContain('did you mean "plan-linux"?');
        expect(output).not.toMatch(/^\s+at /m);
    });

    it("check fails on a waiver that is over", () => {
        const file = path.join(folder, "over.json");
        const over = { ...waiver, lastDay: "2020-01-31" };
        fs.writeFileSync(file, JSON.stringify({ "plan-linux": { waivers: [over] } }));
        const { code, output } = command("check", file);
        expect(code).toBe(1);
        expect(output).toContain("Waivers that are over: 1.");
    });

    it("fails on another word, and says which there are", () => {
        const { code, output } = command("lint");
        expect(code).toBe(1);
        expect(output).toContain("npm run policies -- docs");
    });
});
