// Pulumi starts here ("main" in package.json). tsx transpiles index.ts and what it imports by
// content: it never runs stale code and never checks types, which would cost seconds per preview.
"use strict";

require("tsx/cjs");
module.exports = require("./index.ts");
