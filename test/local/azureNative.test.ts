/**
 * Check and Diff of the azure-native provider on this machine, and what it makes of documents.
 * Cannot show that the real provider does the same; the rules are those of pulumi-azure-native's source.
 */
import fc from "fast-check";
import { isGuid } from "../../azure/guids";
import { otherTenant, signedInUser } from "../../local/identity";
import { AzureNative } from "../../local/providers/azureNative";
import type { Resource } from "../../local/providers/server";
import { storeVariable } from "../../local/providers/session";
import { unknown, type Values } from "../../local/providers/values";
import { temporaryCache, temporaryFolder } from "../support/temporaryFolder";

temporaryCache();
for (const name of Object.keys(process.env)) if (name.startsWith("ARM_")) delete process.env[name];
process.env[storeVariable] = temporaryFolder();

const group = "azure-native:resources:ResourceGroup";
const plan = "azure-native:web:AppServicePlan";
const site = "azure-native:web:WebApp";
const settings = "azure-native:web:WebAppApplicationSettings";
const slot = "azure-native:web:WebAppSlot";
const lock = "azure-native:authorization:ManagementLockByScope";
const assignment = "azure-native:authorization:RoleAssignment";
const seed = Uint8Array.from([1, 2, 3]);

function resource(type: string, name = "example"): Resource {
    return { urn: `urn:pulumi:dev::project::${type}::${name}`, type, name };
}

function provider(config: Values = {}): AzureNative {
    const made = new AzureNative();
    made.configure(config);
    return made;
}

const azure = provider();

describe("configure", () => {
    it("fails where nobody said where this machine's Azure is", () => {
        const folder = process.env[storeVariable];
        delete process.env[storeVariable];
        expect(() => provider()).toThrow(
            /works on this machine only; run it through "npm run local"/,
        );
        process.env[storeVariable] = folder;
    });

    it("acts as whom its own settings name, else the environment, else the signed-in user", async () => {
        const tenant = async (made: AzureNative) =>
            (await made.invoke("azure-native:authorization:getClientConfig", {})).tenantId;
        expect(await tenant(azure)).toBe(signedInUser.tenantId);
        process.env.ARM_TENANT_ID = otherTenant.tenantId;
        expect(await tenant(provider())).toBe(otherTenant.tenantId);
        const { tenantId } = signedInUser;
        expect(await tenant(provider({ tenantId }))).toBe(tenantId);
        delete process.env.ARM_TENANT_ID;
    });
});

