/** The azuread provider on this machine. The real one is bridged from Terraform's azuread v3. */
import {
    applicationOutputs,
    kinds,
    lastPart,
    objectOutputs,
    servicePrincipalOutputs,
    type Kind,
} from "./azureAdTypes";
import type { Cloud } from "../cloud/cloud";
import type { Directory, DirectoryKind } from "../cloud/directory";
import { withFaults } from "../cloud/faults";
import { checkInputs } from "./check";
import { Declarations } from "./declarations";
import { azureadRules, withRetries } from "./retry";
import type { Checked, Difference, Provider, Resource, State } from "./server";
import { notModelled, openSession, type Session } from "./session";
import { applyOutputChanges, differences, previewOutputs, secret, type Values } from "./values";

const sdk = "@pulumi/azuread";

/** What the functions look up. */
const lookups: Readonly<
    Record<
        string,
        { kind: DirectoryKind; words: string; outputs: (object: Record<string, unknown>) => Values }
    >
> = {
    getApplication: { kind: "applications", words: "application", outputs: applicationOutputs },
    getServicePrincipal: {
        kind: "servicePrincipals",
        words: "service principal",
        outputs: servicePrincipalOutputs,
    },
    getUser: { kind: "users", words: "user", outputs: objectOutputs },
    getGroup: { kind: "groups", words: "group", outputs: objectOutputs },
};

export class AzureAd implements Provider {
    private readonly declarations = new Declarations(sdk);
    readonly version = this.declarations.version;
    private session!: Session;

    configure(config: Values): void {
        this.session = openSession(config);
    }

    check({ type }: Resource, given: Values): Checked {
        return { inputs: given, failures: checkInputs(this.declarations.require(type), given) };
    }

    diff({ type }: Resource, old: Values, inputs: Values): Difference {
        const forcing = new Set(this.modelled(type).forceNew);
        return {
            changes: differences(old, inputs),
            replaces: (path) => forcing.has(path.split(/[.[]/)[0]!),
            deleteBeforeReplace: false,
        };
    }

    async create({ type }: Resource, inputs: Values, preview: boolean): Promise<State> {
        const kind = this.modelled(type);
        if (preview)
            return {
                id: "",
                outputs: previewOutputs(this.declarations.require(type).outputs, inputs),
            };
        return this.change("create", type, inputs, (directory) => kind.create(directory, inputs));
    }

    async read(
        { type }: Resource,
        id: string,
        inputs: Values | undefined,
        outputs: Values | undefined,
    ): Promise<(State & { inputs: Values }) | undefined> {
        const kind = this.modelled(type);
        const cloud = await this.session.cloud();
        ask(cloud, kind, "read", id);
        const now = kind.read(cloud.directory, id);
        if (!now) return undefined;
        if (inputs && outputs) {
            // What a read cannot see, such as a secret's text, stays as it was.
            const after = { ...outputs, ...now };
            if (outputs.value !== undefined) after.value = secret(outputs.value);
            return {
                id,
                outputs: after,
                inputs: applyOutputChanges(inputs, outputs, { ...outputs, ...now }) as Values,
            };
        }
        const { inputs: declared } = this.declarations.require(type);
        const given = Object.entries(now).filter(
            ([key, value]) => key in declared && value !== undefined,
        );
        return { id, outputs: now, inputs: Object.fromEntries(given) };
    }

    async update(
        { type }: Resource,
        id: string,
        _: Values,
        inputs: Values,
        outputs: Values,
        preview: boolean,
    ): Promise<Values> {
        const kind = this.modelled(type);
        if (preview) return { ...outputs, ...inputs };
        return this.change("update", type, id, (directory) => {
            kind.update?.(directory, id, inputs);
            return { ...outputs, ...kind.read(directory, id) };
        });
    }

    async delete({ type }: Resource, id: string): Promise<void> {
        const kind = this.modelled(type);
        await this.change("delete", type, id, (directory) => kind.delete(directory, id));
    }

    async invoke(token: string, args: Values): Promise<Values> {
        const cloud = await this.session.cloud();
        const name = token.split(":").at(-1)!;
        if (name === "getClientConfig") {
            const { tenantId, clientId, objectId } = cloud.caller;
            return { id: `${tenantId}-${clientId}-${objectId}`, tenantId, clientId, objectId };
        }
        const lookup = lookups[name];
        if (!lookup) throw notModelled(token);
        cloud.askDirectory(`${lookup.kind}/read`);
        const wanted = Object.entries({ ...args, appId: args.clientId, id: args.objectId });
        const found = cloud.directory
            .list(lookup.kind)
            .find((object) =>
                wanted.some(([key, value]) => value !== undefined && object[key] === value),
            );
        if (!found) throw new Error(`No ${lookup.words} found matching the specified filter`);
        return { id: `/${lookup.kind}/${String(found.id)}`, ...lookup.outputs(found) };
    }

    /**
     * Asks Graph for a change: for the right to it, and again while a refusal may pass. Faults find it by its
     * type, such as `Microsoft.Graph/application`.
     */
    private async change<T>(
        operation: "create" | "update" | "delete",
        token: string,
        idOrInputs: string | Values,
        work: (directory: Directory) => T,
    ): Promise<T> {
        const kind = this.modelled(token);
        const cloud = await this.session.cloud();
        const target = {
            verb: operation === "delete" ? "delete" : "write",
            type: token.replace(/^azuread:index\/(\w+):.*$/, "Microsoft.Graph/$1"),
            id:
                typeof idOrInputs === "string"
                    ? idOrInputs
                    : String(idOrInputs.displayName ?? idOrInputs.clientId ?? ""),
        };
        const change = () =>
            cloud.change(() => {
                ask(cloud, kind, operation, idOrInputs);
                return work(cloud.directory);
            });
        return withRetries(azureadRules, () => withFaults(cloud.store, target, change));
    }

    private modelled(type: string): Kind {
        const kind = kinds[type];
        if (kind) return kind;
        throw notModelled(type);
    }
}

/** Asks for the right to do something to a resource, by its id or, if it is new, by its inputs. */
function ask(
    cloud: Cloud,
    kind: Kind,
    operation: "create" | "read" | "update" | "delete",
    idOrInputs: string | Values,
): void {
    const { objects, partOf, createOperation } = kind;
    if (!partOf) {
        const object =
            typeof idOrInputs === "string"
                ? cloud.directory.get(objects, lastPart(idOrInputs))
                : undefined;
        cloud.askDirectory(`${objects}/${operation}`, object);
        return;
    }
    const whole = cloud.directory.get(objects, partOf(idOrInputs));
    const change = createOperation ?? `${objects}/update`;
    cloud.askDirectory(operation === "read" ? `${objects}/read` : change, whole);
}
