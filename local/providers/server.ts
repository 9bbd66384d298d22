/** Serves a provider to the Pulumi engine: translates between the wire and plain values. */
import * as grpc from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as service from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { serve } from "../../engine/plugin";
import { CloudError } from "../cloud/errors";
import { expectKills } from "../cloud/faults";
import type { Failure } from "./check";
import { withoutSecrets, type Change, type Values } from "./values";

/** The resource that a request is about. */
export interface Resource {
    readonly urn: string;
    /** Type token, such as `azure-native:web:WebApp`. */
    readonly type: string;
    /** Logical name: the last part of the URN. */
    readonly name: string;
}

/** Inputs as a provider completes them, and what is wrong with them. */
export interface Checked {
    readonly inputs: Values;
    readonly failures: readonly Failure[];
}

/** How two sets of inputs differ. */
export interface Difference {
    readonly changes: ReadonlyMap<string, Change>;
    /** Whether a changed path forces a new resource. */
    replaces(path: string): boolean;
    readonly deleteBeforeReplace: boolean;
}

/** A resource as the provider answers it. */
export interface State {
    readonly id: string;
    readonly outputs: Values;
}

/** A create or update that failed when the resource was there already: the engine keeps it, with the reason. */
export class PartialFailure extends Error {
    constructor(
        readonly id: string,
        readonly outputs: Values,
        readonly inputs: Values,
        readonly reason: string,
    ) {
        super(reason);
    }
}

/** What a provider does, in plain values; secrets come in clear, unknowns as the engine's sentinel. */
export interface Provider {
    readonly version: string;
    configure(config: Values): void;
    check(
        resource: Resource,
        inputs: Values,
        old: Values | undefined,
        seed: Uint8Array,
    ): Checked | Promise<Checked>;
    diff(resource: Resource, old: Values, inputs: Values): Difference;
    create(resource: Resource, inputs: Values, preview: boolean): Promise<State>;
    read(
        resource: Resource,
        id: string,
        inputs: Values | undefined,
        outputs: Values | undefined,
    ): Promise<(State & { inputs: Values }) | undefined>;
    update(
        resource: Resource,
        id: string,
        old: Values,
        inputs: Values,
        outputs: Values,
        preview: boolean,
    ): Promise<Values>;
    delete(resource: Resource, id: string, inputs: Values, outputs: Values): Promise<void>;
    invoke(token: string, args: Values): Promise<Values>;
}

function toStruct(values: Values): Struct {
    // Undefined has no form on the wire.
    return Struct.fromJavaScript(
        JSON.parse(JSON.stringify(values)) as Record<string, JavaScriptValue>,
    );
}

function fromStruct(struct: Struct | undefined): Values {
    return withoutSecrets(struct?.toJavaScript() ?? {}) as Values;
}

/** The old values, or nothing where the engine sent none. */
function optional(struct: Struct | undefined): Values | undefined {
    const values = fromStruct(struct);
    return Object.keys(values).length > 0 ? values : undefined;
}

function resourceOf(urn: string): Resource {
    const [, , types = "", ...names] = urn.slice("urn:pulumi:".length).split("::");
    return { urn, type: types.split("$").at(-1)!, name: names.join("::") };
}

/** The detail that tells the engine of a partial failure. Source: pulumi, sdk/go/common/resource/plugin/provider_plugin.go. */
function partialFailureMetadata({ id, outputs, inputs, reason }: PartialFailure): grpc.Metadata {
    const failure = new messages.ErrorResourceInitFailed();
    failure.setId(id);
    failure.setProperties(toStruct(outputs));
    failure.setInputs(toStruct(inputs));
    failure.setReasonsList([reason]);
    const detail = new Any();
    detail.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(reason);
    status.addDetails(detail);
    const metadata = new grpc.Metadata();
    metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    return metadata;
}

/** A promise for an answer as a gRPC handler; a refusal becomes an error without a stack trace. */
function handler<Request, Answer>(
    work: (request: Request) => Promise<Answer> | Answer,
): grpc.handleUnaryCall<Request, Answer> {
    return (call, callback) => {
        Promise.resolve()
            .then(() => work(call.request))
            .then(
                (answer) => callback(null, answer),
                (error: Error) => {
                    const partial = error instanceof PartialFailure;
                    const metadata = partial ? partialFailureMetadata(error) : undefined;
                    callback({ code: grpc.status.UNKNOWN, details: detailsOf(error), metadata });
                },
            );
    };
}