describe("check", () => {
    const check = (type: string, inputs: Values, old?: Values, name = "example", from = azure) =>
        from.check(resource(type, name), inputs, old, seed);

    describe("of a name that is not given", () => {
        it.each([
            [group, "resourceGroupName"],
            [plan, "name"],
            [site, "name"],
        ])("makes one up for %s, the same for the same seed", async (type, input) => {
            const name = await check(type, { resourceGroupName: type === group ? undefined : "g" });
            expect(name.inputs[input]).toMatch(/^example[0-9a-f]{8}$/);
            expect(name.inputs.__createBeforeDelete).toBe(true);
            const again = await check(type, {
                resourceGroupName: type === group ? undefined : "g",
            });
            expect(again.inputs[input]).toBe(name.inputs[input]);
            const other = await azure.check(resource(type), {}, undefined, Uint8Array.from([9]));
            expect(other.inputs[input]).not.toBe(name.inputs[input]);
        });

        it.each([
            ["azure-native:monitor:AutoscaleSetting", "autoscaleSettingName"],
            ["azure-native:managedidentity:UserAssignedIdentity", "resourceName"],
            ["azure-native:keyvault:Vault", "vaultName"],
            ["azure-native:operationalinsights:Workspace", "workspaceName"],
            ["azure-native:applicationinsights:Component", "resourceName"],
            [lock, "lockName"],
            ["azure-native:authorization:ManagementLockAtResourceGroupLevel", "lockName"],
        ])("makes one up for %s, too", async (type, input) => {
            expect((await check(type, {})).inputs[input]).toMatch(/^example[0-9a-f]{8}$/);
        });

        it("calls a slot as the program does", async () => {
            const { inputs } = await check(slot, { name: "shop" });
            expect(inputs.slot).toBe("example");
            expect(inputs).not.toHaveProperty("__createBeforeDelete");
        });

        it("makes up a GUID for a role assignment", async () => {
            const { inputs } = await check(assignment, {});
            expect(isGuid(String(inputs.roleAssignmentName))).toBe(true);
            const other = await check(assignment, {}, undefined, "another");
            expect(other.inputs.roleAssignmentName).not.toBe(inputs.roleAssignmentName);
        });

        it("keeps the one that the resource has", async () => {
            const { inputs: first } = await check(group, { location: "westeurope" });
            const { inputs } = await azure.check(
                resource(group),
                { location: "westeurope", tags: { a: "1" } },
                first,
                Uint8Array.from([9]),
            );
            expect(inputs.resourceGroupName).toBe(first.resourceGroupName);
            expect(inputs.__createBeforeDelete).toBe(true);
        });

        it("makes up none where one is given, or is not known yet", async () => {
            for (const name of ["own", unknown]) {
                const { inputs } = await check(group, { resourceGroupName: name });
                expect(inputs.resourceGroupName).toBe(name);
                expect(inputs).not.toHaveProperty("__createBeforeDelete");
            }
        });

        it("takes no note over from a name that was given", async () => {
            const old = { resourceGroupName: "own" };
            const { inputs } = await check(group, {}, old);
            expect(inputs).toMatchObject(old);
            expect(inputs).not.toHaveProperty("__createBeforeDelete");
        });
    });

    describe("of a location that is not given", () => {
        const inGroup = { resourceGroupName: "located", name: "p" };

        it("takes the group's", async () => {
            const id = resource(group);
            const inputs = { resourceGroupName: "located", location: "northeurope" };
            await azure.create(id, inputs, false);
            expect((await check(plan, inGroup)).inputs.location).toBe("northeurope");
        });

        it("takes the provider's own rather than the group's", async () => {
            const made = provider({ location: "uksouth" });
            expect((await check(plan, inGroup, undefined, "p", made)).inputs.location).toBe(
                "uksouth",
            );
        });

        it("keeps the one that the resource has", async () => {
            const made = provider({ location: "uksouth" });
            const old = { ...inGroup, location: "westeurope" };
            expect((await check(plan, inGroup, old, "p", made)).inputs.location).toBe("westeurope");
        });

        it("does not know it while it does not know the group", async () => {
            const { inputs } = await check(plan, { resourceGroupName: unknown });
            expect(inputs.location).toBe(unknown);
        });

        it("leaves it out where there is no group to ask", async () => {
            expect((await check(plan, { resourceGroupName: "nowhere" })).inputs).not.toHaveProperty(
                "location",
            );
            expect((await check(assignment, {})).inputs).not.toHaveProperty("location");
        });

        it("changes none that is given", async () => {
            const { inputs } = await check(plan, { ...inGroup, location: "West Europe" });
            expect(inputs.location).toBe("West Europe");
        });
    });

    it("notes the API version, and does not judge it", async () => {
        const { inputs, failures } = await check(group, { resourceGroupName: "g" });
        expect(inputs.azureApiVersion).toMatch(/^\d{4}-\d{2}-\d{2}/);
        expect(failures).toEqual([]);
    });

    it.each(["azure-native:web/v20240401:WebApp", "azure-native:web/v20241101:WebApp"])(
        "knows the versioned type %s",
        async (type) => {
            const { inputs, failures } = await check(type, {
                resourceGroupName: "g",
                httpOnly: true,
            });
            expect(inputs.name).toMatch(/^example[0-9a-f]{8}$/);
            expect(failures.map(({ property }) => property)).toEqual(["httpOnly"]);
        },
    );

    it("checks types that are not modelled, and names nothing in them", async () => {
        const { inputs, failures } = await check("azure-native:containerregistry:Registry", {
            adminUserEnabled: false,
        });
        expect(inputs).not.toHaveProperty("registryName");
        expect(failures.map(({ property }) => property).sort()).toEqual([
            "resourceGroupName",
            "sku",
        ]);
    });

    it("fails on a type that the SDK does not have", async () => {
        await expect(check("azure-native:web:NoSuchType", {})).rejects.toThrow(
            "azure-native:web:NoSuchType is no resource type of @pulumi/azure-native",
        );
    });

    it("does not change the inputs that it is given", async () => {
        const inputs = Object.freeze({ location: "westeurope" });
        expect((await check(group, inputs)).inputs).not.toBe(inputs);
    });
});

