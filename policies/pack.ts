import { PolicyPack } from "@pulumi/policy";
import { configProblems } from "./config";
import { policies } from "./index";
import { readPropertiesOnce } from "./once";

const problems = configProblems(process.env.PULUMI_OPTION_POLICY_PACK_CONFIG, policies);
if (problems.length > 0) {
    console.error(`The configuration of the policies needs mending:\n${problems.join("\n")}`);
    process.exit(1);
}
readPropertiesOnce();
new PolicyPack("azure-webapp-policies", { policies, enforcementLevel: "advisory" });
