/**
 * The azuread provider on this machine. The real one is bridged from Terraform's azuread v3; ids, outputs
 * and replacement rules are those of its documentation: registry.terraform.io/providers/hashicorp/azuread.
 */
import type { Cloud } from "../cloud/cloud";
import type { Directory, DirectoryKind } from "../cloud/directory";
import { CloudError } from "../cloud/errors";
import { withFaults } from "../cloud/faults";
import type { Document } from "../cloud/store";
import { checkInputs } from "./check";
import { Declarations } from "./declarations";
import { azureadRules, withRetries } from "./retry";
import type { Checked, Difference, Provider, Resource, State } from "./server";
import { notModelled, openCloud } from "./session";
import { applyOutputChanges, differences, previewOutputs, secret, type Values } from "./values";

/** How long a client secret lives that names no end. Source: Terraform's azuread, application_password. */
const defaultSecretYears = 2;

interface Kind {
    /** Inputs whose change forces a replacement. */
    readonly forceNew: readonly string[];
    create(directory: Directory, inputs: Values): State;
    /** What is there now; undefined if it is gone. */
    read(directory: Directory, id: string): Values | undefined;
    update?(directory: Directory, id: string, inputs: Values): void;
    delete(directory: Directory, id: string): void;
}

const lastPart = (id: string) => id.split("/").at(-1)!;

