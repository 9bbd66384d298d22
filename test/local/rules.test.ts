/**
 * Every row of the table of refusals: what it refuses, with its code, and the nearest thing that it lets be. Those
 * of signing in are in signIn.test.ts.
 * Cannot show that the real Azure refuses the same; where each row comes from is said in the row.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { nameToGuid } from "../../azure/guids";
import { freePlansPerRegion, plansPerGroup, sitesPerPlan } from "../../azure/limits";
import { findRole } from "../../azure/roles";
import { Cloud } from "../../local/cloud/cloud";
import { setOldUnit, setQuota } from "../../local/cloud/conditions";
import { CloudError } from "../../local/cloud/errors";
import { findDeletedVault } from "../../local/cloud/models/vaults";
import { refusal, rules, type RuleName } from "../../local/cloud/rules";
import type { Document } from "../../local/cloud/store";
import { otherTenant, signedInUser } from "../../local/identity";
import { as, assign, assignmentId, giveDirectoryRights, makePrincipal } from "../support/people";
import {
    account,
    accountBody,
    azureWithShop,
    container,
    group,
    inGroup,
    lock,
    lockBody,
    plan,
    planBody,
    site,
    siteBody,
    subscriptionId,
    vault,
    vaultBody,
    westEurope,
} from "../support/localAzure";
import { temporaryFolder } from "../support/temporaryFolder";

type Step = (cloud: Cloud) => Promise<unknown>;

interface Case {
    /** What is there before, for both. */
    readonly before?: Step;
    /** Each is refused. */
    readonly refused: Step | readonly Step[];
    /** The nearest that Azure lets be. */
    readonly allowed: Step;
}

const put =
    (id: string, body: Document): Step =>
    (cloud) =>
        cloud.put(id, body);
const all =
    (...steps: Step[]): Step =>
    async (cloud) => {
        for (const step of steps) await step(cloud);
    };
const remove =
    (id: string): Step =>
    (cloud) =>
        cloud.delete(id);
const windows = { reserved: false };
const slot = (name: string, app = "shop") => `${site(app)}/slots/${name}`;
const autoscale = (name: string) => inGroup("Microsoft.Insights/autoscaleSettings", name);
const autoscaleBody = (target: string) => ({
    ...westEurope,
    properties: { targetResourceUri: target, profiles: [] },
});
const otherGroup = put(group("other"), westEurope);
const openBody = accountBody({ allowBlobPublicAccess: true });
const alwaysOn = (value: boolean) => siteBody({ siteConfig: { alwaysOn: value } });
const onPlan = (name: string, more: Document = {}) =>
    siteBody({ serverFarmId: plan(name), ...more });
const quota =
    (tier: string, limit: number): Step =>
    async ({ store }) =>
        setQuota(store, subscriptionId, tier, limit);
const oldUnit: Step = async ({ store }) => setOldUnit(store, true);

function times(count: number, step: (index: number) => Step): Step {
    return all(...Array.from({ length: count }, (_, index) => step(index)));
}

/** Purges as `npm run local -- purge` does. */
const purge =
    (name: string): Step =>
    (cloud) =>
        cloud.post(String(findDeletedVault(cloud.store, name)!.id), "purge");

type Principal = ReturnType<typeof makePrincipal>;

/** The service principal of a name, which is made when it is first asked for. */
function principal(cloud: Cloud, displayName = "deployer"): Principal {
    const { directory } = cloud;
    const named = ({ displayName: name }: Document) => name === displayName;
    const found = directory.list("servicePrincipals").find(named);
    if (!found) return makePrincipal(cloud, displayName);
    const appId = String(found.appId);
    const applicationId = String(directory.ofClient("applications", appId)!.id);
    return { applicationId, appId, id: String(found.id) };
}
const byDeployer =
    (step: Step): Step =>
    (cloud) =>
        step(as(cloud, principal(cloud)));
const give =
    (role: string, scope: string): Step =>
    (cloud) =>
        assign(cloud, principal(cloud).id, role, scope);
/** Makes of work on the directory a step. */
const inDirectory =
    (work: (cloud: Cloud) => unknown): Step =>
    async (cloud) =>
        work(cloud);

const subscription = `/subscriptions/${subscriptionId}`;
const nobody = "10ca1000-0000-4000-8000-00000000ffff";
const authorization = "providers/Microsoft.Authorization";
const reader = findRole("Reader")!.id;

