import * as path from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { configProblems } from "./config";
import { policies } from "./index";
import { readPropertiesOnce } from "./once";
import { tellSecrets } from "./values";

// Relative to where Pulumi was called; the pack itself runs in its own folder.
const { PULUMI_OPTION_POLICY_PACK_CONFIG: named, PWD: caller = "." } = process.env;
const problems = configProblems(named && path.resolve(caller, named), policies);
if (problems.length > 0) {
    console.error(`The configuration of the policies needs mending:\n${problems.join("\n")}`);
    process.exit(1);
}
tellSecrets(readPropertiesOnce());
new PolicyPack("azure-webapp-policies", { policies, enforcementLevel: "advisory" });
