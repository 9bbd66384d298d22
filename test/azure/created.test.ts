/**
 * Where a resource would be whose creation was cut off, with a stand-in for the directory.
 * Does not show that Entra lists a new object at once: for seconds it may not.
 */
import { findCreated, type DirectoryReader } from "../../azure/created";

const none: DirectoryReader = {
    applications: async () => [],
    servicePrincipals: async () => [],
    federatedCredentials: async () => [],
    passwords: async () => [],
    removePassword: async () => undefined,
};
const application = "azuread:index/application:Application";
const password = "azuread:index/applicationPassword:ApplicationPassword";
const create = (type: string, inputs: object, providerInputs: object = {}) => ({
    type,
    inputs: inputs as Record<string, unknown>,
    providerInputs: providerInputs as Record<string, unknown>,
});

describe("findCreated", () => {
    it("works an ARM id out, in the subscription of the provider", async () => {
        const group = create(
            "azure-native:resources:ResourceGroup",
            { resourceGroupName: "g" },
            { subscriptionId: "s" },
        );
        const found = await findCreated(group, [], none);
        expect(found).toEqual({ id: "/subscriptions/s/resourceGroups/g" });
    });

    it.each([
        [application, { displayName: "d" }, "/applications/one"],
        [
            "azuread:index/servicePrincipal:ServicePrincipal",
            { clientId: "c" },
            "/servicePrincipals/one",
        ],
        [
            "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
            { applicationId: "/applications/a", displayName: "d" },
            "a/federatedIdentityCredential/one",
        ],
    ])("looks for %s", async (type, inputs, id) => {
        const asked: unknown[][] = [];
        const answer = async (...args: unknown[]) => (asked.push(args), ["one"]);
        const directory = { ...none, applications: answer, servicePrincipals: answer };
        const found = await findCreated(create(type, inputs), [], {
            ...directory,
            federatedCredentials: answer,
        });
        expect(found).toEqual({ id });
        expect(asked).toEqual([
            Object.values(inputs).map((it) => it.replace("/applications/", "")),
        ]);
    });

    it("says that a directory object is absent, and leaves out those the stack knows", async () => {
        const wanted = create(application, { displayName: "d" });
        expect(await findCreated(wanted, [], none)).toEqual({ absent: true });
        const directory = { ...none, applications: async () => ["known"] };
        const found = await findCreated(wanted, ["/applications/known"], directory);
        expect(found).toEqual({ absent: true });
    });

    it("leaves it to a person which of several it is", async () => {
        const directory = { ...none, applications: async () => ["one", "two"] };
        const found = await findCreated(create(application, { displayName: "d" }), [], directory);
        expect(found).toEqual({
            unknown: expect.stringContaining("/applications/one, /applications/two"),
        });
    });

    it("leaves it to a person where nobody can be asked, or the type is not known", async () => {
        const applications = () => Promise.reject(new Error("sign in first"));
        const wanted = create(application, { displayName: "d" });
        expect(await findCreated(wanted, [], { ...none, applications })).toEqual({
            unknown: "sign in first",
        });
        const odd = create("azure-native:network:VirtualNetwork", {});
        expect(await findCreated(odd, [], none)).toEqual({
            unknown: expect.stringContaining("pulumi import"),
        });
    });

    it("offers to remove passwords that nobody has read, and not those in the state", async () => {
        const removed: unknown[] = [];
        const directory: DirectoryReader = {
            ...none,
            passwords: async () => ["kept", "lost"],
            removePassword: async (...args) => void removed.push(args),
        };
        const wanted = create(password, { applicationId: "/applications/a", displayName: "d" });
        const found = await findCreated(wanted, ["a/password/kept"], directory);
        if (!("useless" in found)) throw new Error("not useless");
        expect(found.useless).toContain("a/password/lost");
        expect(found.useless).not.toContain("kept");
        await found.remove();
        expect(removed).toEqual([["a", "lost"]]);
    });
});
