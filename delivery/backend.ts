/** The command `npm run backend`: where a team keeps the state of its stacks, and who holds it. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { ParseArgsConfig } from "node:util";
import { parse } from "yaml";
import { isSameState, secretsProviderProblem, stateUrlProblem } from "../azure/stateStorage";
import { findEngine } from "../engine/main";
import { stackFileName } from "../engine/pack";
import { capture } from "../engine/process";
import { agree } from "../engine/ask";
import { UserError } from "../engine/userError";
import {
    bootstrap,
    bootstrapFile,
    bootstrapProject,
    bootstrapStack,
    program,
} from "./backend/bootstrap";
import { move, oldFile, removeCommand, type NewKey } from "./backend/move";
import { makePassphrase } from "./backend/passphrase";
import { withoutStack } from "./backend/project";
import { items } from "./backend/settings";
import { unlock } from "./backend/unlock";
import { readOptions } from "./options";

const usage = `npm run backend -- azblob [--preview] [--yes]
    sets up a storage account on Azure with a container for the state of each stack, or brings it up to date.
    --account <name>            unique in the world; without it one is made up from the subscription
    --environments <a,b>        without it: every stack that there is a Pulumi.<stack>.yaml of
    --administrators <ids>      object ids of those who reach every container; without it: you
    --resource-group, --location, --sku, --tenant, --subscription

npm run backend -- move --stack <name> --to <url> [--from <url>] [--remove-old]
    moves the state of a stack, with its secrets; without --from, from where you are logged in.
    --new-passphrase-file <f>   encrypts it with another passphrase, which is made if there is no such file
    --secrets-provider <key>    or with the key of a vault: azurekeyvault://<vault>.vault.azure.net/keys/<key>

npm run backend -- unlock --stack <name> [--yes] [--force]
    shows who holds a stack, and clears the lock of a run that has died.`;

const project = path.resolve(__dirname, "..");

type Options = Readonly<Record<string, string | boolean | undefined>>;

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const words: Readonly<Record<string, NonNullable<ParseArgsConfig["options"]>>> = {
    azblob: {
        account: text,
        environments: text,
        administrators: text,
        location: text,
        sku: text,
        "resource-group": text,
        tenant: text,
        subscription: text,
        preview: flag,
        yes: flag,
    },
    move: {
        stack: text,
        from: text,
        to: text,
        "remove-old": flag,
        "new-passphrase-file": text,
        "secrets-provider": text,
    },
    unlock: { stack: text, yes: flag, force: flag },
};

function wanted(options: Options, name: string, what: string): string {
    const value = options[name];
    if (typeof value === "string" && value !== "") return value;
    throw new UserError(`--${name} is missing: ${what}.\n\n${usage}`);
}

/** Which project a stack belongs to, where that is, and its file. */
function placeOf(stack: string): { name: string; cwd: string; file: string } {
    if (stack === bootstrapStack) {
        return { name: bootstrapProject, cwd: program, file: bootstrapFile(process.env) };
    }
    const { name } = parse(fs.readFileSync(path.join(project, "Pulumi.yaml"), "utf8")) as {
        name: string;
    };
    // Said for one stack, it says where the files of the others are too.
    const said = process.env.PULUMI_OPTION_CONFIG_FILE;
    const hasOtherName = said !== undefined && !/^Pulumi\..+\.yaml$/.test(path.basename(said));
    const folder = said === undefined ? project : path.dirname(said);
    return {
        name,
        cwd: project,
        file: hasOtherName ? said : path.join(folder, stackFileName(stack)),
    };
}

/** The backend that one is logged in to. */
async function currentBackend(pulumi: string): Promise<string> {
    const { stdout, output } = await capture(pulumi, ["whoami", "--json"], { env: process.env });
    try {
        return (JSON.parse(stdout) as { url: string }).url;
    } catch {
        throw new UserError(`Where does the state live now? Say --from.\n${output.trim()}`);
    }
}

