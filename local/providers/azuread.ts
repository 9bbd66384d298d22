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
import { sameId } from "../cloud/ids";
import type { Caller } from "../cloud/model";
import type { Document } from "../cloud/store";
import { checkInputs } from "./check";
import { Declarations } from "./declarations";
import { azureadRules, withRetries } from "./retry";
import type { Checked, Difference, Provider, Resource, State } from "./server";
import { notModelled, openSession, type Session } from "./session";
import { applyOutputChanges, differences, previewOutputs, secret, type Values } from "./values";

const sdk = "@pulumi/azuread";

interface Lookup {
    readonly kind: DirectoryKind;
    readonly words: string;
    /** What it can look for, and how the directory calls it. */
    readonly keys: Readonly<Record<string, string>>;
    outputs(object: Document): Values;
}

const ids = { clientId: "appId", displayName: "displayName", objectId: "id" };

/** What the functions look up. */
const lookups: Readonly<Record<string, Lookup>> = {
    getApplication: {
        kind: "applications",
        words: "application",
        keys: ids,
        outputs: (found) =>
            pick(applicationOutputs(found), [
                ...["appRoleIds", "clientId", "description", "disabledByMicrosoft", "displayName"],
                ...["identifierUris", "logoUrl", "notes", "oauth2PermissionScopeIds", "objectId"],
                ...["owners", "publisherDomain", "requiredResourceAccesses", "signInAudience"],
                "tags",
            ]),
    },
    getServicePrincipal: {
        kind: "servicePrincipals",
        words: "service principal",
        keys: ids,
        outputs: (found) =>
            pick(servicePrincipalOutputs(found), [
                ...["accountEnabled", "appRoleAssignmentRequired", "appRoleIds", "appRoles"],
                ...["applicationTenantId", "clientId", "description", "displayName"],
                ...["homepageUrl", "logoutUrl", "oauth2PermissionScopeIds", "objectId"],
                ...["oauth2PermissionScopes", "redirectUris", "samlMetadataUrl"],
                ...["servicePrincipalNames", "signInAudience", "tags", "type"],
            ]),
    },
    getUser: {
        kind: "users",
        words: "user",
        keys: {
            objectId: "id",
            ...same("employeeId", "mail", "mailNickname", "userPrincipalName"),
        },
        outputs: (found) =>
            pick(objectOutputs(found), [
                ...["accountEnabled", "department", "displayName", "employeeId", "givenName"],
                ...["jobTitle", "mail", "mailNickname", "objectId", "surname", "usageLocation"],
                "userPrincipalName",
            ]),
    },
    getGroup: {
        kind: "groups",
        words: "group",
        keys: {
            objectId: "id",
            ...same("displayName", "mailEnabled", "mailNickname", "securityEnabled"),
        },
        outputs: (found) =>
            pick(objectOutputs(found), [
                ...["assignableToRole", "description", "displayName", "mailEnabled"],
                ...["mailNickname", "members", "objectId", "owners", "securityEnabled", "types"],
                "visibility",
            ]),
    },
};

/** Outputs that are secrets: a read cannot see them, and the state keeps them encrypted. */
const secretOutputs = ["password", "value"];

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
        return this.change("create", type, inputs, (directory, caller) => {
            const { id, outputs } = kind.create(directory, inputs, caller);
            return { id, outputs: this.declared(type, outputs) };
        });
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
        const found = kind.read(cloud.directory, id);
        if (!found) return undefined;
        const now = this.declared(type, found);
        if (inputs && outputs) {
            // What a read cannot see, such as a secret's text, stays as it was.
            const after = { ...outputs, ...now };
            const changed = applyOutputChanges(inputs, outputs, after) as Values;
            // Only inputs that the program gives: others, such as members that are added one by one, would
            // show as differences. Source: pulumi-terraform-bridge, pkg/tfbridge/schema.go.
            return { id, outputs: withSecrets(after), inputs: pick(changed, Object.keys(inputs)) };
        }
        const { inputs: known } = this.declarations.require(type);
        return { id, outputs: now, inputs: pick(now, Object.keys(known)) };
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
            const now = this.declared(type, kind.read(directory, id) ?? {});
            const given = pick(inputs, secretOutputs);
            return withSecrets({ ...outputs, ...given, ...now });
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
        const lookup = Object.hasOwn(lookups, name) ? lookups[name] : undefined;
        if (!lookup) throw notModelled(token);
        const { kind, words, keys } = lookup;
        cloud.askDirectory(`${kind}/read`);
        const wanted = Object.entries(args).filter(([, value]) => value !== undefined);
        const odd = wanted.find(([key, value]) => !(key in keys) && value !== false);
        if (odd) throw notModelled(`${odd[0]} of ${token}`);
        const asked = wanted.filter(([key]) => key in keys);
        if (asked.length === 0) {
            throw new Error(`${name} needs one of ${Object.keys(keys).join(", ")}`);
        }
        const [found, ...others] = cloud.directory
            .list(kind)
            .filter((object) =>
                asked.every(([key, value]) => sameId(String(object[keys[key]!]), String(value))),
            );
        if (!found) throw new Error(`No ${words} found matching the specified filter`);
        if (others.length > 0) {
            throw new Error(`Found multiple ${words}s matching the specified filter`);
        }
        return { id: `/${kind}/${String(found.id)}`, ...lookup.outputs(found) };
    }

    /** Outputs, as far as the SDK declares them. */
    private declared(type: string, outputs: Values): Values {
        return pick(outputs, this.declarations.require(type).outputs);
    }

    /**
     * Asks Graph for a change: for the right to it, and again while a refusal may pass. Faults find it by its
     * type, such as `Microsoft.Graph/application`.
     */
    private async change<T>(
        operation: "create" | "update" | "delete",
        token: string,
        idOrInputs: string | Values,
        work: (directory: Directory, caller: Caller) => T,
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
                return work(cloud.directory, cloud.caller);
            });
        return withRetries(azureadRules, () => withFaults(cloud.store, target, change));
    }

    private modelled(type: string): Kind {
        const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
        if (kind) return kind;
        throw notModelled(type);
    }
}

/** The properties of these names that have a value. */
function pick(values: Values, names: readonly string[]): Values {
    return Object.fromEntries(
        names.filter((name) => values[name] !== undefined).map((name) => [name, values[name]]),
    );
}

function same(...names: string[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, name]));
}

function withSecrets(outputs: Values): Values {
    const secrets = Object.entries(pick(outputs, secretOutputs));
    return {
        ...outputs,
        ...Object.fromEntries(secrets.map(([name, value]) => [name, secret(value)])),
    };
}

/** Asks for the right to do something to a resource, by its id or, if it is new, by its inputs. */
function ask(
    cloud: Cloud,
    kind: Kind,
    operation: "create" | "read" | "update" | "delete",
    idOrInputs: string | Values,
): void {
    const { objects, partOf, changeOperation } = kind;
    if (!partOf) {
        const object =
            typeof idOrInputs === "string"
                ? cloud.directory.get(objects, lastPart(idOrInputs))
                : undefined;
        cloud.askDirectory(`${objects}/${operation}`, object);
        return;
    }
    const whole = cloud.directory.get(objects, partOf(idOrInputs));
    const change = changeOperation?.(cloud.directory, idOrInputs) ?? `${objects}/update`;
    cloud.askDirectory(operation === "read" ? `${objects}/read` : change, whole);
}
