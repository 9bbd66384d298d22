/**
 * Azure's role-based access control: who may do what, where. Its refusals stand in rules.ts.
 * Source: learn.microsoft.com/azure/role-based-access-control/overview
 */
import { nameToGuid } from "../../azure/guids";
import { actionOf, linkedActions } from "../../azure/operations";
import { permits, permitsData, type Permissions } from "../../azure/permissions";
import { roles } from "../../azure/roles";
import type { Directory } from "./directory";
import { CloudError } from "./errors";
import { parseId, sameId, type ResourceId } from "./ids";
import type { Caller, Surroundings } from "./model";
import { refusal } from "./rules";
import type { Document, Store } from "./store";

/** A role as it was given to somebody. */
export interface Grant {
    /** Id of the role assignment. */
    readonly id: string;
    /** Where it begins; it holds for everything below. */
    readonly scope: string;
    readonly role: RoleDefinition;
    /** Whom it was given to: the principal itself, or a group that it is in. */
    readonly principalId: string;
}

export interface RoleDefinition {
    readonly name: string;
    readonly permissions: readonly Permissions[];
    readonly assignableScopes: readonly string[];
}

/**
 * Where an assignment is noted under its principal and scope, so that nobody searches all of Azure, nor all that
 * the principal has. Azure has one assignment for each principal, role and scope.
 */
export function assignmentIndex(principalId: string, scope: string, roleId: string): string {
    return `${assignmentsAt(principalId, scope)}/${roleId}`;
}

function assignmentsAt(principalId: string, scope: string): string {
    return `/assignmentsOf/${principalId}/${nameToGuid(normalized(scope))}`;
}

const normalized = (scope: string) => scope.toLowerCase().replace(/\/+$/, "");

/** Where the custom roles of a tenant are kept: each by its GUID. */
export function customRoles(tenantId: string): string {
    return `/tenants/${tenantId}/customRoles`;
}

/** GUID of the role that a role definition's id names, with whichever scope before it. */
export function roleIdOf(roleDefinitionId: unknown): string {
    return String(roleDefinitionId).split("/").at(-1)!.toLowerCase();
}

/** A role definition by its GUID, built-in or custom. */
export function findRoleDefinition(
    { store, directory }: Pick<Surroundings, "store" | "directory">,
    roleId: string,
): RoleDefinition | undefined {
    const builtIn = roles.find(({ id }) => sameId(id, roleId));
    if (builtIn) return { ...builtIn, assignableScopes: ["/"] };
    const written = store.get(`${customRoles(directory.tenantId)}/${roleId}`);
    const properties = written?.properties as Document | undefined;
    if (!properties) return undefined;
    return {
        name: String(properties.roleName),
        permissions: properties.permissions as Permissions[],
        assignableScopes: properties.assignableScopes as string[],
    };
}

/** Whether a scope is another one or contains it. */
export function contains(scope: string, other: string, store: Store): boolean {
    return scopesAbove(other, store).some((above) => normalized(above) === normalized(scope));
}

/** Every scope that contains an id, the id itself first. */
function scopesAbove(id: string, store: Store): string[] {
    const scopes: string[] = [];
    let scope = normalized(id);
    for (; scope !== ""; scope = parseId(scope)?.parent ?? "") scopes.push(scope);
    const subscription = /^\/subscriptions\/[^/]+/i.exec(id);
    const tenantId = subscription && store.get(subscription[0])?.tenantId;
    return [...scopes, ...(tenantId ? [managementGroup(String(tenantId))] : []), "/"];
}

/** Every subscription here is directly in its tenant's root management group, whose name is the tenant's id. */
function managementGroup(tenantId: string): string {
    return `/providers/Microsoft.Management/managementGroups/${tenantId}`;
}

export class Access {
    constructor(
        readonly store: Store,
        readonly directory: Directory,
    ) {}