function newKey(options: Options): NewKey | undefined {
    const passphraseFile = options["new-passphrase-file"] as string | undefined;
    const said = options["secrets-provider"] as string | undefined;
    if (passphraseFile === undefined && said === undefined) return undefined;
    const provider = said ?? "passphrase";
    const problem = secretsProviderProblem(provider);
    if (problem) throw new UserError(`--secrets-provider "${provider}": expected ${problem}.`);
    if ((provider === "passphrase") !== (passphraseFile !== undefined)) {
        throw new UserError(
            "--new-passphrase-file goes with a passphrase, and a passphrase with it.",
        );
    }
    return { provider, passphraseFile };
}

async function moveStack(options: Options): Promise<number> {
    const stack = wanted(options, "stack", "the name of the stack to move");
    const to = wanted(options, "to", "the URL of the new backend");
    const key = newKey(options);
    const pulumi = await findEngine();
    const from = (options.from as string | undefined) ?? (await currentBackend(pulumi));
    for (const [name, url] of Object.entries({ from, to })) {
        const problem = stateUrlProblem(url);
        if (problem) throw new UserError(`--${name} "${url}": expected ${problem}.`);
    }
    if (isSameState(from, to)) {
        throw new UserError(`The state of "${stack}" is at ${to} already.`);
    }
    if (key?.passphraseFile && makePassphrase(key.passphraseFile)) {
        console.log(
            `Made a new passphrase: ${key.passphraseFile}, which only you can read. Keep a copy: without it nobody reads the stack's secrets.`,
        );
    }
    const { name, file } = placeOf(stack);
    const removeOld = options["remove-old"] === true;
    const plan = { pulumi, env: process.env, project: name, stack, file, from, to, key, removeOld };
    await move(plan, (line) => console.log(line));
    const preview =
        stack === bootstrapStack ? "backend -- azblob --preview" : `preview -- --stack ${stack}`;
    const passphrase = key?.passphraseFile
        ? ` PULUMI_CONFIG_PASSPHRASE_FILE=${path.resolve(key.passphraseFile)}`
        : "";
    const lines = [
        ...(key ? [] : ["Encrypted as before: --new-passphrase-file gives it a key of its own."]),
        `From now on: export PULUMI_BACKEND_URL='${to}'${passphrase}`,
        `See that nothing would change: npm run ${preview}`,
    ];
    if (!removeOld) {
        const left = [`The old state is still at ${from}`, ...(key ? [oldFile(file)] : [])];
        lines.push(
            `${left.join(", and ")}: do not use it any more, and when all is well remove it.`,
            `  ${removeCommand(name, stack, from)}`,
        );
    }
    console.log(lines.join("\n"));
    return 0;
}

async function unlockStack(options: Options): Promise<number> {
    const stack = wanted(options, "stack", "the name of the stack to unlock");
    const pulumi = await findEngine();
    const env = withoutStack(process.env);
    return unlock(
        { pulumi, cwd: placeOf(stack).cwd, env, stack },
        {
            force: options.force === true,
            agree: (question) => agree(question, options.yes === true),
        },
    );
}

export async function main(args: string[]): Promise<number> {
    const [word = "help", ...rest] = args;
    if (["help", "--help", "-h"].includes(word)) {
        console.log(usage);
        return 0;
    }
    const known = Object.hasOwn(words, word) ? words[word] : undefined;
    if (!known) throw new UserError(`"${word}" is not known.\n\n${usage}`);
    const options = readOptions(rest, known, usage).values as Options;
    if (word === "move") return moveStack(options);
    if (word === "unlock") return unlockStack(options);
    const { preview, yes, environments, tenant, subscription, ...others } = options as Record<
        string,
        string | undefined
    > & { preview?: boolean; yes?: boolean };
    const said = Object.entries({
        account: others.account,
        administrators: others.administrators,
        location: others.location,
        resourceGroup: others["resource-group"],
        sku: others.sku,
        subscriptionId: subscription,
        tenantId: tenant,
    }).filter(([, value]) => value !== undefined);
    const named = environments === undefined ? undefined : items(environments);
    return bootstrap(Object.fromEntries(said), named, project, {
        preview: preview === true,
        yes: yes === true,
    });
}
