/**
 * Azure's role-based access control on this machine: who may do what where, by which assignment. What is refused by
 * a rule of its own is in rules.test.ts. Cannot show that Azure evaluates roles so, nor what it does while rights
 * replicate.
 */
import * as fs from "node:fs";
import fc from "fast-check";
import { actionOf } from "../../azure/operations";
import { findRole } from "../../azure/roles";
import { contains } from "../../local/cloud/access";
import { note, readActivity } from "../../local/cloud/activity";
import { Cloud } from "../../local/cloud/cloud";
import { parseId } from "../../local/cloud/ids";
import { openStore } from "../../local/cloud/initial";
import type { ResourceModel } from "../../local/cloud/model";
import { models } from "../../local/cloud/models";
import { Store, type Document } from "../../local/cloud/store";
import { otherTenant, signedInUser } from "../../local/identity";
import {
    as,
    assign,
    assignmentId,
    asUser,
    azures,
    elevate,
    group,
    makePrincipal,
    refused,
    subscription,
    tenantGroup,
} from "../support/people";

const { subscriptionId, tenantId } = signedInUser;
const westEurope = { location: "westeurope" };
const plan = (inGroup: string, name = "p") =>
    `${group(inGroup)}/providers/Microsoft.Web/serverfarms/${name}`;
const site = (inGroup: string, name = "shop") =>
    `${group(inGroup)}/providers/Microsoft.Web/sites/${name}`;
const planBody = { ...westEurope, sku: { name: "B2" }, properties: { reserved: true } };
const siteBody = (planId: string): Document => ({
    ...westEurope,
    properties: { serverFarmId: planId },
});

const azure = azures();
let cloud: Cloud;
let deployer: ReturnType<typeof makePrincipal>;
let mine: Cloud;

/** An Azure with the groups `a`, `ab` and `b`, and a plan in each. */
beforeEach(async () => {
    cloud = azure.next();
    for (const name of ["a", "ab", "b"]) {
        await cloud.put(group(name), westEurope);
        await cloud.put(plan(name), planBody);
    }
    deployer = makePrincipal(cloud, "deployer");
    mine = as(cloud, deployer);
});

/** Which of the three plans the deployer may read. */
async function readable(by = mine): Promise<string> {
    const found: string[] = [];
    for (const name of ["a", "ab", "b"]) {
        try {
            if (await by.get(plan(name))) found.push(name);
        } catch (error) {
            expect(error).toMatchObject({ status: 403, code: "AuthorizationFailed" });
        }
    }
    return found.join(" ");
}

describe("subscriptions", () => {
    it("answer to the same user with a token of their own tenant", async () => {
        const there = new Cloud(cloud.store, { ...signedInUser, ...otherTenant });
        const id = group("x").replace(subscriptionId, otherTenant.subscriptionId);
        await expect(there.put(id, westEurope)).resolves.toBeDefined();
        await refused(there.get(group("a")), 401, "InvalidAuthenticationTokenTenant", tenantId);
    });
});