describe("diff", () => {
    const diff = (type: string, old: Values, inputs: Values) => {
        const difference = azure.diff(resource(type), old, inputs);
        const changed = [...difference.changes.keys()];
        return {
            ...difference,
            changed,
            replaced: changed.filter((path) => difference.replaces(path)),
        };
    };

    it("finds nothing between the same inputs", () => {
        const inputs = { name: "p", sku: { name: "B2" }, tags: { a: "1" } };
        expect(diff(plan, inputs, structuredClone(inputs)).changed).toEqual([]);
    });

    it("finds nothing in another spelling of a region", () => {
        const regions = fc.constantFrom("westeurope", "West Europe", "WESTEUROPE", "West  europe");
        fc.assert(
            fc.property(regions, regions, (before, after) => {
                expect(diff(plan, { location: before }, { location: after }).changed).toEqual([]);
            }),
        );
    });

    it("finds nothing in the provider's own notes, nor in the API version", () => {
        const old = { name: "p", azureApiVersion: "2024-01-01", __createBeforeDelete: true };
        const inputs = { name: "p", azureApiVersion: "2025-01-01" };
        expect(diff(plan, old, inputs).changed).toEqual([]);
    });

    it.each([
        [group, "resourceGroupName", "g", "h"],
        [group, "location", "westeurope", "northeurope"],
        [plan, "name", "p", "q"],
        [plan, "resourceGroupName", "g", "h"],
        [plan, "location", "westeurope", "northeurope"],
        [site, "name", "a", "b"],
        [site, "kind", "app", "app,linux"],
        [site, "location", "westeurope", "northeurope"],
        [settings, "name", "a", "b"],
        [slot, "slot", "a", "b"],
        [slot, "location", "westeurope", "northeurope"],
        ["azure-native:web:WebAppApplicationSettingsSlot", "slot", "a", "b"],
        ["azure-native:keyvault:Vault", "vaultName", "a", "b"],
        ["azure-native:monitor:AutoscaleSetting", "location", "westeurope", "northeurope"],
        ["azure-native:applicationinsights:Component", "applicationType", "web", "other"],
        [lock, "scope", "/a", "/b"],
        [lock, "lockName", "a", "b"],
        [assignment, "principalId", "p", "q"],
        [assignment, "scope", "/a", "/b"],
        [assignment, "roleAssignmentName", "a", "b"],
        ["azure-native:web/v20240401:WebApp", "kind", "app", "app,linux"],
    ])("replaces a %s whose %s changes", (type, input, before, after) => {
        const { changed, replaced } = diff(type, { [input]: before }, { [input]: after });
        expect(changed).toEqual([input]);
        expect(replaced).toEqual([input]);
    });

    it("replaces what becomes unknown, as it may come out different", () => {
        expect(diff(site, { name: "a" }, { name: unknown }).replaced).toEqual(["name"]);
    });

    it.each([
        [plan, "sku.name", { sku: { name: "B1" } }, { sku: { name: "B2" } }],
        [plan, "kind", { kind: "app" }, { kind: "linux" }],
        [site, "siteConfig.alwaysOn", { siteConfig: {} }, { siteConfig: { alwaysOn: true } }],
        [site, "tags.name", { tags: { name: "a" } }, { tags: { name: "b" } }],
        [site, "serverFarmId", { serverFarmId: "/p" }, { serverFarmId: "/q" }],
        [settings, "properties.name", { properties: {} }, { properties: { name: "x" } }],
        [assignment, "roleDefinitionId", { roleDefinitionId: "a" }, { roleDefinitionId: "b" }],
        [slot, "kind", { kind: "app" }, { kind: "app,linux" }],
        [lock, "level", { level: "ReadOnly" }, { level: "CanNotDelete" }],
        [
            "azure-native:keyvault:Vault",
            "properties.createMode",
            { properties: { createMode: "default" } },
            { properties: { createMode: "recover" } },
        ],
        [
            "azure-native:keyvault:Vault",
            "location",
            { location: "westeurope" },
            { location: "northeurope" },
        ],
    ])("updates a %s whose %s changes", (type, path, old, inputs) => {
        const { changed, replaced } = diff(type, old, inputs);
        expect(changed).toEqual([path]);
        expect(replaced).toEqual([]);
    });

    it("deletes before it replaces, unless the name was made up", () => {
        const [old, inputs] = [{ location: "westeurope" }, { location: "northeurope" }];
        expect(diff(plan, old, inputs).deleteBeforeReplace).toBe(true);
        const madeUp = { ...old, __createBeforeDelete: true };
        expect(diff(plan, madeUp, inputs).deleteBeforeReplace).toBe(false);
    });
});

