/**
 * The azuread provider on this machine: each resource type from its creation to its end, the functions, and who
 * may do it. Cannot show that the real provider and Microsoft Graph do the same; their documentation is the source.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { execFileSync } from "node:child_process";
import { graphAppId, graphAppRoles, directoryRoles } from "../../azure/graph";
import { Cloud } from "../../local/cloud/cloud";
import { rightsOf } from "../../local/cloud/graph";
import { openStore } from "../../local/cloud/initial";
import { signInServicePrincipal } from "../../local/cloud/signIn";
import type { Document } from "../../local/cloud/store";
import { signedInUser } from "../../local/identity";
import { AzureAd } from "../../local/providers/azuread";
import { kinds } from "../../local/providers/azureAdTypes";
import { Declarations } from "../../local/providers/declarations";
import { storeVariable, userVariable } from "../../local/providers/session";
import { withoutSecrets, type Values } from "../../local/providers/values";
import { giveDirectoryRights, makePrincipal, refused } from "../support/people";
import { temporaryCache, temporaryFolder } from "../support/temporaryFolder";

temporaryCache();
for (const name of Object.keys(process.env)) if (name.startsWith("ARM_")) delete process.env[name];

const base = temporaryFolder();
let count = 0;
let cloud: Cloud;
let ad: AzureAd;

beforeEach(() => {
    process.env[storeVariable] = path.join(base, String(count++));
    delete process.env[userVariable];
    cloud = new Cloud(openStore(process.env[storeVariable]), signedInUser);
    ad = provider();
});

function provider(config: Values = {}): AzureAd {
    const made = new AzureAd();
    made.configure(config);
    return made;
}

const token = (name: string) => `azuread:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`;
const resource = (name: string) => ({ urn: `urn::${name}`, type: token(name), name: "example" });
const declarations = new Declarations("@pulumi/azuread");

/** Creates as the engine does: checked, and answered with nothing that the SDK does not declare. */
async function create(name: string, given: Values, by = ad) {
    const { inputs, failures } = by.check(resource(name), given);
    expect(failures).toEqual([]);
    const { id, outputs } = await by.create(resource(name), inputs, false);
    expect(declarations.require(token(name)).outputs).toEqual(
        expect.arrayContaining(Object.keys(outputs)),
    );
    return { id, inputs, outputs: withoutSecrets(outputs) as Values, wire: outputs };
}

type Made = Awaited<ReturnType<typeof create>>;
const refresh = ({ id, inputs, outputs }: Made, name: string, by = ad) =>
    by.read(resource(name), id, inputs, outputs);
const importAs = (name: string, id: string) => ad.read(resource(name), id, undefined, undefined);
const update = ({ id, inputs, outputs }: Made, name: string, change: Values, by = ad) =>
    by.update(resource(name), id, inputs, { ...inputs, ...change }, outputs, false);
const remove = ({ id }: Made, name: string, by = ad) => by.delete(resource(name), id);

/** Checks a refresh that finds nothing changed, an import, and the end. */
async function lives(name: string, made: Made, { imports = {} } = {}) {
    const same = await refresh(made, name);
    expect(same?.inputs).toEqual(made.inputs);
    expect(withoutSecrets(same?.outputs)).toEqual(made.outputs);
    const found = await importAs(name, made.id);
    expect(found?.id).toBe(made.id);
    expect(found?.inputs).toMatchObject(imports);
    await remove(made, name);
    expect(await refresh(made, name)).toBeUndefined();
    await remove(made, name);
}

const guid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const shaped = (text: string) =>
    new RegExp(`^${text.replace("GUID", guid.source).replace("GUID", guid.source)}$`);
const application = (more: Values = {}) => create("Application", { displayName: "shop", ...more });
const principalOf = (app: Made, more: Values = {}) =>
    create("ServicePrincipal", { clientId: app.outputs.clientId, ...more });

