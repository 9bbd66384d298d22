// Pulumi starts here ("main" in package.json).
"use strict";

require("./engine/typescript.js");
module.exports = require("./index.ts");
