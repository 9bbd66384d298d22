/**
 * Where a resource is in Azure if a run that was cut off did create it. ARM's ids follow from the inputs.
 * Entra makes its ids up, so its objects must be looked for: applications by their name, which Entra does
 * not keep unique, all others by what they belong to.
 */
import { resourceId } from "./resourceIds";

/** What must be asked of Entra; each answers ids. Fails where nobody who may answer can be asked. */
export interface DirectoryReader {
    applications(displayName: string): Promise<readonly string[]>;
    servicePrincipals(clientId: string): Promise<readonly string[]>;
    federatedCredentials(applicationId: string, name: string): Promise<readonly string[]>;
    passwords(applicationId: string, displayName: string): Promise<readonly string[]>;
    removePassword(applicationId: string, keyId: string): Promise<void>;
}

export interface Created {
    /** Type token. */
    readonly type: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Of the provider that was to create it. */
    readonly providerInputs: Readonly<Record<string, unknown>>;
}

export type Place =
    | { readonly id: string }
    | { readonly absent: true }
    | { readonly useless: string; remove(): Promise<void> }
    | { readonly unknown: string };

/** Pulumi's ids of directory objects. Source: registry.terraform.io/providers/hashicorp/azuread, "Import". */
function directoryCandidates(
    { type, inputs }: Created,
    directory: DirectoryReader,
): Promise<readonly string[]> | undefined {
    const input = (name: string) => String(inputs[name]);
    const application = objectId(inputs.applicationId);
    const within = (part: string) => (ids: readonly string[]) =>
        ids.map((id) => `${application}/${part}/${id}`);
    const name = type.split(":").at(-1);
    switch (name) {
        case "Application":
            return directory
                .applications(input("displayName"))
                .then((ids) => ids.map((id) => `/applications/${id}`));
        case "ServicePrincipal":
            return directory
                .servicePrincipals(input("clientId"))
                .then((ids) => ids.map((id) => `/servicePrincipals/${id}`));
        case "ApplicationFederatedIdentityCredential":
            return directory
                .federatedCredentials(application, input("displayName"))
                .then(within("federatedIdentityCredential"));
        case "ApplicationPassword":
            return directory.passwords(application, input("displayName")).then(within("password"));
        default:
            return undefined;
    }
}

const objectId = (applicationId: unknown) => String(applicationId).split("/").at(-1)!;

/** @param knownIds Ids of what the stack knows already, which is not what is looked for. */
export async function findCreated(
    created: Created,
    knownIds: readonly string[],
    directory: DirectoryReader,
): Promise<Place> {
    const { type, inputs, providerInputs } = created;
    const { subscriptionId } = providerInputs;
    const id = resourceId(type, { subscriptionId, ...inputs });
    if (id !== undefined) return { id };
    const asked = type.startsWith("azuread:") ? directoryCandidates(created, directory) : undefined;
    if (!asked) {
        return {
            unknown: `its id cannot be worked out; if it exists, "pulumi import" takes it in`,
        };
    }
    let candidates: readonly string[];
    try {
        candidates = (await asked).filter((candidate) => !knownIds.includes(candidate));
    } catch (error) {
        return { unknown: (error as Error).message };
    }
    const [first, ...others] = candidates;
    if (first === undefined) return { absent: true };
    if (type.endsWith(":ApplicationPassword")) {
        // Its text was in the one answer that nobody got.
        const application = objectId(inputs.applicationId);
        return {
            useless: `${candidates.join(", ")} (a secret whose text is lost)`,
            async remove() {
                for (const candidate of candidates) {
                    await directory.removePassword(application, objectId(candidate));
                }
            },
        };
    }
    if (others.length > 0) {
        return { unknown: `may be any of ${candidates.join(", ")}: "pulumi import" takes one in` };
    }
    return { id: first };
}
