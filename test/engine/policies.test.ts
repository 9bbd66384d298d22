/**
 * The policy pack on the real engine: each environment with its configuration, refusals, waivers, mistakes in a
 * configuration, an exported state, and the pack as a package of its own.
 * Does not show that the official language host starts the pack, nor that npm finds the package's dependencies:
 * they are linked from this project.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../support/temporaryFolder";
import { Sandbox } from "../support/sandbox";

const project = path.resolve(__dirname, "..", "..");
const mandatory = /\[mandatory\].*/g;

/** Changes the configuration of a stack's policies in a sandbox. */
function configure(sandbox: Sandbox, change: (config: Record<string, any>) => void, stack = "dev") {
    const file = path.join(sandbox.root, "policies", `config.${stack}.json`);
    const config = JSON.parse(fs.readFileSync(file, "utf8"));
    change(config);
    fs.writeFileSync(file, JSON.stringify(config));
}

describe("the stacks of this project", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());

    it.each(["dev", "test", "prod"])(
        "%s, as committed, has no mandatory violation",
        async (stack) => {
            const file = path.join(project, `Pulumi.${stack}.yaml`);
            const example = parse(fs.readFileSync(file, "utf8"));
            // What people have filled in themselves is theirs; the committed files are examples.
            if (/example/.test(example.config["azure-webapp-stack:name"])) {
                fs.copyFileSync(file, path.join(sandbox.root, `Pulumi.${stack}.yaml`));
            }
            const preview = await sandbox.pulumi(["preview"], { stack });
            expect(preview.output.match(mandatory)).toBeNull();
            expect(preview.code).toBe(0);
            const up = await sandbox.pulumi(["up", "--yes", "--skip-preview"], { stack });
            expect(up.output.match(mandatory)).toBeNull();
            expect(up.code).toBe(0);
            expect(up.output).toContain("azure-webapp-policies@");
        },
    );

    it("let nothing of their state be refused afterwards either", async () => {
        const state = path.join(sandbox.root, "state.json");
        const exported = await sandbox.pulumi(["stack", "export", "--file", state], {
            stack: "prod",
        });
        expect(exported.code).toBe(0);
        const config = path.join(sandbox.root, "policies", "config.prod.json");
        const pack = ["--policy-pack", "policies", "--policy-pack-config", config];
        const analyze = ["policy", "analyze", "--file", state, ...pack];
        const good = await sandbox.pulumi(analyze, { stack: "prod" });
        expect(good.output.match(mandatory)).toBeNull();
        expect(good.code).toBe(0);

        const text = fs.readFileSync(state, "utf8");
        expect(text).toContain('"httpsOnly": true');
        fs.writeFileSync(state, text.replaceAll('"httpsOnly": true', '"httpsOnly": false'));
        const bad = await sandbox.pulumi(analyze, { stack: "prod" });
        expect(bad.code).not.toBe(0);
        expect(bad.output).toContain("httpsOnly is false; allowed: true. Fix: httpsOnly: true.");
    });
});

describe("a stack that the policies refuse", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());
    const [right, wrong] = ["httpsOnly: true,", "httpsOnly: false,"];

    it("fails in preview and in up, and makes nothing that is refused", async () => {
        sandbox.edit("components/containerWebApp.ts", right, wrong);
        for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
            const { code, output } = await sandbox.pulumi(command);
            expect(code).not.toBe(0);
            expect(output).toContain("[mandatory] [severity: high]  webapp-https-only");
            expect(output).toContain("A web app must answer over HTTPS only.");
            expect(output).toContain("httpsOnly is false; allowed: true. Fix: httpsOnly: true.");
        }
        expect(sandbox.cloudIds().some((id) => id.endsWith("/sites/example-model-dev-app"))).toBe(
            false,
        );
    });

    it("is let through by a waiver, which is shown with its end", async () => {
        configure(sandbox, (config) => {
            config["webapp-https-only"] = {
                enforcementLevel: "mandatory",
                waivers: [
                    {
                        resource: "app",
                        reason: "a test of waivers",
                        owner: "ana",
                        lastDay: "2999-12-31",
                    },
                    {
                        resource: "gone",
                        reason: "a test of waivers",
                        owner: "bob",
                        lastDay: "2999-12-31",
                    },
                ],
            };
        });
        const { code, output } = await sandbox.pulumi(["preview"]);
        expect(output).toContain("Waived by ana until 2999-12-31: a test of waivers");
        expect(output).toContain(
            'The waiver of webapp-https-only for "gone" (bob, until 2999-12-31) is not needed.',
        );
        expect(output.match(mandatory)).toBeNull();
        expect(code).toBe(0);
    });

    it("fails again when the waiver is over", async () => {
        configure(sandbox, (config) => {
            config["webapp-https-only"].waivers[0].lastDay = "2020-01-01";
        });
        const { code, output } = await sandbox.pulumi(["preview"]);
        expect(code).not.toBe(0);
        expect(output).toContain("The waiver of ana ended on 2020-01-01.");
    });

    it("is repaired where its configuration says so", async () => {
        configure(sandbox, (config) => {
            config["webapp-https-only"] = "remediate";
        });
        const { code, output } = await sandbox.pulumi(["up", "--yes", "--skip-preview"]);
        expect(output.match(mandatory)).toBeNull();
        expect(code).toBe(0);
        const app = (await sandbox.state()).find(({ type }) => type === "azure-native:web:WebApp")!;
        expect(app.inputs.httpsOnly).toBe(true);
    });
});