describe("an application", () => {
    it("is created, refreshed, imported and deleted", async () => {
        const made = await application({ identifierUris: ["api://shop"], tags: ["a"] });
        expect(made.id).toMatch(shaped("/applications/GUID"));
        expect(made.outputs).toMatchObject({ displayName: "shop", identifierUris: ["api://shop"] });
        expect(made.id.endsWith(String(made.outputs.objectId))).toBe(true);
        await lives("Application", made, { imports: { displayName: "shop" } });
    });

    it("is changed", async () => {
        const made = await application();
        expect(await update(made, "Application", { displayName: "shop 2" })).toMatchObject({
            displayName: "shop 2",
            clientId: made.outputs.clientId,
        });
    });

    it("takes its service principal along", async () => {
        const made = await application();
        const principal = await principalOf(made);
        await remove(made, "Application");
        expect(await refresh(principal, "ServicePrincipal")).toBeUndefined();
    });

    it("fails with a name that is taken, where duplicates are to be prevented", async () => {
        await application();
        await expect(application({ preventDuplicateNames: true })).rejects.toThrow(
            /with name "shop" \(ID: "\/applications\//,
        );
        await expect(application()).resolves.toBeDefined();
    });

    it("fails with a password of its own, which is not modelled", async () => {
        await expect(application({ password: { displayName: "p" } })).rejects.toThrow(
            "not modelled",
        );
    });
});

describe("a service principal", () => {
    it("is created, refreshed, imported and deleted", async () => {
        const made = await principalOf(await application());
        expect(made.id).toMatch(shaped("/servicePrincipals/GUID"));
        expect(made.outputs).toMatchObject({ displayName: "shop", accountEnabled: true });
        await lives("ServicePrincipal", made);
    });

    it("fails without an application, and a second time", async () => {
        await refused(
            create("ServicePrincipal", { clientId: "10ca1000-0000-4000-8000-00000000ffff" }),
            400,
            "NoBackingApplicationObject",
        );
        const app = await application();
        await principalOf(app);
        await expect(principalOf(app)).rejects.toThrow(/"\/servicePrincipals\/\S+" already exists/);
    });

    it("is disabled by an update, and then signs in no more", async () => {
        const app = await application();
        const made = await principalOf(app);
        const secret = await create("ApplicationPassword", { applicationId: app.id });
        await update(made, "ServicePrincipal", { accountEnabled: false });
        const proof = { kind: "secret", text: String(secret.outputs.value) } as const;
        const work = () =>
            signInServicePrincipal(
                cloud.store,
                signedInUser.tenantId,
                String(app.outputs.clientId),
                proof,
            );
        expect(work).toThrow(/is disabled/);
    });
});

describe("a client secret", () => {
    it("is created, refreshed, imported and deleted", async () => {
        const { id } = await application();
        const made = await create("ApplicationPassword", { applicationId: id, displayName: "ci" });
        expect(made.id).toMatch(shaped("GUID/password/GUID"));
        expect(made.wire.value).not.toEqual(expect.any(String));
        await lives("ApplicationPassword", made, { imports: { displayName: "ci" } });
    });

    it("is good for two years where nothing is said", async () => {
        const { id } = await application();
        const { outputs } = await create("ApplicationPassword", { applicationId: id });
        const [start, end] = [outputs.startDate, outputs.endDate].map(
            (date) => new Date(String(date)),
        );
        expect(end!.getFullYear() - start!.getFullYear()).toBe(2);
    });

    it.each([
        ["an end that is past", { endDate: "2020-01-01" }],
        ["an end that is no date", { endDate: "soon" }],
        ["a start that is no date", { startDate: "soon" }],
        ["a relative end", { endDateRelative: "24h" }],
    ])("fails with %s", async (_, dates) => {
        const { id } = await application();
        const work = create("ApplicationPassword", { applicationId: id, ...dates });
        await expect(work).rejects.toThrow(/past or no date|is no date|use endDate/);
    });

    it("fails for an application that is not there", async () => {
        const applicationId = "/applications/10ca1000-0000-4000-8000-00000000ffff";
        await refused(
            create("ApplicationPassword", { applicationId }),
            404,
            "Request_ResourceNotFound",
        );
    });
});

describe("a certificate", () => {
    const folder = temporaryFolder();
    const files = ["-keyout", path.join(folder, "key"), "-out", path.join(folder, "crt")];
    const subject = ["-subj", "/CN=shop", "-days", "30", "-nodes"];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject, ...files], {
        stdio: "ignore",
    });
    const value = fs.readFileSync(path.join(folder, "crt"), "utf8");
    const type = "AsymmetricX509Cert";

    it("is created, refreshed, imported and deleted", async () => {
        const { id } = await application();
        const made = await create("ApplicationCertificate", { applicationId: id, type, value });
        expect(made.id).toMatch(shaped("GUID/certificate/GUID"));
        expect(made.wire.value).not.toEqual(expect.any(String));
        await lives("ApplicationCertificate", made);
    });

    it("keeps the key id that it is given, and is read in each encoding", async () => {
        const { id } = await application();
        const keyId = "10ca1000-0000-4000-8000-00000000aaaa";
        const made = await create("ApplicationCertificate", {
            applicationId: id,
            type,
            value,
            keyId,
        });
        expect(made.id.endsWith(keyId)).toBe(true);
        const der = Buffer.from(value.replace(/-----[^-]+-----|\s/g, ""), "base64");
        for (const encoding of ["base64", "hex"] as const) {
            const text = der.toString(encoding);
            const work = create("ApplicationCertificate", {
                applicationId: id,
                type,
                encoding,
                value: text,
            });
            await expect(work).resolves.toBeDefined();
        }
    });

    it("fails where it is none, and repeats nothing of it", async () => {
        const { id } = await application();
        const work = create("ApplicationCertificate", {
            applicationId: id,
            type,
            value: "hunter2",
        });
        const error: Error = await work.then(
            () => new Error("accepted"),
            (thrown) => thrown,
        );
        expect(error.message).toMatch(/no X.509 certificate/);
        expect(error.message).not.toContain("hunter2");
    });
});

