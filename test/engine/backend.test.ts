/**
 * The team's state in blobs, on the real engine and on Azurite: who is kept out, by whom, and until when.
 * Cannot show that Azure's storage behaves as its emulator does, nor sign-in with Entra, which the emulator only
 * takes over HTTPS: signatures for one container stand in for the roles at it. What the roles allow is in
 * backendAccount.test.ts.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localEnvironment } from "../../local/environment";
import { Azurite } from "../support/azurite";
import { Sandbox, type Result } from "../support/sandbox";

/** A program that runs until a file is there, where an environment variable names one. */
const waiting = `
import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
const file = process.env.WAIT_FOR;
new pulumi.ComponentResource("test:index:Thing", "thing");
export const done = new Promise<boolean>((resolve) => {
    const look = () => (!file || fs.existsSync(file) ? resolve(true) : setTimeout(look, 20));
    look();
});
`;

describe("the state of a team's stacks", () => {
    const sandbox = new Sandbox();
    const gate = path.join(sandbox.root, "gate");
    let azurite: Azurite;
    let env: NodeJS.ProcessEnv;
    let cli: string;

    beforeAll(async () => {
        azurite = await Azurite.start();
        await Promise.all(["dev", "prod", "many"].map((name) => azurite.createContainer(name)));
        fs.writeFileSync(path.join(sandbox.root, "index.ts"), waiting);
        const local = await localEnvironment(sandbox.root, "dev");
        cli = local.pulumi;
        // The program is none of the stack's, so its policies have nothing to judge.
        const {
            PULUMI_OPTION_POLICY_PACK: _,
            PULUMI_OPTION_POLICY_PACK_CONFIG: __,
            ...rest
        } = local.env;
        env = { ...rest, PULUMI_BACKEND_URL: azurite.backendUrl("dev") };
        expect(await pulumi(["stack", "init", "dev"])).toMatchObject({ code: 0 });
    });

    afterAll(() => {
        azurite.stop();
        sandbox.remove();
    });

    type Variables = Record<string, string | undefined>;

    function pulumi(args: string[], who: NodeJS.ProcessEnv = azurite.owner, more: Variables = {}) {
        return sandbox.run(cli, [...args, "--non-interactive"], {
            ...env,
            ...who,
            ...more,
        });
    }

    function script(
        file: string,
        args: string[],
        who = azurite.owner,
        more: Variables = {},
    ): Promise<Result> {
        const all = ["engine/run.js", `delivery/${file}.ts`, ...args];
        return sandbox.run(process.execPath, all, { ...env, ...who, ...more });
    }

    const up = (who?: NodeJS.ProcessEnv, more?: Variables) =>
        script("up", ["--stack", "dev", "--yes", "--skip-preview", "--non-interactive"], who, more);
    const unlock = (...args: string[]) => script("backend", ["unlock", "--stack", "dev", ...args]);

    const locks = async () =>
        (await azurite.list("dev")).filter((name) => name.includes("/locks/"));

    /** Begins an up that goes on until the gate opens, and waits until it holds the lock. */
    async function beginUp(): Promise<{ ended: Promise<Result>; pid: number }> {
        fs.rmSync(gate, { force: true });
        const ended = up(azurite.owner, { WAIT_FOR: gate });
        for (;;) {
            const [lock] = await locks();
            const waits = fs.existsSync(gate) || lock === undefined;
            if (!waits) {
                const { pid } = JSON.parse(await azurite.read("dev", lock)) as { pid: number };
                return { ended, pid };
            }
            await sleep(50);
        }
    }

    it("lets one run change a stack, and refuses the other one, saying who is at it", async () => {
        const { ended, pid } = await beginUp();
        const second = await up();
        expect(second.code).not.toBe(0);
        expect(second.output).toContain('The stack "dev" is locked:');
        expect(second.output).toContain(
            `by ${os.userInfo().username} on ${os.hostname()}, process ${pid}, since `,
        );
        expect(second.output).toContain("It is still running on this machine: wait until it ends.");

        const refused = await unlock("--yes");
        expect(refused.code).toBe(1);
        expect(refused.output).toContain("Nothing was done: two runs at once spoil the state.");
        expect(await locks()).toHaveLength(1);

        fs.writeFileSync(gate, "");
        expect((await ended).code).toBe(0);
        expect(await locks()).toEqual([]);
    });

    it("finds the lock of a run that was killed, explains it, and clears it when told to", async () => {
        const { ended, pid } = await beginUp();
        process.kill(pid, "SIGKILL");
        expect((await ended).code).not.toBe(0);

        const refused = await up();
        expect(refused.code).not.toBe(0);
        expect(refused.output).toContain(`process ${pid}`);
        expect(refused.output).toContain("That process has died and left the lock behind.");
        expect(refused.output).toContain("npm run backend -- unlock --stack dev");

        const unsaid = await unlock();
        expect(unsaid.code).toBe(1);
        expect(unsaid.output).toContain("Say so with --yes.");
        expect(await locks()).toHaveLength(1);

        const cleared = await unlock("--yes");
        expect(cleared.output).toContain('The stack "dev" is unlocked.');
        expect(cleared.code).toBe(0);
        expect(await locks()).toEqual([]);
        expect(await up()).toMatchObject({ code: 0 });
        expect((await unlock()).output).toContain('The stack "dev" is not locked.');
    });

    it("says of a lock of another machine what to look for", async () => {
        const name = ".pulumi/locks/organization/azure-webapp-stack/dev/00000000.json";
        const lock = {
            pid: 7,
            username: "runner",
            hostname: "fv-az1",
            timestamp: "2026-11-22T10:00:00Z",
        };
        await azurite.write("dev", name, JSON.stringify(lock));
        const refused = await up();
        expect(refused.output).toContain(
            "by runner on fv-az1, process 7, since 2026-11-22T10:00:00Z (",
        );
        expect(refused.output).toContain("If that run is still under way, wait until it ends.");
        expect((await unlock("--yes")).code).toBe(0);
    });

    it("lets a reader preview and look for drift, though not change anything", async () => {
        const reader = azurite.holderOf("dev", "rl");
        const before = await azurite.list("dev");
        const preview = ["preview", "--stack", "dev", "--expect-no-changes"];
        expect(await pulumi(preview, reader)).toMatchObject({ code: 0 });
        const drift = ["refresh", "--preview-only", "--stack", "dev"];
        expect(await pulumi(drift, reader)).toMatchObject({ code: 0 });
        const refused = await up(reader);
        expect(refused.code).not.toBe(0);
        expect(refused.output).toContain('You may read the state of "dev", and not write it');
        expect(await azurite.list("dev")).toEqual(before);
    });

    it("shows a reader nothing in an empty container, until somebody has made a stack there", async () => {
        const reader = azurite.holderOf("prod", "rl");
        const atProd = { PULUMI_BACKEND_URL: azurite.backendUrl("prod") };
        const ls = await pulumi(["stack", "ls"], reader, atProd);
        expect(ls.code).not.toBe(0);
        expect(
            await pulumi(["stack", "init", "prod"], azurite.holderOf("prod", "racwdl"), atProd),
        ).toMatchObject({ code: 0 });
        expect(await pulumi(["stack", "ls"], reader, atProd)).toMatchObject({ code: 0 });
    });

    it.each(["rl", "racwdl"] as const)(
        "fails to read prod's state for whoever may %s dev's",
        async (permissions) => {
            const ofDev = azurite.holderOf("dev", permissions);
            const atProd = { PULUMI_BACKEND_URL: azurite.backendUrl("prod") };
            for (const args of [
                ["stack", "ls"],
                ["stack", "export", "--stack", "prod"],
            ]) {
                const { code, output } = await pulumi(args, ofDev, atProd);
                expect(code).not.toBe(0);
                expect(output).toContain("403");
            }
            expect(await pulumi(["stack", "ls"], ofDev)).toMatchObject({ code: 0 });
        },
    );

    it("keeps twenty stacks side by side, all changed at once", async () => {
        const atMany = {
            PULUMI_BACKEND_URL: azurite.backendUrl("many"),
            PULUMI_STACK: undefined,
            PULUMI_OPTION_CONFIG_FILE: undefined,
        };
        const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
        const results = await Promise.all(
            names.map(async (name) => {
                const init = await pulumi(
                    ["stack", "init", name, "--no-select"],
                    azurite.owner,
                    atMany,
                );
                const { code, output } = await pulumi(
                    ["up", "--yes", "--skip-preview", "--stack", name],
                    azurite.owner,
                    atMany,
                );
                return { name, codes: [init.code, code], output };
            }),
        );
        expect(results.filter(({ codes }) => codes.some((code) => code !== 0))).toEqual([]);
        const blobs = await azurite.list("many");
        expect(blobs.filter((name) => /\/stacks\/.*\.json$/.test(name))).toHaveLength(20);
        expect(blobs.filter((name) => name.includes("/locks/"))).toEqual([]);
        const state = await azurite.read("many", ".pulumi/stacks/azure-webapp-stack/s7.json");
        expect(state).toContain("urn:pulumi:s7::azure-webapp-stack::test:index:Thing::thing");
    });
});