describe("a resource's life", () => {
    const id = (name: string) =>
        `/subscriptions/10ca1000-0000-4000-8000-000000000002/resourceGroups/${name}`;
    const life = resource(group, "life");
    const inputs = (name: string) => ({ resourceGroupName: name, location: "westeurope" });

    it("makes nothing in a preview, and knows only what it was told", async () => {
        const { outputs } = await azure.create(life, inputs("previewed"), true);
        expect(outputs).toMatchObject({ location: "westeurope", name: unknown });
        expect(await azure.read(life, id("previewed"), undefined, undefined)).toBeUndefined();
    });

    it("fails to create what is there already", async () => {
        await azure.create(life, inputs("twice"), false);
        await expect(azure.create(life, inputs("twice"), false)).rejects.toThrow(
            `cannot create already existing resource '${id("twice")}'`,
        );
    });

    it("reads the inputs of what was made elsewhere out of its id", async () => {
        await azure.create(life, { ...inputs("read"), tags: { a: "1" } }, false);
        const state = await azure.read(life, id("read"), undefined, undefined);
        expect(state?.inputs).toEqual({ ...inputs("read"), tags: { a: "1" } });
        expect(state?.outputs).toMatchObject({
            name: "read",
            type: "Microsoft.Resources/resourceGroups",
        });
    });

    it("reads a change that was made elsewhere into the inputs, and no more", async () => {
        const given = { ...inputs("drift"), tags: { a: "1" } };
        const { outputs } = await azure.create(life, given, false);
        expect((await azure.read(life, id("drift"), given, outputs))?.inputs).toEqual(given);
        const changed = { ...given, tags: { a: "2" } };
        await azure.update(life, id("drift"), given, changed, outputs, false);
        expect((await azure.read(life, id("drift"), given, outputs))?.inputs).toEqual(changed);
    });

    it("fails to update what is gone, and makes nothing", async () => {
        const given = inputs("gone");
        const { outputs } = await azure.create(life, given, false);
        await azure.delete(life, id("gone"));
        const update = azure.update(life, id("gone"), given, given, outputs, false);
        await expect(update).rejects.toThrow(`'${id("gone")}' was not found`);
        expect(await azure.read(life, id("gone"), given, outputs)).toBeUndefined();
    });

    it("lists what only a POST shows, of an app and of its slot", async () => {
        const inGroup = { resourceGroupName: "listed" };
        await azure.create(life, inputs("listed"), false);
        const make = (type: string, more: Values) =>
            azure.create(resource(type), { ...inGroup, location: "westeurope", ...more }, false);
        const { id: serverFarmId } = await make(plan, { name: "p", sku: { name: "S1" } });
        const { id: app } = await make(site, { name: "listed-app", serverFarmId });
        const { id: staged, outputs } = await make(slot, { name: "listed-app", slot: "stage" });
        expect(staged).toBe(`${app}/slots/stage`);
        expect(outputs).toMatchObject({ name: "listed-app/stage", serverFarmId });
        expect((outputs.siteConfig as Values).minTlsVersion).toBe("1.2");
        for (const [suffix, more] of [
            ["", {}],
            ["Slot", { slot: "stage" }],
        ] as const) {
            const args = { ...inGroup, name: "listed-app", ...more };
            const value = { [`A${suffix}`]: "1" };
            const type = `azure-native:web:WebAppApplicationSettings${suffix}`;
            await azure.create(resource(type), { ...args, properties: value }, false);
            const list = (what: string) =>
                azure.invoke(`azure-native:web:listWebApp${what}${suffix}`, args);
            expect((await list("ApplicationSettings")).properties).toEqual(value);
            expect((await list("ConnectionStrings")).properties).toEqual({});
            expect(await list("PublishingCredentials")).toMatchObject({
                publishingUserName: suffix ? "$listed-app__stage" : "$listed-app",
            });
        }
    });

    it("reads a slot, a lock and a vault back as the program gave them", async () => {
        await azure.create(life, inputs("back"), false);
        const scope = id("back");
        const lockInputs = { scope, lockName: "keep", level: "CanNotDelete", notes: "why" };
        const made = await azure.create(resource(lock), lockInputs, false);
        expect(made.outputs).toMatchObject({ name: "keep", level: "CanNotDelete", notes: "why" });
        const read = await azure.read(resource(lock), made.id, undefined, undefined);
        expect(read?.inputs).toEqual(lockInputs);
        const type = "azure-native:keyvault:Vault";
        const vaultInputs = {
            resourceGroupName: "back",
            vaultName: "back-keys",
            location: "westeurope",
            properties: { tenantId: "t", sku: { family: "A", name: "standard" } },
        };
        const vault = await azure.create(resource(type), vaultInputs, false);
        expect(vault.outputs.properties).toMatchObject({
            vaultUri: "https://back-keys.vault.azure.net/",
        });
        const again = await azure.read(resource(type), vault.id, vaultInputs, vault.outputs);
        expect(again?.inputs).toEqual(vaultInputs);
    });

    it("fails on a type and on a function that are not modelled", async () => {
        const network = resource("azure-native:network:VirtualNetwork");
        for (const preview of [true, false]) {
            const create = azure.create(network, { resourceGroupName: "g" }, preview);
            await expect(create).rejects.toThrow("is not modelled on this machine");
        }
        const invoke = azure.invoke("azure-native:network:getVirtualNetwork", {});
        await expect(invoke).rejects.toThrow("is not modelled on this machine");
    });

    it("answers a get function as Azure holds the resource, and fails on what is not there", async () => {
        await azure.create(life, inputs("looked-up"), false);
        const get = (resourceGroupName: string) =>
            azure.invoke("azure-native:resources:getResourceGroup", { resourceGroupName });
        expect(await get("looked-up")).toMatchObject({ id: id("looked-up"), name: "looked-up" });
        await expect(get("nowhere")).rejects.toThrow("was not found");
    });
});
