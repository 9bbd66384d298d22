/**
 * The resource types of azuread that are modelled. Ids, outputs and replacement rules are those of the
 * provider's documentation: registry.terraform.io/providers/hashicorp/azuread.
 */
import { randomUUID, X509Certificate } from "node:crypto";
import { graphAppId } from "../../azure/graph";
import { badRequest, type Directory, type DirectoryKind, type Lifetime } from "../cloud/directory";
import { CloudError } from "../cloud/errors";
import { directoryRoleName } from "../cloud/graph";
import type { Caller } from "../cloud/model";
import type { Document } from "../cloud/store";
import type { State } from "./server";
import { notModelled } from "./session";
import { secret, type Values } from "./values";

/** How long a client secret lives that names no end. Source: Terraform's azuread, application_password. */
const defaultSecretYears = 2;

/** How one resource type behaves. */
export interface Kind {
    /** Inputs whose change forces a replacement. */
    readonly forceNew: readonly string[];
    /** The objects of the directory that it is among or a part of: rights on them are asked for. */
    readonly objects: DirectoryKind;
    /** Id of the object that it is a part of; without it, the resource is an object of its own. */
    readonly partOf?: (idOrInputs: string | Values) => string;
    /** What creating and deleting ask for, where it is no update of the object. */
    readonly changeOperation?: (directory: Directory, idOrInputs: string | Values) => string;
    create(directory: Directory, inputs: Values, caller: Caller): State;
    /** What is there now; undefined if it is gone. */
    read(directory: Directory, id: string): Values | undefined;
    update?(directory: Directory, id: string, inputs: Values): void;
    delete(directory: Directory, id: string): void;
}

export const lastPart = (id: string) => id.split("/").at(-1)!;

/** What an application has; more than the SDK declares as outputs. */
export function applicationOutputs(application: Document): Values {
    return {
        ...application,
        clientId: application.appId,
        objectId: application.id,
        appRoleIds: appRoleIds(application),
        oauth2PermissionScopeIds: {},
        disabledByMicrosoft: "",
        logoUrl: "",
    };
}

/** Ids of the roles that an application offers, by their values. */
function appRoleIds({ appRoles = [] }: Document): Values {
    return Object.fromEntries((appRoles as Document[]).map(({ value, id }) => [value, id]));
}

/**
 * Refuses a name that another object has, where the program asks for that: the provider's refusal, not Entra's.
 * Source: terraform-provider-azuread, internal/tf/errors.go.
 */
function checkDuplicates(
    directory: Directory,
    kind: "applications" | "groups",
    { preventDuplicateNames, displayName }: Values,
): void {
    if (preventDuplicateNames !== true) return;
    const other = directory.list(kind).find((object) => object.displayName === displayName);
    if (!other) return;
    const type = kind === "applications" ? "azuread_application" : "azuread_group";
    throw new Error(
        `An existing "${type}" with name "${String(displayName)}" (ID: "/${kind}/${String(other.id)}") was found and ` +
            "`prevent_duplicate_names` was specified. To be managed via Terraform, this resource needs to be imported " +
            `into the State. Please see the resource documentation for "${type}" for more information.`,
    );
}

const application: Kind = {
    forceNew: [],
    objects: "applications",
    // Without owners, nobody owns it: the provider takes its own principal out again after creating. Source:
    // terraform-provider-azuread, internal/services/applications/application_resource.go
    create(directory, inputs) {
        if (inputs.password) throw notModelled("The password of azuread.Application");
        checkDuplicates(directory, "applications", inputs);
        const made = directory.createApplication({ ...inputs });
        return { id: `/applications/${String(made.id)}`, outputs: applicationOutputs(made) };
    },
    read(directory, id) {
        const found = directory.get("applications", lastPart(id));
        return found && applicationOutputs(found);
    },
    update(directory, id, { preventDuplicateNames: _, ...inputs }) {
        const found = directory.require("applications", lastPart(id));
        directory.put("applications", { ...found, ...inputs });
    },
    delete(directory, id) {
        directory.delete("applications", lastPart(id));
    },
};

export function servicePrincipalOutputs(principal: Document): Values {
    return {
        ...principal,
        clientId: principal.appId,
        objectId: principal.id,
        appRoleAssignmentRequired: principal.appRoleAssignmentRequired ?? false,
        applicationTenantId: principal.appOwnerOrganizationId,
        type: principal.servicePrincipalType,
        signInAudience: "AzureADMyOrg",
        tags: principal.tags ?? [],
        appRoleIds: appRoleIds(principal),
        appRoles: principal.appRoles ?? [],
        oauth2PermissionScopeIds: {},
        oauth2PermissionScopes: [],
        redirectUris: [],
        homepageUrl: "",
        logoutUrl: "",
        samlMetadataUrl: "",
    };
}

