// Pulumi starts here.
"use strict";

require("../../../engine/typescript.js");
module.exports = require("./program.ts");
