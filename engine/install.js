// Installs the npm dependencies when they are missing or differ from package-lock.json.
// Plain JavaScript without imports of packages: on a fresh clone there are none yet.
"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const oldestNode = 20;

/**
 * Versions by folder, as a lockfile lists them. Optional packages are left out: npm installs only
 * those of the platform.
 * @param {string} file
 * @returns {Map<string, string> | undefined}
 */
function lockedVersions(file) {
    if (!fs.existsSync(file)) return undefined;
    const { packages } = JSON.parse(fs.readFileSync(file, "utf8"));
    const entries = Object.entries(packages).filter(([folder, entry]) => folder && !entry.optional);
    return new Map(entries.map(([folder, entry]) => [folder, entry.version]));
}

/** Whether node_modules holds what package-lock.json asks for. Compares contents, not dates. */
function isInstalled() {
    const wanted = lockedVersions(path.join(root, "package-lock.json"));
    const present = lockedVersions(path.join(root, "node_modules", ".package-lock.json"));
    if (!wanted || !present) return false;
    return [...wanted].every(([folder, version]) => present.get(folder) === version);
}

/** Makes `require` of every dependency possible, or ends the process with one message. */
function ensureInstalled() {
    const node = Number(process.versions.node.split(".")[0]);
    if (node < oldestNode) {
        process.stderr.write(
            `Node.js ${oldestNode} or newer is needed; this is ${process.version}. Install it and run the command again.\n`,
        );
        process.exit(1);
    }
    if (isInstalled()) return;
    process.stderr.write("Installing the npm dependencies (once, about a minute) ...\n");
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    // Without the packages' own scripts: none of them is needed, and any would run with whatever this process may do.
    const result = spawnSync(
        npm,
        ["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"],
        {
            cwd: root,
            stdio: ["ignore", 2, 2],
            shell: process.platform === "win32",
        },
    );
    if (result.status !== 0) {
        process.stderr.write(
            `"npm ci" failed${result.error ? `: ${result.error.message}` : ""}. It needs npm and a way to the npm registry.\n`,
        );
        process.exit(1);
    }
}

module.exports = { ensureInstalled };
if (require.main === module) ensureInstalled();
