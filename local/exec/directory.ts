/** `az ad`: what the Azure CLI reads of the directory, as Microsoft Graph answers it. */
import { UserError } from "../../engine/userError";
import type { Cloud } from "../cloud/cloud";
import type { DirectoryKind } from "../cloud/directory";
import { sameId } from "../cloud/ids";
import { refusal } from "../cloud/rules";
import type { Document } from "../cloud/store";

/** What this machine keeps in an object, and Graph does not show there. */
const kept = new Set([
    ...["appRoleAssignments", "directoryRoles", "federatedIdentityCredentials", "members"],
    "owners",
]);

/** A client secret as Graph shows it: without its text, which nobody can read again. */
function shownPassword({ displayName, startDateTime, endDateTime, hint, keyId }: Document) {
    return { displayName, endDateTime, hint, keyId, secretText: null, startDateTime };
}

function shown(object: Document): Document {
    const entries = Object.entries(object).filter(([key]) => !kept.has(key));
    const passwords = object.passwordCredentials as Document[] | undefined;
    return {
        ...Object.fromEntries(entries),
        ...(passwords && { passwordCredentials: passwords.map(shownPassword) }),
    };
}

/** Whether an object is what a filter such as `displayName eq 'x'` looks for. */
function matcher(filter: string): (object: Document) => boolean {
    const value = "'((?:[^']|'')*)'";
    const [, equal, whole] = new RegExp(`^(\\w+) eq ${value}$`).exec(filter) ?? [];
    const [, starting, start] =
        new RegExp(`^startswith\\((\\w+), ?${value}\\)$`).exec(filter) ?? [];
    const property = equal ?? starting;
    const text = (whole ?? start)?.replaceAll("''", "'").toLowerCase();
    if (property === undefined || text === undefined) {
        throw new UserError(
            `The filter "${filter}" is not modelled on this machine; known are <property> eq '<value>' ` +
                "and startswith(<property>,'<value>').",
        );
    }
    const of = (object: Document) => String(object[property] ?? "").toLowerCase();
    return equal === undefined
        ? (object) => of(object).startsWith(text)
        : (object) => of(object) === text;
}

export function listObjects(cloud: Cloud, kind: DirectoryKind, filter?: string): Document[] {
    const fits = filter === undefined ? () => true : matcher(filter);
    cloud.askDirectory(`${kind}/read`);
    return cloud.directory.list(kind).filter(fits).map(shown);
}

/** Names by which the Azure CLI takes an object, its object id aside. */
const names: Readonly<Partial<Record<DirectoryKind, string>>> = {
    applications: "appId",
    groups: "displayName",
    servicePrincipals: "appId",
    users: "userPrincipalName",
};

function find({ directory }: Cloud, kind: DirectoryKind, text: string): Document {
    const found = directory
        .list(kind)
        .find((object) =>
            [object.id, object[names[kind]!]].some((name) => sameId(String(name), text)),
        );
    if (!found) throw refusal("objectMissing", { object: text });
    return found;
}

export function showObject(cloud: Cloud, kind: DirectoryKind, text: string): Document {
    cloud.askDirectory(`${kind}/read`);
    return shown(find(cloud, kind, text));
}

export function listPasswords(cloud: Cloud, text: string): Document[] {
    cloud.askDirectory("applications/read");
    const { passwordCredentials } = find(cloud, "applications", text);
    return (passwordCredentials as Document[]).map(shownPassword);
}

export function listFederatedCredentials(cloud: Cloud, text: string): Document[] {
    cloud.askDirectory("applications/read");
    return find(cloud, "applications", text).federatedIdentityCredentials as Document[];
}

export function removePassword(cloud: Cloud, text: string, keyId: string): Promise<void> {
    return cloud.change(() => {
        const application = find(cloud, "applications", text);
        cloud.askDirectory("applications/update", application);
        cloud.directory.removePassword(String(application.id), keyId);
    });
}
