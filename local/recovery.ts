/** Where this machine's Azure holds what a cut-off run created there. */
import { findCreated, type DirectoryReader } from "../azure/created";
import type { Finder } from "../engine/recover";
import { Directory } from "./cloud/directory";
import { openStore } from "./cloud/initial";
import type { Document } from "./cloud/store";
import { signedInUser } from "./identity";

function reader(directory: Directory): DirectoryReader {
    const ids = (found: Document[], key = "id") => found.map((object) => String(object[key]));
    const partsOf = (application: string, list: string) =>
        (directory.get("applications", application)?.[list] ?? []) as Document[];
    return {
        applications: async (displayName) =>
            ids(directory.list("applications").filter((it) => it.displayName === displayName)),
        servicePrincipals: async (clientId) =>
            ids([directory.ofClient("servicePrincipals", clientId) ?? []].flat()),
        federatedCredentials: async (application, name) =>
            ids(
                partsOf(application, "federatedIdentityCredentials").filter(
                    (it) => it.name === name,
                ),
            ),
        passwords: async (application, displayName) =>
            ids(
                partsOf(application, "passwordCredentials").filter(
                    (it) => it.displayName === displayName,
                ),
                "keyId",
            ),
        removePassword: async (application, keyId) => directory.removePassword(application, keyId),
    };
}

export function localFinder(storeFolder: string): Finder {
    return (create, knownIds) => {
        const tenant = String(create.providerInputs.tenantId ?? signedInUser.tenantId);
        const directory = new Directory(openStore(storeFolder), tenant);
        return findCreated(create, knownIds, reader(directory));
    };
}