describe("a role", () => {
    it("fails to be anybody's before it is assigned", async () => {
        expect(await readable()).toBe("");
    });

    it.each([
        ["at a group: there, and not where its name begins another's", group("a"), "a"],
        ["at a resource: on that one", plan("b"), "b"],
        ["at the subscription: everywhere in it", subscription, "a ab b"],
    ])("holds %s", async (_, scope, where) => {
        await assign(cloud, deployer.id, "Reader", scope);
        expect(await readable()).toBe(where);
    });

    it("holds at the tenant's management group for its subscriptions, and no other's", async () => {
        elevate(cloud.store, signedInUser.objectId);
        await assign(cloud, deployer.id, "Reader", tenantGroup);
        expect(await readable()).toBe("a ab b");
        const other = tenantGroup.replace(tenantId, otherTenant.tenantId);
        const second = makePrincipal(cloud, "second");
        await assign(cloud, second.id, "Reader", other);
        expect(await readable(as(cloud, second))).toBe("");
    });

    it("fails to be assigned at a management group by who owns a subscription below it", async () => {
        const work = assign(cloud, deployer.id, "Reader", tenantGroup);
        await refused(work, 403, "AuthorizationFailed", tenantGroup);
    });

    it("holds for resources in the group only, not for the group's role at another resource", async () => {
        await assign(cloud, deployer.id, "Reader", plan("a"));
        await refused(mine.get(group("a")), 403, "AuthorizationFailed", "resourceGroups/read");
    });

    it("holds whatever the case of ids", async () => {
        await assign(cloud, deployer.id, "Reader", group("a").toUpperCase());
        expect(await readable()).toBe("a");
    });

    it("is of no more use once its assignment is deleted", async () => {
        const id = await assign(cloud, deployer.id, "Reader", group("a"));
        await cloud.delete(id);
        expect(await readable()).toBe("");
        expect(cloud.access.grantsOf(deployer.id)).toEqual([]);
    });

    it("goes with the group that it was assigned at, and can be assigned there anew", async () => {
        await assign(cloud, deployer.id, "Reader", group("a"));
        await cloud.delete(group("a"));
        await cloud.put(group("a"), westEurope);
        await cloud.put(plan("a"), planBody);
        expect(await readable()).toBe("");
        const words = "anew";
        const { principalId, principalType, roleDefinitionId } = {
            principalId: deployer.id,
            principalType: "ServicePrincipal",
            roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${findRole("Reader")!.id}`,
        };
        const properties = { principalId, principalType, roleDefinitionId };
        await cloud.put(assignmentId(group("a"), words), { properties });
        expect(await readable()).toBe("a");
    });

    it("stays assigned when its principal is deleted", async () => {
        const id = await assign(cloud, deployer.id, "Reader", group("a"));
        cloud.directory.delete("applications", deployer.applicationId);
        expect((await cloud.get(id))?.properties).toMatchObject({ principalId: deployer.id });
    });

    it("takes away only what it gives itself: another role may allow it", async () => {
        await assign(cloud, deployer.id, "Contributor", group("a"));
        const work = () => assign(mine, deployer.id, "Reader", group("a"));
        await refused(work(), 403, "AuthorizationFailed", "roleAssignments/write");
        await assign(cloud, deployer.id, "User Access Administrator", group("a"));
        await expect(work()).resolves.toBeDefined();
    });

    it("can be taken even from who had it from the beginning", async () => {
        const [owner] = cloud.access.grantsOf(signedInUser.objectId);
        await cloud.delete(owner!.id);
        await refused(cloud.get(group("a")), 403, "AuthorizationFailed");
        const again = new Cloud(openStore(azure.folder()), signedInUser);
        await refused(again.get(group("a")), 403, "AuthorizationFailed");
    });
});

describe("a role of a group", () => {
    const inGroup = (members: string[]) =>
        String(cloud.directory.createGroup({ displayName: "g", members }).id);

    it("is its members', in groups within groups and in circles too", async () => {
        const inner = inGroup([deployer.id]);
        const outer = inGroup([inner]);
        cloud.directory.setMembers(inner, [deployer.id, outer]);
        await assign(cloud, outer, "Reader", group("a"));
        expect(await readable()).toBe("a");
        expect(await readable(as(cloud, makePrincipal(cloud, "other")))).toBe("");
    });

    it("ends with the membership, and with the group", async () => {
        const id = inGroup([deployer.id]);
        await assign(cloud, id, "Reader", group("a"));
        cloud.directory.setMembers(id, []);
        expect(await readable()).toBe("");
        cloud.directory.setMembers(id, [deployer.id]);
        expect(await readable()).toBe("a");
        cloud.directory.delete("groups", id);
        expect(await readable()).toBe("");
    });

    it("is a user's as well", async () => {
        const user = cloud.directory.createUser({ userPrincipalName: "a@b" });
        await assign(cloud, inGroup([String(user.id)]), "Reader", group("b"));
        expect(await readable(asUser(cloud, String(user.id)))).toBe("b");
    });
});

describe("a refusal", () => {
    it("names who, the action and the scope", async () => {
        await refused(
            mine.put(plan("a"), planBody),
            403,
            "AuthorizationFailed",
            `The client '${deployer.appId}' with object id '${deployer.id}' does not have authorization to perform ` +
                `action 'Microsoft.Web/serverfarms/Write' over scope '${plan("a")}'`,
        );
    });

    it("comes before the question whether there is anything", async () => {
        for (const id of [plan("a"), plan("a", "missing"), plan("missing"), group("missing")]) {
            await refused(mine.get(id), 403, "AuthorizationFailed", id);
            await refused(mine.put(id, {}), 403, "AuthorizationFailed", id);
            await refused(mine.delete(id), 403, "AuthorizationFailed", id);
        }
        const settings = `${site("a")}/config/appsettings`;
        await refused(mine.post(settings, "list"), 403, "AuthorizationFailed", "list/Action");
    });

    it("leaves everything as it was", async () => {
        const everything = () => JSON.stringify(cloud.store.below(subscription));
        const before = everything();
        await assign(cloud, deployer.id, "Reader", plan("b"));
        const after = everything();
        expect(after).not.toBe(before);
        await refused(
            mine.put(plan("b"), { ...planBody, sku: { name: "B3" } }),
            403,
            "AuthorizationFailed",
        );
        await refused(mine.put(group("c"), westEurope), 403, "AuthorizationFailed");
        await refused(mine.delete(plan("b")), 403, "AuthorizationFailed");
        expect(everything()).toBe(after);
    });
});

describe("what a body refers to", () => {
    it("fails without the right to assign an identity, of several the one that is missing", async () => {
        await assign(cloud, deployer.id, "Website Contributor", group("a"));
        const identity = (name: string) =>
            `${group(name)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
        await assign(cloud, deployer.id, "Managed Identity Operator", group("a"));
        const body = (...names: string[]) => ({
            ...siteBody(plan("a")),
            identity: {
                type: "UserAssigned",
                userAssignedIdentities: Object.fromEntries(
                    names.map((name) => [identity(name), {}]),
                ),
            },
        });
        const work = mine.put(site("a"), body("a", "b"));
        await refused(
            work,
            403,
            "LinkedAuthorizationFailed",
            `'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '${identity("b")}'`,
        );
        expect(cloud.store.get(site("a"))).toBeUndefined();
        await expect(mine.put(site("a"), body("a"))).resolves.toBeDefined();
    });

    it("is not asked about when it is no id", async () => {
        await assign(cloud, deployer.id, "Website Contributor", group("a"));
        for (const serverFarmId of ["", undefined, null]) {
            const work = mine.put(site("a"), { ...westEurope, properties: { serverFarmId } });
            await refused(work, 404, "NotFound", "Cannot find");
        }
    });
});

describe("an assignment", () => {
    const reader = findRole("Reader")!.id;
    const put = (properties: Document, words = "one", scope = group("a")) =>
        cloud.put(assignmentId(scope, words), { properties });
    const properties = (more: Document = {}): Document => ({
        principalId: deployer.id,
        principalType: "ServicePrincipal",
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
        ...more,
    });

    it("is answered with the subscription's id of the role, however that was written", async () => {
        const wanted = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${reader}`;
        expect((await put(properties())).properties).toMatchObject({ roleDefinitionId: wanted });
        const again = await put(properties({ roleDefinitionId: wanted }));
        expect(again.properties).toMatchObject({ roleDefinitionId: wanted });
    });

    it("fails without a type while its principal replicates, and finds the type later", async () => {
        const untyped = properties({ principalType: undefined });
        await refused(put(untyped), 400, "PrincipalNotFound", deployer.id.replaceAll("-", ""));
        const principal = cloud.directory.require("servicePrincipals", deployer.id);
        const createdDateTime = new Date(Date.now() - 60_000).toISOString();
        cloud.directory.put("servicePrincipals", { ...principal, createdDateTime });
        const later = await put(untyped, "later", group("b"));
        expect(later.properties).toMatchObject({ principalType: "ServicePrincipal" });
    });
});

describe("a custom role", () => {
    const guid = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
    const roleId = (digit: number, scope = subscription) =>
        `${scope}/providers/Microsoft.Authorization/roleDefinitions/${guid(digit)}`;
    const body = (more: Document = {}) => ({
        properties: {
            roleName: "Only / plans",
            assignableScopes: [group("a")],
            permissions: [{ actions: ["Microsoft.Web/serverfarms/*"] }],
            ...more,
        },
    });

    it("allows what it says, where it was assigned", async () => {
        await cloud.put(roleId(1), body());
        await assign(cloud, deployer.id, guid(1), group("a"));
        expect(await readable()).toBe("a");
        await refused(mine.get(site("a")), 403, "AuthorizationFailed");
    });

    it("changes the rights of who has it", async () => {
        await cloud.put(roleId(1), body());
        await assign(cloud, deployer.id, guid(1), group("a"));
        await cloud.put(roleId(1), body({ permissions: [{ actions: ["Microsoft.Web/sites/*"] }] }));
        expect(await readable()).toBe("");
    });

    it("is one in the tenant, at whichever scope it is asked for, and outlives its group", async () => {
        const written = await cloud.put(roleId(1, group("a")), body());
        expect(written.id).toBe(roleId(1));
        await cloud.delete(group("a"));
        for (const scope of [subscription, group("b"), group("b").toUpperCase()]) {
            expect((await cloud.get(roleId(1, scope)))?.id).toBe(roleId(1));
        }
    });

    it("is answered without a subscription where it was written above all", async () => {
        elevate(cloud.store, signedInUser.objectId);
        const id = roleId(1, tenantGroup);
        const written = await cloud.put(id, body({ assignableScopes: [tenantGroup] }));
        expect(written.id).toBe(roleId(1, ""));
        await assign(cloud, deployer.id, guid(1), group("b"));
        expect(await readable()).toBe("b");
    });

    it("may have a name that a role of another tenant has", async () => {
        await cloud.put(roleId(1), body());
        const there = new Cloud(cloud.store, { ...signedInUser, ...otherTenant });
        const other = `/subscriptions/${otherTenant.subscriptionId}`;
        const work = there.put(roleId(1, other), body({ assignableScopes: [other] }));
        await expect(work).resolves.toBeDefined();
    });

    it("forgets a description that is no longer given, and keeps who made it", async () => {
        const first = (await cloud.put(roleId(1), body({ description: "old" })))
            .properties as Document;
        const { description, createdOn } = (await cloud.put(roleId(1), body()))
            .properties as Document;
        expect({ description, createdOn }).toEqual({ description: "", createdOn: first.createdOn });
    });

    it("fails without a name, an assignable scope or a GUID", async () => {
        for (const wrong of [{ roleName: undefined }, { assignableScopes: [] }]) {
            await refused(
                cloud.put(roleId(1), body(wrong)),
                400,
                "BadRequest",
                Object.keys(wrong)[0],
            );
        }
        const named = roleId(1).replace(guid(1), "plans");
        await refused(cloud.put(named, body()), 400, "BadRequest", "'plans' is no GUID");
    });

    it("fails to be made assignable where its writer may not write roles", async () => {
        await assign(cloud, deployer.id, "User Access Administrator", group("a"));
        const work = (...assignableScopes: string[]) =>
            mine.put(roleId(1, group("a")), body({ assignableScopes }));
        for (const scope of [group("b"), subscription, "/"]) {
            await refused(work(group("a"), scope), 403, "LinkedAuthorizationFailed", `'${scope}'`);
        }
        await expect(work(group("a"))).resolves.toBeDefined();
    });
});

describe("scopes", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/);

    it("contain what is below them, and never a sibling", () => {
        fc.assert(
            fc.property(
                name,
                name,
                fc.constantFrom("", "/providers/Microsoft.Web/sites/x"),
                (a, b, below) => {
                    expect(contains(group(a), group(b) + below, cloud.store)).toBe(a === b);
                    expect(
                        contains(group(a).toUpperCase(), `${group(a)}${below}/`, cloud.store),
                    ).toBe(true);
                    expect(contains(group(a) + below, subscription, cloud.store)).toBe(false);
                    expect(contains("/", group(a), cloud.store)).toBe(true);
                    const elsewhere = group(a).replace(subscriptionId, otherTenant.subscriptionId);
                    expect(contains(subscription, elsewhere, cloud.store)).toBe(false);
                    expect(contains(tenantGroup, elsewhere, cloud.store)).toBe(false);
                },
            ),
        );
    });

    it("are read as they were written, management groups too", () => {
        const scopes = fc.constantFrom("", tenantGroup, subscription, group("a"), plan("a"));
        fc.assert(
            fc.property(scopes, name, (parent, role) => {
                const id = `${parent}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
                expect(parseId(id)).toMatchObject({
                    parent,
                    name: role,
                    type: "Microsoft.Authorization/roleDefinitions",
                    subscriptionId: parent.startsWith(subscription) ? subscriptionId : "",
                });
            }),
        );
        expect(parseId(tenantGroup)).toMatchObject({
            type: "Microsoft.Management/managementGroups",
            name: tenantId,
            parent: "",
        });
    });
});

