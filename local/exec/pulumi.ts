/**
 * `pulumi` of commands under `npm run local -- exec`: the real CLI on this machine's Azure, for whichever stack its
 * arguments name. Variables that it was given stay as they are: the commands of delivery/ set some of them.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { stackOption } from "../../engine/main";
import { environmentOf, packEnvironment } from "../../engine/pack";
import { runInForeground } from "../../engine/process";
import { UserError } from "../../engine/userError";
import { superviseContainers } from "../containers/commands";
import { cliVariable, localEnvironment, localFolders } from "../environment";

const project = path.resolve(__dirname, "..", "..");

/** Commands about no stack: they run at once. */
const stackless = new Set([
    ...["completion", "gen-completion", "help", "login", "logout", "package", "plugin", "schema"],
    ...["version", "whoami"],
]);

/** Commands after which other containers may have to run. */
const deploying = new Set(["destroy", "dn", "down", "up", "update"]);

/** Options before a command that take the next word as their value. */
const valued = new Set([
    ...["--color", "--config-file", "--cwd", "-C", "--memprofilerate", "--profiling", "--stack"],
    ...["-s", "--tracing", "--tracing-header", "--verbose", "-v"],
]);

/** The word that says what to do, such as `up`; undefined where there is none. */
export function commandOf(args: readonly string[]): string | undefined {
    for (let index = 0; index < args.length; index++) {
        const arg = args[index]!;
        if (valued.has(arg)) index++;
        else if (!arg.startsWith("-")) return arg;
    }
    return undefined;
}

/** Whether a command is about no stack at all. */
export function isStackless(args: readonly string[]): boolean {
    const ownArgs = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
    if (ownArgs.some((arg) => ["--help", "-h", "--version"].includes(arg))) return true;
    const command = commandOf(ownArgs);
    return command === undefined || stackless.has(command);
}

/** Where a command works, as `-C` or `--cwd` says. */
function folderOf(args: readonly string[]): string {
    for (const [index, arg] of args.entries()) {
        const [, inline] = /^(?:-C|--cwd)=?(.+)$/.exec(arg) ?? [];
        const folder = arg === "-C" || arg === "--cwd" ? args[index + 1] : inline;
        if (folder) return path.resolve(folder);
    }
    return process.cwd();
}

/** Whether a folder is in another project of Pulumi's, whose stacks are none of ours. */
function isForeign(folder: string): boolean {
    for (let at = folder; ; at = path.dirname(at)) {
        const files = ["Pulumi.yaml", "Pulumi.yml"].map((name) => path.join(at, name));
        if (files.some((file) => fs.existsSync(file))) return !isSame(at, project);
        if (at === path.dirname(at)) return false;
    }
}

function isSame(a: string, b: string): boolean {
    return fs.realpathSync(a) === fs.realpathSync(b);
}

/** The environment without what belongs to the stack of `npm run local -- exec`. */
function withoutStack(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const { root } = localFolders(project);
    const own: NodeJS.ProcessEnv = {
        ...policiesOf(env),
        PULUMI_STACK: env.PULUMI_STACK,
        PULUMI_OPTION_CONFIG_FILE: path.join(root, `Pulumi.${env.PULUMI_STACK}.yaml`),
    };
    const kept = Object.entries(env).filter(([name, value]) => own[name] !== value);
    return Object.fromEntries(kept);
}

/** The policy variables that `npm run local -- exec` sets for the stack that it sets. */
function policiesOf({ PULUMI_STACK: stack }: NodeJS.ProcessEnv): Record<string, string> {
    return stack ? packEnvironment(project, stack) : {};
}

/** The environment for a stack: the policies are another stack's only where somebody chose them. */
function forStack(given: NodeJS.ProcessEnv, local: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const inherited = Object.entries(policiesOf(given)).filter(
        ([name, value]) => given[name] === value,
    );
    return {
        ...given,
        ...Object.fromEntries(inherited.map(([name]) => [name, local[name]])),
        PULUMI_STACK: local.PULUMI_STACK,
        PULUMI_OPTION_CONFIG_FILE: local.PULUMI_OPTION_CONFIG_FILE,
    };
}

export async function main(args: string[]): Promise<number> {
    const given = process.env;
    const pulumi = given[cliVariable];
    if (!pulumi) {
        throw new UserError(
            'This "pulumi" works on this machine\'s Azure only; run it through "npm run local -- exec pulumi ...".',
        );
    }
    if (isStackless(args)) return runInForeground(pulumi, args, { env: given });
    if (isForeign(folderOf(args))) {
        return runInForeground(pulumi, args, { env: withoutStack(given) });
    }
    const stack = environmentOf(stackOption(args) ?? given.PULUMI_STACK ?? "dev");
    const { env, configFile, folders } = await localEnvironment(project, stack);
    const derived = fs.readFileSync(configFile, "utf8");
    const code = await runInForeground(pulumi, args, { env: forStack(given, env) });
    const command = commandOf(args)!;
    // Also after a failure: what is there should run.
    if (deploying.has(command)) await superviseContainers(folders, command.startsWith("up"));
    if (fs.existsSync(configFile) && fs.readFileSync(configFile, "utf8") !== derived) {
        process.stderr.write(
            `Note: the local configuration is derived anew at every run, so that change is already forgotten. ` +
                `To keep it, make it in Pulumi.${stack}.yaml.\n`,
        );
    }
    return code;
}
