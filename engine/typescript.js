// Lets `require` load TypeScript: transpiled without a look at types, which would cost seconds per preview
// ("npm run check" looks at them), and kept under a hash of its text, so that no stale code ever runs.
"use strict";

const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const cache = path.resolve(__dirname, "..", "node_modules", ".cache", "transpiled");

/** @type {import("@swc/core").Options} */
const options = {
    swcrc: false,
    sourceMaps: true,
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
};

/** What else the result depends on: how it is made. */
const recipe = JSON.stringify([options, require("@swc/core/package.json").version]);

/** Source maps of the loaded files: where they are, until a stack trace needs them. */
const maps = new Map();

function write(file, text) {
    fs.mkdirSync(cache, { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    fs.writeFileSync(unfinished, text);
    fs.renameSync(unfinished, file);
}

/** What is no TypeScript fails with the place in the source, and without those in the transpiler. */
function transform(source, filename) {
    try {
        return require("@swc/core").transformSync(source, { ...options, filename });
    } catch (error) {
        const [text] = String(error.message)
            .replace(/\u001b\[[0-9;]*m/g, "")
            .split(/\n+Caused by:/);
        const mistake = new SyntaxError(`${filename} is no TypeScript:\n${text}`);
        mistake.stack = mistake.message;
        throw mistake;
    }
}

function transpile(filename) {
    const source = fs.readFileSync(filename, "utf8");
    const key = createHash("sha256").update(recipe).update(source).digest("hex");
    const [code, map] = [path.join(cache, `${key}.js`), path.join(cache, `${key}.map`)];
    maps.set(filename, map);
    try {
        return fs.readFileSync(code, "utf8");
    } catch {
        const made = transform(source, filename);
        write(map, made.map);
        write(code, made.code);
        return made.code;
    }
}

// @ts-expect-error Deprecated by Node, and the only hook that leaves other files alone.
Module._extensions[".ts"] = (module, filename) => module._compile(transpile(filename), filename);

/** A line of a stack trace, with the position in the TypeScript source. */
function frameText(frame) {
    const file = frame.getFileName();
    let map = maps.get(file);
    if (!map) return String(frame);
    if (typeof map === "string") {
        map = new Module.SourceMap(JSON.parse(fs.readFileSync(map, "utf8")));
        maps.set(file, map);
    }
    const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
    const origin = map.findEntry(line - 1, column - 1);
    if (origin.originalLine === undefined) return String(frame);
    const position = `${file}:${origin.originalLine + 1}:${origin.originalColumn + 1}`;
    return String(frame).replace(`${file}:${line}:${column}`, position);
}

// The SDK takes a stack trace at each of its promises, and would have each one translated through the
// source maps of all its own files: a quarter of a second for this stack. Only ours are translated.
Error.prepareStackTrace = (error, frames) =>
    [String(error), ...frames.map((frame) => `    at ${frameText(frame)}`)].join("\n");

// Pulumi's SDK loads the TypeScript compiler and npm's dependency tree at start, for programs that turn
// their own functions into cloud code, and its Automation API. For the SDK they load when it first looks
// into them: here that is never, which saves half of the program's start.
const rarelyUsed = new Set(["typescript", "@npmcli/arborist", "./automation"]);
// @ts-expect-error Not in Node's declarations.
const load = Module._load;
// @ts-expect-error Not in Node's declarations.
Module._load = function (request, parent, isMain) {
    const later = rarelyUsed.has(request) && /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename);
    if (!later) return load(request, parent, isMain);
    // "__esModule" keeps the SDK's import helper from copying, and so from loading, every property.
    const get = (_, property) =>
        property === "__esModule" || load(request, parent, isMain)[property];
    return new Proxy({}, { get });
};