describe("a mistake in a configuration", () => {
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());
    const file = path.join(sandbox.root, "policies", "config.dev.json");
    const before = fs.readFileSync(file, "utf8");
    afterEach(() => fs.writeFileSync(file, before));

    it.each([
        [
            { "webapp-https-onyl": "mandatory" },
            'is no policy of this pack; did you mean "webapp-https-only"?',
        ],
        [
            { "sku-allow-list": { maxCapcity: 1 } },
            'is no option of this policy; did you mean "maxCapacity"?',
        ],
    ])("fails before anything is looked at: %j", async (more, text) => {
        configure(sandbox, (config) => void Object.assign(config, more));
        const { code, output } = await sandbox.pulumi(["preview"]);
        expect(code).not.toBe(0);
        expect(output).toContain("The configuration of the policies needs mending");
        expect(output).toContain(text);
        expect(output).not.toMatch(/^\s+at .+:\d+:\d+/m);
    });

    it("fails where the file is named from the caller's folder, as the README has it", async () => {
        configure(sandbox, (config) => void Object.assign(config, { "plan-linus": "mandatory" }));
        const env = {
            PULUMI_OPTION_POLICY_PACK: "policies",
            PULUMI_OPTION_POLICY_PACK_CONFIG: "policies/config.dev.json",
            PWD: sandbox.root,
        };
        const { code, output } = await sandbox.pulumi(["preview"], { env });
        expect(output).toContain('did you mean "plan-linux"?');
        expect(code).not.toBe(0);
    });

    it("in a strange option fails at the end even where only a flag names the file", async () => {
        configure(sandbox, (config) => void Object.assign(config, { "plan-linux": { x: 1 } }));
        const flags = ["--policy-pack", "policies", "--policy-pack-config", file];
        const env = { PULUMI_OPTION_POLICY_PACK: "", PULUMI_OPTION_POLICY_PACK_CONFIG: "" };
        const { code, output } = await sandbox.pulumi(["preview", ...flags], { env });
        expect(output).toContain('The option "x" of plan-linux is none that the rule has.');
        expect(code).not.toBe(0);
    });

    it("in the type of a value is found by the engine", async () => {
        configure(sandbox, (config) => {
            config["sku-allow-list"].maxCapacity = "one";
        });
        const { code, output } = await sandbox.pulumi(["preview"]);
        expect(code).not.toBe(0);
        expect(output).toContain("maxCapacity");
    });
});

describe("the pack as a package", () => {
    const folder = temporaryFolder();
    const sandbox = new Sandbox(true);
    afterAll(() => sandbox.remove());

    it("judges an exported state in an empty folder", async () => {
        const run = [path.join(project, "engine", "run.js"), "policies/command.ts", "pack", folder];
        const made = execFileSync(process.execPath, run, { cwd: project, encoding: "utf8" });
        const tarball = made.trim().split("\n").at(-1)!;
        expect(path.basename(tarball)).toMatch(/^azure-webapp-policies-\d+\.\d+\.\d+\.tgz$/);
        const modules = path.join(folder, "node_modules");
        fs.mkdirSync(modules);
        execFileSync("tar", ["xzf", tarball, "-C", modules]);
        fs.renameSync(path.join(modules, "package"), path.join(modules, "azure-webapp-policies"));
        for (const name of ["@pulumi", "fastest-levenshtein"]) {
            fs.symlinkSync(path.join(project, "node_modules", name), path.join(modules, name));
        }

        const manifest = JSON.parse(
            fs.readFileSync(path.join(modules, "azure-webapp-policies", "package.json"), "utf8"),
        );
        expect(Object.keys(manifest.dependencies)).toEqual([
            "@pulumi/policy",
            "@pulumi/pulumi",
            "fastest-levenshtein",
        ]);
        expect(manifest.private).toBeUndefined();

        const state = path.join(folder, "state.json");
        fs.writeFileSync(state, JSON.stringify(handWrittenState));
        const pack = path.join(modules, "azure-webapp-policies");
        const env = { PULUMI_OPTION_POLICY_PACK: "", PULUMI_OPTION_POLICY_PACK_CONFIG: "" };
        const { code, output } = await sandbox.pulumi(
            ["policy", "analyze", "--file", state, "--policy-pack", pack],
            { env },
        );
        expect(code).not.toBe(0);
        expect(output).toContain("azure-webapp-policies@v0.1.0");
        expect(output).toContain('sku.name is "P3v3"; allowed: B2.');
        expect(output).toContain("reserved is not set; allowed: true.");
        expect(output).not.toContain("itself failed");
    });
});

const stackUrn = "urn:pulumi:dev::elsewhere::pulumi:pulumi:Stack::elsewhere-dev";
const time = "2027-01-01T00:00:00Z";

/** What `pulumi stack export` would write for somebody else's program. */
const handWrittenState = {
    version: 3,
    deployment: {
        manifest: { time, magic: "", version: "" },
        resources: [
            { urn: stackUrn, custom: false, type: "pulumi:pulumi:Stack", created: time },
            {
                urn: "urn:pulumi:dev::elsewhere::azure-native:web:AppServicePlan::plan",
                custom: true,
                id: "/plan",
                type: "azure-native:web:AppServicePlan",
                inputs: { sku: { name: "P3v3" }, location: "westeurope", resourceGroupName: "rg" },
                outputs: { sku: { name: "P3v3" }, location: "westeurope" },
                parent: stackUrn,
                created: time,
            },
        ],
    },
};
