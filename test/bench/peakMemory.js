// Loaded into every Node process of a measured command; the one that PEAK_MEMORY_OF names (the program's, if
// nothing does) notes its peak memory, in KiB.
"use strict";

const fs = require("node:fs");

const { PEAK_MEMORY_FILE: file, PEAK_MEMORY_OF: name = "index.js" } = process.env;
const started = process.argv[1] ?? "";
const isMeasured =
    name === "index.js" ? /cmd[\\/]run[\\/]index\.js$/.test(started) : started.endsWith(name);

if (file && isMeasured) {
    process.on("exit", () => fs.writeFileSync(file, String(process.resourceUsage().maxRSS)));
}
