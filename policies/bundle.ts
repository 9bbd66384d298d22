/** Makes an npm package of the rules and of the facts that they use: plain JavaScript, for any project. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Files of this folder that only work with the rest of the project. */
const left = ["command.ts", "bundle.ts", "docs.ts", "main.js"];

function sources(folder: string): string[] {
    return fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !left.includes(file));
}

/** Version of a dependency of the project, as the package should ask for it. */
function dependency(project: { dependencies: Record<string, string> }, name: string): string {
    const version = project.dependencies[name]!;
    // The project pins what Node.js 20 needs; whoever installs the package has an SDK of their own.
    return /^\d/.test(version) ? `^${version}` : version;
}

/** Writes the package into a folder, and answers its path. */
export function bundle(project: string, target: string): string {
    const { transformSync } = require("@swc/core") as typeof import("@swc/core");
    const manifest = JSON.parse(fs.readFileSync(path.join(project, "package.json"), "utf8"));
    const own = JSON.parse(fs.readFileSync(path.join(project, "policies", "package.json"), "utf8"));
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "policies-"));
    try {
        for (const folder of ["policies", "azure"]) {
            for (const file of sources(path.join(project, folder))) {
                const to = path.join(scratch, folder, file.replace(/\.ts$/, ".js"));
                fs.mkdirSync(path.dirname(to), { recursive: true });
                const text = fs.readFileSync(path.join(project, folder, file), "utf8");
                const { code } = transformSync(text, {
                    swcrc: false,
                    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
                    module: { type: "commonjs" },
                });
                fs.writeFileSync(to, code);
            }
        }
        for (const file of fs.readdirSync(path.join(project, "azure"))) {
            if (!file.endsWith(".json")) continue;
            fs.copyFileSync(path.join(project, "azure", file), path.join(scratch, "azure", file));
        }
        const configs = fs
            .readdirSync(path.join(project, "policies"))
            .filter((file) => /^(config\..+\.json|README\.md|PulumiPolicy\.yaml)$/.test(file));
        for (const file of configs) {
            fs.copyFileSync(path.join(project, "policies", file), path.join(scratch, file));
        }
        fs.copyFileSync(path.join(project, "LICENSE"), path.join(scratch, "LICENSE"));
        const packageJson = {
            name: own.name,
            version: manifest.version,
            description: "Policies for App Service and its neighbours with Pulumi's azure-native",
            license: manifest.license,
            engines: manifest.engines,
            main: "policies/pack.js",
            dependencies: {
                "@pulumi/policy": dependency(manifest, "@pulumi/policy"),
                "@pulumi/pulumi": dependency(manifest, "@pulumi/pulumi"),
                "fastest-levenshtein": dependency(manifest, "fastest-levenshtein"),
            },
        };
        fs.writeFileSync(
            path.join(scratch, "package.json"),
            JSON.stringify(packageJson, undefined, 4),
        );
        fs.mkdirSync(target, { recursive: true });
        const args = ["pack", "--silent", "--pack-destination", target];
        const made = execFileSync("npm", args, { cwd: scratch, encoding: "utf8" });
        return path.join(target, made.trim().split("\n").at(-1)!);
    } finally {
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}
