/**
 * What all rules share: options, waivers, unknown values, own exceptions and words, judged by the policy SDK's
 * own server. Does not show how the CLI prints a finding; for that there is test/engine/policies.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { policies } from "../../policies/index";
import { readPropertiesOnce } from "../../policies/once";
import { text, whole } from "../../policies/options";
import { assign, rule, settingLine, stackRule } from "../../policies/rule";
import { packConfig } from "../../policies/rules/packConfig";
import { hidden, hide, shown, tellSecrets } from "../../policies/values";
import { isOver } from "../../policies/waivers";
import { judge, judgeStack, repair, secret, unknown, urnOf } from "../support/policyRunner";
import { token } from "../support/ruleCases";

const app = "azure-native:web:WebApp";
const about = {
    severity: "high",
    level: "mandatory",
    why: "Because.",
    fix: "httpsOnly: true",
} as const;

const strict = rule({
    ...about,
    id: "strict",
    description: "It is on.",
    types: ["web:WebApp"],
    check: ({ must }) => must("on", (value) => value === true, "true"),
    repair: (props) => assign(props, "on", true),
});
const broken = rule({
    ...about,
    id: "broken",
    description: "It breaks.",
    types: ["web:WebApp"],
    check({ props }) {
        throw new RangeError(`about ${String(props.value("password"))}`);
    },
});
const stack = stackRule({
    ...about,
    id: "stack",
    description: "There is one.",
    check({ resources, violation }) {
        for (const one of resources) {
            if (one.is("web:WebApp")) violation({ where: "This", is: "an app" }, one);
        }
        violation({ where: "The stack", is: "there" });
    },
});

const off = { type: app, props: { on: false } };
const waiver = (more = {}) => ({
    resource: "resource",
    reason: "the other side is not ready",
    owner: "ana",
    lastDay: "2999-12-31",
    ...more,
});

describe("a finding", () => {
    it("says what is wrong, where, what is allowed and the line that mends it", async () => {
        expect(await judge(strict, off)).toEqual([
            {
                level: "mandatory",
                message: "It is on.\non is false; allowed: true. Fix: httpsOnly: true.",
                urn: urnOf(off),
            },
        ]);
    });

    it("names this stack's own line where there is one", async () => {
        const own = rule({
            ...about,
            id: "own",
            description: "It is on.",
            types: "azure",
            setting: "pulumi config set on true",
            check: ({ must }) => must("on", (value) => value === true, "true"),
        });
        const [found] = await judge(own, off);
        expect(found!.message).toMatch(
            /Fix: httpsOnly: true\. In Pulumi\.dev\.yaml: azure-webapp-stack:on: true\.$/,
        );
    });

    it("of a stack belongs to a resource, or to the stack", async () => {
        const root = { type: "pulumi:pulumi:Stack", name: "project-dev", props: {} };
        const found = await judgeStack(stack, [root, off]);
        expect(found.map(({ urn }) => urn)).toEqual([urnOf(off), urnOf(root)]);
    });
});

describe("an error of a rule's own", () => {
    it("hides neither its own verdict nor the findings of others, and shows no value", async () => {
        const found = await judge([broken, strict, broken], {
            type: app,
            props: { on: false, password: "planted" },
        });
        expect(found.map(({ level }) => level)).toEqual(["mandatory", "mandatory", "mandatory"]);
        expect(found[0]!.message).toMatch(
            /The rule itself failed \(RangeError in rule\.test\.ts:\d+\)/,
        );
        expect(found[1]!.message).toContain("on is false");
        for (const { message } of found) expect(message).not.toContain("planted");
    });

    it("can be waived", async () => {
        const [found] = await judge(broken, off, { waivers: [waiver()] });
        expect(found).toMatchObject({ level: "advisory" });
    });

    it("in a repair leaves the resource as it is", async () => {
        const breaking = rule({
            ...about,
            id: "breaking",
            description: "It breaks.",
            types: "azure",
            check: ({ must }) => must("on", () => false, "never"),
            repair() {
                throw new Error("no");
            },
        });
        expect(await repair(breaking, off)).toBeUndefined();
    });
});

describe("what is unknown", () => {
    const knowing = (onUnknown: "skip" | "advisory") =>
        rule({
            ...about,
            id: `knowing-${onUnknown}`,
            description: "Both are on.",
            types: "azure",
            onUnknown,
            check({ must }) {
                for (const field of ["a", "b.c"]) must(field, (value) => value === true, "true");
            },
        });
    const props = { a: unknown, b: { c: false } };

    it.each([
        ["skip", []],
        ["advisory", ["advisory"]],
    ] as const)(
        "never hides what is known, and is treated as the rule says: %s",
        async (how, more) => {
            const found = await judge(knowing(how), { type: app, props }, {});
            expect(found.map(({ level }) => level)).toEqual(["mandatory", ...more]);
            expect(found[0]!.message).toContain("b.c is false");
            if (found[1]) expect(found[1].message).toContain("a is not known yet");
        },
    );

    it("is only advice even where the rule is mandatory", async () => {
        const [found] = await judge(
            knowing("advisory"),
            { type: app, props: { a: true, b: unknown } },
            {},
        );
        expect(found).toMatchObject({ level: "advisory" });
    });
});

describe("options", () => {
    const sized = rule({
        ...about,
        id: "sized",
        description: "It fits.",
        types: "azure",
        options: { most: whole(3, "Most."), word: text("big", "Word.") },
        check({ options, must }) {
            must("size", (size) => Number(size) <= options.most, `${options.word} ${options.most}`);
        },
    });
    const large = { type: app, props: { size: 9 } };

    it("have their defaults without the engine", async () => {
        const [found] = await judge(sized, large);
        expect(found!.message).toContain("allowed: big 3.");
    });

    it("keep the defaults of those that a configuration leaves out", async () => {
        const [found] = await judge(sized, large, { most: 5 });
        expect(found!.message).toContain("allowed: big 5.");
    });

    it("that no rule has are reported at the end", async () => {
        await judge(sized, large, { mots: 5 });
        const found = await judgeStack(packConfig, []);
        expect(found).toEqual([
            expect.objectContaining({
                level: "mandatory",
                message: expect.stringContaining(
                    'The option "mots" of sized is none that the rule has.',
                ),
            }),
        ]);
        await judge(sized, large, {});
    });
});

describe("a waiver", () => {
    it.each([
        ["the resource's name", {}],
        ["its URN", { resource: urnOf(off) }],
    ])("by %s leaves advice, with whose word it is and until when", async (_, more) => {
        const [found, ...rest] = await judge(strict, off, { waivers: [waiver(more)] });
        expect(found).toMatchObject({ level: "advisory" });
        expect(found!.message).toContain("on is false");
        expect(found!.message).toContain(
            "Waived by ana until 2999-12-31: the other side is not ready",
        );
        expect(rest).toEqual([]);
    });

    it("fails again when its last day is over, and says whose it was", async () => {
        const waivers = [waiver({ lastDay: "2020-02-29" })];
        const [found] = await judge(strict, off, { waivers });
        expect(found).toMatchObject({ level: "mandatory" });
        expect(found!.message).toContain("The waiver of ana ended on 2020-02-29.");
    });

    it.each(["2020-02-30", "", "soon"])("never holds until %j, which is no day", (lastDay) => {
        expect(isOver(waiver({ lastDay }))).toBe(true);
    });

    it("holds until its last day is over everywhere that UTC is", () => {
        const now = jest.spyOn(Date, "now");
        const until = waiver({ lastDay: "2027-01-31" });
        now.mockReturnValue(Date.parse("2027-01-31T23:59:59Z"));
        expect(isOver(until)).toBe(false);
        now.mockReturnValue(Date.parse("2027-02-01T00:00:00Z"));
        expect(isOver(until)).toBe(true);
        now.mockRestore();
    });

    it("that holds counts more than one that is over", async () => {
        const waivers = [waiver({ lastDay: "2020-01-01" }), waiver()];
        const [found] = await judge(strict, off, { waivers });
        expect(found).toMatchObject({ level: "advisory" });
    });

    it.each([
        ["another resource", { resource: "other" }],
        ["part of the name", { resource: "resour" }],
    ])("of %s changes nothing", async (_, more) => {
        const [found] = await judge(strict, off, { waivers: [waiver(more)] });
        expect(found).toMatchObject({ level: "mandatory" });
        expect(found!.message).not.toContain("aive");
    });

    it("of a rule about stacks works alike", async () => {
        const found = await judgeStack(stack, [off], { waivers: [waiver()] });
        expect(found.map(({ level }) => level)).toEqual(["advisory", "mandatory"]);
    });

    it("keeps a repair from happening, unless it is over", async () => {
        expect(await repair(strict, off)).toEqual({ on: true });
        expect(await repair(strict, off, { waivers: [waiver()] })).toBeUndefined();
        const over = { waivers: [waiver({ lastDay: "2020-01-01" })] };
        expect(await repair(strict, off, over)).toEqual({ on: true });
    });

    it("that nothing needs is reported at the end, as advice", async () => {
        const config = { waivers: [waiver({ resource: "gone" })] };
        const found = await judgeStack(
            [strict, packConfig],
            [{ type: app, props: { on: true } }],
            config,
        );
        const unused = found.filter(({ message }) => /of strict .* is not needed/.test(message));
        expect(unused).toEqual([
            expect.objectContaining({
                level: "advisory",
                message: expect.stringContaining(
                    'The waiver of strict for "gone" (ana, until 2999-12-31)',
                ),
            }),
        ]);
    });

    it("of a rule that finds nothing to look at is reported too", async () => {
        const idle = rule({
            ...about,
            id: "idle",
            description: "None.",
            types: ["a:B"],
            check: () => {},
        });
        const config = { waivers: [waiver()] };
        const found = await judgeStack([idle, packConfig], [off], config);
        expect(found.map(({ message }) => message)).toContainEqual(
            expect.stringContaining("The waiver of idle"),
        );
    });

    it("that is needed is not", async () => {
        const config = { waivers: [waiver()] };
        const found = await judgeStack([strict, packConfig], [off], config);
        expect(found.filter(({ message }) => /of strict .* not needed/.test(message))).toEqual([]);
    });
});

describe("a malformed waiver", () => {
    it.each([[[null]], [{}], [["app"]], [[{}]]])("changes nothing: %j", async (waivers) => {
        const [found] = await judge(strict, off, { waivers });
        expect(found).toMatchObject({ level: "mandatory" });
        expect(await repair(strict, off, { waivers })).toEqual({ on: true });
    });
});

describe("the line of this stack", () => {
    it.each([
        ["sku <one of these>", "azure-webapp-stack:sku: B2"],
        ["image <one of these>/<repository>", "azure-webapp-stack:image: B2/<repository>"],
        ["--path tags.owner <name>", "azure-webapp-stack:tags: { owner: <name> }"],
    ])("for %s is one of its file, with the first of what is allowed", (command, line) => {
        expect(settingLine(`pulumi config set ${command}`, "dev", "B2, B3")).toBe(
            `In Pulumi.dev.yaml: ${line}`,
        );
    });

    it("stays as it is where it is no such command", () => {
        const text = "pulumi config rm registryUsername and registryPassword";
        expect(settingLine(text, "dev")).toBe(`In azure-webapp-stack: ${text}`);
    });
});

describe("a secret", () => {
    /** Names after a dot in the rules, and their path-like texts: whatever some rule may read. */
    const folder = path.resolve(__dirname, "../../policies");
    const sources = ["rules", "."].flatMap((part) =>
        fs
            .readdirSync(path.join(folder, part))
            .filter((file) => file.endsWith(".ts"))
            .map((file) => fs.readFileSync(path.join(folder, part, file), "utf8")),
    );
    const paths = new Set(
        sources.flatMap((text) => text.match(/(?<=["`])[a-z]\w*(\.\w+)*(?=["`])/g) ?? []),
    );
    const types = policies.flatMap(({ about }) =>
        "types" in about && Array.isArray(about.types) ? (about.types as string[]) : ["web:WebApp"],
    );
    const planted = "/healthz?code=Hunter2hunter2";
    const nested = (path: string, value: unknown): Record<string, unknown> =>
        path
            .split(".")
            .reverse()
            .reduce<unknown>((inner, key) => ({ [key]: inner }), value) as Record<string, unknown>;

    it("is in no message, whatever property of whatever rule it is", async () => {
        expect(paths.size).toBeGreaterThan(100);
        let shownAsSecret = 0;
        for (const type of new Set(types)) {
            for (const at of paths) {
                for (const value of [planted, [planted], [{ name: planted, value: planted }]]) {
                    const props = nested(at, secret(value));
                    const found = await judge(policies, { type: token(type), props });
                    for (const { message } of found) {
                        expect(message.toLowerCase()).not.toContain("hunter2");
                        if (message.includes("[secret]")) shownAsSecret++;
                    }
                }
            }
        }
        expect(shownAsSecret).toBeGreaterThan(20);
    }, 120_000);

    it("is in no message about the stack", async () => {
        const props = Object.assign({}, ...[...paths].map((at) => nested(at, secret(planted))));
        const resources = [...new Set(types)].map((type, index) => ({
            type: token(type),
            name: `r${index}`,
            props,
        }));
        for (const { message } of await judgeStack(policies, resources)) {
            expect(message.toLowerCase()).not.toContain("hunter2");
        }
    });

    it("that is long, or read in parts, is hidden too", () => {
        hide(`${"x".repeat(100)}-tail`);
        hide("registry.example.com/team/shop:1");
        expect(hidden(shown(`${"x".repeat(100)}-other`))).not.toContain("xxxxxx");
        expect(hidden('from "registry.example.com"')).toBe('from "[secret]"');
    });

    it("leaves no value to be shown where the SDK does not tell which are secret", () => {
        expect(readPropertiesOnce({})).toBe(false);
        tellSecrets(false);
        expect(hidden(shown("B1"))).toMatch(/^not shown/);
        tellSecrets(true);
        expect(hidden(shown("B1"))).toBe('"B1"');
    });
});

describe("reading properties once", () => {
    it("reads the same properties once, and for remediations anew", () => {
        const read = jest.fn(() => ({}));
        const sdk = { deserializeProperties: read as (of: object, keep: boolean) => object };
        expect(readPropertiesOnce(sdk)).toBe(true);
        const properties = { toJavaScript: () => ({}) };
        const first = sdk.deserializeProperties(properties, false);
        expect(sdk.deserializeProperties(properties, false)).toBe(first);
        expect(read).toHaveBeenCalledTimes(1);
        sdk.deserializeProperties(properties, true);
        expect(read).toHaveBeenCalledTimes(2);
    });

    it("is in effect in the SDK that is installed", () => {
        const server = require("@pulumi/policy/deserialize") as { deserializeProperties: unknown };
        expect(String(server.deserializeProperties)).toContain("hideSecrets");
    });
});

describe("every rule of the pack", () => {
    it.each(policies.map((policy) => [policy.name, policy] as const))(
        "%s says all there is to say",
        (_, policy) => {
            const { about } = policy;
            expect(about.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
            expect(about.description).toMatch(/^[A-Z].*\.$/);
            expect(about.description).toMatch(/ (must|should|may be|may) /);
            expect(about.why).toMatch(/^[A-Z].*\.$/);
            expect(about.fix).not.toMatch(/\.$/);
            expect(policy.remediationSteps).toBe(about.fix);
            if (about.control) expect(policy.framework).toMatchObject({ reference: about.control });
            const schemas = policy.configSchema!.properties;
            expect(Object.keys(schemas).sort()).toEqual(
                [...Object.keys(about.options ?? {}), "waivers"].sort(),
            );
            for (const schema of Object.values(schemas)) {
                expect(schema.type).toBeDefined();
                expect(schema.description).toMatch(/\S/);
                expect(schema).toHaveProperty("default");
            }
        },
    );

    it("are those of the reference, under exactly its names", () => {
        expect(policies.map(({ name }) => name).sort()).toEqual(
            [...reference, "pack-config"].sort(),
        );
    });

    it("leaves what it validates alone: in another order all find the same", async () => {
        const resource = {
            type: app,
            props: {
                name: "shop",
                location: "mars",
                tags: { env: "x" },
                siteConfig: {
                    linuxFxVersion: "DOCKER|nginx",
                    minTlsVersion: "1.0",
                    appSettings: [{ name: "A_TOKEN", value: "planted" }],
                    cors: { allowedOrigins: ["*"] },
                },
            },
        };
        const forwards = await judge(policies, resource);
        const backwards = await judge([...policies].reverse(), resource);
        expect(forwards.length).toBeGreaterThan(10);
        expect(
            backwards
                .reverse()
                .map(({ message }) => message)
                .sort(),
        ).toEqual(forwards.map(({ message }) => message).sort());
    });

    it("survives properties of any kind without failing itself", async () => {
        const odd = [null, 0, "", "text", [], {}, [null], [[]], { a: [] }, true];
        const fields = [
            "sku",
            "location",
            "tags",
            "siteConfig",
            "identity",
            "properties",
            "scope",
            "permissions",
            "containers",
            "agentPoolProfiles",
            "roleDefinitionId",
            "endDate",
            "name",
            "requiredResourceAccesses",
            "imageRegistryCredentials",
            "assignableScopes",
            "subnetIds",
            "apiServerAccessProfile",
        ];
        const types = [
            "web:AppServicePlan",
            "web:WebApp",
            "authorization:RoleAssignment",
            "authorization:RoleDefinition",
            "containerinstance:ContainerGroup",
            "containerservice:ManagedCluster",
            "machinelearningservices:Compute",
            "keyvault:Vault",
            "web:WebAppApplicationSettings",
        ];
        for (const type of types) {
            for (const value of odd) {
                const props = Object.fromEntries(fields.map((field) => [field, value]));
                const found = await judge(policies, { type: `azure-native:${type}`, props });
                expect(found.filter(({ message }) => message.includes("itself failed"))).toEqual(
                    [],
                );
            }
        }
    });
});

const reference =
    `sku-allow-list plan-linux region-allow-list allowed-resource-types single-resource-group
    role-scope-max-rg role-scope-provenance role-definition-allow-list role-principal-type custom-role-bounded
    sp-credential-lifetime sp-prefer-federation sp-no-directory-roles required-tags naming webapp-https-only
    webapp-min-tls webapp-ftps webapp-basic-auth-off webapp-remote-debug-off webapp-managed-identity
    webapp-health-check webapp-always-on webapp-http2 webapp-client-affinity-off webapp-cors-no-wildcard
    webapp-client-cert webapp-auth webapp-public-network webapp-e2e-encryption webapp-ssh-off
    container-image-pinned container-registry-allow-list registry-auth-identity app-settings-no-plain-secrets
    aci-private aci-secure-env aci-not-privileged aks-local-accounts-off aks-rbac aks-network-policy
    aks-authorized-ip-ranges aks-upgrade-channel aks-identity ml-workspace-private ml-identity
    ml-compute-local-auth-off ml-compute-idle-shutdown ml-compute-min-nodes appinsights-workspace
    appinsights-no-local-auth diagnostic-settings budget-present monthly-cost-estimate protect-prod
    provider-pinned plan-resilience kv-soft-delete kv-purge-protection kv-secret-expiry kv-rbac kv-public-network
    acr-admin-off acr-anonymous-off acr-public-network`.split(/\s+/);
