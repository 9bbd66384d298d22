/** The command `npm run doctor`: what would stop an `up`, found before it. It changes nothing. */
import { openStack } from "../engine/main";
import { azureCli, type AzureReader } from "./azureCli";
import { checkBackend } from "./doctor/backend";
import { checkCredentials } from "./doctor/credentials";
import { checkDirectory } from "./doctor/directory";
import { count, findingsOf, verdict, type Finding } from "./doctor/finding";
import { checkGitHub } from "./doctor/gitHub";
import { drawTable } from "./doctor/print";
import { checkRights } from "./doctor/rights";
import { pulumiRunner } from "./doctor/runner";
import { checkPlace, type StackSettings } from "./doctor/settings";
import { checkSignIn } from "./doctor/signIn";
import { checkAzureCli, checkNode, checkPolicies, checkPulumi } from "./doctor/tools";
import { checkAppName, checkQuota } from "./doctor/workload";
import { readOptions } from "./options";

const usage = `npm run doctor -- --stack dev    what would stop an up, and the commands that mend it

--json    for programs: the level of each finding is ok, unknown, warning or problem`;

const options = {
    stack: { type: "string", short: "s" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
} as const;

/** What is to be asked of Azure, of whoever is signed in there. */
async function askAzure(
    azure: AzureReader,
    settings: StackSettings,
    env: NodeJS.ProcessEnv,
    now: Date,
): Promise<Finding[]> {
    const place = checkPlace(settings);
    if (place.length > 0) return place;
    const { findings, asker } = await checkSignIn(azure, settings, env, now);
    if (!asker) return findings;
    return [
        ...findings,
        ...(await checkRights(azure, asker, settings)),
        ...(await checkDirectory(azure, asker.account, settings)),
        ...(await checkAppName(azure, settings)),
        ...(await checkQuota(azure, settings)),
    ];
}

export async function main(args: string[]): Promise<number> {
    const { values } = readOptions(args, options, usage);
    if (values.help) {
        console.log(usage);
        return 0;
    }
    const place = await openStack(values.stack === undefined ? [] : ["--stack", values.stack]);
    const { stack, env } = place;
    const pulumi = pulumiRunner(place);
    const now = new Date();
    const tools = [
        checkNode(process.versions.node),
        await checkPulumi(pulumi),
        await checkAzureCli(azureCli),
        ...checkPolicies(stack),
    ];
    const { findings: backend, settings } = await checkBackend(pulumi, place);
    const rest = settings
        ? [
              ...(await askAzure(azureCli, settings, env, now)),
              ...checkCredentials(settings, now),
              ...checkGitHub(settings),
          ]
        : [findingsOf("the rest").unknown("It needs the settings, which could not be read.")];
    const findings = [...tools, ...backend, ...rest];
    console.log(
        values.json
            ? JSON.stringify({ stack, verdict: verdict(findings), findings }, undefined, 2)
            : drawTable(findings),
    );
    return count(findings, "problem") > 0 ? 1 : 0;
}
