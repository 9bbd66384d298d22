/** The command `npm run local`: the whole stack on this machine, with the real Pulumi engine and no Azure. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { runInForeground } from "../engine/process";
import { up } from "../engine/recover";
import { UserError } from "../engine/userError";
import { describeAccess } from "./access";
import { az } from "./az";
import { Cloud } from "./cloud/cloud";
import { CloudError } from "./cloud/errors";
import { openStore } from "./cloud/initial";
import { purge, quota, unit } from "./condition";
import {
    endContainers,
    runningSites,
    showLogs,
    superviseContainers,
    whatEnded,
    whereToOpen,
} from "./containers/commands";
import { firstPort } from "./containers/ports";
import { localEnvironment, localFolders, whoIsAtWork, type LocalFolders } from "./environment";
import { faultCommand } from "./faults";
import { signedInUser } from "./identity";
import { callerOf, makeToken, signInEnvironment } from "./principals";
import { localFinder } from "./recovery";
import { drawCloud } from "./show";

const usage = `npm run local                       bring the dev stack up on this machine
npm run local -- preview            show what that would change
npm run local -- destroy            take it down
npm run local -- logs [--follow]    show what the web app's container and the platform around it say
npm run local -- exec <command>     run any command, "pulumi" included, in the same environment
npm run local -- show               everything in this machine's Azure, as a tree
npm run local -- access <principal> what somebody can do; with --used, what they did
npm run local -- az <resource> ...  change something behind Pulumi's back; without arguments: how
npm run local -- token ...          a token as a pipeline would have it; without arguments: how
npm run local -- quota <tier> <n>   give the subscription n instances of a tier; "none" lifts it
npm run local -- unit old|new       put groups on an old deployment unit of App Service
npm run local -- purge <vault>      purge a deleted key vault
npm run local -- fault <kind>       make Azure fail on demand; fault --help says how
npm run local -- reset              forget everything local
Before any of these words, --stack <name> chooses another stack than dev, and --as <principal> signs in
as somebody else: a service principal or user by name, principal name, client id or object id.`;

const project = path.resolve(__dirname, "..");

interface Arguments {
    /** Undefined if none is said. */
    readonly stack?: string;
    /** Who to sign in as; undefined for the signed-in user. */
    readonly as?: string;
    readonly verb: string;
    readonly rest: string[];
}

function parseArguments(args: string[]): Arguments {
    let stack: string | undefined;
    let as: string | undefined;
    const rest = [...args];
    const takeOptions = () => {
        for (;;) {
            const [, option, inline] = /^(--stack|-s|--as)(?:=(.*))?$/.exec(rest[0] ?? "") ?? [];
            if (option === undefined) return;
            rest.shift();
            const value = inline ?? rest.shift();
            const what = option === "--as" ? "name of a principal" : "name of a stack";
            if (!value) throw new UserError(`${option} wants the ${what}.\n\n${usage}`);
            if (option === "--as") as = value;
            else stack = value;
        }
    };
    takeOptions();
    if (rest[0] === "--help" || rest[0] === "-h") return { verb: "help", rest: [] };
    const implied = rest.length === 0 || rest[0]!.startsWith("-");
    const verb = implied ? "up" : rest.shift()!;
    takeOptions();
    const stray = rest.find((word) => !word.startsWith("-"));
    if ((implied || verb === "reset" || verb === "show") && stray !== undefined) {
        throw new UserError(`"${stray}" is one word too many.\n\n${usage}`);
    }
    return { stack, as, verb, rest };
}

/** Commands that look at this machine's Azure or change it, and need no engine. */
const azureCommands: Readonly<
    Record<string, (cloud: Cloud, args: readonly string[]) => string | Promise<string>>
> = { access: describeAccess, az, purge, quota, show: drawCloud, token: makeToken, unit };

/** This machine's Azure, as the signed-in user or somebody else sees it. */
function cloudAs(store: string, as?: string): Cloud {
    const cloud = new Cloud(openStore(store), signedInUser);
    return as === undefined ? cloud : new Cloud(cloud.store, callerOf(cloud, as));
}

/** What a command answers; a refusal of Azure's is one line, with its code. */
async function answer(command: () => Promise<string>): Promise<string> {
    try {
        return await command();
    } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        throw new UserError(`${error.code} (${error.status}): ${error.message}`);
    }
}