const servicePrincipal: Kind = {
    forceNew: ["clientId"],
    objects: "servicePrincipals",
    create(directory, { clientId, ...inputs }) {
        const existing = directory.ofClient("servicePrincipals", String(clientId));
        // The provider looks first. Source: terraform-provider-azuread, service_principal_resource.go.
        if (existing) {
            throw new Error(
                `A resource with the ID "/servicePrincipals/${String(existing.id)}" already exists - to be ` +
                    "managed via Terraform this resource needs to be imported into the State. Please see the " +
                    'resource documentation for "azuread_service_principal" for more information.',
            );
        }
        const made = directory.createServicePrincipal({ ...inputs, appId: clientId });
        return {
            id: `/servicePrincipals/${String(made.id)}`,
            outputs: servicePrincipalOutputs(made),
        };
    },
    read(directory, id) {
        const found = directory.get("servicePrincipals", lastPart(id));
        return found && servicePrincipalOutputs(found);
    },
    update(directory, id, { clientId: _, ...inputs }) {
        const found = directory.require("servicePrincipals", lastPart(id));
        directory.put("servicePrincipals", { ...found, ...inputs });
    },
    delete(directory, id) {
        directory.delete("servicePrincipals", lastPart(id));
    },
};

/** The application that a part belongs to, by the part's id or inputs. */
const applicationOf = (part: string | Values) =>
    typeof part === "string"
        ? part.replace(/^\/applications\//, "").split("/")[0]!
        : lastPart(String(part.applicationId));

/** Ids of an application's parts read `<object id>/<part>/<id>`; the bridge puts no slash before them. */
function findPart(directory: Directory, id: string, list: string, key: string) {
    const objectId = applicationOf(id);
    const partId = lastPart(id);
    const owner = directory.get("applications", objectId);
    const parts = (owner?.[list] ?? []) as Document[];
    return { owner, parts, part: parts.find((candidate) => candidate[key] === partId) };
}

function removePart(directory: Directory, id: string, list: string, key: string): void {
    const { owner, parts, part } = findPart(directory, id, list, key);
    if (!owner || !part) return;
    directory.put("applications", { ...owner, [list]: parts.filter((other) => other !== part) });
}

/** When a credential begins and ends: what is asked for, else now, and two years later. */
function lifetimeOf({ startDate, endDate, endDateRelative }: Values): Lifetime {
    if (endDateRelative !== undefined) {
        throw new Error(
            "endDateRelative is deprecated and not modelled on this machine; use endDate.",
        );
    }
    const start = startDate ? new Date(String(startDate)) : new Date();
    const end = endDate ? new Date(String(endDate)) : new Date(start);
    if (!endDate) end.setFullYear(end.getFullYear() + defaultSecretYears);
    if (Number.isNaN(start.getTime())) throw badRequest(`"${String(startDate)}" is no date.`);
    if (Number.isNaN(end.getTime()) || end <= new Date()) {
        throw new CloudError(
            400,
            "KeyCredentialsInvalidEndDate",
            `The end date of the credential, ${String(endDate)}, is in the past or no date.`,
        );
    }
    return { startDateTime: start.toISOString(), endDateTime: end.toISOString() };
}

const passwords = ["passwordCredentials", "keyId"] as const;
const password: Kind = {
    forceNew: [
        "applicationId",
        "displayName",
        "endDate",
        "endDateRelative",
        "rotateWhenChanged",
        "startDate",
    ],
    objects: "applications",
    partOf: applicationOf,
    create(directory, inputs) {
        const { applicationId, displayName, endDate, startDate } = inputs;
        const lifetime = lifetimeOf(inputs);
        const objectId = applicationOf(inputs);
        const { keyId, secretText } = directory.addPassword(objectId, {
            displayName: displayName as string | undefined,
            ...lifetime,
        });
        return {
            id: `${objectId}/password/${keyId}`,
            outputs: {
                applicationId,
                displayName,
                keyId,
                startDate: startDate ?? lifetime.startDateTime,
                endDate: endDate ?? lifetime.endDateTime,
                value: secret(secretText),
            },
        };
    },
    read(directory, id) {
        const { part } = findPart(directory, id, ...passwords);
        return part && { displayName: part.displayName, keyId: part.keyId };
    },
    delete: (directory, id) => removePart(directory, id, ...passwords),
};

function parseCertificate(source: string | Buffer): X509Certificate {
    try {
        return new X509Certificate(source);
    } catch {
        throw new Error("value is no X.509 certificate in the encoding that is said");
    }
}

const certificates = ["keyCredentials", "keyId"] as const;
const certificate: Kind = {
    forceNew: ["applicationId", "encoding", "endDate", "keyId", "startDate", "type", "value"],
    objects: "applications",
    partOf: applicationOf,
    create(directory, inputs) {
        const { applicationId, encoding = "pem", value, type, startDate, endDate } = inputs;
        const text = String(value);
        const source = encoding === "pem" ? text : Buffer.from(text, encoding as "base64" | "hex");
        const parsed = parseCertificate(source);
        const { validFrom, validTo } = parsed;
        const lifetime = lifetimeOf({
            ...inputs,
            startDate: startDate ?? validFrom,
            endDate: endDate ?? validTo,
        });
        const objectId = applicationOf(inputs);
        const keyId = inputs.keyId ?? randomUUID();
        directory.addCertificate(objectId, String(keyId), parsed, lifetime);
        return {
            id: `${objectId}/certificate/${String(keyId)}`,
            outputs: {
                applicationId,
                encoding,
                type,
                keyId,
                value: secret(value),
                startDate: startDate ?? lifetime.startDateTime,
                endDate: endDate ?? lifetime.endDateTime,
            },
        };
    },
    read(directory, id) {
        const { part } = findPart(directory, id, ...certificates);
        return part && { keyId: part.keyId };
    },
    delete: (directory, id) => removePart(directory, id, ...certificates),
};

const federations = ["federatedIdentityCredentials", "id"] as const;
const federatedCredential: Kind = {
    forceNew: ["applicationId", "displayName"],
    objects: "applications",
    partOf: applicationOf,
    create(directory, { applicationId, displayName, ...inputs }) {
        const objectId = applicationOf({ applicationId });
        const made = directory.addFederatedCredential(objectId, { ...inputs, name: displayName });
        return {
            id: `${objectId}/federatedIdentityCredential/${String(made.id)}`,
            outputs: { applicationId, displayName, ...inputs, credentialId: made.id },
        };
    },
    read(directory, id) {
        const { owner, part } = findPart(directory, id, ...federations);
        if (!owner || !part) return undefined;
        const { id: credentialId, name: displayName, ...rest } = part;
        return {
            applicationId: `/applications/${String(owner.id)}`,
            displayName,
            credentialId,
            ...rest,
        };
    },
    update(directory, id, { applicationId: _, displayName: __, ...inputs }) {
        const { owner, parts, part } = findPart(directory, id, ...federations);
        if (!owner || !part)
            throw new CloudError(404, "Request_ResourceNotFound", `'${id}' does not exist.`);
        Object.assign(part, inputs);
        directory.put("applications", { ...owner, federatedIdentityCredentials: parts });
    },
    delete: (directory, id) => removePart(directory, id, ...federations),
};

const user: Kind = {
    forceNew: [],
    objects: "users",
    create(directory, { password, ...inputs }) {
        const made = directory.createUser(inputs);
        const secrets = password === undefined ? {} : { password: secret(password) };
        return { id: `/users/${String(made.id)}`, outputs: { ...objectOutputs(made), ...secrets } };
    },
    read(directory, id) {
        const found = directory.get("users", lastPart(id));
        return found && objectOutputs(found);
    },
    update: (directory, id, { password: _, ...inputs }) =>
        directory.updateUser(lastPart(id), inputs),
    delete: (directory, id) => directory.delete("users", lastPart(id)),
};

const group: Kind = {
    forceNew: ["mailNickname", "assignableToRole", "types"],
    objects: "groups",
    create(directory, inputs, caller) {
        checkDuplicates(directory, "groups", inputs);
        // Without owners, the provider makes its own principal the owner: so its documentation.
        const made = directory.createGroup({ owners: [caller.objectId], ...inputs });
        return { id: `/groups/${String(made.id)}`, outputs: objectOutputs(made) };
    },
    read(directory, id) {
        const found = directory.get("groups", lastPart(id));
        return found && objectOutputs(found);
    },
    update(directory, id, { members, ...inputs }) {
        const objectId = lastPart(id);
        // First what may be refused.
        if (members !== undefined) directory.setMembers(objectId, members as string[]);
        directory.put("groups", { ...directory.require("groups", objectId), ...inputs });
    },
    delete: (directory, id) => directory.delete("groups", lastPart(id)),
};

const groupMember: Kind = {
    forceNew: ["groupObjectId", "memberObjectId"],
    objects: "groups",
    partOf: (member) =>
        typeof member === "string" ? member.split("/")[0]! : String(member.groupObjectId),
    create(directory, inputs) {
        const [groupId, member] = [String(inputs.groupObjectId), String(inputs.memberObjectId)];
        const members = directory.require("groups", groupId).members as string[];
        if (members.includes(member)) {
            throw badRequest(
                "One or more added object references already exist for the following modified properties: 'members'.",
            );
        }
        directory.setMembers(groupId, [...members, member]);
        return { id: `${groupId}/member/${member}`, outputs: inputs };
    },
    read(directory, id) {
        const [groupObjectId = "", , memberObjectId = ""] = id.split("/");
        const members = (directory.get("groups", groupObjectId)?.members ?? []) as string[];
        return members.includes(memberObjectId) ? { groupObjectId, memberObjectId } : undefined;
    },
    delete(directory, id) {
        const [groupId = "", , member] = id.split("/");
        const found = directory.get("groups", groupId);
        if (!found) return;
        const members = found.members as string[];
        directory.setMembers(
            groupId,
            members.filter((other) => other !== member),
        );
    },
};

/** A GUID as Microsoft writes it in bytes: the first three parts backwards. */
function guidBytes(guid: string): Buffer {
    const bytes = Buffer.from(guid.replaceAll("-", ""), "hex");
    for (const [from, to] of [
        [0, 4],
        [4, 6],
        [6, 8],
    ]) {
        bytes.subarray(from, to).reverse();
    }
    return bytes;
}

/** Two GUIDs in one text, as ids of assignments begin in Graph. */
function pairId(first: string, second: string): string {
    return Buffer.concat([guidBytes(first), guidBytes(second)]).toString("base64url");
}

function readPairId(id: string): [string, string] {
    const bytes = Buffer.from(id, "base64url");
    const guid = (start: number) =>
        guidBytes(bytes.subarray(start, start + 16).toString("hex"))
            .toString("hex")
            .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    return [guid(0), guid(16)];
}

interface AppRoleAssignment {
    readonly appRoleId: string;
    readonly principalObjectId: string;
    readonly resourceObjectId: string;
}

/** What an assignment's id, or its inputs, say. */
function appRoleAssignmentOf(part: string | Values): AppRoleAssignment {
    if (typeof part !== "string") return part as unknown as AppRoleAssignment;
    const [, , resourceObjectId = "", , assignment = ""] = part.split("/");
    const [principalObjectId, appRoleId] = readPairId(assignment);
    return { appRoleId, principalObjectId, resourceObjectId };
}

/** A permission on an application such as Microsoft Graph, given to a service principal. */
const appRoleAssignment: Kind = {
    forceNew: ["appRoleId", "principalObjectId", "resourceObjectId"],
    objects: "servicePrincipals",
    changeOperation(directory, part) {
        const { resourceObjectId } = appRoleAssignmentOf(part);
        const resource = directory.get("servicePrincipals", resourceObjectId);
        const ofGraph = resource?.appId === graphAppId;
        return ofGraph ? "graphAppRoleAssignments/create" : "appRoleAssignments/create";
    },
    partOf: (part) => appRoleAssignmentOf(part).principalObjectId,
    create(directory, inputs) {
        const { appRoleId, principalObjectId, resourceObjectId } = appRoleAssignmentOf(inputs);
        const principal = directory.principal(principalObjectId);
        if (principal && principal.principalType !== "ServicePrincipal") {
            throw notModelled("An app role of a user or group");
        }
        directory.require("servicePrincipals", principalObjectId);
        const resource = directory.require("servicePrincipals", resourceObjectId);
        const offered = (resource.appRoles ?? []) as Document[];
        if (!offered.some(({ id }) => id === appRoleId)) {
            throw badRequest("Permission being assigned was not found on application.");
        }
        if (appRoleAssignment.read(directory, appRoleAssignmentId(inputs))) {
            throw badRequest("Permission being assigned already exists on the object");
        }
        const { principalType, ...kept } = principal!;
        const held = (kept.appRoleAssignments ?? []) as Document[];
        const assignment = { appRoleId, resourceId: resourceObjectId };
        directory.put("servicePrincipals", {
            ...kept,
            appRoleAssignments: [...held, assignment],
        });
        return {
            id: appRoleAssignmentId(inputs),
            outputs: {
                ...inputs,
                principalDisplayName: kept.displayName,
                principalType,
                resourceDisplayName: resource.displayName,
            },
        };
    },
    read(directory, id) {
        const { appRoleId, principalObjectId, resourceObjectId } = appRoleAssignmentOf(id);
        const held = directory.get("servicePrincipals", principalObjectId)?.appRoleAssignments;
        const there = ((held ?? []) as Document[]).some(
            (other) => other.appRoleId === appRoleId && other.resourceId === resourceObjectId,
        );
        return there ? { appRoleId, resourceObjectId, principalObjectId } : undefined;
    },
    delete(directory, id) {
        const { appRoleId, principalObjectId, resourceObjectId } = appRoleAssignmentOf(id);
        const principal = directory.get("servicePrincipals", principalObjectId);
        if (!principal) return;
        const held = (principal.appRoleAssignments ?? []) as Document[];
        const left = held.filter(
            (other) => other.appRoleId !== appRoleId || other.resourceId !== resourceObjectId,
        );
        directory.put("servicePrincipals", { ...principal, appRoleAssignments: left });
    },
};

function appRoleAssignmentId(inputs: Values): string {
    const { appRoleId, principalObjectId, resourceObjectId } = appRoleAssignmentOf(inputs);
    return `/servicePrincipals/${resourceObjectId}/appRoleAssignedTo/${pairId(principalObjectId, appRoleId)}`;
}

/** A role in the directory, such as Application Administrator. */
const directoryRoleAssignment: Kind = {
    forceNew: ["appScopeId", "directoryScopeId", "principalObjectId", "roleId"],
    objects: "servicePrincipals",
    changeOperation: () => "directoryRoles/assign",
    partOf: (part) =>
        typeof part === "string" ? readPairId(part)[1] : String(part.principalObjectId),
    create(directory, inputs) {
        const { appScopeId, directoryScopeId = "/" } = inputs;
        if (appScopeId !== undefined || directoryScopeId !== "/") {
            throw notModelled("A directory role at another scope than the directory");
        }
        const [roleId, principalId] = [String(inputs.roleId), String(inputs.principalObjectId)];
        const role = directoryRoleName(roleId);
        if (!role) throw notModelled(`The directory role ${roleId} (azure/graph.ts)`);
        const principal = directory.principal(principalId);
        if (!principal) directory.require("servicePrincipals", principalId);
        if (principal?.principalType === "Group") throw notModelled("A directory role of a group");
        if (((principal?.directoryRoles ?? []) as string[]).includes(role)) {
            throw badRequest(
                "A conflicting object with one or more of the specified property values is present in the directory.",
            );
        }
        changeDirectoryRoles(directory, principalId, (held) => [...held, role]);
        const id = `${pairId(roleId, principalId)}-1`;
        return { id, outputs: { ...inputs, directoryScopeId } };
    },
    read(directory, id) {
        const [roleId, principalObjectId] = readPairId(id);
        const held = (directory.principal(principalObjectId)?.directoryRoles ?? []) as string[];
        const there = held.includes(directoryRoleName(roleId) ?? "");
        return there ? { roleId, principalObjectId, directoryScopeId: "/" } : undefined;
    },
    delete(directory, id) {
        const [roleId, principalId] = readPairId(id);
        const role = directoryRoleName(roleId);
        changeDirectoryRoles(directory, principalId, (held) =>
            held.filter((other) => other !== role),
        );
    },
};

function changeDirectoryRoles(
    directory: Directory,
    objectId: string,
    change: (held: string[]) => string[],
): void {
    for (const kind of ["users", "servicePrincipals"] as const) {
        const found = directory.get(kind, objectId);
        if (!found) continue;
        const directoryRoles = change((found.directoryRoles ?? []) as string[]);
        directory.put(kind, { ...found, directoryRoles });
    }
}

/** A user or a group as it is kept, with its id as the SDK names it. */
export function objectOutputs({ id, ...object }: Document): Values {
    return { ...object, objectId: id };
}

export const kinds: Readonly<Record<string, Kind>> = {
    "azuread:index/application:Application": application,
    "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipal,
    "azuread:index/applicationPassword:ApplicationPassword": password,
    "azuread:index/applicationCertificate:ApplicationCertificate": certificate,
    "azuread:index/user:User": user,
    "azuread:index/group:Group": group,
    "azuread:index/groupMember:GroupMember": groupMember,
    "azuread:index/appRoleAssignment:AppRoleAssignment": appRoleAssignment,
    "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment": directoryRoleAssignment,
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential":
        federatedCredential,
};