function applicationOutputs(application: Document): Values {
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
    create(directory, { preventDuplicateNames, ...inputs }) {
        const existing = directory
            .list("applications")
            .find(({ displayName }) => displayName === inputs.displayName);
        // The provider's refusal, not Entra's. Source: terraform-provider-azuread, internal/tf/errors.go.
        if (preventDuplicateNames && existing) {
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
        const found = directory.get("applications", lastPart(id));
        // Entra deletes an application's service principal with it.
        for (const principal of directory.list("servicePrincipals")) {
            if (found && principal.appId === found.appId) {
                directory.delete("servicePrincipals", String(principal.id));
            }
        }
        directory.delete("applications", lastPart(id));
    },
};

function servicePrincipalOutputs(principal: Document): Values {
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
    create(directory, { clientId, ...inputs }) {
        const existing = directory
            .list("servicePrincipals")
            .find(({ appId }) => appId === clientId);
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

/** Ids of an application's parts read `<object id>/<part>/<id>`; the bridge puts no slash before them. */
function partOf(directory: Directory, id: string, list: string, key: string) {
    const [objectId = "", , partId = ""] = id.replace(/^\/applications\//, "").split("/");
    const owner = directory.get("applications", objectId);
    const parts = (owner?.[list] ?? []) as Document[];
    return { owner, parts, part: parts.find((candidate) => candidate[key] === partId) };
}

function removePart(directory: Directory, id: string, list: string, key: string): void {
    const { owner, parts, part } = partOf(directory, id, list, key);
    if (!owner || !part) return;
    directory.put("applications", { ...owner, [list]: parts.filter((other) => other !== part) });
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
    create(directory, inputs) {
        const { applicationId, displayName, endDate, endDateRelative, startDate } = inputs;
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
                `The end date of the secret, ${String(endDate)}, is in the past or no date.`,
            );
        }
        const objectId = lastPart(String(applicationId));
        const { keyId, secretText } = directory.addPassword(objectId, {
            displayName: displayName as string | undefined,
            startDateTime: start.toISOString(),
            endDateTime: end.toISOString(),
        });
        const shown = endDate ?? end.toISOString();
        return {
            id: `${objectId}/password/${keyId}`,
            outputs: {
                applicationId,
                displayName,
                keyId,
                startDate: startDate ?? start.toISOString(),
                endDate: shown,
                value: secret(secretText),
            },
        };
    },
    read(directory, id) {
        const { part } = partOf(directory, id, ...passwords);
        return part && { displayName: part.displayName, keyId: part.keyId };
    },
    delete: (directory, id) => removePart(directory, id, ...passwords),
};

const federations = ["federatedIdentityCredentials", "id"] as const;
const federatedCredential: Kind = {
    forceNew: ["applicationId", "displayName"],
    create(directory, { applicationId, displayName, ...inputs }) {
        const objectId = lastPart(String(applicationId));
        const made = directory.addFederatedCredential(objectId, { ...inputs, name: displayName });
        return {
            id: `${objectId}/federatedIdentityCredential/${String(made.id)}`,
            outputs: { applicationId, displayName, ...inputs, credentialId: made.id },
        };
    },
    read(directory, id) {
        const { owner, part } = partOf(directory, id, ...federations);
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
        const { owner, parts, part } = partOf(directory, id, ...federations);
        if (!owner || !part)
            throw new CloudError(404, "Request_ResourceNotFound", `'${id}' does not exist.`);
        Object.assign(part, inputs);
        directory.put("applications", { ...owner, federatedIdentityCredentials: parts });
    },
    delete: (directory, id) => removePart(directory, id, ...federations),
};

const kinds: Readonly<Record<string, Kind>> = {
    "azuread:index/application:Application": application,
    "azuread:index/servicePrincipal:ServicePrincipal": servicePrincipal,
    "azuread:index/applicationPassword:ApplicationPassword": password,
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential":
        federatedCredential,
};

const sdk = "@pulumi/azuread";

export class AzureAd implements Provider {
    private readonly declarations = new Declarations(sdk);
    readonly version = this.declarations.version;
    private cloud!: Cloud;

    configure(config: Values): void {
        this.cloud = openCloud(config);
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
        const name = String(inputs.displayName ?? inputs.clientId);
        return this.change("write", type, name, () => kind.create(this.cloud.directory, inputs));
    }

    async read(
        { type }: Resource,
        id: string,
        inputs: Values | undefined,
        outputs: Values | undefined,
    ): Promise<(State & { inputs: Values }) | undefined> {
        const now = this.modelled(type).read(this.cloud.directory, id);
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
        return this.change("write", type, id, () => {
            kind.update?.(this.cloud.directory, id, inputs);
            return { ...outputs, ...kind.read(this.cloud.directory, id) };
        });
    }

    async delete({ type }: Resource, id: string): Promise<void> {
        const kind = this.modelled(type);
        await this.change("delete", type, id, () => kind.delete(this.cloud.directory, id));
    }

    async invoke(token: string, args: Values): Promise<Values> {
        const { caller, directory } = this.cloud;
        const find = (kind: DirectoryKind) =>
            directory
                .list(kind)
                .find(
                    (object) =>
                        (args.clientId !== undefined && object.appId === args.clientId) ||
                        (args.objectId !== undefined && object.id === args.objectId) ||
                        (args.displayName !== undefined && object.displayName === args.displayName),
                );
        switch (token) {
            case "azuread:index/getClientConfig:getClientConfig": {
                const { tenantId, clientId, objectId } = caller;
                return { id: `${tenantId}-${clientId}-${objectId}`, tenantId, clientId, objectId };
            }
            case "azuread:index/getServicePrincipal:getServicePrincipal": {
                const found = find("servicePrincipals");
                if (!found)
                    throw new Error("No service principal found matching the specified filter");
                return {
                    id: `/servicePrincipals/${String(found.id)}`,
                    ...servicePrincipalOutputs(found),
                };
            }
            case "azuread:index/getApplication:getApplication": {
                const found = find("applications");
                if (!found) throw new Error("No application found matching the specified filter");
                return { id: `/applications/${String(found.id)}`, ...applicationOutputs(found) };
            }
            default:
                throw notModelled(token);
        }
    }

    /** Asks Graph for a change. Faults find it by its type, such as `Microsoft.Graph/application`. */
    private change<T>(verb: string, token: string, id: string, work: () => T): Promise<T> {
        const type = token.replace(/^azuread:index\/(\w+):.*$/, "Microsoft.Graph/$1");
        const change = () => this.cloud.change(work);
        return withRetries(azureadRules, () =>
            withFaults(this.cloud.store, { verb, id, type }, change),
        );
    }

    private modelled(type: string): Kind {
        const kind = kinds[type];
        if (kind) return kind;
        throw notModelled(type);
    }
}
