// The engine starts the pack here. As for the program, tsx transpiles by content and checks no types;
// were this file TypeScript, the policy SDK would check types at every start.
"use strict";

require("tsx/cjs");
require("./pack.ts");
