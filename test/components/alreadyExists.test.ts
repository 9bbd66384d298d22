/**
 * What is said of a resource that exists though the stack does not know it, with a stand-in for the log.
 * Does not show that the providers refuse in these words: their sources are named beside the patterns.
 */
import { ResourceGroup } from "@pulumi/azure-native/resources";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { alreadyExists, explainAlreadyExisting } from "../../components/alreadyExists";
import { pinnedProviders, register } from "../support/mockEngine";

async function refused(errors: string[]) {
    const messages: string[] = [];
    const log = jest.spyOn(pulumi.log, "error").mockImplementation(async (message) => {
        messages.push(message);
    });
    let hook: pulumi.ErrorHook | undefined;
    await register(() => (hook = alreadyExists()));
    const failure = { urn: "", id: "", name: "app", type: "azure-native:web:WebApp", errors };
    const retry = await hook!.callback({ ...failure, failedOperation: "create" });
    log.mockRestore();
    return { messages, retry };
}

describe("alreadyExists", () => {
    it.each([
        ["cannot create already existing resource '/subscriptions/s/x'", "/subscriptions/s/x"],
        ["cannot create already existing subresource '/subscriptions/s/x'", "/subscriptions/s/x"],
        [
            'An existing "azuread_application" with name "n" (ID: "/applications/a") was found and `prevent_duplicate_names` was specified',
            "/applications/a",
        ],
        [
            'A resource with the ID "/servicePrincipals/p" already exists - to be managed via Terraform',
            "/servicePrincipals/p",
        ],
        ["FederatedIdentityCredential with name pipeline already exists.", "pipeline"],
    ])("names what exists and the command that imports it: %s", async (error, what) => {
        const { messages, retry } = await refused(["first this", error]);
        expect(messages).toEqual([expect.stringMatching(/^\S+ exists, .*"npm run up" finds it/)]);
        expect(messages[0]!.split(" ")[0]).toBe(what);
        expect(retry).toBe(false);
    });

    it("says nothing of any other refusal", async () => {
        const { messages, retry } = await refused(["Website with given name x already exists."]);
        expect(messages).toEqual([]);
        expect(retry).toBe(false);
    });

    it("is called for every resource in Azure, beside hooks of its own, and for nothing else", async () => {
        const found = await register(() => {
            const transformations = [explainAlreadyExisting()];
            const type = "azure-webapp-stack:index:Some";
            const parent = new pulumi.ComponentResource(type, "c", {}, { transformations });
            const [azure, directory] = pinnedProviders();
            const own = new pulumi.ErrorHook("own", async () => false);
            const hooks = { onError: [own] };
            new ResourceGroup("g", {}, { parent, provider: azure, hooks });
            new azuread.Application("a", { displayName: "a" }, { parent, provider: directory });
            new pulumi.ComponentResource(type, "inner", {}, { parent });
        });
        const hooks = found
            .filter(({ errorHooks }) => errorHooks.length > 0)
            .map(({ name, errorHooks }) => [name, errorHooks]);
        expect(Object.fromEntries(hooks)).toEqual({
            g: ["own", "already-exists"],
            a: ["already-exists"],
        });
    });
});
