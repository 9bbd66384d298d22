/** Entra ID on this machine: applications, service principals and their credentials. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { CloudError } from "./errors";
import type { Document, Store } from "./store";

export type DirectoryKind = "applications" | "servicePrincipals";

export class Directory {
    constructor(
        private readonly store: Store,
        readonly tenantId: string,
    ) {}

    private id(kind: DirectoryKind, objectId: string): string {
        return `/tenants/${this.tenantId}/${kind}/${objectId}`;
    }

    get(kind: DirectoryKind, objectId: string): Document | undefined {
        return this.store.get(this.id(kind, objectId));
    }

    list(kind: DirectoryKind): Document[] {
        return this.store.list(`/tenants/${this.tenantId}/${kind}`);
    }

    put(kind: DirectoryKind, document: Document): Document {
        this.store.put(this.id(kind, String(document.id)), document);
        return document;
    }

    delete(kind: DirectoryKind, objectId: string): void {
        this.store.delete(this.id(kind, objectId));
    }

    /** The object, or Graph's refusal. */
    require(kind: DirectoryKind, objectId: string): Document {
        const found = this.get(kind, objectId);
        if (found) return found;
        throw new CloudError(
            404,
            "Request_ResourceNotFound",
            `Resource '${objectId}' does not exist or one of its queried reference-property objects are not present.`,
        );
    }

    createApplication(body: Document): Document {
        return this.put("applications", {
            signInAudience: "AzureADMyOrg",
            ...body,
            id: randomUUID(),
            appId: randomUUID(),
            publisherDomain: "local.example",
            passwordCredentials: [],
            federatedIdentityCredentials: [],
        });
    }

    createServicePrincipal(body: Document): Document {
        const appId = String(body.appId);
        const application = this.list("applications").find(
            (candidate) => candidate.appId === appId,
        );
        if (!application) {
            throw new CloudError(
                400,
                "NoBackingApplicationObject",
                `The appId '${appId}' of the service principal does not reference a valid application object.`,
            );
        }
        if (this.list("servicePrincipals").some((candidate) => candidate.appId === appId)) {
            throw new CloudError(
                409,
                "Request_MultipleObjectsWithSameKeyValue",
                `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
            );
        }
        return this.put("servicePrincipals", {
            accountEnabled: true,
            ...body,
            id: randomUUID(),
            displayName: application.displayName,
            appOwnerOrganizationId: this.tenantId,
            servicePrincipalType: "Application",
            servicePrincipalNames: [appId],
        });
    }

    /** The identity that Azure makes for a resource with a system-assigned one. */
    createManagedIdentity(name: string): { principalId: string; tenantId: string } {
        const id = randomUUID();
        this.put("servicePrincipals", {
            id,
            appId: randomUUID(),
            displayName: name,
            servicePrincipalType: "ManagedIdentity",
        });
        return { principalId: id, tenantId: this.tenantId };
    }

    /** Adds a client secret. Its text is in the answer and nowhere else: what is kept is a salted hash. */
    addPassword(
        objectId: string,
        body: { displayName?: string; startDateTime: string; endDateTime: string },
    ): { keyId: string; secretText: string } {
        const application = this.require("applications", objectId);
        const keyId = randomUUID();
        const secretText = `${randomBytes(3).toString("hex")}~${randomBytes(24).toString("base64url")}`;
        const salt = randomBytes(16).toString("hex");
        const hash = createHash("sha256").update(salt).update(secretText).digest("hex");
        const credentials = application.passwordCredentials as Document[];
        credentials.push({ ...body, keyId, salt, hash, hint: secretText.slice(0, 3) });
        this.put("applications", application);
        return { keyId, secretText };
    }

    addFederatedCredential(objectId: string, body: Document): Document {
        const application = this.require("applications", objectId);
        const credentials = application.federatedIdentityCredentials as Document[];
        const clash = (field: string) => credentials.some((other) => other[field] === body[field]);
        if (clash("name") || (clash("subject") && clash("issuer"))) {
            throw new CloudError(
                409,
                "Request_MultipleObjectsWithSameKeyValue",
                clash("name")
                    ? `FederatedIdentityCredential with name ${String(body.name)} already exists.`
                    : "FederatedIdentityCredential with the same issuer and subject already exists.",
            );
        }
        const credential = { ...body, id: randomUUID() };
        credentials.push(credential);
        this.put("applications", application);
        return credential;
    }
}
