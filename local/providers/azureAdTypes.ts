/**
 * The resource types of azuread that are modelled. Ids, outputs and replacement rules are those of the
 * provider's documentation: registry.terraform.io/providers/hashicorp/azuread.
 */
import { X509Certificate } from "node:crypto";
import type { Directory, DirectoryKind, Lifetime } from "../cloud/directory";
import { CloudError } from "../cloud/errors";
import { directoryRoleName } from "../cloud/graph";
import type { Document } from "../cloud/store";
import type { State } from "./server";
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
    /** What creating asks for, where it is neither the object nor a change of it. */
    readonly createOperation?: string;
    create(directory: Directory, inputs: Values): State;
    /** What is there now; undefined if it is gone. */
    read(directory: Directory, id: string): Values | undefined;
    update?(directory: Directory, id: string, inputs: Values): void;
    delete(directory: Directory, id: string): void;
}

export const lastPart = (id: string) => id.split("/").at(-1)!;

export function applicationOutputs(application: Document): Values {
    return {
        displayName: application.displayName,
        description: application.description,
        signInAudience: application.signInAudience,
        owners: application.owners,
        tags: application.tags,
        clientId: application.appId,
        objectId: application.id,
        publisherDomain: application.publisherDomain,
        appRoleIds: {},
        oauth2PermissionScopeIds: {},
        disabledByMicrosoft: "",
        logoUrl: "",
    };
}

