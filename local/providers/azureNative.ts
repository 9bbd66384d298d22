/** The azure-native provider on this machine: answers as the real one does, from the cloud in ../cloud. */
import { createHash } from "node:crypto";
import { normalizeRegion } from "../../azure/regions";
import { fillPath, listPaths, withoutVersion } from "../../azure/resourceIds";
import { CloudError, notFound } from "../cloud/errors";
import { FailedOperation } from "../cloud/faults";
import { resourceGroupId } from "../cloud/ids";
import { envelope } from "../cloud/model";
import type { Document } from "../cloud/store";
import { rememberOwner } from "../containers/desired";
import { findResourceType, pathInputs, type AutoName, type ResourceType } from "./azureNativeTypes";
import { checkInputs } from "./check";
import { Declarations, type Declaration, type Properties, type Shape } from "./declarations";
import { patient, type PatientCloud } from "./retry";
import {
    PartialFailure,
    type Checked,
    type Difference,
    type Provider,
    type Resource,
    type State,
} from "./server";
import { notModelled, openSession, type Session } from "./session";
import {
    applyOutputChanges,
    differences,
    isUnknown,
    previewOutputs,
    unknown,
    type Values,
} from "./values";

/** The real provider's note that a name was made up, so that a replacement may be created first. */
const createBeforeDelete = "__createBeforeDelete";

const sdk = "@pulumi/azure-native";

export class AzureNative implements Provider {
    private readonly declarations = new Declarations(sdk);
    readonly version = this.declarations.version;
    private config: Values = {};
    private session!: Session;

    configure(config: Values): void {
        this.config = config;
        this.session = openSession(config);
    }

    async check(
        { type, name }: Resource,
        given: Values,
        old: Values | undefined,
        seed: Uint8Array,
    ): Promise<Checked> {
        const declaration = this.declare(type);
        const inputs = { ...given };
        const known = findResourceType(type);
        for (const [input, rule] of Object.entries(known?.autoName ?? {})) {
            if (inputs[input] !== undefined && inputs[input] !== null) continue;
            if (old?.[input] !== undefined) {
                inputs[input] = old[input];
                if (old[createBeforeDelete]) inputs[createBeforeDelete] = true;
            } else {
                inputs[input] = autoName(rule, name, seed);
                if (rule !== "copy") inputs[createBeforeDelete] = true;
            }
        }
        if (known?.located && !inputs.location) {
            const location =
                old?.location ?? this.config.location ?? (await this.groupLocation(inputs));
            if (location !== undefined) inputs.location = location;
        }
        if (declaration.apiVersion) inputs.azureApiVersion ??= declaration.apiVersion;
        const { azureApiVersion: _, ...checked } = inputs;
        return { inputs, failures: checkInputs(declaration, checked) };
    }

