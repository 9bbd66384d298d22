import { createHash } from "node:crypto";

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether this is a tenant, subscription, client or object id as Azure writes them. */
export function isGuid(text: string): boolean {
    return form.test(text);
}

/** RFC 4122 namespace for names of URLs; fixed, so that the same assignment has the same name for ever. */
const namespace = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** Version 5 UUID: the same name gives the same id on every machine. Source: RFC 4122, section 4.3. */
export function nameToGuid(name: string): string {
    const hash = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Name of a role assignment. Scope, principal and role are all in it: without the scope, the same
 * grant in two groups would get one name, and Azure answers `RoleAssignmentUpdateNotPermitted`.
 */
export function roleAssignmentName(scope: string, principalId: string, roleId: string): string {
    return nameToGuid([scope, principalId, roleId].join("|").toLowerCase());
}
