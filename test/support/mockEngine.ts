/**
 * Runs a program against Pulumi's runtime mocks and tells what it asked for.
 * Shows what we ask for; cannot show what the engine makes of it, nor what Azure accepts.
 */
import { runInThisContext } from "node:vm";
import { Provider as AzureProvider } from "@pulumi/azure-native/provider";
import { Provider as DirectoryProvider } from "@pulumi/azuread/provider";
import * as pulumi from "@pulumi/pulumi";
import {
    ReadResourceRequest,
    type ReadResourceResponse,
    type RegisterResourceOutputsRequest,
    type RegisterResourceRequest,
    type RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb";
import type { MockCallArgs } from "@pulumi/pulumi/runtime/mocks";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A resource as the program asked for it, and what came back. */
export interface Registered {
    readonly type: string;
    readonly name: string;
    readonly urn: string;
    /** URN of the parent; empty where there is none. */
    readonly parent: string;
    /** URN of the provider; empty where the engine would take a default one. */
    readonly provider: string;
    /** ID of a resource that exists already and is only read. */
    readonly readId?: string;
    /** URNs of what it waits for, through its inputs or by `dependsOn`. */
    readonly dependencies: readonly string[];
    /** Names of the hooks that are called when Azure refuses it. */
    readonly errorHooks: readonly string[];
    readonly inputs: Record<string, any>;
    /** Paths of the inputs that are secret; their values stand in `inputs` like all others. */
    readonly secretInputs: readonly string[];
    /** What a component handed to `registerOutputs`, or what the cloud answered. */
    readonly outputs: Record<string, any>;
    readonly secretOutputs: readonly string[];
}

/** Who the unpinned provider says is signed in. */
export interface SignedIn {
    readonly tenantId: string;
    readonly subscriptionId: string;
}

export interface Options {
    /** Without it, a program that asks who is signed in fails. */
    readonly signedIn?: SignedIn;
    /** What a provider function answers; undefined where it fails. @default it always fails */
    readonly answer?: (call: MockCallArgs) => object | undefined;
    readonly stack?: string;
}

export interface Run {
    /** In the order of registration. */
    readonly registered: readonly Registered[];
    /** Provider functions that the program called. */
    readonly calls: readonly MockCallArgs[];
    /** What the program ended with, thrown at once or in a promise that nobody awaits. */
    readonly error?: Error;
}

/** What Azure fills in by itself: without it outputs read "undefined" and tests prove nothing. */
const assigned: Record<string, (name: string) => { id?: string; state?: object }> = {
    "azure-native:resources:ResourceGroup": (name) => ({
        id: `/subscriptions/bbbbbbbb-0000-0000-0000-000000000002/resourceGroups/${name}`,
        // Of a group that is read, the program gives only the ID.
        state: { name: `${name}-assigned` },
    }),
    "azure-native:web:AppServicePlan": (name) => ({
        id: `/subscriptions/assigned/serverfarms/${name}`,
    }),
    "azure-native:web:WebApp": (name) => ({
        id: `/subscriptions/assigned/sites/${name}`,
        state: {
            defaultHostName: `${name}-d3fa.westeurope-01.azurewebsites.net`,
            identity: { type: "SystemAssigned", principalId: `${name}-identity` },
        },
    }),
    "azuread:index/application:Application": (name) => ({
        id: `/applications/${name}-object`,
        state: { clientId: `${name}-client`, objectId: `${name}-object` },
    }),
    "azuread:index/servicePrincipal:ServicePrincipal": (name) => ({
        id: `/servicePrincipals/${name}-object`,
        state: { objectId: `${name}-object` },
    }),
    "azuread:index/applicationPassword:ApplicationPassword": (name) => ({
        state: { keyId: `${name}-key`, value: `${name}-value` },
    }),
};

/** Marks of secrets in the engine's protocol. */
const [mark, secretMark] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

/** Values without their marks, and the paths that were marked as secret. */
function unwrap(value: unknown, path = ""): { plain: any; secrets: string[] } {
    if (typeof value !== "object" || value === null) return { plain: value, secrets: [] };
    if ((value as Record<string, unknown>)[mark] === secretMark) {
        return { plain: unwrap((value as { value: unknown }).value).plain, secrets: [path] };
    }
    const parts = Object.entries(value).map(([key, item]) => ({
        key,
        ...unwrap(item, path ? `${path}.${key}` : key),
    }));
    const secrets = parts.flatMap((part) => part.secrets);
    if (Array.isArray(value)) return { plain: parts.map(({ plain }) => plain), secrets };
    return { plain: Object.fromEntries(parts.map(({ key, plain }) => [key, plain])), secrets };
}

type Recorded = { -readonly [Key in keyof Registered]: Registered[Key] };
type Request = RegisterResourceRequest | ReadResourceRequest;
type Handler<Q, A> = (request: Q, answer: (error: Error | null, response?: A) => void) => void;

/** The part of Pulumi's mock engine that is listened to, and what it lacks. */
interface Monitor {
    registerResource: Handler<RegisterResourceRequest, RegisterResourceResponse>;
    readResource: Handler<ReadResourceRequest, ReadResourceResponse>;
    registerResourceOutputs: Handler<RegisterResourceOutputsRequest, object>;
    registerErrorHook: Handler<unknown, object>;
}

/** Runs `program` to its end, whatever that is. */
export async function run(program: () => unknown, options: Options = {}): Promise<Run> {
    const registered: Recorded[] = [];
    const calls: MockCallArgs[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs, id }) => {
                const answer = assigned[type]?.(name);
                return {
                    id: id || (answer?.id ?? `${name}-id`),
                    state: { name, ...inputs, ...answer?.state },
                };
            },
            call: (args) => {
                calls.push(args);
                if (args.token === "azure-native:authorization:getClientConfig") {
                    if (options.signedIn) return { ...options.signedIn };
                }
                const answer = options.answer?.(args);
                if (answer) return answer;
                const message = `no mock for ${args.token}`;
                throw Object.assign(new Error(message), { details: message }); // As gRPC's errors.
            },
        },
        "azure-webapp-stack",
        options.stack ?? "dev",
    );

    // The requests say more than the mocks are told: the parent's full URN, dependencies, secrets.
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const record = (request: Request, inputs: Struct | undefined): Recorded => {
        const { plain, secrets } = unwrap(inputs?.toJavaScript());
        const isRead = request instanceof ReadResourceRequest;
        const entry: Recorded = {
            type: request.getType(),
            name: request.getName(),
            urn: "",
            parent: request.getParent(),
            // "<urn>::<id>"
            provider: request.getProvider().split("::").slice(0, 4).join("::"),
            readId: isRead ? request.getId() : undefined,
            dependencies: request.getDependenciesList(),
            errorHooks: isRead ? [] : (request.getHooks()?.getOnErrorList() ?? []),
            inputs: plain,
            secretInputs: secrets,
            outputs: {},
            secretOutputs: [],
        };
        registered.push(entry);
        return entry;
    };
    const { registerResource, readResource, registerResourceOutputs } = monitor;
    monitor.registerResource = (request, answer) => {
        const entry = record(request, request.getObject());
        registerResource.call(monitor, request, (error, response) => {
            entry.urn = response?.getUrn() ?? "";
            entry.outputs = unwrap(response?.getObject()?.toJavaScript()).plain;
            answer(error, response);
        });
    };
    monitor.readResource = (request, answer) => {
        const entry = record(request, request.getProperties());
        readResource.call(monitor, request, (error, response) => {
            entry.urn = response?.getUrn() ?? "";
            entry.outputs = unwrap(response?.getProperties()?.toJavaScript()).plain;
            answer(error, response);
        });
    };
    monitor.registerResourceOutputs = (request, answer) => {
        const { plain, secrets } = unwrap(request.getOutputs()?.toJavaScript());
        const entry = registered.find(({ urn }) => urn === request.getUrn())!;
        [entry.outputs, entry.secretOutputs] = [plain, secrets];
        registerResourceOutputs.call(monitor, request, answer);
    };
    monitor.registerErrorHook = (_, answer) => answer(null, {});

    const error = await firstError(program);
    return { registered, calls, error };
}