    /** Every role that a principal holds, through its groups too. */
    grantsOf(objectId: string): Grant[] {
        return this.principalsOf(objectId).flatMap((principalId) =>
            this.store
                .below(`/assignmentsOf/${principalId}`)
                .flatMap((note) => this.grant(principalId, note) ?? []),
        );
    }

    /** Whether somebody may do this to a resource. */
    allows(objectId: string, action: string, id: string): boolean {
        return this.holds(objectId, id, (permissions) => permits(permissions, action));
    }

    /** Whether somebody may do this to the data in a resource: only data actions say so. */
    allowsData(objectId: string, dataAction: string, id: string): boolean {
        return this.holds(objectId, id, (permissions) => permitsData(permissions, dataAction));
    }

    /** Whether a principal holds, at an id or above it, a role with permissions that do. */
    private holds(
        objectId: string,
        id: string,
        permit: (permissions: readonly Permissions[]) => boolean,
    ): boolean {
        // Widest first, where most roles begin: each further scope is another look into a folder.
        const scopes = scopesAbove(id, this.store).reverse();
        const permitted = (principalId: string, note: Document) => {
            const grant = this.grant(principalId, note);
            return grant !== undefined && permit(grant.role.permissions);
        };
        return this.principalsOf(objectId).some((principalId) =>
            scopes.some((scope) =>
                this.store
                    .list(assignmentsAt(principalId, scope))
                    .some((note) => permitted(principalId, note)),
            ),
        );
    }

    /** The principal itself and its groups. */
    private principalsOf(objectId: string): string[] {
        return [objectId, ...this.directory.groupsOf(objectId)];
    }

    private grant(principalId: string, note: Document): Grant | undefined {
        const id = String(note.id);
        // An assignment goes with the group that it was made in; its note stays behind.
        const properties = this.store.get(id)?.properties as Document | undefined;
        const role = properties && findRoleDefinition(this, roleIdOf(properties.roleDefinitionId));
        return role && { id, scope: String(properties.scope), role, principalId };
    }

    /** Lets a caller have a right, or refuses it as Azure Resource Manager does. */
    require({ name: client, objectId }: Caller, { action, scope, of }: Right): void {
        if (this.allows(objectId, action, scope)) return;
        if (!of) throw refusal("actionNotAllowed", { client, objectId, action, scope });
        const linked = { needed: action, linked: scope };
        throw refusal("linkedActionNotAllowed", { client, objectId, ...of, ...linked });
    }
}

/** What somebody must be allowed to do, and where. */
export interface Right {
    readonly action: string;
    readonly scope: string;
    /** Of a linked action: the write whose body refers to the scope. */
    readonly of?: { readonly action: string; readonly scope: string };
}

/** What of a request its rights depend on. */
export interface AccessRequest {
    readonly verb: string;
    readonly id: string;
    readonly parsed: ResourceId;
    readonly body?: Document;
}

/** The rights that a request needs: its own, and at what it refers to. */
export function requiredRights(request: AccessRequest): Right[] {
    const { verb, id, parsed, body = {} } = request;
    const own = { action: requiredAction(verb, parsed), scope: id };
    if (verb !== "write") return [own];
    const linked = linkedActions
        .filter(({ type }) => sameId(type, parsed.type))
        .flatMap(({ property, action }) =>
            referencesIn(body, property)
                // What is no id, such as a property that is empty, is for the resource's model to judge.
                .filter((scope) => scope.startsWith("/"))
                .map((scope) => ({ action, scope, of: own })),
        );
    return [own, ...linked];
}

/** The action that a request needs. */
export function requiredAction(verb: string, { type }: ResourceId): string {
    const action = actionOf(type, verb);
    if (action) return action;
    throw new CloudError(
        400,
        "NotModelled",
        `Which action "${verb}" of ${type} needs is not modelled on this machine (azure/operations.ts).`,
    );
}

/** Ids that a body names at a dotted path: a text, a list of texts, or the keys of an object. */
function referencesIn(body: Document, property: string): string[] {
    let value: unknown = body;
    for (const name of property.split(".")) value = (value as Document | undefined)?.[name];
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return value.map(String);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
}
