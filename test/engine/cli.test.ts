/**
 * Which Pulumi CLI is found, and what is said where none is to be had. Runs in processes whose PATH, home
 * and cache are empty folders and whose `fetch` fails, with small scripts in the place of `pulumi` and `go`.
 * Does not show the real download nor the real build: both need the network and take minutes.
 */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as semver from "semver";
import {
    hasLanguageHost,
    installLanguageHost,
    oldestVersion,
    wantedVersion,
} from "../../engine/cli";
import { temporaryFolder } from "../support/temporaryFolder";

const project = path.resolve(__dirname, "..", "..");

/** An executable file that is a script of the shell. */
function script(file: string, text: string): string {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
}

const answering = (version: string) => `echo v${version}`;

describe("wantedVersion", () => {
    it("is a released version, and not older than what is needed", () => {
        expect(semver.prerelease(wantedVersion())).toBeNull();
        expect(semver.gte(wantedVersion(), oldestVersion)).toBe(true);
    });
});

// The scripts are the shell's.
(process.platform === "win32" ? describe.skip : describe)("finding the CLI", () => {
    const base = temporaryFolder();
    let machine: { root: string; env: NodeJS.ProcessEnv };
    let count = 0;

    /** A file below the machine's root. */
    const at = (...parts: string[]) => path.join(machine.root, ...parts);
    const cached = () =>
        at("cache", "azure-webapp-stack", `pulumi-${wantedVersion()}`, "bin", "pulumi");

    beforeEach(() => {
        const root = path.join(base, String(count++));
        fs.mkdirSync(root);
        const offline = path.join(root, "offline.js");
        fs.writeFileSync(
            offline,
            'globalThis.fetch = () => Promise.reject(new Error("no network in this test"));',
        );
        const PATH = ["first", "second"].map((name) => path.join(root, name)).join(":");
        machine = {
            root,
            env: {
                PATH,
                HOME: path.join(root, "home"),
                PULUMI_HOME: path.join(root, "pulumi-home"),
                XDG_CACHE_HOME: path.join(root, "cache"),
                NODE_OPTIONS: `--require=${offline}`,
            },
        };
    });

    function run(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
        return new Promise((resolve) => {
            const options = { cwd: project, env: machine.env };
            execFile(process.execPath, args, options, (error, stdout, stderr) => {
                resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
            });
        });
    }

    const setup = () => run(["engine/run.js", "engine/main.ts", "setup"]);

    /** What findPulumi answers; fails with what it printed. */
    async function found(): Promise<string> {
        const code = `require("./engine/typescript.js");
            require("./engine/cli.ts").findPulumi().then(console.log);`;
        const { stdout, stderr } = await run(["-e", code]);
        expect(stderr).toBe("");
        return stdout.trim();
    }

    it("takes the one on PATH", async () => {
        const file = script(at("second", "pulumi"), answering(wantedVersion()));
        expect(await found()).toBe(file);
    });

    it("takes the oldest that will do", async () => {
        const file = script(at("first", "pulumi"), answering(oldestVersion));
        script(at("second", "pulumi"), answering(wantedVersion()));
        expect(await found()).toBe(file);
    });

    it.each([
        ["too old", answering("3.248.9")],
        ["a pre-release of the oldest", answering("3.249.0-alpha.1")],
        ["without a version", answering("3.0.0-dev")],
        ["another program", "echo not pulumi"],
        ["broken", "exit 1"],
    ])("passes over one that is %s", async (_, text) => {
        script(at("first", "pulumi"), text);
        const file = script(at("second", "pulumi"), answering(wantedVersion()));
        expect(await found()).toBe(file);
    });

    it("takes the official installer's where PATH has none, then the one that it once got", async () => {
        script(at("first", "pulumi"), answering("3.100.0"));
        script(cached(), answering(wantedVersion()));
        expect(await found()).toBe(cached());
        const file = script(at("pulumi-home", "bin", "pulumi"), answering(wantedVersion()));
        expect(await found()).toBe(file);
    });

    it("fails with one message that says what to install, where nothing helps", async () => {
        const { code, stdout, stderr } = await setup();
        expect(code).toBe(1);
        expect(stdout).toBe("");
        expect(stderr.trim().split("\n")).toEqual([
            `Downloading the Pulumi CLI ${wantedVersion()} ...`,
            expect.stringMatching(/^ {2}not possible here: .*no network in this test$/),
            `No Pulumi CLI ${oldestVersion} or newer was found, and it could be neither downloaded nor built. ` +
                "Install it as https://www.pulumi.com/docs/install says, or install Go 1.25 or newer, then run the command again.",
        ]);
    });

    it("fails with what it passed over, and why", async () => {
        const old = script(at("first", "pulumi"), answering("3.100.0"));
        const broken = script(at("second", "pulumi"), "exit 1");
        const { code, stderr } = await setup();
        expect(code).toBe(1);
        expect(stderr).toContain(`${old} is version 3.100.0; ${oldestVersion} or newer is needed.`);
        expect(stderr).toContain(
            `${broken} is not a working Pulumi CLI; ${oldestVersion} or newer is needed.`,
        );
    });

    it("builds one with Go where it cannot be downloaded, and only once", async () => {
        script(
            at("first", "go"),
            `echo "$@" >> ${at("go.log")}
            [ "$1" = list ] && echo one && echo two
            [ "$1" = build ] && while [ "$1" != -o ]; do shift; done && echo built > "$2"
            exit 0`,
        );
        const { code, stderr } = await setup();
        expect(stderr).toContain("from its Go module");
        expect(code).toBe(0);
        expect(fs.readFileSync(cached(), "utf8")).toBe("built\n");
        expect(fs.readdirSync(path.dirname(cached()))).toEqual(["pulumi"]);
        const log = fs.readFileSync(at("go.log"), "utf8");
        expect(log).toContain(`Version=v${wantedVersion()}`);
        expect(await found()).toBe(cached());
        expect(fs.readFileSync(at("go.log"), "utf8")).toBe(log);
    });

    it("fails with Go's own words where the build fails, and leaves no half CLI", async () => {
        script(
            at("first", "go"),
            `[ "$1" = build ] || exit 0
            while [ "$1" != -o ]; do shift; done
            echo half > "$2"
            echo "syntax error" >&2
            exit 1`,
        );
        const { code, stderr } = await setup();
        expect(code).toBe(1);
        expect(stderr).toContain('"go build" failed:\nsyntax error');
        expect(stderr).not.toMatch(/^\s+at /m);
        expect(fs.readdirSync(path.dirname(cached()))).toEqual([]);
    });
});

