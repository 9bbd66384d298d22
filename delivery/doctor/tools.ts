/** The tools on this machine. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as semver from "semver";
import type { AzureReader } from "../azureCli";
import { packEnvironment } from "../../engine/pack";
import { findingsOf, type Finding } from "./finding";
import type { Runner } from "./runner";

const project = path.resolve(__dirname, "..", "..");

export function checkNode(version: string): Finding {
    const { ok, problem } = findingsOf("Node.js");
    const text = fs.readFileSync(path.join(project, "package.json"), "utf8");
    const { engines } = JSON.parse(text) as { engines: { node: string } };
    return semver.satisfies(version, engines.node)
        ? ok(`${version}.`)
        : problem(
              `${version}, and ${engines.node} is needed: https://nodejs.org/en/download says how.`,
          );
}

/** The CLI is one that engine/cli.ts has found or made, so it is new enough. */
export async function checkPulumi(pulumi: Runner): Promise<Finding> {
    const { ok, problem } = findingsOf("Pulumi CLI");
    const { code, stdout, stderr } = await pulumi("version");
    return code === 0
        ? ok(`${stdout.trim().replace(/^v/, "")}.`)
        : problem(`It does not run: ${stderr.trim()}`);
}

export async function checkAzureCli(azure: AzureReader): Promise<Finding> {
    const { ok, unknown, warning } = findingsOf("Azure CLI");
    try {
        return ok(`${await azure.version()}.`);
    } catch (error) {
        return (error as Error).message === "az was not found"
            ? warning(
                  "az was not found: https://aka.ms/azure-cli says how to get it. Without it nothing below can be " +
                      "asked of Azure, and a user cannot sign in; a service principal can.",
              )
            : unknown("It is there, but does not tell its version.");
    }
}

/** Whether the policies are configured for the environment: `up` refuses to run with weaker defaults. */
export function checkPolicies(stack: string): Finding[] {
    try {
        packEnvironment(project, stack);
        return [];
    } catch (error) {
        return [findingsOf("policies").problem((error as Error).message)];
    }
}
