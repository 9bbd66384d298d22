/**
 * How long the local provider plugin takes for a resource, with 10 of them in its Azure and with 1,000: the real
 * executable, asked over gRPC for Check and Create as the engine asks it, without the engine.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as service from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { findRole, roleDefinitionId } from "../../azure/roles";
import { signedInUser } from "../../local/identity";
import { storeVariable } from "../../local/providers/session";
import { median } from "./median";

const executable = path.resolve(
    __dirname,
    "../../local/providers/bin/pulumi-resource-azure-native",
);

/** What is measured, in milliseconds and MiB. */
export interface ProviderFigures {
    /** Check and Create of one resource: the mean over a stack, of which the median over the rounds. */
    readonly msPerResourceAt10: number;
    readonly msPerResourceAt1000: number;
    /** Peak memory of the plugin that made the 1,000. */
    readonly memoryAt1000: number;
}

type Inputs = Record<string, JavaScriptValue>;

/** A resource as the engine sends it: type token, and inputs once the ids of those before it are known. */
type Step = readonly [token: string, inputs: (ids: readonly string[]) => Inputs];

/** A small stack: what this project's own creates with azure-native. */
function stackOf(name: string): readonly Step[] {
    const group = { resourceGroupName: `${name}-rg` };
    const reader = roleDefinitionId(signedInUser.subscriptionId, findRole("Reader")!);
    const allow = false;
    return [
        ["resources:ResourceGroup", () => ({ ...group, location: "westeurope", tags: { name } })],
        [
            "web:AppServicePlan",
            () => ({
                ...group,
                name: `${name}-plan`,
                kind: "linux",
                reserved: true,
                sku: { name: "B2", capacity: 1 },
            }),
        ],
        [
            "web:WebApp",
            ([, serverFarmId = ""]) => ({
                ...group,
                name: `${name}-app`,
                kind: "app,linux,container",
                reserved: true,
                httpsOnly: true,
                serverFarmId,
                identity: { type: "SystemAssigned" },
                siteConfig: { alwaysOn: true, linuxFxVersion: "DOCKER|example/shop:1.0" },
            }),
        ],
        [
            "web:WebAppApplicationSettings",
            () => ({ ...group, name: `${name}-app`, properties: { WEBSITES_PORT: "8080" } }),
        ],
        ["web:WebAppFtpAllowed", () => ({ ...group, name: `${name}-app`, allow })],
        ["web:WebAppScmAllowed", () => ({ ...group, name: `${name}-app`, allow })],
        [
            "authorization:RoleAssignment",
            ([scope = ""]) => ({
                scope,
                principalId: signedInUser.objectId,
                principalType: "User",
                roleAssignmentName: randomUUID(),
                roleDefinitionId: reader,
            }),
        ],
    ];
}

/** The plugin's process and a client of it. */
class Plugin {
    private constructor(
        private readonly child: ChildProcess,
        private readonly client: service.ResourceProviderClient,
    ) {}

    static async start(store: string, env: NodeJS.ProcessEnv = {}): Promise<Plugin> {
        const child = spawn(process.execPath, [executable], {
            env: { ...process.env, ...env, [storeVariable]: store },
            stdio: ["ignore", "pipe", "inherit"],
        });
        const port = await new Promise<string>((resolve, reject) => {
            child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
            child.once("error", reject);
        });
        const client = new service.ResourceProviderClient(
            `127.0.0.1:${port}`,
            grpc.credentials.createInsecure(),
        );
        const plugin = new Plugin(child, client);
        await call((callback) => client.configure(new messages.ConfigureRequest(), callback));
        return plugin;
    }