    diff({ type }: Resource, old: Values, inputs: Values): Difference {
        const own = (values: Values) =>
            Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith("__")));
        const changes = differences(own(old), own(inputs));
        const region = (values: Values) => normalizeRegion(String(values.location));
        if (changes.has("location") && region(old) === region(inputs)) changes.delete("location");
        // An upgrade of the SDK asks for another API version; that alone changes nothing in Azure.
        changes.delete("azureApiVersion");

        const known = findResourceType(type);
        const forcing = new Set([...(known ? pathInputs(known) : []), ...(known?.forceNew ?? [])]);
        return {
            changes,
            replaces: (path) => forcing.has(path),
            deleteBeforeReplace: old[createBeforeDelete] !== true,
        };
    }

    async create({ type, urn }: Resource, inputs: Values, preview: boolean): Promise<State> {
        const known = this.modelled(type);
        const declaration = this.declare(type);
        if (preview) return { id: "", outputs: previewOutputs(declaration.outputs, inputs) };
        const id = this.idOf(known, inputs);
        // Settings and policies exist with their parent; everything else must be new.
        if (!known.defaults && (await this.exists(id))) {
            throw new Error(`cannot create already existing resource '${id}'`);
        }
        return this.put(id, known, declaration, inputs, urn);
    }

    async read(
        { type }: Resource,
        id: string,
        inputs: Values | undefined,
        outputs: Values | undefined,
    ): Promise<(State & { inputs: Values }) | undefined> {
        const known = this.modelled(type);
        const declaration = this.declare(type);
        const document = await this.get(id);
        if (!document) return undefined;
        const now = this.outputs(declaration, document);
        const [before, current] = [outputs, now].map((all) => all && asInputs(declaration, all));
        const after =
            inputs && before
                ? (applyOutputChanges(inputs, before, current) as Values)
                : { ...current, ...inputsOfPath(known, id) };
        return { id: String(document.id ?? id), outputs: now, inputs: after };
    }

    async update(
        { type, urn }: Resource,
        id: string,
        _: Values,
        inputs: Values,
        outputs: Values,
        preview: boolean,
    ): Promise<Values> {
        const known = this.modelled(type);
        const declaration = this.declare(type);
        if (preview) {
            const { name, location } = outputs;
            return {
                ...previewOutputs(declaration.outputs, inputs),
                name,
                ...(location ? { location } : {}),
            };
        }
        if (!(await this.get(id))) throw notFound(id);
        return (await this.put(id, known, declaration, inputs, urn)).outputs;
    }

    async delete({ type }: Resource, id: string): Promise<void> {
        const { defaults } = this.modelled(type);
        const cloud = await this.azure();
        if (!defaults) return cloud.delete(id);
        if (await cloud.get(id)) await cloud.put(id, { properties: defaults });
    }

    async invoke(token: string, args: Values): Promise<Values> {
        const name = token.split(":").at(-1)!;
        if (name === "getClientConfig") return this.clientConfig();
        const listed = listPaths[name];
        if (listed) return this.list(listed, args);
        const resource = token.replace(/:get(\w+)$/, ":$1");
        const known = findResourceType(resource);
        if (!name.startsWith("get") || !known) {
            throw notModelled(token);
        }
        const id = this.idOf(known, args);
        const document = await this.get(id);
        if (!document) throw notFound(id);
        return { id, ...this.outputs(this.declare(resource), document) };
    }

    private async list(path: string, args: Values): Promise<Values> {
        const cloud = await this.azure();
        const { properties, ...answer } = await cloud.post(this.idOf({ path }, args), "list");
        // Settings are a map, which the SDK leaves where it is; credentials it spreads out.
        const isMap = !path.endsWith("/publishingcredentials");
        return isMap ? { ...answer, properties } : { ...answer, ...(properties as Values) };
    }

    private declare(type: string): Declaration {
        return this.declarations.require(withoutVersion(type));
    }

    private modelled(type: string): ResourceType {
        const known = findResourceType(type);
        if (known) return known;
        throw notModelled(type);
    }

    private async groupLocation(inputs: Values): Promise<unknown> {
        const { resourceGroupName: name } = inputs;
        if (isUnknown(name)) return unknown;
        if (typeof name !== "string") return undefined;
        return (await this.get(resourceGroupId(this.session.subscriptionId, name)))?.location;
    }

    private idOf(type: Pick<ResourceType, "path">, inputs: Values): string {
        const { subscriptionId } = this.session;
        return fillPath(type.path, { ...inputs, subscriptionId });
    }

    /** Azure, as whoever the provider acts as; refusals that may pass are tried again. */
    private async azure(): Promise<PatientCloud> {
        return patient(await this.session.cloud());
    }

    private async clientConfig(): Promise<Values> {
        const { caller } = await this.azure();
        const { clientId, objectId, subscriptionId, tenantId } = caller;
        return { clientId, objectId, subscriptionId, tenantId };
    }

    /** Whether a resource is there; words the refusal of that question as the real provider does. */
    private async exists(id: string): Promise<boolean> {
        try {
            return (await (await this.azure()).get(id)) !== undefined;
        } catch (error) {
            if (!(error instanceof CloudError)) throw error;
            const { status, code, message } = error;
            const body = JSON.stringify({ error: { code, message } });
            throw new Error(
                `cannot check existence of resource '${id}': status code ${status}, ${body}`,
            );
        }
    }

    /** A resource as GET answers it; a site's configuration is a second GET. */
    private async get(id: string): Promise<Document | undefined> {
        const cloud = await this.azure();
        const document = await cloud.get(id);
        const isSite = /^Microsoft\.Web\/sites(\/slots)?$/.test(String(document?.type));
        if (!document || !isSite) return document;
        const siteConfig = (await cloud.get(`${id}/config/web`))?.properties;
        return { ...document, properties: { ...(document.properties as Document), siteConfig } };
    }

    private async put(
        id: string,
        type: ResourceType,
        declaration: Declaration,
        inputs: Values,
        urn: string,
    ): Promise<State> {
        const inPath = new Set(pathInputs(type));
        const body: Document = {};
        const properties: Document = {};
        for (const [name, value] of Object.entries(inputs)) {
            if (name.startsWith("__") || name === "azureApiVersion" || inPath.has(name)) continue;
            if (name === "properties") Object.assign(properties, value);
            else (envelope.has(name) ? body : properties)[name] = value;
        }
        // Each stack's web app gets a port of its own on this machine, and only the URN names the stack.
        if (type.token === "azure-native:web:WebApp") {
            rememberOwner((await this.session.cloud()).store, id, urn);
        }
        const state = async () => {
            const document = (await this.get(id))!;
            return { id: String(document.id ?? id), outputs: this.outputs(declaration, document) };
        };
        try {
            await (await this.azure()).put(id, { ...body, properties });
        } catch (error) {
            if (!(error instanceof FailedOperation)) throw error;
            // As the real one: what Azure took on is there, so the state must know of it.
            throw new PartialFailure(id, (await state()).outputs, inputs, error.message);
        }
        return state();
    }

    /** A document as the SDK declares outputs: flat, and nothing undeclared. */
    private outputs(declaration: Declaration, document: Document): Values {
        const properties = (document.properties ?? {}) as Document;
        const nested = declaration.outputs.includes("properties");
        const flat: Document = nested ? document : { ...properties, ...document };
        flat.azureApiVersion = declaration.apiVersion;
        return Object.fromEntries(
            declaration.outputs
                .filter((name) => flat[name] !== undefined)
                .map((name) => [name, flat[name]]),
        );
    }
}

