/** The command `npm run local`: the whole stack on this machine, with the real Pulumi engine and no Azure. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { runInForeground } from "../engine/process";
import { up } from "../engine/recover";
import { UserError } from "../engine/userError";
import { Store } from "./cloud/store";
import { localEnvironment, localFolders } from "./environment";
import { faultCommand } from "./faults";
import { localFinder } from "./recovery";

const usage = `npm run local                       bring the dev stack up on this machine
npm run local -- preview            show what that would change
npm run local -- destroy            take it down
npm run local -- exec <command>     run any command, "pulumi" included, in the same environment
npm run local -- fault <kind>       make Azure fail on demand; fault --help says how
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

function printNextSteps(pulumi: string, env: NodeJS.ProcessEnv, stack: string): void {
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
        [command("exec", "pulumi", "stack", "export"), "the whole state"],
        [command("preview"), `what a change would do; the policies refuse "sku: P3v3"`],
        [command("destroy"), "take it down"],
    ];
    const width = Math.max(...next.map(([text]) => text.length));
    const lines = [
        "",
        `The stack "${stack}" is up on this machine; nothing was sent to Azure.`,
        ...(outputs.url ? [`On Azure the app would answer at ${String(outputs.url)}`] : []),
        "",
        "What to try next:",
        ...next.map(([text, what]) => `  ${text.padEnd(width)}   ${what}`),
    ];
    console.log(lines.join("\n"));
}

export async function main(args: string[]): Promise<number> {
    const { stack, verb, rest } = parseArguments(args);
    const { root, store } = localFolders(project);
    switch (verb) {
        case "help":
            console.log(usage);
            return 0;
        case "reset":
            if (stack !== "dev")
                throw new UserError("reset forgets all stacks; it takes no --stack.");
            fs.rmSync(root, { recursive: true, force: true });
            console.log("Everything local is forgotten.");
            return 0;
        case "fault":
            return faultCommand(new Store(store), rest);
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
        if (fs.existsSync(configFile) && fs.readFileSync(configFile, "utf8") !== derived) {
            console.error(
                `Note: the local configuration is derived anew at every run, so that change is already forgotten. ` +
                    `To keep it, make it in Pulumi.${stack}.yaml.`,
            );
        }
        return code;
    }
    if (verb === "up") {
        const place = { pulumi, cwd: project, env, stack };
        const code = await up(place, ["--yes", ...rest], localFinder(store));
        if (code === 0) printNextSteps(pulumi, env, stack);
        return code;
    }
    const flags = verb === "preview" ? [] : ["--yes"];
    return runInForeground(pulumi, [verb, ...flags, ...rest], { cwd: project, env });
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