/** A refusal as the providers print it: with Azure's code, which is what people search for. */
function detailsOf(error: Error): string {
    if (!(error instanceof CloudError)) return error.message;
    return `Status=${error.status} Code="${error.code}" Message="${error.message}"`;
}

function diffResponse(difference: Difference): messages.DiffResponse {
    const response = new messages.DiffResponse();
    const { DiffChanges } = messages.DiffResponse;
    const { Kind } = messages.PropertyDiff;
    const kinds = {
        add: [Kind.ADD, Kind.ADD_REPLACE],
        update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
        delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    } as const;
    response.setHasdetaileddiff(true);
    response.setChanges(
        difference.changes.size > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE,
    );
    for (const [path, change] of difference.changes) {
        const property = new messages.PropertyDiff();
        const replaces = difference.replaces(path);
        property.setKind(kinds[change][replaces ? 1 : 0]);
        property.setInputdiff(true);
        response.getDetaileddiffMap().set(path, property);
        response.addDiffs(path.split(/[.[]/)[0]!);
        if (replaces) response.addReplaces(path);
    }
    response.setDeletebeforereplace(difference.deleteBeforeReplace);
    return response;
}

/**
 * Serves until the engine cancels or is gone.
 *
 * @param load Makes the provider. Called when the port is out, so that it loads while the engine connects.
 */
export function serveProvider(load: () => Provider): Promise<void> {
    expectKills();
    let loaded: Provider | undefined;
    const provider = () => (loaded ??= load());
    const implementation: Partial<service.IResourceProviderServer> = {
        getPluginInfo: handler(() => {
            const info = new plugin.PluginInfo();
            info.setVersion(provider().version);
            return info;
        }),
        checkConfig: handler((request) => {
            const response = new messages.CheckResponse();
            response.setInputs(request.getNews());
            return response;
        }),
        diffConfig: handler(() => new messages.DiffResponse()),
        configure: handler((request) => {
            provider().configure(fromStruct(request.getArgs()));
            const response = new messages.ConfigureResponse();
            response.setSupportspreview(true);
            response.setSupportsAutonamingConfiguration(true);
            return response;
        }),
        check: handler(async (request) => {
            const { inputs, failures } = await provider().check(
                resourceOf(request.getUrn()),
                fromStruct(request.getNews()),
                optional(request.getOlds()),
                request.getRandomseed_asU8(),
            );
            const response = new messages.CheckResponse();
            response.setInputs(toStruct(inputs));
            for (const { property, reason } of failures) {
                const failure = new messages.CheckFailure();
                failure.setProperty(property);
                failure.setReason(reason);
                response.addFailures(failure);
            }
            return response;
        }),
        diff: handler((request) =>
            diffResponse(
                provider().diff(
                    resourceOf(request.getUrn()),
                    fromStruct(request.getOldInputs()),
                    fromStruct(request.getNews()),
                ),
            ),
        ),
        create: handler(async (request) => {
            const inputs = fromStruct(request.getProperties());
            const state = await provider().create(
                resourceOf(request.getUrn()),
                inputs,
                request.getPreview(),
            );
            const response = new messages.CreateResponse();
            response.setId(state.id);
            response.setProperties(toStruct(state.outputs));
            return response;
        }),
        read: handler(async (request) => {
            const state = await provider().read(
                resourceOf(request.getUrn()),
                request.getId(),
                optional(request.getInputs()),
                optional(request.getProperties()),
            );
            const response = new messages.ReadResponse();
            if (state) {
                response.setId(state.id);
                response.setProperties(toStruct(state.outputs));
                response.setInputs(toStruct(state.inputs));
            }
            return response;
        }),
        update: handler(async (request) => {
            const outputs = await provider().update(
                resourceOf(request.getUrn()),
                request.getId(),
                fromStruct(request.getOldInputs()),
                fromStruct(request.getNews()),
                fromStruct(request.getOlds()),
                request.getPreview(),
            );
            const response = new messages.UpdateResponse();
            response.setProperties(toStruct(outputs));
            return response;
        }),
        delete: handler(async (request) => {
            const resource = resourceOf(request.getUrn());
            const inputs = fromStruct(request.getOldInputs());
            await provider().delete(
                resource,
                request.getId(),
                inputs,
                fromStruct(request.getProperties()),
            );
            return new Empty();
        }),
        invoke: handler(async (request) => {
            const response = new messages.InvokeResponse();
            response.setReturn(
                toStruct(await provider().invoke(request.getTok(), fromStruct(request.getArgs()))),
            );
            return response;
        }),
    };
    return serve(service.ResourceProviderService, implementation);
}