/** Assigns Reader to the deployer, or what is said instead, under a name that the words stand for. */
const assignment =
    (
        changed: (cloud: Cloud) => Document = () => ({}),
        { words = "one", scope = group("g") } = {},
    ): Step =>
    (cloud) =>
        cloud.put(assignmentId(scope, words), {
            properties: {
                principalId: principal(cloud).id,
                principalType: "ServicePrincipal",
                roleDefinitionId: `/${authorization}/roleDefinitions/${reader}`,
                ...changed(cloud),
            },
        });
const untyped = { principalType: undefined };
/** Lets a principal have been there for a minute, so that everybody sees it. */
const replicated = inDirectory((cloud) => {
    const { directory } = cloud;
    const createdDateTime = new Date(Date.now() - 60_000).toISOString();
    const found = directory.require("servicePrincipals", principal(cloud).id);
    directory.put("servicePrincipals", { ...found, createdDateTime });
});

const roleGuid = (name: string) => nameToGuid(`role ${name}`);
const role = (name: string) => `${subscription}/${authorization}/roleDefinitions/${roleGuid(name)}`;
const roleBody = (more: Document = {}): Document => ({
    properties: {
        roleName: "Only / plans",
        assignableScopes: [group("g")],
        permissions: [{ actions: ["Microsoft.Web/serverfarms/*"] }],
        ...more,
    },
});

const federated = (changed: Document = {}, displayName?: string) =>
    inDirectory((cloud) =>
        cloud.directory.addFederatedCredential(principal(cloud, displayName).applicationId, {
            name: "dev",
            issuer: "https://issuer.example",
            subject: "dev",
            audiences: ["api://AzureADTokenExchange"],
            ...changed,
        }),
    );

/** Rows of signing in, whose cases stand in signIn.test.ts beside what else there is to say of a sign-in. */
type SignInRule = {
    [Name in RuleName]: (typeof rules)[Name]["code"] extends `AADSTS${string}` ? Name : never;
}[RuleName];
type RuleHere = Exclude<RuleName, SignInRule>;

