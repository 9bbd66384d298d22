/**
 * The storage account for the team's state, by the real command and engine on this machine's Azure: what is made,
 * that a second run changes nothing, and who can read which environment's state.
 * Cannot show that the real storage asks for these rights: the model knows the roles' data actions as they are
 * published, and holds no blobs. Those are in backend.test.ts, with signatures in the place of roles.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { blobDataActions } from "../../azure/operations";
import { parseBlobContainerId, stateAccountName } from "../../azure/stateStorage";
import type { Document } from "../../local/cloud/store";
import { assign, makePrincipal } from "../support/people";
import { Sandbox } from "../support/sandbox";

describe("npm run backend -- azblob", () => {
    const sandbox = new Sandbox();
    const { subscriptionId, objectId } = sandbox.cloud.caller;
    const group = `/subscriptions/${subscriptionId}/resourceGroups/pulumi-state-rg`;
    const name = stateAccountName(subscriptionId, "pulumi-state-rg");
    const account = `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
    const container = (environment: string) =>
        `${account}/blobServices/default/containers/${environment}`;

    const passphraseFile = (environment: string) =>
        path.join(sandbox.root, ".local", `${environment}.passphrase`);
    const backend = (...args: string[]) =>
        sandbox.local(["exec", "node", "engine/run.js", "delivery/backend.ts", ...args]);
    const properties = async (id: string) => (await sandbox.cloud.get(id))?.properties as Document;

    afterAll(() => sandbox.remove());

    it("fails on a name that Azure would refuse, before anything is made", async () => {
        const { code, output } = await backend("azblob", "--yes", "--account", "Not-A-Name");
        expect(output).toContain(
            '--account "Not-A-Name": expected 3 to 24 characters: lower-case letters and digits.',
        );
        expect(code).toBe(1);
        expect(sandbox.cloudIds()).not.toContain(group);
    });

    it("makes an account with a container for each environment, and says how to go on", async () => {
        const { code, output } = await backend("azblob", "--yes");
        expect(code).toBe(0);
        for (const environment of ["dev", "test", "prod"]) {
            const passphrase = passphraseFile(environment);
            expect(output).toContain(`${environment}.passphrase (made now)\n`);
            expect(fs.statSync(passphrase).mode & 0o777).toBe(0o600);
            expect(output).not.toContain(fs.readFileSync(passphrase, "utf8").trim());
            expect(output).toContain(
                `PULUMI_BACKEND_URL='azblob://${environment}?storage_account=${name}'`,
            );
            expect(output).toContain(`stateContainer: ${container(environment)}\n`);
            expect(parseBlobContainerId(container(environment))).toBeDefined();
            expect(await properties(container(environment))).toMatchObject({
                publicAccess: "None",
            });
        }
        expect(await properties(account)).toMatchObject({
            allowBlobPublicAccess: false,
            allowSharedKeyAccess: false,
            minimumTlsVersion: "TLS1_2",
        });
        expect(await properties(`${account}/blobServices/default`)).toMatchObject({
            isVersioningEnabled: true,
            deleteRetentionPolicy: { enabled: true, days: 30 },
            containerDeleteRetentionPolicy: { enabled: true, days: 30 },
        });
    });

    it("changes nothing a second time", async () => {
        const before = sandbox.cloudIds();
        // Whoever has put it away is not given another one.
        fs.rmSync(passphraseFile("prod"));
        const kept = fs.readFileSync(passphraseFile("dev"), "utf8");
        const { code, output } = await backend("azblob", "--yes");
        expect(output).not.toContain("made now");
        expect(fs.existsSync(passphraseFile("prod"))).toBe(false);
        expect(fs.readFileSync(passphraseFile("dev"), "utf8")).toBe(kept);
        expect(code).toBe(0);
        expect(output).toContain("13 unchanged");
        expect(output).not.toMatch(/\d+ (to )?(update|create|delete|replace)/);
        expect(sandbox.cloudIds()).toEqual(before);
    });

    it("adds a container for another environment, and takes none away", async () => {
        const { code, output } = await backend("azblob", "--yes", "--environments", "training");
        expect(output).toMatch(/\+ 1 created/);
        expect(code).toBe(0);
        const made = sandbox.cloudIds().filter((id) => /\/containers\/[^/]+$/.test(id));
        const wanted = ["bootstrap", "dev", "prod", "test", "training"];
        expect(made.map((id) => id.split("/").at(-1)).sort()).toEqual(wanted);
    });

    it("moves the state of its own stack as any other", async () => {
        const elsewhere = pathToFileURL(fs.mkdtempSync(path.join(sandbox.root, "elsewhere-")));
        const { code, output } = await backend("move", "--stack", "state", "--to", elsewhere.href);
        expect(output).toContain("Compared: resources, secrets and settings are the same.");
        expect(code).toBe(0);
    });

    it("leaves every environment's state to its own principals", async () => {
        const { cloud } = sandbox;
        const [contributor, reader] = ["Storage Blob Data Contributor", "Storage Blob Data Reader"];
        const ids: [string, string][] = [];
        for (const environment of ["dev", "prod"]) {
            for (const [who, role] of Object.entries({ deployer: contributor, reader })) {
                const { id } = makePrincipal(cloud, `${environment}-${who}`);
                await assign(cloud, id, role, container(environment));
                ids.push([`${environment} ${who}`, id]);
            }
        }
        const mayDo = (id: string, where: string) =>
            Object.entries(blobDataActions)
                .filter(([, action]) => cloud.access.allowsData(id, action, container(where)))
                .map(([verb]) => verb);
        const rights = [...ids, ["administrator", objectId] as const].map(([who, id]) => [
            who,
            mayDo(id, "dev"),
            mayDo(id, "prod"),
            mayDo(id, "bootstrap"),
        ]);
        const all = ["read", "write", "delete"];
        expect(rights).toEqual([
            ["dev deployer", all, [], []],
            ["dev reader", ["read"], [], []],
            ["prod deployer", [], all, []],
            ["prod reader", [], ["read"], []],
            ["administrator", all, all, all],
        ]);
        const shown = await sandbox.local(["access", "dev-reader"]);
        expect(shown.output).toContain("Storage Blob Data Reader at ");
        expect(shown.output).toContain(`data: ${blobDataActions.read}`);
    });
});