async function printNextSteps(
    pulumi: string,
    env: NodeJS.ProcessEnv,
    stack: string,
    folders: LocalFolders,
): Promise<void> {
    const text = execFileSync(pulumi, ["stack", "output", "--json"], {
        cwd: project,
        env,
    }).toString();
    const outputs: Record<string, unknown> = JSON.parse(text);
    const stackOption = stack === "dev" ? [] : ["--stack", stack];
    const command = (...words: string[]) => {
        const all = [...stackOption, ...words];
        return ["npm run local", ...(all.length > 0 ? ["--", ...all] : [])].join(" ");
    };
    const next: [string, string][] = [
        [command(), "again: no changes"],
        [command("logs"), "what the container says"],
        [command("show"), "what there is now, as a tree"],
        [command("exec", "pulumi", "stack", "export"), "the whole state"],
        [command("preview"), `what a change would do; the policies refuse "sku: P3v3"`],
        [command("destroy"), "take it down"],
    ];
    const width = Math.max(...next.map(([text]) => text.length));
    const lines = [
        "",
        `The stack "${stack}" is up on this machine; nothing was sent to Azure.`,
        ...(outputs.url ? [`On Azure: ${String(outputs.url)}`] : []),
        ...(await whereToOpen(folders, stack)),
        "",
        "What to try next:",
        ...next.map(([text, what]) => `  ${text.padEnd(width)}   ${what}`),
    ];
    console.log(lines.join("\n"));
}

export async function main(args: string[]): Promise<number> {
    const { stack: saidStack, as, verb, rest } = parseArguments(args);
    const stack = saidStack ?? "dev";
    const folders = localFolders(project);
    const { store } = folders;
    const takesAs = ["up", "preview", "destroy", "exec", "az"].includes(verb);
    if (as !== undefined && !takesAs) {
        throw new UserError(
            `--as goes with up, preview, destroy, exec and az, not with "${verb}".`,
        );
    }
    const takesNoStack = [...Object.keys(azureCommands), "fault", "reset"].includes(verb);
    if (saidStack !== undefined && takesNoStack) {
        throw new UserError(
            `--stack goes with up, preview, destroy, logs and exec, not with "${verb}".`,
        );
    }
    const azureCommand = Object.hasOwn(azureCommands, verb) ? azureCommands[verb] : undefined;
    if (azureCommand) {
        const cloud = cloudAs(store, as);
        console.log(await answer(async () => azureCommand(cloud, rest)));
        await superviseContainers(folders);
        return 0;
    }
    switch (verb) {
        case "help":
            console.log(usage);
            return 0;
        case "reset": {
            const atWork = whoIsAtWork(folders);
            if (atWork) throw new UserError(`${atWork}; end it first.`);
            await endContainers(folders);
            fs.rmSync(folders.root, { recursive: true, force: true });
            console.log("Everything local is forgotten.");
            return 0;
        }
        case "fault":
            return faultCommand(openStore(store), rest);
        case "logs":
            await superviseContainers(folders);
            await showLogs(folders, stack, rest);
            return 0;
        case "up":
        case "preview":
        case "destroy":
        case "exec":
            break;
        default:
            throw new UserError(`"${verb}" is not known.\n\n${usage}`);
    }
    firstPort(); // A wrong port fails before there is anything to run at it.
    const local = await localEnvironment(project, stack);
    const { pulumi, configFile } = local;
    const env = { ...local.env, ...(as && signInEnvironment(cloudAs(store), as)) };
    if (verb === "exec") {
        const [command, ...commandArgs] = rest;
        if (!command) throw new UserError(`exec wants a command.\n\n${usage}`);
        const derived = fs.readFileSync(configFile, "utf8");
        const code = await execute(command, commandArgs, env);
        await superviseContainers(folders);
        if (fs.existsSync(configFile) && fs.readFileSync(configFile, "utf8") !== derived) {
            console.error(
                `Note: the local configuration is derived anew at every run, so that change is already forgotten. ` +
                    `To keep it, make it in Pulumi.${stack}.yaml.`,
            );
        }
        return code;
    }
    const flags = verb === "preview" ? [] : ["--yes"];
    const before = runningSites(folders, stack);
    const commandLine = [...flags, ...rest];
    const code =
        verb === "up"
            ? await up({ pulumi, cwd: project, env, stack }, commandLine, localFinder(store))
            : await runInForeground(pulumi, [verb, ...commandLine], { cwd: project, env });
    // Also after a failure: what is there should run.
    await superviseContainers(folders, verb === "up");
    if (code !== 0) return code;
    if (verb === "up") await printNextSteps(pulumi, env, stack, folders);
    if (verb === "destroy") {
        for (const line of await whatEnded(folders, before)) console.log(line);
    }
    return code;
}

async function execute(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
    try {
        return await runInForeground(command, args, { cwd: process.cwd(), env });
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") throw new UserError(`The command "${command}" was not found.`);
        throw new UserError(`The command "${command}" could not be started (${code}).`);
    }
}