function autoName(rule: AutoName, logicalName: string, seed: Uint8Array): string {
    const digits = createHash("sha256").update(seed).update(logicalName).digest("hex");
    if (rule === "copy") return logicalName;
    if (rule === "random") return `${logicalName}${digits.slice(0, 8)}`;
    return digits.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Outputs, as far as they could be given as inputs: what only Azure sets is left out, at any depth. */
function asInputs(declaration: Declaration, outputs: Values): Values {
    const pick = (properties: Properties, values: Values): Values =>
        Object.fromEntries(
            Object.entries(values).flatMap(([name, value]) => {
                const property = properties[name];
                if (!property || value === undefined || value === null) return [];
                return [[name, pickValue(property.shape, value)]];
            }),
        );
    const pickValue = (shape: Shape, value: unknown): unknown => {
        if (Array.isArray(value)) {
            return shape.kind === "array" ? value.map((item) => pickValue(shape.of, item)) : value;
        }
        const isObject = shape.kind === "object" && typeof value === "object" && value !== null;
        return isObject ? pick(declaration.objects[shape.name] ?? {}, value as Values) : value;
    };
    return pick(declaration.inputs, outputs);
}

/** The inputs that stand in a resource's id. */
function inputsOfPath(type: ResourceType, id: string): Values {
    const pattern = type.path
        .replace("/{scope}", "(?<scope>/.+)")
        .replaceAll(/\{(\w+)\}/g, (_, input: string) => `(?<${input}>[^/]+)`);
    const { subscriptionId: _, ...inputs } = new RegExp(`^${pattern}$`, "i").exec(id)?.groups ?? {};
    return inputs;
}
