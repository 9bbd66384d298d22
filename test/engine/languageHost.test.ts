/**
 * Which provider plugins a program needs, as its installed packages say, and that the pack starts elsewhere too.
 * Does not show the host at work: every other test of this folder runs a program through it, where the
 * official host is missing.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { providerPackages } from "../../engine/languageHost";
import { temporaryFolder } from "../support/temporaryFolder";

const project = path.resolve(__dirname, "..", "..");

describe("providerPackages", () => {
    const folder = temporaryFolder();

    function install(name: string, manifest: unknown): void {
        const target = path.join(folder, "node_modules", name);
        fs.mkdirSync(target, { recursive: true });
        fs.writeFileSync(path.join(target, "package.json"), JSON.stringify(manifest));
    }

    it("lists the providers of this project with the versions that are installed, and no other", () => {
        const expected = ["azure-native", "azuread"].map((name) => ({
            name,
            version: (require(`@pulumi/${name}/package.json`) as { version: string }).version,
        }));
        const listed = providerPackages(project);
        expect(listed.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(expected);
    });

    it("lists nothing where nothing is installed", () => {
        expect(providerPackages(path.join(folder, "nowhere"))).toEqual([]);
    });

    it("takes name and version of a plugin from the package, and leaves out what is none", () => {
        install("@pulumi/plain", { version: "1.0.0", pulumi: { resource: true } });
        install("@other/named", {
            version: "1.0.0",
            pulumi: { resource: true, name: "named-plugin", version: "2.0.0" },
        });
        install("unscoped", { version: "3.0.0", pulumi: { resource: true } });
        install("@pulumi/library", { version: "1.0.0", pulumi: { resource: false } });
        install("mentions", { version: "1.0.0", keywords: ["pulumi"] });
        install("unrelated", { version: "1.0.0" });
        fs.mkdirSync(path.join(folder, "node_modules", ".bin"), { recursive: true });
        fs.writeFileSync(path.join(folder, "node_modules", ".package-lock.json"), "{}");
        const listed = providerPackages(folder).map(({ name, version }) => `${name} ${version}`);
        expect(listed.sort()).toEqual(["named-plugin 2.0.0", "plain 1.0.0", "unscoped 3.0.0"]);
    });
});

describe("the SDK's own runners, which the official host starts", () => {
    /** First line that a command prints; it is ended then. */
    function firstLine(args: string[], cwd: string): Promise<string> {
        return new Promise((resolve, reject) => {
            const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
            let errors = "";
            child.stderr.on("data", (data) => (errors += data));
            child.stdout.once("data", (data: Buffer) => {
                child.kill("SIGKILL");
                resolve(data.toString().split("\n")[0]!);
            });
            child.on("close", () => reject(new Error(`it printed nothing but: ${errors}`)));
        });
    }

    it("start the policy pack, which answers with its port", async () => {
        const pack = path.join(project, "policies");
        const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");
        expect(await firstLine([runner, "127.0.0.1:1", pack], pack)).toMatch(/^\d+$/);
    });
});
