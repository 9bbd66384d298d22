/**
 * Runs one policy as the engine does: through the policy SDK's own analyzer server, which reads the wire
 * format, guards unknown values and hands over configuration. Only the network between is left out.
 */
import * as grpc from "@grpc/grpc-js";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { readPropertiesOnce } from "../../policies/once";
import { tellSecrets } from "../../policies/values";

// As the pack does at its start.
tellSecrets(readPropertiesOnce());

/** What the engine sends for a value that is not known before the update. Source: pulumi/proto. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret, as the engine sends it. Source: pulumi/proto. */
export function secret(value: unknown) {
    return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** One line of the engine's report about a resource. */
export interface Finding {
    readonly level: "advisory" | "mandatory";
    readonly message: string;
    /** URN of the resource, where the policy names one. */
    readonly urn?: string;
}

export type Policy = ResourceValidationPolicy | StackValidationPolicy;
export type Props = Record<string, unknown>;
export type Config = Record<string, unknown>;

/** A resource as the engine describes it. */
export interface Resource {
    readonly type: string;
    /** @default "resource" */
    readonly name?: string;
    readonly props: Props;
    /** What the program asked for, where it is not what the provider answered. */
    readonly inputs?: Props;
    /** Names of the resources that the value of a property comes from. */
    readonly sources?: Record<string, readonly string[]>;
    readonly provider?: Props;
    readonly protect?: boolean;
    readonly ignoreChanges?: readonly string[];
}

type Handler<Response> = (
    call: { request: unknown },
    callback: (error: Error | null, response?: Response) => void,
) => void;

// Not in the SDK's declarations.
type Make<Response> = (
    name: string,
    version: string,
    level: string,
    policies: unknown[],
) => Handler<Response>;
const server: {
    serve(name: string, version: string, level: string, pack: { policies: [] }): void;
    makeAnalyzeRpcFun: Make<messages.AnalyzeResponse>;
    makeAnalyzeStackRpcFun: Make<messages.AnalyzeResponse>;
    makeRemediateRpcFun: Make<messages.RemediateResponse>;
} = require("@pulumi/policy/server");

/** The server's handler for configuration, which is reachable only by letting it start. */
const configure = (() => {
    const addService = jest.spyOn(grpc.Server.prototype, "addService").mockReturnValue();
    const bind = jest.spyOn(grpc.Server.prototype, "bindAsync").mockReturnValue();
    server.serve("test", "0.0.0", "advisory", { policies: [] });
    const [, implementation] = addService.mock.calls[0]!;
    addService.mockRestore();
    bind.mockRestore();
    return implementation.configure as Handler<unknown>;
})();

function struct(values: Props): Struct {
    return Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
}

function call<Response>(handler: Handler<Response>, request: unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
        handler({ request }, (error, response) => (error ? reject(error) : resolve(response!)));
    });
}

const { ADVISORY, MANDATORY, REMEDIATE } = messages.EnforcementLevel;

async function configureAll(policies: readonly Policy[], config?: Config, level = MANDATORY) {
    const request = new messages.ConfigureAnalyzerRequest();
    for (const policy of config ? policies : []) {
        const own = new messages.PolicyConfig();
        own.setEnforcementlevel(level);
        own.setProperties(struct(config!));
        request.getPolicyconfigMap().set(policy.name, own);
    }
    await call(configure, request);
}

export function urnOf({ type, name = "resource" }: { type: string; name?: string }): string {
    return `urn:pulumi:dev::project::${type}::${name}`;
}

function describe(request: messages.AnalyzeRequest | messages.AnalyzerResource, one: Resource) {
    const { type, name = "resource", provider, protect = false, ignoreChanges = [] } = one;
    request.setType(type);
    request.setUrn(urnOf(one));
    request.setName(name);
    const options = new messages.AnalyzerResourceOptions();
    options.setProtect(protect);
    options.setIgnorechangesList([...ignoreChanges]);
    request.setOptions(options);
    if (!provider) return;
    const pinned = new messages.AnalyzerProviderResource();
    pinned.setType("pulumi:providers:azure-native");
    pinned.setName("provider");
    pinned.setUrn("urn:pulumi:dev::project::pulumi:providers:azure-native::provider");
    pinned.setProperties(struct(provider));
    request.setProvider(pinned);
}

function findings(response: messages.AnalyzeResponse): Finding[] {
    const levels: Record<number, Finding["level"]> = {
        [ADVISORY]: "advisory",
        [MANDATORY]: "mandatory",
    };
    return response.getDiagnosticsList().map((diagnostic) => ({
        level: levels[diagnostic.getEnforcementlevel()]!,
        message: diagnostic.getMessage(),
        ...(diagnostic.getUrn() && { urn: diagnostic.getUrn() }),
    }));
}

async function analyze(policies: readonly Policy[], resource: Resource): Promise<Finding[]> {
    const request = new messages.AnalyzeRequest();
    describe(request, resource);
    request.setProperties(struct(resource.inputs ?? resource.props));
    const handler = server.makeAnalyzeRpcFun("test", "0.0.0", "advisory", [...policies]);
    return findings(await call(handler, request));
}

/**
 * What policies find about a resource.
 *
 * @param config The part of the configuration file of each of them, which makes them mandatory; without it the
 * engine configures nothing.
 */
export async function judge(
    policies: Policy | readonly Policy[],
    resource: Resource,
    config?: Config,
): Promise<Finding[]> {
    const all = Array.isArray(policies) ? policies : [policies as Policy];
    await configureAll(all, config);
    return analyze(all, resource);
}

/** What policies find about a stack: first resource by resource, as in a run, then in all of it. */
export async function judgeStack(
    policies: Policy | readonly Policy[],
    resources: readonly Resource[],
    config?: Config,
): Promise<Finding[]> {
    const all = Array.isArray(policies) ? policies : [policies as Policy];
    await configureAll(all, config);
    const found: Finding[] = [];
    for (const resource of resources) found.push(...(await analyze(all, resource)));

    const request = new messages.AnalyzeStackRequest();
    const urn = (name: string) =>
        urnOf(resources.find((other) => (other.name ?? "resource") === name)!);
    request.setResourcesList(
        resources.map((resource) => {
            const one = new messages.AnalyzerResource();
            describe(one, resource);
            one.setProperties(struct(resource.props));
            for (const [property, names] of Object.entries(resource.sources ?? {})) {
                const dependencies = new messages.AnalyzerPropertyDependencies();
                dependencies.setUrnsList(names.map(urn));
                one.getPropertydependenciesMap().set(property, dependencies);
            }
            return one;
        }),
    );
    const handler = server.makeAnalyzeStackRpcFun("test", "0.0.0", "advisory", [...all]);
    return [...found, ...findings(await call(handler, request))];
}

/** The properties that a policy at level "remediate" makes of those of a resource; undefined if it keeps them. */
export async function repair(
    policy: Policy,
    resource: Resource,
    config: Config = {},
): Promise<Props | undefined> {
    await configureAll([policy], config, REMEDIATE);
    const request = new messages.AnalyzeRequest();
    describe(request, resource);
    request.setProperties(struct(resource.props));
    const handler = server.makeRemediateRpcFun("test", "0.0.0", "advisory", [policy]);
    const response = await call(handler, request);
    const [remediation] = response.getRemediationsList();
    if (remediation?.getDiagnostic()) throw new Error(remediation.getDiagnostic());
    return remediation?.getProperties()?.toJavaScript();
}
