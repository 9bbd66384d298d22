// Runs a TypeScript file of this project: node engine/run.js <file.ts> [arguments]
// Installs the dependencies first where they are missing, so every npm script works on a fresh clone.
"use strict";

const path = require("node:path");

require("./install.js").ensureInstalled();
require("./typescript.js");

const [file = "", ...args] = process.argv.slice(2);
const script = path.resolve(file);
process.argv = [process.execPath, script, ...args];

Promise.resolve(require(script).main(args)).then(
    (/** @type {number | undefined} */ code) => {
        process.exitCode = code ?? 0;
    },
    (/** @type {unknown} */ error) => {
        // A UserError says what to do; anything else is a bug of ours and shows where it happened.
        const known = error instanceof Error && error.name === "UserError";
        console.error(known ? error.message : error);
        process.exitCode = 1;
    },
);
