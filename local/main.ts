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
import {
    localEnvironment,
    localFolders,
    whoIsAtWork,
    type LocalEnvironment,
    type LocalFolders,
} from "./environment";
import { execEnvironment } from "./exec/environment";
import { faultCommand } from "./faults";
import { signedInUser } from "./identity";
import { callerOf, makeToken, signInEnvironment } from "./principals";
import { localFinder } from "./recovery";
import { drawCloud } from "./show";

const project = path.resolve(__dirname, "..");

/** A command, as it was typed. */
interface Invocation {
    readonly folders: LocalFolders;
    readonly stack: string;
    /** Who to sign in as; undefined for the signed-in user. */
    readonly as?: string;
    /** What follows the word. */
    readonly args: string[];
}

/** A word after `npm run local --`. */
interface Word {
    /** What follows it, for the usage text. */
    readonly form?: string;
    readonly help: string;
    readonly takesStack?: true;
    readonly takesAs?: true;
    /** Whether no further word may follow, only options. */
    readonly alone?: true;
    run(invocation: Invocation): Promise<number>;
}

/** A word that looks at this machine's Azure or changes it, and needs no engine. */
function azureWord(
    command: (cloud: Cloud, args: readonly string[]) => string | Promise<string>,
): Word["run"] {
    return async ({ folders, as, args }) => {
        console.log(await answer(async () => command(cloudAs(folders.store, as), args)));
        await superviseContainers(folders);
        return 0;
    };
}

/** Every word, in the order of the usage text; `up` is what no word means. */
const words: Readonly<Record<string, Word>> = {
    up: {
        help: "bring the dev stack up on this machine",
        takesStack: true,
        takesAs: true,
        run: (invocation) => deploy("up", invocation),
    },
    preview: {
        help: "show what that would change",
        takesStack: true,
        takesAs: true,
        run: (invocation) => deploy("preview", invocation),
    },
    destroy: {
        help: "take it down",
        takesStack: true,
        takesAs: true,
        run: (invocation) => deploy("destroy", invocation),
    },
    logs: {
        form: "[--follow]",
        help: "show what the web app's container and the platform around it say",
        takesStack: true,
        run: logs,
    },
    exec: {
        form: "<command>",
        help: 'run any command, "pulumi" and "az" included, in the same environment',
        takesStack: true,
        takesAs: true,
        run: execute,
    },
    show: {
        help: "everything in this machine's Azure, as a tree",
        alone: true,
        run: azureWord(drawCloud),
    },
    access: {
        form: "<principal>",
        help: "what somebody can do; with --used, what they did, here or by a log of Azure",
        run: azureWord(describeAccess),
    },
    az: {
        form: "<resource> ...",
        help: "change something behind Pulumi's back; without arguments: how",
        takesAs: true,
        run: azureWord(az),
    },
    token: {
        form: "...",
        help: "a token as a pipeline would have it; without arguments: how",
        run: azureWord(makeToken),
    },
    quota: {
        form: "<tier> <n>",
        help: 'give the subscription n instances of a tier; "none" lifts it',
        run: azureWord(quota),
    },
    unit: {
        form: "old|new",
        help: "put groups on an old deployment unit of App Service",
        run: azureWord(unit),
    },
    purge: { form: "<vault>", help: "purge a deleted key vault", run: azureWord(purge) },
    fault: {
        form: "<kind>",
        help: "make Azure fail on demand; fault --help says how",
        run: async ({ folders, args }) => faultCommand(openStore(folders.store), args),
    },
    reset: { help: "forget everything local", alone: true, run: reset },
};

function usage(): string {
    const lines = Object.entries(words).map(([word, { form, help }]): [string, string] => [
        ["npm run local", ...(word === "up" ? [] : ["--", word]), form ?? []].flat().join(" "),
        help,
    ]);
    const width = Math.max(...lines.map(([command]) => command.length));
    return [
        ...lines.map(([command, help]) => `${command.padEnd(width)} ${help}`),
        "Before any of these words, --stack <name> chooses another stack than dev, and --as <principal> signs in",
        "as somebody else: a service principal or user by name, principal name, client id or object id.",
    ].join("\n");
}

interface Arguments {
    /** Undefined if none is said. */
    readonly stack?: string;
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
            if (!value) throw new UserError(`${option} wants the ${what}.\n\n${usage()}`);
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
    if ((implied || words[verb]?.alone) && stray !== undefined) {
        throw new UserError(`"${stray}" is one word too many.\n\n${usage()}`);
    }
    return { stack, as, verb, rest };
}

/** Refuses an option before a word that does not take it. */
function checkOption(option: string, takes: "takesAs" | "takesStack", verb: string): void {
    if (words[verb]![takes]) return;
    const takers = Object.keys(words).filter((word) => words[word]![takes]);
    const all = `${takers.slice(0, -1).join(", ")} and ${takers.at(-1)}`;
    throw new UserError(`${option} goes with ${all}, not with "${verb}".`);
}

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
    const { stack, as, verb, rest } = parseArguments(args);
    if (verb === "help") {
        console.log(usage());
        return 0;
    }
    const word = Object.hasOwn(words, verb) ? words[verb] : undefined;
    if (!word) throw new UserError(`"${verb}" is not known.\n\n${usage()}`);
    if (as !== undefined) checkOption("--as", "takesAs", verb);
    if (stack !== undefined) checkOption("--stack", "takesStack", verb);
    return word.run({ folders: localFolders(project), stack: stack ?? "dev", as, args: rest });
}

async function reset({ folders }: Invocation): Promise<number> {
    const atWork = whoIsAtWork(folders);
    if (atWork) throw new UserError(`${atWork}; end it first.`);
    await endContainers(folders);
    fs.rmSync(folders.root, { recursive: true, force: true });
    console.log("Everything local is forgotten.");
    return 0;
}

async function logs({ folders, stack, args }: Invocation): Promise<number> {
    await superviseContainers(folders);
    await showLogs(folders, stack, args);
    return 0;
}

/** Everything to run with, signed in as the command says. */
async function prepare(
    { folders, stack, as }: Invocation,
    options?: { brokenAsEmpty: boolean },
): Promise<LocalEnvironment> {
    firstPort(); // A wrong port fails before there is anything to run at it.
    const local = await localEnvironment(project, stack, options);
    const signIn = as && signInEnvironment(cloudAs(folders.store), as);
    return { ...local, env: { ...local.env, ...signIn } };
}

async function deploy(verb: "up" | "preview" | "destroy", invocation: Invocation): Promise<number> {
    const { folders, stack, args } = invocation;
    const { pulumi, env } = await prepare(invocation);
    const flags = verb === "preview" ? [] : ["--yes"];
    const before = runningSites(folders, stack);
    const commandLine = [...flags, ...args];
    const code =
        verb === "up"
            ? await up(
                  { pulumi, cwd: project, env, stack },
                  commandLine,
                  localFinder(folders.store),
              )
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

async function execute(invocation: Invocation): Promise<number> {
    const [command, ...args] = invocation.args;
    if (!command) throw new UserError(`exec wants a command.\n\n${usage()}`);
    const env = execEnvironment(await prepare(invocation, { brokenAsEmpty: true }));
    const code = await run(command, args, env);
    await superviseContainers(invocation.folders);
    return code;
}

async function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
    try {
        return await runInForeground(command, args, { cwd: process.cwd(), env });
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") throw new UserError(`The command "${command}" was not found.`);
        throw new UserError(`The command "${command}" could not be started (${code}).`);
    }
}
