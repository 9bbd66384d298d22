/** Looks into the directory with the Azure CLI, for what Pulumi's providers have no function for. */
import type { DirectoryReader } from "../azure/created";
import { az, azureCli } from "./azureCli";

/** In a filter of Microsoft Graph. */
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** @param tenantId Whose directory; the CLI may be signed in to another, which would answer "not there". */
export function entra(tenantId: unknown): DirectoryReader {
    const ask = async <T>(...args: string[]): Promise<T> => {
        const command = `az ${args.join(" ")}`;
        try {
            const account = await azureCli.account();
            if (account.tenantId !== tenantId) {
                throw new Error(`az is signed in to tenant ${account.tenantId}`);
            }
            return await az<T>(...args);
        } catch (error) {
            throw new Error(
                `must be looked for with the Azure CLI, which answered: ${(error as Error).message}. ` +
                    `Sign in with "az login --tenant ${String(tenantId)}" and run this again; it asks "${command}"`,
            );
        }
    };
    const ids = (found: { id: string }[]) => found.map(({ id }) => id);
    return {
        applications: async (name) =>
            ids(await ask("ad", "app", "list", "--filter", `displayName eq ${quoted(name)}`)),
        servicePrincipals: async (clientId) =>
            ids(await ask("ad", "sp", "list", "--filter", `appId eq ${quoted(clientId)}`)),
        federatedCredentials: async (application, name) => {
            const all = await ask<{ id: string; name: string }[]>(
                ...["ad", "app", "federated-credential", "list", "--id", application],
            );
            return ids(all.filter((credential) => credential.name === name));
        },
        passwords: async (application, displayName) => {
            const all = await ask<{ keyId: string; displayName: string }[]>(
                ...["ad", "app", "credential", "list", "--id", application],
            );
            return all
                .filter((credential) => credential.displayName === displayName)
                .map(({ keyId }) => keyId);
        },
        removePassword: (application, keyId) =>
            ask("ad", "app", "credential", "delete", "--id", application, "--key-id", keyId),
    };
}
