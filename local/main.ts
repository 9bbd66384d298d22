/** The command `npm run local`: the whole stack on this machine, with the real Pulumi engine and no Azure. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { runInForeground } from "../engine/process";
import { UserError } from "../engine/userError";
import {
    endContainers,
    runningSites,
    showLogs,
    superviseContainers,
    whatEnded,
    whereToOpen,
} from "./containers/commands";
import { localEnvironment, localFolders, type LocalFolders } from "./environment";

const usage = `npm run local                       bring the dev stack up on this machine
npm run local -- preview            show what that would change
npm run local -- destroy            take it down
npm run local -- logs [--follow]    show what the web app's container and the platform around it say
npm run local -- exec <command>     run any command, "pulumi" included, in the same environment
npm run local -- reset              forget everything local
Before any of these words, --stack <name> chooses another stack than dev.`;

const project = path.resolve(__dirname, "..");

function parseArguments(args: string[]): { stack: string; verb: string; rest: string[] } {
    let stack = "dev";
    const rest = [...args];
    const takeStack = () => {
        for (;;) {
            const [, inline] = /^--stack=(.*)$/.exec(rest[0] ?? "") ?? [];
            if (inline !== undefined) rest.shift();
            else if (rest[0] !== "--stack" && rest[0] !== "-s") return;
            else rest.shift();
            stack = inline ?? rest.shift() ?? "";
            if (!stack) throw new UserError(`--stack wants the name of a stack.\n\n${usage}`);
        }
    };
    takeStack();
    if (rest[0] === "--help" || rest[0] === "-h") return { stack, verb: "help", rest: [] };
    const implied = rest.length === 0 || rest[0]!.startsWith("-");
    const verb = implied ? "up" : rest.shift()!;
    takeStack();
    const stray = rest.find((word) => !word.startsWith("-"));
    if ((implied || verb === "reset") && stray !== undefined) {
        throw new UserError(`"${stray}" is one word too many.\n\n${usage}`);
    }
    return { stack, verb, rest };
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
    const { stack, verb, rest } = parseArguments(args);
    const folders = localFolders(project);
    switch (verb) {
        case "help":
            console.log(usage);
            return 0;
        case "reset":
            if (stack !== "dev")
                throw new UserError("reset forgets all stacks; it takes no --stack.");
            await endContainers(folders);
            fs.rmSync(folders.root, { recursive: true, force: true });
            console.log("Everything local is forgotten.");
            return 0;
        case "logs":
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
    const { pulumi, env, configFile } = await localEnvironment(project, stack);
    if (verb === "exec") {
        const [command, ...commandArgs] = rest;
        if (!command) throw new UserError(`exec wants a command.\n\n${usage}`);
        const derived = fs.readFileSync(configFile, "utf8");
        const code = await execute(command, commandArgs, env);
        superviseContainers(folders);
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
    const code = await runInForeground(pulumi, [verb, ...flags, ...rest], { cwd: project, env });
    // Also after a failure: what is there should run.
    superviseContainers(folders);
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