describe("a federated credential", () => {
    const inputs = {
        displayName: "dev",
        issuer: "https://token.actions.githubusercontent.com",
        subject: "repo:o/r:environment:dev",
        audiences: ["api://AzureADTokenExchange"],
    };
    const name = "ApplicationFederatedIdentityCredential";
    const add = (applicationId: string, more: Values = {}) =>
        create(name, { applicationId, ...inputs, ...more });

    it("is created, changed, refreshed, imported and deleted", async () => {
        const { id } = await application();
        const made = await add(id);
        expect(made.id).toMatch(shaped("GUID/federatedIdentityCredential/GUID"));
        const changed = await update(made, name, { subject: "repo:o/r:environment:prod" });
        expect(changed.subject).toBe("repo:o/r:environment:prod");
        const refreshed = await refresh(made, name);
        expect(refreshed?.inputs.subject).toBe("repo:o/r:environment:prod");
        await update(made, name, {});
        await lives(name, made, { imports: { applicationId: id, ...inputs } });
    });

    it("fails with a name, or an issuer and subject, that another one has", async () => {
        const { id } = await application();
        await add(id);
        const name = add(id, { subject: "other" });
        await refused(name, 409, "Request_MultipleObjectsWithSameKeyValue");
        const subject = add(id, { displayName: "other" });
        await refused(subject, 400, "InvalidFederatedIdentityCredentialValue");
    });
});

describe("a user", () => {
    const inputs = {
        displayName: "Ann",
        userPrincipalName: "ann@local.example",
        password: "hunter2!",
    };

    it("is created, refreshed, imported and deleted; the password shows nowhere", async () => {
        const made = await create("User", inputs);
        expect(made.id).toMatch(shaped("/users/GUID"));
        expect(JSON.stringify(cloud.directory.list("users"))).not.toContain("hunter2!");
        expect(made.wire.password).not.toEqual(expect.any(String));
        await lives("User", made, { imports: { displayName: "Ann" } });
    });

    it("is changed, and keeps its name from others", async () => {
        const made = await create("User", inputs);
        const renamed = { userPrincipalName: "ann.b@local.example" };
        const after = await update(made, "User", { displayName: "Ann B", ...renamed });
        expect(after).toMatchObject({ displayName: "Ann B", ...renamed });
        await expect(create("User", inputs)).resolves.toBeDefined();
        const taken = { ...inputs, userPrincipalName: "ANN.B@local.example" };
        await refused(create("User", taken), 400, "Request_BadRequest", "userPrincipalName");
        await refused(update(made, "User", inputs), 400, "Request_BadRequest", "userPrincipalName");
    });

    it("fails with the name of who was there from the beginning", async () => {
        const taken = { ...inputs, userPrincipalName: signedInUser.name };
        await refused(create("User", taken), 400, "Request_BadRequest");
    });
});