describe("every modelled type", () => {
    // What always exists beside its parent cannot be deleted alone; a deleted vault can be read and purged only.
    const verbsOf = ({ type, ...model }: ResourceModel) => {
        const changes = "initial" in model ? ["write"] : ["write", "delete"];
        const isDeleted = type.endsWith("/deletedVaults");
        const own = [...(isDeleted ? [] : changes), ...Object.keys(model.actions ?? {})];
        return ["read", ...own].map((verb) => [type, verb] as const);
    };
    const verbs = [...models.values()].flatMap(verbsOf);

    it.each(verbs)("%s has the action of %s in azure/operations.ts", (type, verb) => {
        expect(actionOf(type, verb)).toBeDefined();
    });
});

describe("the record of what was asked", () => {
    it("says who did what where, and what was refused", async () => {
        await assign(cloud, deployer.id, "Reader", group("a"));
        await readable();
        const of = (id: string) =>
            readActivity(cloud.store).filter(({ objectId }) => objectId === id);
        expect(of(deployer.id).map(({ time: _, ...rest }) => rest)).toEqual(
            ["a", "ab", "b"].map((name) => ({
                objectId: deployer.id,
                action: "Microsoft.Web/serverfarms/Read",
                scope: plan(name),
                allowed: name === "a",
            })),
        );
        expect(of(signedInUser.objectId).every(({ allowed }) => allowed)).toBe(true);
    });

    it("says what a body refers to, and whether that was allowed", async () => {
        await assign(cloud, deployer.id, "Website Contributor", group("a"));
        await mine.put(site("a"), siteBody(plan("a")));
        await mine.put(site("a"), siteBody(plan("b"))).catch(() => undefined);
        const all = readActivity(cloud.store).filter(({ objectId }) => objectId === deployer.id);
        expect(all.map(({ action, scope, allowed }) => [action, scope, allowed])).toEqual([
            ["Microsoft.Web/sites/Write", site("a"), true],
            ["Microsoft.Web/serverfarms/Join/Action", plan("a"), true],
            ["Microsoft.Web/sites/Write", site("a"), true],
            ["Microsoft.Web/serverfarms/Join/Action", plan("b"), false],
        ]);
    });

    it("names no values", async () => {
        await cloud.put(site("a"), siteBody(plan("a")));
        const settings = `${site("a")}/config/appsettings`;
        await cloud.put(settings, { properties: { TOKEN: "hunter2" } });
        const file = cloud.store.fileBeside("activity.jsonl");
        expect(fs.readFileSync(file, "utf8")).not.toMatch(/TOKEN|hunter2/);
    });

    it("loses only the line that a killed process left unfinished", () => {
        const one = { objectId: "1", action: "a", scope: "s", allowed: true };
        note(cloud.store, one);
        const before = readActivity(cloud.store).length;
        fs.appendFileSync(cloud.store.fileBeside("activity.jsonl"), '\n{"time":"2026-');
        expect(readActivity(cloud.store)).toHaveLength(before);
        note(cloud.store, { ...one, objectId: "2" });
        const after = readActivity(cloud.store);
        expect(after).toHaveLength(before + 1);
        expect(after.at(-1)).toMatchObject({ objectId: "2" });
    });

    it("is empty where nobody asked", () => {
        expect(readActivity(azure.next().store)).toEqual([]);
    });
});

