import { PolicyPack } from "@pulumi/policy";
import { policies } from "./index";

new PolicyPack("azure-webapp-policies", { policies, enforcementLevel: "advisory" });