describe("a group", () => {
    const inputs = { displayName: "team", securityEnabled: true };
    const members = (id: string) => cloud.directory.require("groups", path.basename(id)).members;

    it("is created, changed, refreshed, imported and deleted", async () => {
        const { id } = makePrincipal(cloud, "deployer");
        const made = await create("Group", { ...inputs, members: [id] });
        expect(made.id).toMatch(shaped("/groups/GUID"));
        await update(made, "Group", { description: "us", members: [] });
        expect(members(made.id)).toEqual([]);
        await update(made, "Group", { members: [id] });
        expect(await importAs("Group", made.id)).toMatchObject({ inputs: { displayName: "team" } });
        await remove(made, "Group");
        expect(await refresh(made, "Group")).toBeUndefined();
    });

    it("is owned by who creates it, where nothing else is said", async () => {
        expect((await create("Group", inputs)).outputs.owners).toEqual([signedInUser.objectId]);
    });

    it("fails with a member that is not there, and is as it was", async () => {
        const { id } = makePrincipal(cloud, "deployer");
        const nobody = "10ca1000-0000-4000-8000-00000000ffff";
        const wrong = create("Group", { ...inputs, members: [id, nobody] });
        await refused(wrong, 404, "Request_ResourceNotFound", nobody);
        expect(cloud.directory.list("groups")).toEqual([]);
        const made = await create("Group", { ...inputs, members: [id] });
        const change = { description: "new", members: [nobody] };
        await refused(update(made, "Group", change), 404, "Request_ResourceNotFound");
        expect(members(made.id)).toEqual([id]);
        expect(cloud.directory.groupsOf(id)).toEqual([path.basename(made.id)]);
        expect(cloud.directory.require("groups", path.basename(made.id))).not.toHaveProperty(
            "description",
        );
    });

    it("gets members one by one, which a refresh does not make inputs of it", async () => {
        const { id } = makePrincipal(cloud, "deployer");
        const made = await create("Group", inputs);
        const groupObjectId = made.outputs.objectId;
        const member = await create("GroupMember", { groupObjectId, memberObjectId: id });
        expect(member.id).toBe(`${String(groupObjectId)}/member/${id}`);
        const refreshed = await refresh(made, "Group");
        expect(refreshed?.outputs.members).toEqual([id]);
        expect(refreshed?.inputs).toEqual(made.inputs);
        const again = create("GroupMember", { groupObjectId, memberObjectId: id });
        await refused(again, 400, "Request_BadRequest", "already exist");
        await lives("GroupMember", member, { imports: { groupObjectId, memberObjectId: id } });
        expect(members(made.id)).toEqual([]);
    });

    it("loses members that are deleted", async () => {
        const user = await create("User", {
            displayName: "A",
            userPrincipalName: "a@b",
            password: "x",
        });
        const objectId = String(user.outputs.objectId);
        const inner = await create("Group", {
            ...inputs,
            displayName: "inner",
            members: [objectId],
        });
        const outer = await create("Group", { ...inputs, members: [inner.outputs.objectId] });
        await remove(user, "User");
        expect(members(inner.id)).toEqual([]);
        await remove(inner, "Group");
        expect(members(outer.id)).toEqual([]);
    });
});

describe("an app role of Microsoft Graph", () => {
    const name = "AppRoleAssignment";
    const graph = () => cloud.directory.ofClient("servicePrincipals", graphAppId)!.id;
    const appRoleId = graphAppRoles["Application.ReadWrite.OwnedBy"]!;
    const give = (principalObjectId: string, by = ad) =>
        create(name, { appRoleId, principalObjectId, resourceObjectId: graph() }, by);

    it("is given, refreshed, imported and taken away", async () => {
        const { id } = makePrincipal(cloud, "deployer");
        const made = await give(id);
        expect(made.id).toMatch(
            /^\/servicePrincipals\/[0-9a-f-]{36}\/appRoleAssignedTo\/[\w-]{43}$/,
        );
        const rights = () => rightsOf(cloud.directory.principal(id)).appRoles;
        expect(rights()).toEqual(["Application.ReadWrite.OwnedBy"]);
        await refused(give(id), 400, "Request_BadRequest", "already exists");
        const imports = { appRoleId, principalObjectId: id, resourceObjectId: graph() };
        await lives(name, made, { imports });
        expect(rights()).toEqual([]);
    });

    it("fails where the application offers none of that id", async () => {
        const { id } = makePrincipal(cloud, "deployer");
        const odd = { appRoleId: "10ca1000-0000-4000-8000-00000000ffff", principalObjectId: id };
        const work = create(name, { ...odd, resourceObjectId: graph() });
        await refused(work, 400, "Request_BadRequest", "not found on application");
    });

    it("fails for who manages applications only, although other applications' roles do not", async () => {
        const { id, applicationId, appId } = makePrincipal(cloud, "deployer");
        const { secretText } = cloud.directory.addPassword(applicationId, {
            startDateTime: "2020-01-01T00:00:00Z",
            endDateTime: "2099-01-01T00:00:00Z",
        });
        giveDirectoryRights(cloud, "servicePrincipals", id, {
            roles: ["Application Administrator"],
        });
        const { tenantId } = signedInUser;
        const manager = provider({ tenantId, clientId: appId, clientSecret: secretText });
        await refused(give(id, manager), 403, "Authorization_RequestDenied");
        const role = { id: "10ca1000-0000-4000-8000-00000000aaaa", value: "Read" };
        const app = await application({
            appRoles: [
                {
                    ...role,
                    allowedMemberTypes: ["Application"],
                    description: "r",
                    displayName: "r",
                },
            ],
        });
        const { outputs } = await principalOf(app);
        expect(outputs.appRoleIds).toEqual({ Read: role.id });
        const inputs = {
            appRoleId: role.id,
            principalObjectId: id,
            resourceObjectId: outputs.objectId,
        };
        await expect(create(name, inputs, manager)).resolves.toBeDefined();
    });
});

