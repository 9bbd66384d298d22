/**
 * Entra ID on this machine: users, groups, applications, service principals and their credentials. Its refusals
 * stand in rules.ts, under "The directory".
 */
import {
    createHash,
    randomBytes,
    randomUUID,
    timingSafeEqual,
    type X509Certificate,
} from "node:crypto";
import { CloudError } from "./errors";
import { sameId } from "./ids";
import { refusal } from "./rules";
import type { Document, Store } from "./store";

export type DirectoryKind = "applications" | "servicePrincipals" | "users" | "groups";

/** What Azure calls the kinds that roles are given to. */
export type PrincipalType = "User" | "Group" | "ServicePrincipal";

const principalTypes: Readonly<Partial<Record<DirectoryKind, PrincipalType>>> = {
    users: "User",
    groups: "Group",
    servicePrincipals: "ServicePrincipal",
};

/** From when to when a credential is good. */
export interface Lifetime {
    readonly startDateTime: string;
    readonly endDateTime: string;
}

export class Directory {
    constructor(
        private readonly store: Store,
        readonly tenantId: string,
    ) {}

    private id(kind: string, objectId: string): string {
        return `/tenants/${this.tenantId}/${kind}/${objectId}`;
    }

    /** Name of the tenant; undefined if there is none with this id. */
    get displayName(): string | undefined {
        return this.store.get(`/tenants/${this.tenantId}`)?.displayName as string | undefined;
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

    /** The object, or Graph's refusal. */
    require(kind: DirectoryKind, objectId: string): Document {
        const found = this.get(kind, objectId);
        if (found) return found;
        throw refusal("objectMissing", { object: objectId });
    }

    /** The application or service principal of a client id. */
    ofClient(kind: "applications" | "servicePrincipals", appId: string): Document | undefined {
        const objectId = this.store.get(this.id("appIds", appId))?.[kind];
        return objectId === undefined ? undefined : this.get(kind, String(objectId));
    }

    /** Notes under a client id which application or service principal has it. */
    private noteClient(kind: DirectoryKind, { appId, id }: Document, there: boolean): void {
        const index = this.id("appIds", String(appId));
        const { [kind]: _, ...others } = this.store.get(index) ?? {};
        const noted = there ? { ...others, [kind]: id } : others;
        if (Object.keys(noted).length > 0) this.store.put(index, noted);
        else this.store.delete(index);
    }

    /** What roles can be given to, with its type. */
    principal(objectId: string): (Document & { principalType: PrincipalType }) | undefined {
        for (const [kind, principalType] of Object.entries(principalTypes)) {
            const found = this.get(kind as DirectoryKind, objectId);
            if (found) return { ...found, principalType };
        }
        return undefined;
    }

    /** Removes an object from the groups that it is in, and with an application its service principal. */
    delete(kind: DirectoryKind, objectId: string): void {
        const found = this.get(kind, objectId);
        if (!found) return;
        for (const { groupId } of this.store.list(this.id("memberships", objectId))) {
            const members = this.require("groups", String(groupId)).members as string[];
            const others = members.filter((member) => member !== objectId);
            this.setMembers(String(groupId), others);
        }
        if (kind === "groups") this.setMembers(objectId, []);
        if (kind === "users") this.store.delete(this.id("userNames", userNameOf(found)));
        if (found.appId !== undefined) this.noteClient(kind, found, false);
        this.store.delete(this.id(kind, objectId));
        if (kind !== "applications") return;
        const principal = this.ofClient("servicePrincipals", String(found.appId));
        if (principal) this.delete("servicePrincipals", String(principal.id));
    }

    /** An object as it is when it is new. */
    private create(kind: DirectoryKind, body: Document): Document {
        const document = { id: randomUUID(), ...body, createdDateTime: new Date().toISOString() };
        return this.put(kind, document);
    }

    createApplication(body: Document): Document {
        const application = this.create("applications", {
            signInAudience: "AzureADMyOrg",
            ...body,
            appId: randomUUID(),
            publisherDomain: "local.example",
            passwordCredentials: [],
            keyCredentials: [],
            federatedIdentityCredentials: [],
        });
        this.noteClient("applications", application, true);
        return application;
    }

    createServicePrincipal(body: Document): Document {
        const appId = String(body.appId);
        const application = this.ofClient("applications", appId);
        if (!application) throw refusal("backingApplicationMissing", { application: appId });
        if (this.ofClient("servicePrincipals", appId)) {
            throw refusal("servicePrincipalExists", { application: appId });
        }
        const principal = this.create("servicePrincipals", {
            accountEnabled: true,
            appRoles: application.appRoles ?? [],
            ...body,
            displayName: application.displayName,
            appOwnerOrganizationId: this.tenantId,
            servicePrincipalType: "Application",
            servicePrincipalNames: [appId],
        });
        this.noteClient("servicePrincipals", principal, true);
        return principal;
    }

    /** The identity that Azure makes for a resource. */
    createManagedIdentity(displayName: string): {
        principalId: string;
        clientId: string;
        tenantId: string;
    } {
        const principal = this.create("servicePrincipals", {
            appId: randomUUID(),
            displayName,
            accountEnabled: true,
            servicePrincipalType: "ManagedIdentity",
        });
        this.noteClient("servicePrincipals", principal, true);
        return {
            principalId: String(principal.id),
            clientId: String(principal.appId),
            tenantId: this.tenantId,
        };
    }

    createUser(body: Document): Document {
        const user = { accountEnabled: true, directoryRoles: [], ...body, id: randomUUID() };
        this.claimUserName(user);
        return this.create("users", user);
    }

    updateUser(objectId: string, body: Document): void {
        const before = this.require("users", objectId);
        const user = { ...before, ...body, id: objectId };
        this.claimUserName(user);
        if (!sameId(userNameOf(before), userNameOf(user))) {
            this.store.delete(this.id("userNames", userNameOf(before)));
        }
        this.put("users", user);
    }

    /** Principal names are unique in a tenant. */
    private claimUserName(user: Document & { id: string }): void {
        const index = this.id("userNames", userNameOf(user));
        const holder = this.store.get(index)?.id;
        if (holder !== undefined && holder !== user.id) throw refusal("userNameTaken");
        this.store.put(index, { id: user.id });
    }

    createGroup({ members = [], ...body }: Document): Document {
        this.requirePrincipals(members as string[]);
        const group = this.create("groups", { ...body, members: [] });
        this.setMembers(String(group.id), members as string[]);
        return this.require("groups", String(group.id));
    }

    setMembers(groupId: string, members: readonly string[]): void {
        const group = this.require("groups", groupId);
        const before = group.members as string[];
        this.requirePrincipals(members.filter((member) => !before.includes(member)));
        this.put("groups", { ...group, members: [...new Set(members)] });
        for (const member of before) {
            if (!members.includes(member)) this.noteMember(groupId, member, false);
        }
        for (const member of members) this.noteMember(groupId, member, true);
    }

    private requirePrincipals(objectIds: readonly string[]): void {
        for (const objectId of objectIds) {
            if (!this.principal(objectId)) this.require("users", objectId);
        }
    }

    private noteMember(groupId: string, member: string, there: boolean): void {
        const note = this.id("memberships", `${member}/${groupId}`);
        if (there) this.store.put(note, { groupId });
        else this.store.delete(note);
    }

    /** Groups that an object is in, through other groups too. */
    groupsOf(objectId: string): string[] {
        const found = new Set<string>();
        const visit = (member: string) => {
            for (const { groupId } of this.store.list(this.id("memberships", member))) {
                if (found.has(String(groupId))) continue;
                found.add(String(groupId));
                visit(String(groupId));
            }
        };
        visit(objectId);
        return [...found];
    }

    /** Adds a client secret. Its text is in the answer and nowhere else: what is kept is a salted hash. */
    addPassword(
        objectId: string,
        body: { displayName?: string } & Lifetime,
    ): { keyId: string; secretText: string } {
        const application = this.require("applications", objectId);
        const keyId = randomUUID();
        const secretText = `${randomBytes(3).toString("hex")}~${randomBytes(24).toString("base64url")}`;
        const salt = randomBytes(16).toString("hex");
        const hash = hashOf(salt, secretText);
        const credentials = application.passwordCredentials as Document[];
        credentials.push({ ...body, keyId, salt, hash, hint: secretText.slice(0, 3) });
        this.put("applications", application);
        return { keyId, secretText };
    }

    removePassword(objectId: string, keyId: string): void {
        const application = this.require("applications", objectId);
        const credentials = application.passwordCredentials as Document[];
        const passwordCredentials = credentials.filter((credential) => credential.keyId !== keyId);
        this.put("applications", { ...application, passwordCredentials });
    }

    /** Adds a certificate that the application signs in with. */
    addCertificate(
        objectId: string,
        keyId: string,
        certificate: X509Certificate,
        lifetime: Lifetime,
    ): void {
        const application = this.require("applications", objectId);
        const credential = {
            ...lifetime,
            keyId,
            fingerprint: certificate.fingerprint256,
            displayName: certificate.subject,
        };
        (application.keyCredentials as Document[]).push(credential);
        this.put("applications", application);
    }

    addFederatedCredential(objectId: string, body: Document): Document {
        const application = this.require("applications", objectId);
        const credentials = application.federatedIdentityCredentials as Document[];
        const clash = (field: string) => credentials.some((other) => other[field] === body[field]);
        if (clash("name")) throw refusal("federatedNameTaken", { name: String(body.name) });
        if (clash("subject") && clash("issuer")) throw refusal("federatedSubjectTaken");
        const credential = { ...body, id: randomUUID() };
        credentials.push(credential);
        this.put("applications", application);
        return credential;
    }
}

function userNameOf({ userPrincipalName }: Document): string {
    return String(userPrincipalName);
}

/** Graph's refusal of what the azuread provider asks it to write. */
export function badRequest(message: string): CloudError {
    return new CloudError(400, "Request_BadRequest", message);
}

function hashOf(salt: string, text: string): string {
    return createHash("sha256").update(salt).update(text).digest("hex");
}

/** Whether a text is the one that a client secret was made with. */
export function isSecretOf({ salt, hash }: Document, text: string): boolean {
    return timingSafeEqual(Buffer.from(String(hash)), Buffer.from(hashOf(String(salt), text)));
}
