/**
 * The options of npm run backend, and the settings that follow from them.
 * Does not show what the commands do: test/engine/backend*.test.ts runs them. Keys of vaults in particular are only
 * read here; no vault has encrypted anything.
 */
import { main } from "../../delivery/backend";
import { az, azureCli, AzureCliError } from "../../delivery/azureCli";
import { signedIn as askCli } from "../../delivery/backend/bootstrap";
import { stateSettings, type SignedIn } from "../../delivery/backend/settings";

jest.mock("../../delivery/azureCli", () => ({
    ...jest.requireActual<object>("../../delivery/azureCli"),
    az: jest.fn(),
    azureCli: { account: jest.fn() },
}));

const tenantId = "10000000-0000-4000-8000-000000000001";
const subscriptionId = "10000000-0000-4000-8000-000000000002";
const objectId = "10000000-0000-4000-8000-000000000003";
const signedIn = async (): Promise<SignedIn> => ({ tenantId, subscriptionId, objectId });
const nobody = async (): Promise<SignedIn> => {
    throw new Error("nobody was to be asked");
};

describe("the settings of the account", () => {
    it("follow from who is signed in, and from the environments that there are", async () => {
        expect(await stateSettings({}, ["dev", "prod"], signedIn)).toEqual({
            tenantId,
            subscriptionId,
            location: "westeurope",
            resourceGroup: "pulumi-state-rg",
            account: expect.stringMatching(/^pulumistate[0-9a-f]{12}$/),
            sku: "Standard_ZRS",
            containers: ["dev", "prod", "bootstrap"],
            administrators: [objectId],
        });
    });

    it("are those that are said or recorded, and then nobody is asked who is signed in", async () => {
        const given = {
            tenantId,
            subscriptionId,
            administrators: `${objectId}, ${tenantId}`,
            location: "North Europe",
            resourceGroup: "rg",
            account: "shopstate",
            sku: "Standard_GRS",
            containers: "dev,old,bootstrap",
        };
        expect(await stateSettings(given, ["dev", "test"], nobody)).toEqual({
            ...given,
            location: "northeurope",
            administrators: [objectId, tenantId],
            containers: ["dev", "old", "bootstrap", "test"],
        });
    });

    it.each([
        [{ account: "Shop" }, '--account "Shop": expected 3 to 24 characters'],
        [{ location: "moon" }, '--location "moon": expected an Azure region'],
        [{ sku: "Premium" }, '--sku "Premium": expected one of Standard_LRS,'],
        [{ subscriptionId: "mine" }, '--subscription "mine": expected a GUID'],
        [{ resourceGroup: "ends." }, '--resource-group "ends.": expected 1 to 90'],
        [{ administrators: "me" }, '--administrators "me": expected object ids'],
    ])("fail as %j", async (given, message) => {
        await expect(stateSettings(given, ["dev"], signedIn)).rejects.toThrow(message);
    });

    it("fail for an environment whose name no container can have", async () => {
        const settings = stateSettings({}, ["Dev_1"], signedIn);
        await expect(settings).rejects.toThrow('--environments "Dev_1": expected 3 to 63');
    });

    it("fail where the administrator can be told by nobody", async () => {
        const settings = stateSettings({}, ["dev"], async () => ({ tenantId, subscriptionId }));
        await expect(settings).rejects.toThrow("Write --administrators <object ids>");
    });
});

describe("who is signed in", () => {
    const account = jest.spyOn(azureCli, "account");
    const asked = jest.mocked(az);
    beforeEach(() => asked.mockReset());

    it.each([
        ["user", ["ad", "signed-in-user", "show"]],
        ["servicePrincipal", ["ad", "sp", "show", "--id", "somebody"]],
    ])("is asked of the Azure CLI for a %s", async (type, words) => {
        account.mockResolvedValue({
            id: subscriptionId,
            tenantId,
            user: { name: "somebody", type },
        });
        asked.mockResolvedValue({ id: objectId });
        expect(await askCli()).toEqual({ tenantId, subscriptionId, objectId });
        expect(asked).toHaveBeenCalledWith(...words);
    });

    it("has no object id where the directory does not say it", async () => {
        const user = { name: "somebody", type: "user" };
        account.mockResolvedValue({ id: subscriptionId, tenantId, user });
        asked.mockRejectedValue(new AzureCliError("no"));
        expect(await askCli()).toEqual({ tenantId, subscriptionId, objectId: undefined });
    });

    it("fails where the CLI does not answer, and says what to do", async () => {
        account.mockRejectedValue(new AzureCliError("az was not found"));
        await expect(askCli()).rejects.toMatchObject({
            name: "UserError",
            message: expect.stringMatching(
                /az was not found\nSign in with "az login", or say --tenant/,
            ),
        });
    });
});

describe("npm run backend", () => {
    it.each([
        [["sync"], '"sync" is not known.'],
        [["azblob", "--acount", "x"], "Unknown option '--acount'"],
        [["azblob", "--environments", "state"], 'The environment "state" needs another name'],
        [["unlock", "dev"], '"dev" is not understood.'],
        [["unlock"], "--stack is missing: the name of the stack to unlock."],
        [["move", "--stack", "dev"], "--to is missing: the URL of the new backend."],
        [
            ["move", "--stack", "dev", "--to", "azblob://dev", "--secrets-provider", "awskms://x"],
            '--secrets-provider "awskms://x": expected "passphrase", or the key of a vault',
        ],
        [
            ["move", "--stack", "dev", "--to", "azblob://dev", "--secrets-provider", "passphrase"],
            "--new-passphrase-file goes with a passphrase, and a passphrase with it.",
        ],
        [
            [
                ...["move", "--stack", "dev", "--to", "azblob://dev", "--new-passphrase-file", "f"],
                ...["--secrets-provider", "azurekeyvault://shop.vault.azure.net/keys/dev"],
            ],
            "--new-passphrase-file goes with a passphrase, and a passphrase with it.",
        ],
        [
            ["move", "--stack", "dev", "--from", "file://~", "--to", "blob://dev"],
            '--to "blob://dev": expected file://<folder> or azblob://<container>?storage_account=<account>.',
        ],
        [
            ["move", "--stack", "dev", "--from", "azblob://dev", "--to", "azblob://dev"],
            'The state of "dev" is at azblob://dev already.',
        ],
    ])("%j fails with one clear message", async (args, message) => {
        await expect(main(args)).rejects.toMatchObject({
            name: "UserError",
            message: expect.stringContaining(message),
        });
    });
});
