/**
 * `az` of commands under `npm run local -- exec`: as much of the Azure CLI as this project asks of it, answered by
 * this machine's Azure. It acts as whoever the providers would act as: see ../providers/session.ts.
 */
import * as fs from "node:fs";
import { UserError } from "../../engine/userError";
import type { Cloud } from "../cloud/cloud";
import { CloudError } from "../cloud/errors";
import { openSession } from "../providers/session";
import * as directory from "./directory";
import { request, restError } from "./rest";
import { subscription } from "../cloud/questions";
import type { Document } from "../cloud/store";

type Options = ReadonlyMap<string, string>;

interface Command {
    /** Options that it needs. */
    readonly required: readonly string[];
    /** Options that it takes besides. */
    readonly optional: readonly string[];
    answer(cloud: Cloud, options: Options): unknown;
}

function taking(
    required: readonly string[],
    optional: readonly string[],
    answer: (cloud: Cloud, options: Options) => unknown,
): Command {
    return { required, optional, answer };
}

const commands: Readonly<Record<string, Command>> = {
    "account show": taking([], [], showAccount),
    rest: taking(["--url"], ["--body", "--method"], (cloud, options) =>
        request(
            cloud,
            options.get("--method") ?? "get",
            options.get("--url")!,
            readBody(options.get("--body")),
        ),
    ),
    "ad app list": taking([], ["--filter"], (cloud, options) =>
        directory.listObjects(cloud, "applications", options.get("--filter")),
    ),
    "ad app show": show("applications"),
    "ad app credential list": taking(["--id"], [], (cloud, options) =>
        directory.listPasswords(cloud, options.get("--id")!),
    ),
    "ad app credential delete": taking(["--id", "--key-id"], [], (cloud, options) =>
        directory.removePassword(cloud, options.get("--id")!, options.get("--key-id")!),
    ),
    "ad app federated-credential list": taking(["--id"], [], (cloud, options) =>
        directory.listFederatedCredentials(cloud, options.get("--id")!),
    ),
    "ad sp list": taking([], ["--filter"], (cloud, options) =>
        directory.listObjects(cloud, "servicePrincipals", options.get("--filter")),
    ),
    "ad sp show": show("servicePrincipals"),
    "ad signed-in-user show": taking([], [], (cloud) =>
        directory.showObject(cloud, "users", cloud.caller.objectId),
    ),
    "ad user show": show("users"),
    "ad group show": show("groups", "--group"),
};

function show(kind: Parameters<typeof directory.showObject>[1], option = "--id"): Command {
    return taking([option], [], (cloud, options) =>
        directory.showObject(cloud, kind, options.get(option)!),
    );
}

/** Other names of options. */
const aliases: Readonly<Record<string, string>> = {
    "-b": "--body",
    "-g": "--group",
    "-m": "--method",
    "-o": "--output",
    "-u": "--url",
    "--uri": "--url",
};

/** Source: learn.microsoft.com/cli/azure/account#az-account-show */
function showAccount(cloud: Cloud): Document {
    const { tenantId, subscriptionId, kind, name } = cloud.caller;
    const { displayName, state } = subscription(cloud, `/subscriptions/${subscriptionId}`);
    return {
        environmentName: "AzureCloud",
        homeTenantId: tenantId,
        id: subscriptionId,
        isDefault: true,
        managedByTenants: [],
        name: displayName,
        state,
        tenantId,
        user: { name, type: kind === "User" ? "user" : "servicePrincipal" },
    };
}

function readBody(text: string | undefined): Document | undefined {
    if (text === undefined) return undefined;
    const isFile = text.startsWith("@");
    if (isFile && !fs.existsSync(text.slice(1))) {
        throw new UserError(`--body: the file ${text.slice(1)} is not there.`);
    }
    const json = isFile ? fs.readFileSync(text.slice(1), "utf8") : text;
    try {
        return JSON.parse(json) as Document;
    } catch {
        throw new UserError("--body is not JSON.");
    }
}

/** Splits arguments into the words of the command and its options. */
export function parseArguments(args: readonly string[]): { words: string; options: Options } {
    const words: string[] = [];
    const options = new Map<string, string>();
    for (let index = 0; index < args.length; index++) {
        const arg = args[index]!;
        if (!arg.startsWith("-")) {
            words.push(arg);
            continue;
        }
        const [, name = arg, inline] = /^(--[\w-]+)=(.*)$/s.exec(arg) ?? [];
        const value = inline ?? args[++index];
        if (value === undefined) throw new UserError(`argument ${name}: expected one argument`);
        options.set(aliases[name] ?? name, value);
    }
    return { words: words.join(" "), options };
}

/** The command that the words name, with options that it takes. */
function findCommand(words: string, options: Options): Command {
    const found = Object.hasOwn(commands, words) ? commands[words] : undefined;
    const refuse = (what: string) =>
        new UserError(
            `${what} is not modelled on this machine. There are: ` +
                `${Object.entries(commands).map(describe).join("; ")}.`,
        );
    if (!found) throw refuse(`"az ${words}"`);
    const { required, optional } = found;
    const odd = [...options.keys()].find(
        (name) => ![...required, ...optional, "--output"].includes(name),
    );
    if (odd !== undefined) throw refuse(`${odd} of "az ${words}"`);
    const missing = required.filter((name) => !options.has(name));
    if (missing.length > 0) {
        throw new UserError(`the following arguments are required: ${missing.join(", ")}`);
    }
    const output = options.get("--output") ?? "json";
    if (output !== "json" && output !== "none") throw refuse(`--output ${output}`);
    return found;
}

function describe([words, { required, optional }]: [string, Command]): string {
    return ["az", words, ...required, ...optional.map((name) => `[${name}]`)].join(" ");
}

/** What the Azure CLI prints of a refusal. */
function refusalText(error: CloudError, words: string): string {
    if (error.code.startsWith("AADSTS")) return `${error.code}: ${error.message}`;
    if (words === "rest") return restError(error);
    // Of what Graph refuses it prints the message alone.
    return words.startsWith("ad ") ? error.message : `(${error.code}) ${error.message}`;
}

export async function main(args: string[]): Promise<number> {
    let words = "";
    try {
        const parsed = parseArguments(args);
        words = parsed.words;
        const command = findCommand(words, parsed.options);
        const cloud = await openSession({}).cloud();
        const answered = await command.answer(cloud, parsed.options);
        if (answered !== undefined && parsed.options.get("--output") !== "none") {
            console.log(JSON.stringify(answered, undefined, 2));
        }
        return 0;
    } catch (error) {
        const { message } = error as Error;
        const text = error instanceof CloudError ? refusalText(error, words) : message;
        process.stderr.write(`ERROR: ${text}\n`);
        return 1;
    }
}