const cases: Record<RuleHere, Case> = {
    subscriptionNotFound: {
        refused: (cloud) => cloud.put(group("x").replace(subscriptionId, "another"), westEurope),
        allowed: (cloud) =>
            cloud.put(group("x").replace(subscriptionId, subscriptionId.toUpperCase()), westEurope),
    },
    resourceGroupNotFound: {
        refused: put(plan("q", "nowhere"), planBody("B2")),
        allowed: put(plan("q", "G"), planBody("B2")),
    },
    parentResourceNotFound: {
        refused: put(`${site("nobody")}/config/web`, {}),
        allowed: put(`${site("shop")}/config/web`, {}),
    },
    locationRequired: {
        refused: put(plan("q"), { sku: { name: "B2" } }),
        allowed: put(plan("p"), { sku: { name: "B2" }, properties: { reserved: true } }),
    },
    locationNotAvailable: {
        refused: put(group("x"), { location: "mars" }),
        allowed: put(group("x"), { location: "UK South" }),
    },
    locationChanged: {
        refused: put(plan("p"), { ...planBody("B2"), location: "northeurope" }),
        allowed: put(plan("p"), { ...planBody("B2"), location: "West Europe" }),
    },
    scopeLocked: {
        before: put(lock(site("shop")), lockBody("CanNotDelete")),
        refused: remove(site("shop")),
        allowed: put(site("shop"), siteBody({ httpsOnly: true })),
    },

    groupName: {
        refused: put(group("ends."), westEurope),
        allowed: put(group("ends.not"), westEurope),
    },
    groupDeletionBlocked: {
        before: all(otherGroup, put(site("second", "other"), siteBody())),
        refused: remove(group("g")),
        allowed: remove(group("other")),
    },

    planName: {
        refused: put(plan("a.b"), planBody("B2")),
        allowed: put(plan("a_b"), planBody("B2")),
    },
    planSku: {
        refused: put(plan("q"), planBody("Z9")),
        allowed: put(plan("q"), planBody("b2")),
    },
    planInstances: {
        refused: put(plan("q"), planBody("B2", {}, 4)),
        allowed: put(plan("q"), planBody("B2", {}, 3)),
    },
    planZones: {
        refused: put(plan("q"), planBody("S1", { zoneRedundant: true }, 2)),
        allowed: put(plan("q"), planBody("P1v3", { zoneRedundant: true }, 2)),
    },
    planZoneInstances: {
        refused: put(plan("q"), planBody("P1v3", { zoneRedundant: true }, 1)),
        allowed: put(plan("q"), planBody("P1v3", { zoneRedundant: false }, 1)),
    },
    planSystem: {
        refused: put(plan("p"), { ...westEurope, sku: { name: "B2" }, properties: {} }),
        allowed: all(put(plan("w"), planBody("B2", windows)), put(plan("w"), planBody("B2"))),
    },
    planAlwaysOn: {
        before: put(site("shop"), alwaysOn(true)),
        refused: put(plan("p"), planBody("F1")),
        allowed: all(put(site("shop"), alwaysOn(false)), put(plan("p"), planBody("F1"))),
    },
    planSlots: {
        before: all(put(plan("p"), planBody("S1")), put(slot("stage"), siteBody())),
        refused: put(plan("p"), planBody("B2")),
        allowed: all(remove(slot("stage")), put(plan("p"), planBody("B2"))),
    },
    planHasApps: {
        refused: remove(plan("p")),
        allowed: all(remove(site("shop")), remove(plan("p"))),
    },
    freePlans: {
        before: times(freePlansPerRegion, (i) => put(plan(`f${i}`), planBody("F1", windows))),
        refused: put(plan("one-more"), planBody("F1", windows)),
        allowed: all(
            put(plan("f0"), planBody("F1", { ...windows, perSiteScaling: true })),
            put(plan("elsewhere"), { ...planBody("F1", windows), location: "uksouth" }),
        ),
    },
    freeLinuxPlans: {
        before: put(plan("free"), planBody("F1")),
        refused: put(plan("second"), planBody("F1")),
        allowed: all(
            put(plan("windows"), planBody("F1", windows)),
            put(plan("elsewhere"), { ...planBody("F1"), location: "uksouth" }),
        ),
    },
    plansInGroup: {
        before: times(plansPerGroup("Shared"), (i) => put(plan(`d${i}`), planBody("D1", windows))),
        refused: put(plan("one-more"), planBody("D1", windows)),
        allowed: all(
            put(plan("basic"), planBody("B1", windows)),
            otherGroup,
            put(plan("one-more", "other"), planBody("D1", windows)),
        ),
    },
    quota: {
        before: quota("Basic", 2),
        refused: put(plan("q"), planBody("B1", {}, 2)),
        allowed: all(
            put(plan("q"), planBody("B1", {}, 1)),
            put(plan("standard"), planBody("S1", {}, 3)),
            put(plan("elsewhere"), { ...planBody("B1", {}, 2), location: "uksouth" }),
        ),
    },
    linuxWorkers: {
        before: all(otherGroup, put(plan("w", "other"), planBody("B2", windows)), oldUnit),
        refused: put(plan("q", "other"), planBody("B2")),
        allowed: all(
            put(plan("q"), planBody("B2")),
            put(plan("q", "other"), { ...planBody("B2"), location: "uksouth" }),
        ),
    },
    windowsWorkers: {
        before: oldUnit,
        refused: put(plan("w"), planBody("B2", windows)),
        allowed: all(otherGroup, put(plan("w", "other"), planBody("B2", windows))),
    },
    premiumV3Unit: {
        before: oldUnit,
        refused: put(plan("p"), planBody("P1v3")),
        allowed: all(
            put(plan("p"), planBody("P1v2")),
            otherGroup,
            put(plan("q", "other"), planBody("P1v3")),
            put(plan("q", "other"), planBody("P2v3")),
        ),
    },

    siteName: {
        refused: put(site("a_b"), siteBody()),
        allowed: put(site("a-b"), siteBody()),
    },
    siteNameTaken: {
        before: otherGroup,
        refused: put(site("SHOP", "other"), siteBody()),
        allowed: put(site("SHOP"), siteBody()),
    },
    sitePlanMissing: {
        refused: put(site("new"), onPlan("nowhere")),
        allowed: put(site("new"), onPlan("P")),
    },
    sitePlanRegion: {
        refused: put(site("new"), { ...siteBody(), location: "northeurope" }),
        allowed: put(site("new"), { ...siteBody(), location: "West Europe" }),
    },
    sitePlanMoved: {
        before: all(
            otherGroup,
            put(plan("q", "other"), planBody("B2")),
            put(plan("q"), planBody("B2")),
        ),
        refused: put(site("shop"), siteBody({ serverFarmId: plan("q", "other") })),
        allowed: all(
            put(site("shop"), onPlan("q")),
            put(site("new"), siteBody({ serverFarmId: plan("q", "other") })),
        ),
    },
    siteSystem: {
        before: put(plan("w"), planBody("B2", windows)),
        refused: put(site("new"), onPlan("w")),
        allowed: put(site("new"), { ...onPlan("w"), kind: "app" }),
    },
    siteAlwaysOn: {
        before: put(plan("free"), planBody("F1")),
        refused: put(site("new"), onPlan("free", { siteConfig: { alwaysOn: true } })),
        allowed: all(
            put(site("new"), onPlan("free", { siteConfig: { alwaysOn: false } })),
            put(site("shop"), alwaysOn(true)),
        ),
    },
    sitesOnPlan: {
        before: all(
            put(plan("free"), planBody("F1")),
            times(sitesPerPlan("Free"), (i) => put(site(`app${i}`), onPlan("free"))),
        ),
        refused: put(site("one-more"), onPlan("free")),
        allowed: all(
            put(site("app0"), onPlan("free", { httpsOnly: true })),
            put(site("one-more"), onPlan("p")),
        ),
    },

    slotName: {
        before: put(plan("p"), planBody("S1")),
        refused: put(slot("a_b"), siteBody()),
        allowed: put(slot("a-b"), siteBody()),
    },
    slotsOfSku: {
        before: all(
            put(plan("p"), planBody("S1")),
            times(5, (i) => put(slot(`s${i}`), siteBody())),
        ),
        refused: put(slot("one-more"), siteBody()),
        allowed: all(
            put(slot("s0"), siteBody({ httpsOnly: true })),
            put(plan("p"), planBody("P1v3")),
            put(slot("one-more"), siteBody()),
        ),
    },

    autoscaleSku: {
        before: put(plan("s"), planBody("S1")),
        refused: put(autoscale("a"), autoscaleBody(plan("p"))),
        allowed: put(autoscale("a"), autoscaleBody(plan("s"))),
    },
    autoscaleTwice: {
        before: all(put(plan("s"), planBody("S1")), put(autoscale("a"), autoscaleBody(plan("s")))),
        refused: put(autoscale("b"), autoscaleBody(plan("S"))),
        allowed: all(
            put(autoscale("a"), autoscaleBody(plan("s"))),
            remove(autoscale("a")),
            put(autoscale("b"), autoscaleBody(plan("s"))),
        ),
    },

    vaultName: {
        refused: put(vault("two--hyphens"), vaultBody()),
        allowed: put(vault("one-hyphen"), vaultBody()),
    },
    storageName: {
        refused: [put(account("Capitals"), accountBody()), put(account("ab"), accountBody())],
        allowed: put(account("abc"), accountBody()),
    },
    storageNameTaken: {
        before: all(otherGroup, put(account("taken", "other"), accountBody())),
        refused: put(account("taken"), accountBody()),
        allowed: all(remove(group("other")), put(account("taken"), accountBody())),
    },
    storagePublicAccess: {
        before: all(put(account("closed"), accountBody()), put(account("open1"), openBody)),
        refused: put(container("closed", "dev"), { properties: { publicAccess: "Blob" } }),
        allowed: all(
            put(container("closed", "dev"), { properties: { publicAccess: "None" } }),
            put(container("open1", "dev"), { properties: { publicAccess: "Blob" } }),
        ),
    },
    vaultNameTaken: {
        before: all(otherGroup, put(vault("keys"), vaultBody())),
        refused: put(vault("Keys", "other"), vaultBody()),
        allowed: put(vault("keys"), vaultBody()),
    },
    vaultDeleted: {
        before: all(put(vault("keys"), vaultBody()), remove(vault("keys"))),
        refused: put(vault("keys"), vaultBody()),
        allowed: all(purge("keys"), put(vault("keys"), vaultBody())),
    },
    vaultNotDeleted: {
        before: all(put(vault("old"), vaultBody()), remove(vault("old"))),
        refused: put(vault("keys"), vaultBody({ createMode: "recover" })),
        allowed: put(vault("old"), vaultBody({ createMode: "recover" })),
    },
    vaultRetention: {
        refused: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 6 })),
        allowed: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 7 })),
    },
    vaultRetentionChanged: {
        before: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 7 })),
        refused: put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 8 })),
        allowed: all(
            put(vault("keys"), vaultBody({ softDeleteRetentionInDays: 7 })),
            put(vault("keys"), vaultBody()),
        ),
    },
    vaultPurgeProtection: {
        refused: put(vault("keys"), vaultBody({ enablePurgeProtection: false })),
        allowed: put(vault("keys"), vaultBody({ enablePurgeProtection: true })),
    },
    vaultPurge: {
        before: all(
            put(vault("kept"), vaultBody({ enablePurgeProtection: true })),
            put(vault("keys"), vaultBody()),
            remove(vault("kept")),
            remove(vault("keys")),
        ),
        refused: purge("kept"),
        allowed: purge("keys"),
    },

    resourceName: {
        refused: put(inGroup("Microsoft.OperationalInsights/workspaces", "abc"), westEurope),
        allowed: put(inGroup("Microsoft.OperationalInsights/workspaces", "abcd"), westEurope),
    },

    tokenOfOtherTenant: {
        refused: put(group("x").replace(subscriptionId, otherTenant.subscriptionId), westEurope),
        allowed: ({ store }) =>
            new Cloud(store, { ...signedInUser, ...otherTenant }).put(
                group("x").replace(subscriptionId, otherTenant.subscriptionId),
                westEurope,
            ),
    },
    actionNotAllowed: {
        before: give("Reader", plan("p")),
        refused: byDeployer(put(plan("p"), planBody("B2"))),
        allowed: byDeployer((cloud) => cloud.get(plan("p"))),
    },
    linkedActionNotAllowed: {
        before: all(
            otherGroup,
            put(plan("q", "other"), planBody("B2")),
            give("Website Contributor", group("g")),
        ),
        refused: byDeployer(put(site("new"), siteBody({ serverFarmId: plan("q", "other") }))),
        allowed: all(
            byDeployer(put(site("beside"), onPlan("p"))),
            give("Website Contributor", plan("q", "other")),
            byDeployer(put(site("new"), siteBody({ serverFarmId: plan("q", "other") }))),
        ),
    },
    directoryNotAllowed: {
        before: inDirectory((cloud) =>
            giveDirectoryRights(cloud, "servicePrincipals", principal(cloud).id, {
                appRoles: ["Application.Read.All"],
            }),
        ),
        refused: byDeployer(inDirectory((cloud) => cloud.askDirectory("applications/create"))),
        allowed: byDeployer(inDirectory((cloud) => cloud.askDirectory("applications/read"))),
    },

    assignmentName: {
        refused: put(`${group("g")}/${authorization}/roleAssignments/reader`, { properties: {} }),
        allowed: assignment(),
    },
    assignedRoleMissing: {
        before: all(otherGroup, put(role("plans"), roleBody())),
        refused: [
            give(nobody, group("g")),
            give(roleGuid("plans"), subscription),
            give(roleGuid("plans"), group("other")),
            // A name that the assignable scope begins is outside of it.
            all(put(group("gg"), westEurope), give(roleGuid("plans"), group("gg"))),
        ],
        allowed: all(give(roleGuid("plans"), group("G")), give(roleGuid("plans"), plan("p"))),
    },
    assignmentExists: {
        before: all(otherGroup, assignment()),
        refused: assignment(
            () => ({
                roleDefinitionId: `${subscription}/${authorization}/roleDefinitions/${reader.toUpperCase()}`,
            }),
            { words: "two" },
        ),
        allowed: all(assignment(), assignment(undefined, { words: "two", scope: group("other") })),
    },
    assignmentChanged: {
        before: assignment(),
        refused: [
            assignment((cloud) => ({ principalId: principal(cloud, "other").id })),
            assignment(() => ({ roleDefinitionId: `/x/${findRole("Contributor")!.id}` })),
        ],
        allowed: assignment(() => ({ description: "why" })),
    },
    principalOfOtherType: {
        refused: assignment(() => ({ principalType: "User" })),
        allowed: assignment(),
    },
    principalNotFound: {
        refused: [
            assignment(() => untyped),
            assignment(() => ({ ...untyped, principalId: nobody })),
        ],
        // With a type, a principal that nobody can see yet is taken on trust.
        allowed: all(
            otherGroup,
            assignment(),
            assignment(() => ({ principalId: nobody }), { words: "nobody" }),
            replicated,
            assignment(() => untyped, { words: "later", scope: group("other") }),
        ),
    },
    roleNotValid: {
        // access.test.ts shows that each of the three is named.
        refused: put(role("plans"), roleBody({ assignableScopes: [] })),
        allowed: put(role("plans"), roleBody({ permissions: undefined })),
    },
    roleNameTaken: {
        before: put(role("plans"), roleBody()),
        refused: [
            put(role("other"), roleBody({ roleName: "only / PLANS" })),
            put(role("other"), roleBody({ roleName: "reader" })),
            // A role whose name is the beginning of this one's takes nothing along when it goes.
            all(
                put(role("begins"), roleBody({ roleName: "Only" })),
                remove(role("begins")),
                put(role("begins"), roleBody()),
            ),
        ],
        allowed: all(
            put(role("plans"), roleBody({ roleName: "Renamed" })),
            put(role("other"), roleBody()),
        ),
    },
    roleAssigned: {
        before: all(put(role("plans"), roleBody()), give(roleGuid("plans"), group("g"))),
        refused: remove(role("plans")),
        allowed: all(
            // Given again it is the same assignment, whose id this answers.
            async (cloud) => cloud.delete(String(await give(roleGuid("plans"), group("g"))(cloud))),
            remove(role("plans")),
            put(role("other"), roleBody()),
        ),
    },

    objectMissing: {
        refused: [
            inDirectory(({ directory }) => directory.require("users", nobody)),
            inDirectory(({ directory }) => directory.createGroup({ members: [nobody] })),
        ],
        allowed: inDirectory(({ directory }) =>
            directory.createGroup({ members: [signedInUser.objectId] }),
        ),
    },
    backingApplicationMissing: {
        refused: inDirectory(({ directory }) =>
            directory.createServicePrincipal({ appId: nobody }),
        ),
        allowed: inDirectory(({ directory }) => {
            const { appId } = directory.createApplication({ displayName: "new" });
            directory.createServicePrincipal({ appId });
        }),
    },
    servicePrincipalExists: {
        refused: inDirectory((cloud) =>
            cloud.directory.createServicePrincipal({ appId: principal(cloud).appId }),
        ),
        allowed: inDirectory((cloud) => {
            const { id, appId } = principal(cloud);
            cloud.directory.delete("servicePrincipals", id);
            cloud.directory.createServicePrincipal({ appId });
        }),
    },
    userNameTaken: {
        refused: inDirectory(({ directory }) =>
            directory.createUser({ userPrincipalName: signedInUser.name.toUpperCase() }),
        ),
        allowed: inDirectory(({ directory }) =>
            directory.createUser({ userPrincipalName: `2${signedInUser.name}` }),
        ),
    },
    federatedNameTaken: {
        before: federated(),
        refused: federated({ subject: "other" }),
        allowed: all(federated({ name: "other", subject: "other" }), federated({}, "other")),
    },
    federatedSubjectTaken: {
        before: federated(),
        refused: federated({ name: "other" }),
        allowed: all(
            federated({ name: "subject", subject: "other" }),
            federated({ name: "issuer", issuer: "https://other.example" }),
        ),
    },
};

