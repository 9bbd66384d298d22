/**
 * AzureScope against mocks: what it registers, through which provider, and what its guard lets pass.
 * Does not show who is signed in to the real Azure, nor that the engine passes pins on as asked; what the
 * guard keeps from happening on the real engine is shown in test/engine.
 */
import { AppServicePlan } from "@pulumi/azure-native/web";
import { Application } from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { AzureScope, type AzureScopeArgs } from "../../components";
import { only, register, run, type SignedIn, summary } from "../support/mockEngine";

const wanted = {
    tenantId: "aaaaaaaa-0000-0000-0000-000000000001",
    subscriptionId: "bbbbbbbb-0000-0000-0000-000000000002",
};
const required: AzureScopeArgs = {
    ...wanted,
    location: "westeurope",
    resourceGroupName: "shop-rg",
};
const azure = "pulumi:providers:azure-native";

function scope(args: Partial<AzureScopeArgs> = {}, signedIn: SignedIn = wanted) {
    return run(() => new AzureScope("scope", { ...required, ...args }), { signedIn });
}

async function registered(args: Partial<AzureScopeArgs> = {}) {
    const { registered, error } = await scope(args);
    if (error) throw error;
    return registered;
}

describe("AzureScope", () => {
    it("registers three providers and a group in itself, the group through the pinned one", async () => {
        expect(summary(await registered())).toEqual([
            "azure-native:resources:ResourceGroup scope-group < scope @ scope-azure",
            "azure-webapp-stack:index:AzureScope scope",
            "pulumi:providers:azure-native scope-azure < scope",
            "pulumi:providers:azure-native scope-signed-in < scope",
            "pulumi:providers:azuread scope-directory < scope",
        ]);
    });

    it("pins tenant, subscription and region, and the directory's tenant", async () => {
        const found = await registered();
        const pinned = found.find(({ name }) => name === "scope-azure")!;
        expect(pinned.inputs).toMatchObject({ ...wanted, location: "westeurope" });
        const directory = only(found, "pulumi:providers:azuread");
        expect(directory.inputs).toMatchObject({ tenantId: wanted.tenantId });
    });

    it("asks who is signed in once, through a provider that pins nothing", async () => {
        const { registered, calls } = await scope();
        const unpinned = registered.find(({ name }) => name === "scope-signed-in")!;
        expect(unpinned.type).toBe(azure);
        expect(Object.keys(unpinned.inputs)).not.toContain("tenantId");
        expect(Object.keys(unpinned.inputs)).not.toContain("subscriptionId");
        expect(calls.map(({ token }) => token)).toEqual([
            "azure-native:authorization:getClientConfig",
        ]);
        expect(calls[0]!.provider).toContain(`${unpinned.urn}::`);
    });

    it("creates the group in its region, without tags unless given", async () => {
        const group = only(await registered(), "azure-native:resources:ResourceGroup");
        expect(group.readId).toBeUndefined();
        expect(group.inputs).toEqual({ resourceGroupName: "shop-rg", location: "westeurope" });
    });

    it("takes every argument, and keeps the tags for what goes into the group", async () => {
        const tags = { env: "dev", owner: "me" };
        let made: AzureScope | undefined;
        const args = { ...required, createResourceGroup: true, tags };
        const found = await register(() => (made = new AzureScope("scope", args)), {
            signedIn: wanted,
        });
        const group = only(found, "azure-native:resources:ResourceGroup");
        expect(group.inputs).toEqual({
            resourceGroupName: "shop-rg",
            location: "westeurope",
            tags,
        });
        expect(made!.tags).toEqual(tags);
    });

    it("reads an existing group by its ID, through the pinned provider, and creates none", async () => {
        const found = await registered({ createResourceGroup: false, tags: { env: "dev" } });
        const group = only(found, "azure-native:resources:ResourceGroup");
        expect(group.readId).toBe(`/subscriptions/${wanted.subscriptionId}/resourceGroups/shop-rg`);
        expect(group.inputs).toEqual({});
        expect(summary([group])).toEqual([
            "azure-native:resources:ResourceGroup scope-group < scope @ scope-azure",
        ]);
    });

    it("publishes the group's ID and name as Azure assigned them, and the subscription", async () => {
        const component = only(await registered(), "azure-webapp-stack:index:AzureScope");
        expect(component.outputs).toEqual({
            resourceGroupId:
                "/subscriptions/bbbbbbbb-0000-0000-0000-000000000002/resourceGroups/scope-group",
            resourceGroupName: "scope-group-assigned",
            subscriptionId: wanted.subscriptionId,
        });
    });

    it("hands out the pinned providers: a component in the scope takes them, not the default", async () => {
        const found = await register(
            () => {
                const { providers } = new AzureScope("scope", required);
                class Inside extends pulumi.ComponentResource {
                    constructor() {
                        super("test:index:Inside", "inside", {}, { providers });
                        const group = { resourceGroupName: "shop-rg" };
                        new AppServicePlan("plan", group, { parent: this });
                        new Application("application", { displayName: "app" }, { parent: this });
                    }
                }
                new Inside();
            },
            { signedIn: wanted },
        );
        expect(summary(found)).toEqual(
            expect.arrayContaining([
                "azure-native:web:AppServicePlan plan < inside @ scope-azure",
                "azuread:index/application:Application application < inside @ scope-directory",
            ]),
        );
    });

    it("lets the wanted tenant and subscription pass in whatever case Azure writes them", async () => {
        const { error } = await scope(
            {},
            {
                tenantId: wanted.tenantId.toUpperCase(),
                subscriptionId: wanted.subscriptionId.toUpperCase(),
            },
        );
        expect(error).toBeUndefined();
    });

    const other = "cccccccc-0000-0000-0000-000000000003";
    it.each([
        ["tenant", { ...wanted, tenantId: other }],
        ["subscription", { ...wanted, subscriptionId: other }],
    ])(
        "fails on the wrong %s, naming both, before anything of Azure exists",
        async (_, signedIn) => {
            for (const createResourceGroup of [true, false]) {
                const { registered, error } = await scope({ createResourceGroup }, signedIn);
                expect(pulumi.ResourceError.isInstance(error)).toBe(true);
                expect(error).toMatchObject({ hideStack: true });
                expect(error!.message).toContain(
                    `signed in to tenant ${signedIn.tenantId}, subscription ${signedIn.subscriptionId}, ` +
                        `but this stack belongs to tenant ${wanted.tenantId}, subscription ${wanted.subscriptionId} `,
                );
                expect(error!.message).toContain(`az login --tenant ${wanted.tenantId}`);
                expect(error!.message).toContain(
                    `az account set --subscription ${wanted.subscriptionId}`,
                );
                expect(summary(registered)).toEqual([
                    "azure-webapp-stack:index:AzureScope scope",
                    "pulumi:providers:azure-native scope-signed-in < scope",
                ]);
            }
        },
    );

    it("fails if Azure does not say who is signed in, before anything of Azure exists", async () => {
        const { registered, error } = await run(() => new AzureScope("scope", required));
        expect(error!.message).toContain("no mock for azure-native:authorization:getClientConfig");
        expect(summary(registered)).toEqual([
            "azure-webapp-stack:index:AzureScope scope",
            "pulumi:providers:azure-native scope-signed-in < scope",
        ]);
    });
});
