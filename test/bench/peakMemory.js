// Loaded into every Node process of a measured command; the program's one notes its peak memory, in KiB.
"use strict";

const fs = require("node:fs");

if (process.env.PEAK_MEMORY_FILE && /cmd[\\/]run[\\/]index\.js$/.test(process.argv[1] ?? "")) {
    process.on("exit", () => {
        fs.writeFileSync(process.env.PEAK_MEMORY_FILE, String(process.resourceUsage().maxRSS));
    });
}