describe("a directory role", () => {
    const name = "DirectoryRoleAssignment";
    const roleId = directoryRoles["Application Administrator"]!;
    const give = (principalObjectId: string, more: Values = {}) =>
        create(name, { roleId, principalObjectId, ...more });

    it("is given, refreshed, imported and taken away", async () => {
        const { id } = makePrincipal(cloud, "deployer");
        const made = await give(id);
        const rights = () => rightsOf(cloud.directory.principal(id)).directoryRoles;
        expect(rights()).toEqual(["Application Administrator"]);
        await refused(give(id), 400, "Request_BadRequest", "conflicting object");
        await lives(name, made, { imports: { roleId, principalObjectId: id } });
        expect(rights()).toEqual([]);
    });

    it("has an id that begins as Graph's do", async () => {
        // Ids of assignments of Global Administrator begin so in Graph's documentation.
        const { id } = makePrincipal(cloud, "deployer");
        const made = await give(id, { roleId: directoryRoles["Global Administrator"] });
        expect(made.id).toMatch(/^lAPpYvVpN0KRkAEhdxReE[\w-]{22}-1$/);
    });

    it("fails for who is nowhere, and where it is not modelled", async () => {
        const nobody = "10ca1000-0000-4000-8000-00000000ffff";
        await refused(give(nobody), 404, "Request_ResourceNotFound", nobody);
        const { id } = makePrincipal(cloud, "deployer");
        await expect(give(id, { roleId: nobody })).rejects.toThrow("not modelled");
        await expect(give(id, { directoryScopeId: "/x" })).rejects.toThrow("not modelled");
    });
});

describe("functions", () => {
    const invoke = (name: string, args: Values) => ad.invoke(`azuread:index/${name}:${name}`, args);

    /** Names that a function's result may have, from the SDK. */
    const declared = (name: string) =>
        [
            ...fs
                .readFileSync(require.resolve(`@pulumi/azuread/${name}.d.ts`), "utf8")
                .matchAll(/^ {4}readonly (\w+)\??:/gm),
        ].map(([, property]) => property!);

    it.each([
        ["getApplication", ["clientId", "objectId", "displayName"]],
        ["getServicePrincipal", ["clientId", "objectId", "displayName"]],
        ["getUser", ["objectId", "userPrincipalName", "mailNickname"]],
        ["getGroup", ["objectId", "displayName"]],
    ])("%s finds by each of %j, and answers nothing undeclared", async (name, keys) => {
        const app = await application();
        const made: Record<string, Made> = {
            getApplication: app,
            getServicePrincipal: await principalOf(app),
            getUser: await create("User", {
                displayName: "Ann",
                userPrincipalName: "ann@b",
                mailNickname: "ann",
                password: "x",
            }),
            getGroup: await create("Group", { displayName: "team", securityEnabled: true }),
        };
        const { id, outputs } = made[name]!;
        for (const key of keys) {
            const found = await invoke(name, { [key]: outputs[key] });
            expect(found).toMatchObject({ id, objectId: outputs.objectId });
            expect(declared(name)).toEqual(expect.arrayContaining(Object.keys(found)));
            await expect(invoke(name, { [key]: "nobody" })).rejects.toThrow(/^No .* found/);
        }
    });

    it("fail on what several have, unless a second property tells them apart", async () => {
        await create("Group", { displayName: "team", securityEnabled: true });
        const mail = await create("Group", {
            displayName: "team",
            mailEnabled: true,
            types: ["Unified"],
        });
        await expect(invoke("getGroup", { displayName: "team" })).rejects.toThrow(
            /multiple groups/,
        );
        const found = await invoke("getGroup", { displayName: "team", mailEnabled: true });
        expect(found.id).toBe(mail.id);
    });

    it("fail on nothing to look for, and on what is not modelled", async () => {
        await expect(invoke("getUser", {})).rejects.toThrow(/needs one of/);
        await expect(invoke("getGroup", { includeTransitiveMembers: true })).rejects.toThrow(
            "not modelled",
        );
        for (const name of ["getDomains", "constructor"]) {
            await expect(invoke(name, {})).rejects.toThrow("not modelled");
        }
    });

    it("know who is signed in", async () => {
        const { tenantId, clientId, objectId } = signedInUser;
        const found = await invoke("getClientConfig", {});
        expect(found).toMatchObject({ tenantId, clientId, objectId });
    });
});