    /** Check and Create, as the engine asks for a new resource. The answer is its id. */
    async create(token: string, inputs: Inputs): Promise<string> {
        const urn = `urn:pulumi:bench::bench::azure-native:${token}::bench`;
        const check = new messages.CheckRequest();
        check.setUrn(urn);
        check.setNews(Struct.fromJavaScript(inputs));
        check.setRandomseed(randomBytes(32));
        const checked = await call<messages.CheckResponse>((callback) =>
            this.client.check(check, callback),
        );
        const [failure] = checked.getFailuresList();
        if (failure) throw new Error(`${token}: ${failure.getReason()}`);
        const create = new messages.CreateRequest();
        create.setUrn(urn);
        create.setProperties(checked.getInputs());
        const created = await call<messages.CreateResponse>((callback) =>
            this.client.create(create, callback),
        );
        return created.getId();
    }

    async delete(token: string, id: string): Promise<void> {
        const request = new messages.DeleteRequest();
        request.setUrn(`urn:pulumi:bench::bench::azure-native:${token}::bench`);
        request.setId(id);
        await call((callback) => this.client.delete(request, callback));
    }

    /** Ends the process as the engine does, and waits for its end. */
    async stop(): Promise<void> {
        const ended = new Promise((resolve) => this.child.once("close", resolve));
        await call((callback) => this.client.cancel(new Empty(), callback));
        this.client.close();
        await ended;
    }
}

function call<Answer>(
    send: (callback: (error: grpc.ServiceError | null, answer: Answer) => void) => unknown,
): Promise<Answer> {
    return new Promise((resolve, reject) => {
        send((error, answer) => (error ? reject(error) : resolve(answer)));
    });
}

interface Made {
    readonly token: string;
    readonly id: string;
}

/** Creates a stack, or as many of its resources as may be, one after the other. */
async function createStack(plugin: Plugin, name: string, most = Infinity): Promise<Made[]> {
    const made: Made[] = [];
    for (const [token, inputs] of stackOf(name).slice(0, most)) {
        made.push({ token, id: await plugin.create(token, inputs(made.map(({ id }) => id))) });
    }
    return made;
}

/** Makes 1,000 resources and deletes all but some: then every plugin has done the same before it is measured. */
async function fill(plugin: Plugin, remaining: number): Promise<void> {
    let count = 0;
    for (let stack = 0; count < 1000; stack++) {
        const before = count;
        const made = await createStack(plugin, `filled${stack}`, 1000 - count);
        count += made.length;
        const [group] = made;
        if (before >= remaining) await plugin.delete(group!.token, group!.id);
        else if (count > remaining) {
            for (const { token, id } of made.slice(remaining - before).reverse()) {
                await plugin.delete(token, id);
            }
        }
    }
}

/**
 * Measures two plugins in turns, so that both see the same load of the machine: one whose Azure has 10
 * resources, one whose has 1,000. Each round creates a stack in both and deletes it again.
 *
 * @param rounds How many stacks are measured; as many go before to warm up.
 */
export async function measureProvider(scratch: string, rounds: number): Promise<ProviderFigures> {
    const memoryFile = path.join(scratch, "plugin-memory");
    const preload = path.join(__dirname, "peakMemory.js");
    const small = await Plugin.start(path.join(scratch, "azure-10"));
    const large = await Plugin.start(path.join(scratch, "azure-1000"), {
        NODE_OPTIONS: `--require ${preload}`,
        PEAK_MEMORY_FILE: memoryFile,
        PEAK_MEMORY_OF: path.basename(executable),
    });
    await fill(small, 10);
    await fill(large, 1000);
    const samples: Record<"small" | "large", number[]> = { small: [], large: [] };
    for (let round = 0; round < 2 * rounds; round++) {
        for (const [key, plugin] of [["small", small] as const, ["large", large] as const]) {
            const started = process.hrtime.bigint();
            const made = await createStack(plugin, `round${round}`);
            const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
            if (round >= rounds) samples[key].push(milliseconds / made.length);
            for (const { token, id } of made.reverse()) await plugin.delete(token, id);
        }
    }
    await small.stop();
    await large.stop();
    return {
        msPerResourceAt10: median(samples.small),
        msPerResourceAt1000: median(samples.large),
        memoryAt1000: Number(fs.readFileSync(memoryFile, "utf8")) / 1024,
    };
}