describe("the language host", () => {
    const base = temporaryFolder();

    it("is found beside the CLI, also where PATH holds a link to it", () => {
        const [real, linked] = ["real", "linked"].map((name) => path.join(base, name, "pulumi"));
        script(real!, "");
        fs.mkdirSync(path.dirname(linked!));
        fs.symlinkSync(real!, linked!);
        expect([real, linked].map((file) => hasLanguageHost(file!))).toEqual([false, false]);
        const name = `pulumi-language-nodejs${process.platform === "win32" ? ".exe" : ""}`;
        script(path.join(base, "real", name), "");
        expect([real, linked].map((file) => hasLanguageHost(file!))).toEqual([true, true]);
    });

    it("is put where the engine looks, once, and again where the link leads nowhere", () => {
        const home = path.join(base, "home");
        const link = path.join(home, "plugins", "language-nodejs-v1.0.0", "pulumi-language-nodejs");
        const ours = path.join(project, "engine", "bin", "pulumi-language-nodejs");
        installLanguageHost(home);
        expect(fs.realpathSync(link)).toBe(ours);
        const { ino } = fs.lstatSync(link);
        installLanguageHost(home);
        expect(fs.lstatSync(link).ino).toBe(ino);
        fs.rmSync(link);
        fs.symlinkSync(path.join(base, "nowhere"), link);
        installLanguageHost(home);
        expect(fs.realpathSync(link)).toBe(ours);
    });
});