describe("rights", () => {
    type Right = { appRoles?: string[]; roles?: string[] };

    /** A provider signed in as a service principal with these rights. */
    function manager(rights: Right): { by: AzureAd; id: string } {
        const { id, applicationId, appId } = makePrincipal(cloud, `m${JSON.stringify(rights)}`);
        const { secretText: clientSecret } = cloud.directory.addPassword(applicationId, {
            startDateTime: "2020-01-01T00:00:00Z",
            endDateTime: "2099-01-01T00:00:00Z",
        });
        giveDirectoryRights(cloud, "servicePrincipals", id, rights);
        return {
            by: provider({ tenantId: signedInUser.tenantId, clientId: appId, clientSecret }),
            id,
        };
    }

    /** A provider signed in as a member user. */
    function member(): { by: AzureAd; id: string } {
        const id = String(cloud.directory.createUser({ userPrincipalName: "m@b" }).id);
        process.env[userVariable] = id;
        return { by: provider(), id };
    }

    /** What somebody may do to somebody else's application, in words. */
    async function mayDo({ by }: { by: AzureAd }, foreign: Made): Promise<string> {
        const work = {
            read: () => refresh(foreign, "Application", by),
            create: () => create("Application", { displayName: "new" }, by),
            update: () => update(foreign, "Application", { description: "x" }, by),
            secret: () => create("ApplicationPassword", { applicationId: foreign.id }, by),
            delete: () => remove(foreign, "Application", by),
        };
        const allowed: string[] = [];
        for (const [word, attempt] of Object.entries(work)) {
            const before = JSON.stringify(cloud.directory.list("applications"));
            try {
                await attempt();
                allowed.push(word);
            } catch (error) {
                expect(error).toMatchObject({ status: 403, code: "Authorization_RequestDenied" });
                expect(JSON.stringify(cloud.directory.list("applications"))).toBe(before);
            }
        }
        return allowed.join(" ");
    }

    const everything = "read create update secret delete";

    it("are an administrator's: everything", async () => {
        expect(await mayDo({ by: ad }, await application())).toBe(everything);
    });

    it("are a member's: to read and to register", async () => {
        const foreign = await application();
        expect(await mayDo(member(), foreign)).toBe("read create");
    });

    it.each<[string, Right, string]>([
        ["no rights", {}, ""],
        ["Application.Read.All", { appRoles: ["Application.Read.All"] }, "read"],
        ["OwnedBy", { appRoles: ["Application.ReadWrite.OwnedBy"] }, "read create"],
        ["Application.ReadWrite.All", { appRoles: ["Application.ReadWrite.All"] }, everything],
        ["Application Administrator", { roles: ["Application Administrator"] }, everything],
        ["Application Developer", { roles: ["Application Developer"] }, "create"],
        ["User Administrator", { roles: ["User Administrator"] }, ""],
    ])(
        "of a service principal with %s are at a foreign application those of the table",
        async (_, rights, words) => {
            const foreign = await application();
            expect(await mayDo(manager(rights), foreign)).toBe(words);
        },
    );

    it("of OwnedBy are everything at what it owns", async () => {
        const somebody = manager({ appRoles: ["Application.ReadWrite.OwnedBy"] });
        const own = await application({ owners: [somebody.id] });
        expect(await mayDo(somebody, own)).toBe(everything);
    });

    it("of OwnedBy end where a program leaves the owners out, as they do with the real provider", async () => {
        const { by } = manager({ appRoles: ["Application.ReadWrite.OwnedBy"] });
        const made = await create("Application", { displayName: "new" }, by);
        await refused(remove(made, "Application", by), 403, "Authorization_RequestDenied");
    });

    it("of an owner need no role of a user", async () => {
        const { by, id } = member();
        process.env[userVariable] = signedInUser.objectId;
        const own = await application({ owners: [id] });
        expect(await mayDo({ by }, own)).toBe(everything);
    });

    it("to users are those of who manages users", async () => {
        const inputs = (name: string) => ({
            displayName: name,
            userPrincipalName: name,
            password: "x",
        });
        const { by } = manager({ appRoles: ["Directory.ReadWrite.All"] });
        const made = await create("User", inputs("a@b"), by);
        await update(made, "User", { displayName: "A" }, by);
        await refused(remove(made, "User", by), 403, "Authorization_RequestDenied");
        await remove(made, "User", manager({ appRoles: ["User.ReadWrite.All"] }).by);
        const work = create("User", inputs("c@d"), manager({}).by);
        await refused(work, 403, "Authorization_RequestDenied");
    });

    it("to hand out rights are nobody's who manages applications", async () => {
        const { by, id } = manager({ appRoles: ["Application.ReadWrite.All"] });
        const role = { roleId: directoryRoles["Global Administrator"], principalObjectId: id };
        await refused(
            create("DirectoryRoleAssignment", role, by),
            403,
            "Authorization_RequestDenied",
        );
        const graph = cloud.directory.ofClient("servicePrincipals", graphAppId)!.id;
        const appRole = {
            appRoleId: graphAppRoles["Directory.ReadWrite.All"],
            principalObjectId: id,
            resourceObjectId: graph,
        };
        await refused(create("AppRoleAssignment", appRole, by), 403, "Authorization_RequestDenied");
    });

    it("are asked for with an operation that the table knows, for every type", async () => {
        const rows = Object.values(kinds).map((kind) => kind.objects as string);
        for (const objects of new Set(rows)) {
            for (const verb of ["create", "read", "update", "delete"]) {
                expect(() => cloud.askDirectory(`${objects}/${verb}`)).not.toThrow();
            }
        }
        expect(() => cloud.askDirectory("applications/rename")).toThrow("not modelled");
    });
});

