/**
 * Runs one policy as the engine does: through the policy SDK's own analyzer server, which reads the wire
 * format, guards unknown values and hands over configuration. Only the network between is left out.
 */
import * as grpc from "@grpc/grpc-js";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

/** What the engine sends for a value that is not known before the update. Source: pulumi/proto. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One line of the engine's report about a resource. */
export interface Finding {
    readonly level: "advisory" | "mandatory";
    readonly message: string;
}

type Handler = (
    call: { request: unknown },
    callback: (error: Error | null, response?: messages.AnalyzeResponse) => void,
) => void;

// Not in the SDK's declarations.
const server: {
    serve(name: string, version: string, level: string, pack: { policies: [] }): void;
    makeAnalyzeRpcFun(name: string, version: string, level: string, policies: unknown[]): Handler;
} = require("@pulumi/policy/server");

/** The server's handler for configuration, which is reachable only by letting it start. */
const configure = (() => {
    const addService = jest.spyOn(grpc.Server.prototype, "addService").mockReturnValue();
    const bind = jest.spyOn(grpc.Server.prototype, "bindAsync").mockReturnValue();
    server.serve("test", "0.0.0", "advisory", { policies: [] });
    const [, implementation] = addService.mock.calls[0]!;
    addService.mockRestore();
    bind.mockRestore();
    return implementation.configure as Handler;
})();

function struct(values: Record<string, unknown>): Struct {
    return Struct.fromJavaScript(values as Record<string, JavaScriptValue>);
}

function call(handler: Handler, request: unknown): Promise<messages.AnalyzeResponse | undefined> {
    return new Promise((resolve, reject) => {
        handler({ request }, (error, response) => (error ? reject(error) : resolve(response)));
    });
}

/**
 * What the policy finds about a resource.
 *
 * @param config The policy's part of the configuration file; without it the engine configures nothing.
 */
export async function judge(
    policy: ResourceValidationPolicy,
    type: string,
    properties: Record<string, unknown>,
    config?: Record<string, unknown>,
): Promise<Finding[]> {
    const configuration = new messages.ConfigureAnalyzerRequest();
    if (config) {
        const own = new messages.PolicyConfig();
        own.setEnforcementlevel(messages.EnforcementLevel.MANDATORY);
        own.setProperties(struct(config));
        configuration.getPolicyconfigMap().set(policy.name, own);
    }
    await call(configure, configuration);

    const request = new messages.AnalyzeRequest();
    request.setType(type);
    request.setUrn(`urn:pulumi:dev::project::${type}::resource`);
    request.setName("resource");
    request.setProperties(struct(properties));
    request.setOptions(new messages.AnalyzerResourceOptions());
    const analyze = server.makeAnalyzeRpcFun("test", "0.0.0", "advisory", [policy]);
    const response = await call(analyze, request);
    const { ADVISORY, MANDATORY } = messages.EnforcementLevel;
    const levels: Record<number, Finding["level"]> = {
        [ADVISORY]: "advisory",
        [MANDATORY]: "mandatory",
    };
    return response!.getDiagnosticsList().map((diagnostic) => ({
        level: levels[diagnostic.getEnforcementlevel()]!,
        message: diagnostic.getMessage(),
    }));
}
