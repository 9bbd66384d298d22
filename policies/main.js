// The engine starts the pack here. JavaScript, because the policy SDK checks the types of a pack whose
// main file is TypeScript at every start.
"use strict";

require("../engine/typescript.js");
require("./pack.ts");