describe("the provider", () => {
    it("previews without a word to the directory", async () => {
        process.env[userVariable] = "nobody";
        const made = provider();
        const { outputs } = await made.create(resource("Application"), { displayName: "x" }, true);
        expect(outputs).toMatchObject({ displayName: "x" });
        const work = made.create(resource("Application"), { displayName: "x" }, false);
        await refused(work, 401, "AADSTS50020");
    });

    it("replaces what cannot change, and nothing else", () => {
        const replaces = (name: string, key: string) =>
            ad.diff(resource(name), { [key]: 1 }, { [key]: 2 }).replaces(key);
        expect(replaces("ServicePrincipal", "clientId")).toBe(true);
        expect(replaces("Application", "displayName")).toBe(false);
        expect(replaces("User", "userPrincipalName")).toBe(false);
        expect(replaces("ApplicationPassword", "endDate")).toBe(true);
    });

    it("updates whatever it does not replace", () => {
        const fixed = Object.entries(kinds).filter(([, kind]) => !kind.update);
        for (const [type, { forceNew }] of fixed) {
            // endDateRelative is refused where it is not among them.
            const inputs = Object.keys(declarations.require(type).inputs);
            expect(
                inputs.filter((name) => !forceNew.includes(name) && name !== "endDateRelative"),
            ).toEqual([]);
        }
    });

    it("fails on a type that is not modelled", async () => {
        const work = ad.create(resource("ConditionalAccessPolicy"), {}, false);
        await expect(work).rejects.toThrow("not modelled");
    });

    it("fails to make two service principals of one application when two ask at once", async () => {
        const app = await application();
        const inputs = { clientId: app.outputs.clientId } as Document;
        const both = [0, 1].map(() =>
            provider().create(resource("ServicePrincipal"), inputs, false),
        );
        const ends = (await Promise.allSettled(both)).map(({ status }) => status).sort();
        expect(ends).toEqual(["fulfilled", "rejected"]);
    });
});
