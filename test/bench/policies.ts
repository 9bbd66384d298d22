/**
 * What the policy pack costs: how much longer it takes to start than an empty pack, and how long all rules
 * take per resource, in the policy SDK's own server.
 *
 * Cannot show how long the engine takes to describe a resource to the pack; that is part of the previews.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { policies } from "../../policies/index";
import { readPropertiesOnce } from "../../policies/once";

/** Seconds until a pack in a folder says at which port it listens. */
function startUp(folder: string): Promise<number> {
    return new Promise((resolve, reject) => {
        const started = process.hrtime.bigint();
        const env = { ...process.env, PULUMI_OPTION_POLICY_PACK_CONFIG: "" };
        const pack = spawn(process.execPath, ["main.js"], { cwd: folder, env });
        pack.on("error", reject);
        pack.on("exit", (code) => reject(new Error(`the pack in ${folder} ended with ${code}`)));
        pack.stdout.once("data", () => {
            pack.removeAllListeners("exit");
            pack.kill();
            resolve(Number(process.hrtime.bigint() - started) / 1e9);
        });
    });
}

/** Start-up of the pack and of an empty one in turns, in seconds. */
export async function packStarts(
    project: string,
    scratch: string,
    runs: number,
): Promise<{ pack: number[]; empty: number[] }> {
    const empty = path.join(scratch, "empty-pack");
    fs.mkdirSync(empty, { recursive: true });
    fs.writeFileSync(path.join(empty, "package.json"), '{ "name": "empty", "version": "0.0.1" }');
    const hook = JSON.stringify(path.join(project, "engine", "typescript.js"));
    const make = 'new (require("@pulumi/policy").PolicyPack)("empty", { policies: [] });';
    fs.writeFileSync(path.join(empty, "main.js"), `require(${hook});\n${make}\n`);
    if (!fs.existsSync(path.join(empty, "node_modules"))) {
        fs.symlinkSync(path.join(project, "node_modules"), path.join(empty, "node_modules"));
    }
    const samples = { pack: [] as number[], empty: [] as number[] };
    for (let round = 0; round <= runs; round++) {
        const pack = await startUp(path.join(project, "policies"));
        const nothing = await startUp(empty);
        if (round === 0) continue;
        samples.pack.push(pack);
        samples.empty.push(nothing);
    }
    return samples;
}

const subscription = "/subscriptions/00000000-0000-4000-8000-000000000001";
const group = { resourceGroupName: "shop-rg", location: "westeurope" };

/** What a stack like this one is made of, one of each. An app has 40 settings. */
const kinds: [type: string, props: Record<string, unknown>][] = [
    [
        "azure-native:web:WebApp",
        {
            ...group,
            name: "shop-app",
            httpsOnly: true,
            identity: { type: "SystemAssigned" },
            siteConfig: {
                linuxFxVersion: "DOCKER|ghcr.io/example/shop:1.0",
                minTlsVersion: "1.2",
                appSettings: Array.from({ length: 40 }, (_, i) => ({
                    name: `S${i}`,
                    value: `value ${i}`,
                })),
            },
        },
    ],
    [
        "azure-native:web:AppServicePlan",
        { ...group, name: "shop-plan", sku: { name: "B2", capacity: 1 } },
    ],
    [
        "azure-native:authorization:RoleAssignment",
        {
            scope: `${subscription}/resourceGroups/shop-rg`,
            principalType: "ServicePrincipal",
            roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772`,
        },
    ],
    [
        "azure-native:web:WebAppFtpAllowed",
        { name: "shop-app", allow: false, resourceGroupName: "shop-rg" },
    ],
    ["azuread:index/application:Application", { displayName: "shop" }],
    ["azure-webapp-stack:index:ContainerWebApp", { image: "ghcr.io/example/shop:1.0" }],
];

type Handler = (
    call: { request: unknown },
    callback: (error: Error | null, response?: messages.AnalyzeResponse) => void,
) => void;

const server: Record<
    "makeAnalyzeRpcFun" | "makeAnalyzeStackRpcFun",
    (name: string, version: string, level: string, policies: unknown[]) => Handler
> = require("@pulumi/policy/server");

function call(handler: Handler, request: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
        handler({ request }, (error, response) => (error ? reject(error) : resolve(response)));
    });
}

/** Milliseconds that all rules take for one resource, in a stack of so many, its judgement as a whole included. */
export async function evaluation(count: number): Promise<number> {
    readPropertiesOnce();
    const requests = Array.from({ length: count }, (_, index) => {
        const [type, props] = kinds[index % kinds.length]!;
        const properties = Struct.fromJavaScript(props as Record<string, JavaScriptValue>);
        const urn = `urn:pulumi:dev::shop::${type}::r${index}`;
        const request = new messages.AnalyzeRequest();
        const resource = new messages.AnalyzerResource();
        for (const one of [request, resource]) {
            one.setType(type);
            one.setUrn(urn);
            one.setName(`r${index}`);
            one.setOptions(new messages.AnalyzerResourceOptions());
            one.setProperties(properties);
        }
        return { request, resource };
    });
    const stack = new messages.AnalyzeStackRequest();
    stack.setResourcesList(requests.map(({ resource }) => resource));
    const one = server.makeAnalyzeRpcFun("bench", "0.0.0", "advisory", policies);
    const all = server.makeAnalyzeStackRpcFun("bench", "0.0.0", "advisory", policies);
    const started = process.hrtime.bigint();
    for (const { request } of requests) await call(one, request);
    await call(all, stack);
    return Number(process.hrtime.bigint() - started) / 1e6 / count;
}