describe("the rule", () => {
    const base = temporaryFolder();
    const names = Object.keys(rules) as RuleName[];
    const namesHere = Object.keys(cases) as RuleHere[];

    async function made(name: string, { before }: Case): Promise<Cloud> {
        const cloud = await azureWithShop(path.join(base, name));
        await before?.(cloud);
        return cloud;
    }

    it.each(namesHere)("%s fails what it says, with its code", async (name) => {
        const cloud = await made(`${name}-refused`, cases[name]);
        const { status, code } = rules[name];
        for (const step of [cases[name].refused].flat()) {
            const refused = step(cloud);
            await expect(refused).rejects.toMatchObject({ status, code });
            const { message } = (await refused.catch((error: CloudError) => error)) as CloudError;
            // The row's own words, with every value filled in.
            const words = rules[name].message.split(/\{\w+\}/);
            for (const part of words) expect(message).toContain(part);
            expect(message).not.toMatch(/\{|\}|undefined|NaN|\[object/);
        }
    });

    it.each(namesHere)("%s lets the nearest thing be", async (name) => {
        const cloud = await made(`${name}-allowed`, cases[name]);
        await expect(cases[name].allowed(cloud)).resolves.not.toThrow();
    });

    it.each(names.filter((name) => !(name in cases)))("%s is tested with signing in", (name) => {
        const text = fs.readFileSync(path.join(__dirname, "signIn.test.ts"), "utf8");
        expect(text).toContain(`"${rules[name].code}"`);
    });

    it.each(names)("%s names its source", (name) => {
        expect(rules[name].source).toMatch(/^(learn\.microsoft\.com\/|[\w.-]+\/[\w.-]+[ #,])/);
        expect(rules[name].when).toMatch(/^\S/);
    });

    it("fills the values into the words", () => {
        const { message } = refusal("siteNameTaken", { name: "shop" });
        expect(message).toBe("Website with given name shop already exists.");
    });
});