describe("what a request costs", () => {
    /** How many documents are read while work is done. */
    async function reads(work: () => Promise<unknown>): Promise<number> {
        const reader = Store.prototype as unknown as Record<string, (file: string) => unknown>;
        const read = jest.spyOn(reader, "read");
        await work();
        const count = read.mock.calls.length;
        read.mockRestore();
        expect(count).toBeGreaterThan(0);
        return count;
    }

    it("does not grow with the resources, roles and people that are there", async () => {
        const create = async (index: number) => {
            const { id } = makePrincipal(cloud, `p${index}`);
            cloud.directory.createUser({ userPrincipalName: `u${index}@b` });
            await cloud.put(plan("a", `plan-${index}`), planBody);
            await assign(cloud, id, "Reader", plan("a", `plan-${index}`));
            await assign(cloud, deployer.id, "Reader", plan("a", `plan-${index}`));
        };
        const first = await reads(() => create(0));
        for (let index = 1; index <= 30; index++) await create(index);
        expect(await reads(() => create(31))).toBe(first);
    });
});

describe("a store of an older version", () => {
    it("fails with the way out", () => {
        openStore(azure.folder());
        fs.rmSync(cloud.store.fileBeside("format"));
        expect(() => openStore(azure.folder())).toThrow(/another version.*npm run local -- reset/);
        fs.writeFileSync(cloud.store.fileBeside("format"), "1");
        expect(() => openStore(azure.folder())).toThrow(/another version/);
    });
});
