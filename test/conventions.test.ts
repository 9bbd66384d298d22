/**
 * The repository's rules, which CONTRIBUTING.md gives the reasons for, read from its own files.
 * Cannot show that a comment is true, that a test tests what its name says, nor which file a program finds
 * by a path it puts together at run time: only imports and requires of plain texts are seen.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { defaultDeployerRoles } from "../azure/roles";
import { AppServicePlan, ContainerWebApp } from "../components";
import { accessSettings, sharedSettings } from "../delivery/handover";
import { oldestVersion } from "../engine/cli";
import { policies } from "../policies/index";
import { readSettings } from "../settings";
import { only, register, run } from "./support/mockEngine";

const root = path.resolve(__dirname, "..");
const text = (file: string) => fs.readFileSync(path.join(root, file), "utf8");

/** Every file of the repository, those not yet committed included. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
})
    .split("\n")
    .filter((file) => file !== "" && fs.existsSync(path.join(root, file)));

/** Names, without folder and `.ts`, of the TypeScript files directly in a folder. */
function modules(folder: string): string[] {
    return files
        .filter((file) => path.posix.dirname(file) === folder && file.endsWith(".ts"))
        .map((file) => path.posix.basename(file, ".ts"));
}

/** First folder of a path, or the name, without its ending, of a file that is in none. */
function layer(file: string): string {
    const [first, ...rest] = file.split("/");
    return rest.length > 0 ? first! : first!.replace(/\.(ts|js|mjs)$/, "");
}

