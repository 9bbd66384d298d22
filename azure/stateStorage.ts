/**
 * Where a team keeps the state of its stacks: containers of an Azure storage account, one for each
 * environment, and what they are encrypted with. Sources: gocloud.dev/blob/azureblob and
 * gocloud.dev/secrets/azurekeyvault (which read these URLs for Pulumi), as of v0.46.
 */
import { nameToGuid } from "./guids";
import { nameProblem, nameRules } from "./names";
import { fillPath, resourcePaths } from "./resourceIds";

/** A container for blobs, as Azure Resource Manager identifies it. */
export interface BlobContainerId {
    readonly subscriptionId: string;
    readonly resourceGroupName: string;
    readonly accountName: string;
    readonly containerName: string;
}

const containerPath = resourcePaths["azure-native:storage:BlobContainer"]!;

const containerPattern = new RegExp(
    `^${containerPath.replaceAll(/\{(\w+)\}/g, (_, input: string) => `(?<${input}>[^/]+)`)}$`,
    "i",
);

export function blobContainerId(container: BlobContainerId): string {
    return fillPath(containerPath, { ...container });
}

/** Reads the resource id of a blob container; undefined for any other. Azure ignores its case. */
export function parseBlobContainerId(id: string): BlobContainerId | undefined {
    return containerPattern.exec(id.trim())?.groups as BlobContainerId | undefined;
}

/**
 * Name for a storage account that hardly anybody else has: unique in the world, 3 to 24 lower-case letters and
 * digits. The same subscription and group give the same name.
 */
export function stateAccountName(subscriptionId: string, resourceGroup: string): string {
    const seed = `${subscriptionId}/${resourceGroup}`.toLowerCase();
    return `pulumistate${nameToGuid(seed).replaceAll("-", "").slice(0, 12)}`;
}

/**
 * URL of a container, as Pulumi takes it for a backend. The account is named in it, so that the environment
 * need not; who signs in comes from the environment: AZURE_* or the Azure CLI.
 */
export function stateUrl(accountName: string, containerName: string): string {
    return `azblob://${containerName}?storage_account=${accountName}`;
}

/** Whether two URLs are of one backend. Of a folder the query says how it is used; of a container, in which account it is. */
export function isSameState(one: string, other: string): boolean {
    const place = (url: string) =>
        url.startsWith("file:") ? url.replace(/\?.*$/, "").replace(/\/+$/, "") : url;
    return place(one) === place(other);
}

/** Parameters that an azblob:// URL may have. Source: azureblob.go, ServiceURLOptions.withOverrides. */
const urlParameters = ["cdn", "domain", "localemu", "protocol", "storage_account"];

/** What is wrong with the URL of a state backend, as the end of "expected ..."; undefined if nothing is. */
export function stateUrlProblem(text: string): string | undefined {
    if (/^file:\/\/./.test(text)) return undefined;
    const form = "file://<folder> or azblob://<container>?storage_account=<account>";
    const [, container = "", query = ""] =
        /^azblob:\/\/([^/?#@]+)(?:\/[^?#]*)?(?:\?([^#]*))?$/.exec(text) ?? [];
    if (container === "") return form;
    const problem = nameProblem(nameRules.blobContainer, container);
    if (problem) return `a container of ${problem}`;
    const parameters = [...new URLSearchParams(query)];
    const odd = parameters.find(([name]) => !urlParameters.includes(name));
    if (odd) return `no parameter "${odd[0]}": there are ${urlParameters.join(", ")}`;
    const names = parameters.map(([name]) => name);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    return twice ? `the parameter ${twice} once` : undefined;
}

/**
 * What is wrong with the name of a secrets provider, as the end of "expected ..."; undefined if nothing is.
 * A key's version may be left out: then the newest encrypts, and the one in the ciphertext decrypts.
 */
export function secretsProviderProblem(text: string): string | undefined {
    if (text === "passphrase") return undefined;
    const form =
        '"passphrase", or the key of a vault: azurekeyvault://<vault>.vault.azure.net/keys/<key>[/<version>]';
    const [, vault = "", , , query = ""] =
        /^azurekeyvault:\/\/([^./?#]+)\.vault\.azure\.net\/keys\/([0-9a-z-]{1,127})(\/[0-9a-f]{32})?(?:\?(.*))?$/i.exec(
            text,
        ) ?? [];
    if (nameProblem(nameRules.vault, vault)) return form;
    const odd = [...new URLSearchParams(query)].find(([name]) => name !== "algorithm");
    return odd ? `no parameter "${odd[0]}": there is algorithm` : undefined;
}