/** Like {@link run}, for a program that is to succeed. */
export async function register(
    program: () => unknown,
    options?: Options,
): Promise<readonly Registered[]> {
    const { registered, error } = await run(program, options);
    if (error) throw error;
    return registered;
}

/** Jest gives tests a copy of `process`, and rejections that nobody awaits arrive at the real one only. */
const realProcess = runInThisContext("process") as NodeJS.Process;

/**
 * Runs a program until nothing is pending any more.
 *
 * @returns Its first error as Pulumi sees it: thrown, or in a promise that nobody awaits. Such a program
 * leaves registrations pending for ever; the real engine ends it.
 */
async function firstError(program: () => unknown): Promise<Error | undefined> {
    const listeners = realProcess.rawListeners("unhandledRejection");
    realProcess.removeAllListeners("unhandledRejection");
    const rejected = new Promise<Error>((resolve) =>
        realProcess.on("unhandledRejection", (error) => resolve(error as Error)),
    );
    try {
        program();
        const drained = pulumi.runtime.disconnect().then(() => undefined);
        // Node reports a rejection only when it has no other promise to settle, so perhaps after the drain.
        return await Promise.race([rejected, drained.then(settle)]);
    } catch (error) {
        return error as Error;
    } finally {
        // What does not depend on the error still goes on.
        await settle();
        realProcess.removeAllListeners("unhandledRejection");
        for (const listener of listeners) {
            realProcess.on("unhandledRejection", listener as NodeJS.UnhandledRejectionListener);
        }
        pulumi.runtime.disconnectSync();
    }
}

/** Lets everything happen that can: the mocks answer at once, so a turn of the event loop is a step. */
async function settle(): Promise<undefined> {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    return undefined;
}

/** The resource of this type, of which there is exactly one. */
export function only(registered: readonly Registered[], type: string): Registered {
    const found = registered.filter((resource) => resource.type === type);
    if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
    return found[0]!;
}

/** `<type> <name> < <parent> @ <provider>` of each resource, sorted: what was registered, in one line each. */
export function summary(registered: readonly Registered[]): string[] {
    const nameOf = (urn: string) => urn.split("::").at(-1)!;
    return registered
        .map(
            ({ type, name, parent, provider }) =>
                `${type} ${name}` +
                (parent && ` < ${nameOf(parent)}`) +
                (provider && ` @ ${nameOf(provider)}`),
        )
        .sort();
}

/** Pinned providers as a scope makes them, for programs without one. */
export function pinnedProviders(): pulumi.ProviderResource[] {
    return [new AzureProvider("azure", {}), new DirectoryProvider("directory", {})];
}