/** Which layers of ours a file imports, its own aside. */
function importedLayers(file: string): string[] {
    const plain = /\b(?:from|import|require\(|import\()\s*["'](\.{1,2}(?:\/[^"']*)?)["']/g;
    const targets = [...text(file).matchAll(plain)].map(([, target]) =>
        layer(path.posix.join(path.posix.dirname(file), target!)),
    );
    return [...new Set(targets)].filter((target) => target !== layer(file)).sort();
}

describe("boundaries", () => {
    const sources = files.filter((file) => /\.(ts|js|mjs)$|\/bin\/[^/]+$/.test(file));
    const starters = ["main.js", "policies/main.js"];

    /** Which layers each layer may import. */
    const allowed: Record<string, string[]> = {
        azure: [],
        engine: [],
        components: ["azure"],
        policies: ["azure"],
        settings: ["azure"],
        local: ["azure", "engine"],
        delivery: ["azure", "engine"],
        "jest.config": [],
        "eslint.config": [],
    };

    /** Programs of stacks beside the project's own: like index.ts, they join components. */
    const program = "delivery/backend/program/program.ts";

    it.each(Object.entries(allowed))("keep imports of %s to %j", (name, targets) => {
        const crossings = sources
            .filter((file) => layer(file) === name && !starters.includes(file))
            .filter((file) => file !== program)
            .flatMap((file) => importedLayers(file).map((target) => ({ file, target })))
            .filter(({ target }) => !targets.includes(target));
        expect(crossings).toEqual([]);
    });

    it("let index.ts and what Pulumi starts join the rest", () => {
        expect(importedLayers("index.ts")).toEqual(["azure", "components", "settings"]);
        expect(importedLayers("main.js")).toEqual(["engine", "index"]);
        expect(importedLayers("policies/main.js")).toEqual(["engine"]);
        expect(importedLayers(program)).toEqual(["components"]);
    });

    it("know every folder and file with code", () => {
        const known = [...Object.keys(allowed), "index", "main", "test"];
        expect(known).toEqual(expect.arrayContaining([...new Set(sources.map(layer))]));
    });

    it("leave the reading of configuration to settings/reader.ts, and to a stack of its own", () => {
        const readers = sources.filter(
            (file) => layer(file) !== "test" && /\bnew (pulumi\.)?Config\(/.test(text(file)),
        );
        expect(readers).toEqual([program, "settings/reader.ts"]);
    });
});

describe("a handover", () => {
    it("takes along every setting that only principals have", () => {
        const source = text("settings/principals.ts");
        const declared = Object.keys(parse(text("Pulumi.yaml")).config);
        const named = [...source.matchAll(/"(\w+)"/g)].map(([, word]) => word!);
        const settings = [...new Set(named)].filter((word) => declared.includes(word));
        expect(settings.length).toBeGreaterThan(12);
        const taken = [...accessSettings, ...sharedSettings];
        expect(taken).toEqual(expect.arrayContaining(settings));
        expect(declared).toEqual(expect.arrayContaining(taken));
    });
});

describe("components", () => {
    const component = /export class (\w+) extends pulumi\.ComponentResource\b/;
    const components = modules("components").filter((name) =>
        component.test(text(`components/${name}.ts`)),
    );

    it("are exported, all of them, by components/index.ts", () => {
        const exported = [...text("components/index.ts").matchAll(/from "\.\/(\w+)"/g)];
        expect(exported.map(([, name]) => name!).sort()).toEqual([...components].sort());
    });

    it.each(components)("%s: file, class and type token share one name", (name) => {
        const source = text(`components/${name}.ts`);
        const className = component.exec(source)![1]!;
        expect(className[0]!.toLowerCase() + className.slice(1)).toBe(name);
        const tokens = [...source.matchAll(/\bsuper\("([^"]+)"/g)].map(([, token]) => token);
        expect(tokens).toEqual([`azure-webapp-stack:index:${className}`]);
    });

    it.each(components)("%s: registers outputs that are its public fields", (name) => {
        const source = text(`components/${name}.ts`);
        const registered = [...source.matchAll(/this\.registerOutputs\(\{([^}]*)\}\)/g)];
        expect(registered).toHaveLength(1);
        const outputs = [...registered[0]![1]!.matchAll(/(\w+): this\.(\w+)/g)];
        const fields = [...source.matchAll(/public readonly (\w+)\??: pulumi\.Output</g)];
        for (const [, output, field] of outputs) expect(output).toBe(field);
        expect(outputs.map(([, output]) => output!).sort()).toEqual(
            fields.map(([, field]) => field!).sort(),
        );
    });

    const interfaces = components.flatMap((name) =>
        [
            ...text(`components/${name}.ts`).matchAll(/export interface (\w+Args) \{\n(.*?)\n\}/gs),
        ].map(([, args, body]): [string, string] => [args!, body!]),
    );

    it("take arguments, each component its own", () => {
        const names = components.map((name) => `${name[0]!.toUpperCase()}${name.slice(1)}Args`);
        expect(interfaces.map(([name]) => name)).toEqual(names);
    });

    it.each(interfaces)(
        "%s: each property is documented, each optional one's default too",
        (_, body) => {
            const property = /(?:(\/\*\*(?:(?!\*\/).)*\*\/)\s*)?^ +(readonly )?(\w+)(\?)?:/gms;
            const found = [...body.matchAll(property)];
            expect(found.length).toBeGreaterThan(1);
            const problems = found.flatMap(([, comment = "", readonly, name, optional]) => [
                ...(readonly ? [] : [`${name} is not readonly`]),
                ...(comment ? [] : [`${name} has no comment`]),
                ...(optional && !/@default \S/.test(comment) ? [`${name} has no @default`] : []),
            ]);
            expect(problems).toEqual([]);
        },
    );
});

describe("tests", () => {
    const tests = files.filter((file) => file.endsWith(".test.ts"));

    it.each(["azure", "components"])("there is one for each file of %s", (folder) => {
        const missing = modules(folder)
            .filter((name) => name !== "index")
            .filter((name) => !tests.includes(`test/${folder}/${name}.test.ts`));
        expect(missing).toEqual([]);
    });

    it.each(tests)("%s says at its top what it cannot show", (file) => {
        const [, comment] = /^\/\*\*(.*?)\*\//s.exec(text(file)) ?? [];
        expect(comment?.replaceAll(/\s*\n \* ?/g, " ")).toMatch(
            /\b(cannot|does not|do not) (show|prove|say)\b/i,
        );
    });
});

describe("policies", () => {
    const camelCase = (name: string) =>
        name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

    it("have names of their own", () => {
        expect(policies.length).toBeGreaterThan(0);
        expect(new Set(policies.map(({ name }) => name)).size).toBe(policies.length);
    });

    const tests = files
        .filter((file) => /^test\/policies\/.*\.test\.ts$/.test(file))
        .map((file) => text(file));

    it.each(policies.map(({ name }) => name))("%s has its file and its table of tests", (name) => {
        const file = `policies/rules/${camelCase(name)}.ts`;
        expect(files).toContain(file);
        expect(text(file)).toContain(`id: "${name}"`);
        // What reports on the other rules is tested with them.
        const table = name === "pack-config" ? "packConfig" : `describeRule(${camelCase(name)},`;
        expect(tests.filter((test) => test.includes(table))).toHaveLength(1);
    });

    it("have each file of their folder to themselves, and load no SDK", () => {
        expect(modules("policies/rules").sort()).toEqual(
            policies.map(({ name }) => camelCase(name)).sort(),
        );
        const loaded = files.filter(
            (file) =>
                /^policies\/.*\.ts$/.test(file) &&
                /^import (?!type )[^;]*from "@pulumi\//m.test(text(file)),
        );
        expect(loaded).toEqual(["policies/pack.ts"]);
    });
});

const project = parse(text("Pulumi.yaml"));
const declared: Record<string, { description?: string; default?: string }> = Object.fromEntries(
    Object.entries<object>(project.config).filter(([key]) => !key.startsWith("pulumi:")),
);
const prefix = `${project.name}:`;

describe("Pulumi.yaml", () => {
    it.each(Object.keys(declared))("describes %s and gives its default", (key) => {
        expect(declared[key]!.description).toMatch(/\w.*\.$/s);
        expect(typeof declared[key]!.default).toBe("string");
    });

    it("declares what settings.ts reads, no more and no less", async () => {
        await run(() => undefined);
        const get = jest.spyOn(pulumi.Config.prototype, "get").mockReturnValue(undefined);
        try {
            expect(() => readSettings()).toThrow("settings need mending");
            const read = new Set(get.mock.calls.map(([key]) => key));
            expect([...read].sort()).toEqual(Object.keys(declared).sort());
        } finally {
            get.mockRestore();
        }
    });

    it("sends nobody to other plugins, nor lets default providers be", () => {
        expect(Object.keys(project)).not.toContain("plugins");
        const disabled = project.config["pulumi:disable-default-providers"];
        expect(disabled.value).toEqual(expect.arrayContaining(["azure-native", "azuread"]));
    });
});

describe("stack files", () => {
    const stackFiles = files.filter((file) => /^Pulumi\.[^.]+\.yaml$/.test(file));
    const documents = new Map(stackFiles.map((file) => [file, parse(text(file))]));
    const value = (file: string, key: string) => documents.get(file).config[prefix + key];

    it("are there for three environments, each with a name of its own", () => {
        const wanted = ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.test.yaml"];
        expect(stackFiles).toEqual(expect.arrayContaining(wanted));
        const names = stackFiles.map((file) => value(file, "name"));
        expect(new Set(names).size).toBe(stackFiles.length);
    });

    it.each(stackFiles)("%s is plainly an example, or all somebody's own", (file) => {
        const nobody = "00000000-0000-0000-0000-000000000000";
        const example = value(file, "tenantId") === nobody;
        expect(value(file, "subscriptionId") === nobody).toBe(example);
        expect(/example/.test(value(file, "name"))).toBe(example);
        // An example that holds a secret, or the salt of one, is somebody's after all.
        if (example) expect(text(file)).not.toMatch(/secure:|encryptionsalt:/);
    });

    it("ask for the CLI that the engine looks for", () => {
        const { requiredPulumiVersion } = parse(text("Pulumi.yaml"));
        expect(requiredPulumiVersion).toBe(`>=${oldestVersion}`);
    });

    it.each(stackFiles)("%s sets only what Pulumi.yaml declares", (file) => {
        const known = Object.keys(declared).map((key) => prefix + key);
        expect(known).toEqual(expect.arrayContaining(Object.keys(documents.get(file).config)));
    });

    it.each(stackFiles)(
        "%s has a policy configuration that names only policies there are",
        (file) => {
            const stack = file.split(".")[1]!;
            const configured = Object.keys(JSON.parse(text(`policies/config.${stack}.json`)));
            expect(configured.length).toBeGreaterThan(0);
            const known = ["all", ...policies.map(({ name }) => name)];
            expect(known).toEqual(expect.arrayContaining(configured));
        },
    );
});

describe("defaults that stand in the code too", () => {
    const byDefault = (key: string) => declared[key]!.default!;

    it("are those of Pulumi.yaml in the plan", async () => {
        const args = { resourceGroupName: "shop-rg", planName: "shop-plan" };
        const found = await register(() => new AppServicePlan("plan", args));
        const { sku, zoneRedundant } = only(found, "azure-native:web:AppServicePlan").inputs;
        expect(sku.name).toBe(byDefault("sku"));
        expect(String(sku.capacity)).toBe(byDefault("instances"));
        expect(String(zoneRedundant)).toBe(byDefault("zoneRedundant"));
    });

    it("are those of Pulumi.yaml in the app", async () => {
        const names = { resourceGroupName: "shop-rg", appName: "shop-app", planId: "/plan" };
        const found = await register(
            () => new ContainerWebApp("app", { ...names, image: "example/shop:1.0" }),
        );
        const { siteConfig } = only(found, "azure-native:web:WebApp").inputs;
        expect(siteConfig.minTlsVersion).toBe(byDefault("minTlsVersion"));
        expect(siteConfig.appSettings).toEqual(
            expect.arrayContaining([
                { name: "WEBSITES_PORT", value: byDefault("port") },
                {
                    name: "WEBSITES_CONTAINER_START_TIME_LIMIT",
                    value: byDefault("startTimeLimitSeconds"),
                },
            ]),
        );
    });

    it("are those of Pulumi.yaml in the roles of a deployer", () => {
        const names = defaultDeployerRoles.map(({ name }) => name);
        expect(byDefault("deployerRoles").split(", ")).toEqual(names);
    });
});

describe("the documents", () => {
    it("CHANGELOG.md has changes and breaking changes in every version, this one included", () => {
        const sections = text("CHANGELOG.md").split(/^## /m).slice(1);
        const { version } = JSON.parse(text("package.json"));
        expect(sections.map((section) => section.split("\n")[0])).toContain(version);
        for (const section of sections) {
            const parts = section.split(/^### /m).slice(1);
            const [changes = "", breaking = "", ...rest] = parts;
            expect(changes).toMatch(/^Changes\n+\S/);
            expect(breaking).toMatch(/^Breaking changes\n+\S/);
            expect(rest).toEqual([]);
        }
    });

    it("CONTRIBUTING.md gives a reason for every dependency", () => {
        const { dependencies, devDependencies } = JSON.parse(text("package.json"));
        const named = text("CONTRIBUTING.md");
        const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
            (name) => !named.includes(`\`${name}\``),
        );
        expect(missing).toEqual([]);
    });
});
