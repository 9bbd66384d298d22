/**
 * Where state is kept, as ids, names and URLs.
 * Cannot show that a name is free, nor that the URLs open: test/engine/backend.test.ts opens some on Azurite.
 */
import fc from "fast-check";
import { nameProblem, nameRules } from "../../azure/names";
import {
    isSameState,
    blobContainerId,
    parseBlobContainerId,
    secretsProviderProblem,
    stateAccountName,
    stateUrl,
    stateUrlProblem,
} from "../../azure/stateStorage";

const part = fc.stringMatching(/^[\w.()-]{1,20}$/);
const container = fc.record({
    subscriptionId: part,
    resourceGroupName: part,
    accountName: part,
    containerName: part,
});

describe("the id of a blob container", () => {
    it("is that of Azure Resource Manager", () => {
        const id = blobContainerId({
            subscriptionId: "s",
            resourceGroupName: "g",
            accountName: "a",
            containerName: "dev",
        });
        expect(id).toBe(
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/dev",
        );
    });

    it("is read back, in any case", () => {
        fc.assert(
            fc.property(container, (parts) => {
                const id = blobContainerId(parts);
                expect(parseBlobContainerId(id)).toEqual(parts);
                expect(parseBlobContainerId(` ${id.toUpperCase()} `)).toBeDefined();
            }),
        );
    });

    it.each([
        "",
        "/subscriptions/s",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/dev/x",
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/fileServices/default/shares/dev",
    ])("fails to be read from %j", (text) => {
        expect(parseBlobContainerId(text)).toBeUndefined();
    });
});

describe("stateAccountName", () => {
    it("fits Azure's rules, and is the same for the same group", () => {
        fc.assert(
            fc.property(fc.uuid(), part, (subscription, group) => {
                const name = stateAccountName(subscription, group);
                expect(nameProblem(nameRules.storageAccount, name)).toBeUndefined();
                expect(stateAccountName(subscription.toUpperCase(), group.toUpperCase())).toBe(
                    name,
                );
            }),
        );
    });

    it("is another one for another subscription or group", () => {
        const names = [
            stateAccountName("s", "g"),
            stateAccountName("t", "g"),
            stateAccountName("s", "h"),
        ];
        expect(new Set(names).size).toBe(3);
    });
});

describe("the URL of a backend", () => {
    it("is right as this project writes it", () => {
        expect(stateUrl("shop", "dev")).toBe("azblob://dev?storage_account=shop");
        expect(stateUrlProblem(stateUrl("shop", "dev"))).toBeUndefined();
    });

    it.each([
        "file://~",
        "file:///srv/state?metadata=skip",
        "azblob://dev",
        "azblob://dev/folder?storage_account=shop",
        "azblob://dev?storage_account=shop&domain=127.0.0.1:10000&protocol=http&localemu=true",
    ])("is right as %s", (url) => {
        expect(stateUrlProblem(url)).toBeUndefined();
    });

    it.each([
        ["dev", "file://<folder> or azblob://<container>?storage_account=<account>"],
        ["file://", "file://<folder>"],
        ["azblob://", "file://<folder>"],
        ["https://shop.blob.core.windows.net/dev", "file://<folder>"],
        ["azblob://Dev?storage_account=shop", "a container of 3 to 63 characters"],
        ["azblob://dev?account=shop", 'no parameter "account": there are cdn, domain,'],
        ["azblob://dev?storage_account=a&storage_account=b", "the parameter storage_account once"],
    ])("fails as %s", (url, expected) => {
        expect(stateUrlProblem(url)).toContain(expected);
    });

    it("never throws, whatever the text", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                expect(stateUrlProblem(`azblob://${text}`) ?? "").toEqual(expect.any(String));
                expect(secretsProviderProblem(`azurekeyvault://${text}`) ?? "").toEqual(
                    expect.any(String),
                );
            }),
        );
    });
});

describe("the name of a secrets provider", () => {
    it.each([
        "passphrase",
        "azurekeyvault://shop-keys.vault.azure.net/keys/dev",
        `azurekeyvault://shop-keys.vault.azure.net/keys/dev/${"0123456789abcdef".repeat(2)}`,
        "azurekeyvault://shop-keys.vault.azure.net/keys/dev?algorithm=RSA-OAEP-256",
    ])("is right as %s", (text) => {
        expect(secretsProviderProblem(text)).toBeUndefined();
    });

    it.each([
        ["", '"passphrase", or the key of a vault'],
        ["default", '"passphrase", or the key of a vault'],
        ["awskms://alias/x", "azurekeyvault://<vault>.vault.azure.net/keys/<key>"],
        ["azurekeyvault://shop-keys/keys/dev", "azurekeyvault://<vault>.vault.azure.net"],
        ["azurekeyvault://a--b.vault.azure.net/keys/dev", "azurekeyvault://<vault>"],
        ["azurekeyvault://shop-keys.vault.azure.net/secrets/dev", "/keys/<key>"],
        ["azurekeyvault://shop-keys.vault.azure.net/keys/dev/latest", "[/<version>]"],
        ["azurekeyvault://shop-keys.vault.azure.net/keys/dev?alg=x", 'no parameter "alg"'],
    ])("fails as %j", (text, expected) => {
        expect(secretsProviderProblem(text)).toContain(expected);
    });
});

describe("isSameState", () => {
    it.each([
        ["file:///a", "file:///a/?metadata=skip", true],
        ["file:///a", "file:///b", false],
        ["azblob://dev?storage_account=one", "azblob://dev?storage_account=one", true],
        ["azblob://dev?storage_account=one", "azblob://dev?storage_account=two", false],
        ["file:///dev", "azblob://dev?storage_account=one", false],
    ])("of %s and %s is %s", (one, other, same) => {
        expect(isSameState(one, other)).toBe(same);
        expect(isSameState(other, one)).toBe(same);
    });
});