const application: Kind = {
    forceNew: [],
    objects: "applications",
    create(directory, { preventDuplicateNames, ...inputs }) {
        const existing = preventDuplicateNames
            ? directory
                  .list("applications")
                  .find(({ displayName }) => displayName === inputs.displayName)
            : undefined;
        // The provider's refusal, not Entra's. Source: terraform-provider-azuread, internal/tf/errors.go.
        if (existing) {
            throw new Error(
                `An existing "azuread_application" with name "${String(inputs.displayName)}" ` +
                    `(ID: "/applications/${String(existing.id)}") was found and ` +
                    "`prevent_duplicate_names` was specified. To be managed via Terraform, this resource " +
                    'needs to be imported into the State. Please see the resource documentation for "azuread_application" for more information.',
            );
        }
        const made = directory.createApplication(inputs);
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
        clientId: principal.appId,
        objectId: principal.id,
        displayName: principal.displayName,
        accountEnabled: principal.accountEnabled,
        appRoleAssignmentRequired: principal.appRoleAssignmentRequired ?? false,
        applicationTenantId: principal.appOwnerOrganizationId,
        description: principal.description,
        owners: principal.owners,
        servicePrincipalNames: principal.servicePrincipalNames,
        type: principal.servicePrincipalType,
        signInAudience: "AzureADMyOrg",
        tags: principal.tags ?? [],
        appRoleIds: {},
        appRoles: [],
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

const certificates = ["keyCredentials", "keyId"] as const;
const certificate: Kind = {
    forceNew: ["applicationId", "encoding", "endDate", "keyId", "startDate", "type", "value"],
    objects: "applications",
    partOf: applicationOf,
    create(directory, inputs) {
        const { applicationId, encoding = "pem", value, type, startDate, endDate } = inputs;
        const text = String(value);
        const source = encoding === "pem" ? text : Buffer.from(text, encoding as "base64" | "hex");
        const parsed = new X509Certificate(source);
        const { validFrom, validTo } = parsed;
        const lifetime = lifetimeOf({
            ...inputs,
            startDate: startDate ?? validFrom,
            endDate: endDate ?? validTo,
        });
        const objectId = applicationOf(inputs);
        const { keyId } = directory.addCertificate(objectId, parsed, lifetime);
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
    create(directory, { password: _, ...inputs }) {
        const made = directory.createUser(inputs);
        return { id: `/users/${String(made.id)}`, outputs: objectOutputs(made) };
    },
    read(directory, id) {
        const found = directory.get("users", lastPart(id));
        return found && objectOutputs(found);
    },
    delete: (directory, id) => directory.delete("users", lastPart(id)),
};

const group: Kind = {
    forceNew: ["mailNickname", "assignableToRole", "types"],
    objects: "groups",
    create(directory, inputs) {
        const made = directory.createGroup(inputs);
        return { id: `/groups/${String(made.id)}`, outputs: objectOutputs(made) };
    },
    read(directory, id) {
        const found = directory.get("groups", lastPart(id));
        return found && objectOutputs(found);
    },
    update(directory, id, { members, ...inputs }) {
        const objectId = lastPart(id);
        directory.put("groups", { ...directory.require("groups", objectId), ...inputs });
        if (members !== undefined) directory.setMembers(objectId, members as string[]);
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
        const members = (directory.get("groups", groupId)?.members ?? []) as string[];
        directory.setMembers(
            groupId,
            members.filter((other) => other !== member),
        );
    },
};

/** A permission on an application such as Microsoft Graph, given to a service principal. */
const appRoleAssignment: Kind = {
    forceNew: ["appRoleId", "principalObjectId", "resourceObjectId"],
    objects: "servicePrincipals",
    createOperation: "appRoleAssignments/create",
    partOf: (part) => (typeof part === "string" ? lastPart(part) : String(part.principalObjectId)),
    create(directory, inputs) {
        const { appRoleId, principalObjectId, resourceObjectId } = inputs;
        const principal = directory.require("servicePrincipals", String(principalObjectId));
        const resource = directory.require("servicePrincipals", String(resourceObjectId));
        const offered = (resource.appRoles ?? []) as Document[];
        if (!offered.some(({ id }) => id === appRoleId)) {
            throw new CloudError(
                400,
                "Request_BadRequest",
                "Permission being assigned was not found on application.",
            );
        }
        const held = (principal.appRoleAssignments ?? []) as Document[];
        const assignment = { appRoleId, resourceId: resourceObjectId };
        directory.put("servicePrincipals", {
            ...principal,
            appRoleAssignments: [...held, assignment],
        });
        const id = `${String(appRoleId)}/${String(resourceObjectId)}/${String(principalObjectId)}`;
        return {
            id,
            outputs: {
                ...inputs,
                principalDisplayName: principal.displayName,
                principalType: "ServicePrincipal",
                resourceDisplayName: resource.displayName,
            },
        };
    },
    read(directory, id) {
        const [appRoleId, resourceObjectId, principalObjectId = ""] = id.split("/");
        const held = directory.get("servicePrincipals", principalObjectId)?.appRoleAssignments;
        const there = ((held ?? []) as Document[]).some(
            (other) => other.appRoleId === appRoleId && other.resourceId === resourceObjectId,
        );
        return there ? { appRoleId, resourceObjectId, principalObjectId } : undefined;
    },
    delete(directory, id) {
        const [appRoleId, resourceId, principalId = ""] = id.split("/");
        const principal = directory.get("servicePrincipals", principalId);
        if (!principal) return;
        const held = (principal.appRoleAssignments ?? []) as Document[];
        const left = held.filter(
            (other) => other.appRoleId !== appRoleId || other.resourceId !== resourceId,
        );
        directory.put("servicePrincipals", { ...principal, appRoleAssignments: left });
    },
};

/** A role in the directory, such as Application Administrator. */
const directoryRoleAssignment: Kind = {
    forceNew: ["appScopeId", "directoryScopeId", "principalObjectId", "roleId"],
    objects: "servicePrincipals",
    createOperation: "directoryRoles/assign",
    partOf: (part) => (typeof part === "string" ? lastPart(part) : String(part.principalObjectId)),
    create(directory, inputs) {
        const [roleId, principalId] = [String(inputs.roleId), String(inputs.principalObjectId)];
        const role = directoryRoleName(roleId);
        if (!role) throw new CloudError(404, "Request_ResourceNotFound", `No role '${roleId}'.`);
        changeDirectoryRoles(directory, principalId, (held) => [...held, role]);
        return { id: `${roleId}/${principalId}`, outputs: inputs };
    },
    read(directory, id) {
        const [roleId = "", principalObjectId = ""] = id.split("/");
        const held = (directory.principal(principalObjectId)?.directoryRoles ?? []) as string[];
        const there = held.includes(directoryRoleName(roleId) ?? "");
        return there ? { roleId, principalObjectId } : undefined;
    },
    delete(directory, id) {
        const [roleId = "", principalId = ""] = id.split("/");
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
export function objectOutputs({ id, directoryRoles: _, ...object }: Document): Values {
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
