/** Sets up the storage account that holds the state: a small stack of its own, in program/. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { findCreated } from "../../azure/created";
import { stateUrl } from "../../azure/stateStorage";
import { findEngine } from "../../engine/main";
import { answerOf, type Place } from "../../engine/place";
import { runInForeground } from "../../engine/process";
import { up } from "../../engine/recover";
import { UserError } from "../../engine/userError";
import { az, azureCli, type Account } from "../azureCli";
import { entra } from "../entra";
import { replaceFile } from "../replaceFile";
import { makePassphrase } from "./passphrase";
import { EmptyProject, readStackFile, withoutStack } from "./project";
import { bootstrapContainer, stateSettings, type Given, type SignedIn } from "./settings";

export const program = path.join(__dirname, "program");
export const bootstrapProject = "azure-webapp-stack-state";

/** Name of the bootstrap stack; so no environment can have it. */
export const bootstrapStack = "state";

/** The bootstrap stack's settings: with those of the other stacks where these are not in the project's folder. */
export function bootstrapFile(env: NodeJS.ProcessEnv): string {
    const elsewhere = env.PULUMI_OPTION_CONFIG_FILE;
    const folder = elsewhere ? path.dirname(elsewhere) : program;
    return path.join(folder, `Pulumi.${bootstrapStack}.yaml`);
}

/** Who is signed in with the Azure CLI. @throws UserError where it does not say. */
export async function signedIn(): Promise<SignedIn> {
    let account: Account;
    try {
        account = await azureCli.account();
    } catch (error) {
        throw new UserError(
            `"az account show" does not answer: ${(error as Error).message}\nSign in with "az login", or say --tenant, ` +
                "--subscription and --administrators.",
        );
    }
    const { id: subscriptionId, tenantId, user } = account;
    const show =
        user.type === "servicePrincipal"
            ? ["sp", "show", "--id", user.name]
            : ["signed-in-user", "show"];
    const who = await az<{ id: string }>("ad", ...show).catch(() => undefined);
    return { tenantId, subscriptionId, objectId: who?.id };
}

/** The stacks that there are files for in a folder. */
function environmentsIn(folder: string): string[] {
    return fs
        .readdirSync(folder)
        .flatMap((name) => /^Pulumi\.([^.]+)\.yaml$/.exec(name)?.[1] ?? [])
        .sort();
}

const key = (name: string) => `${bootstrapProject}:${name}`;

/** What the stack's file has recorded, as it would be said. */
function recorded(file: string): Given {
    const { config = {} } = readStackFile(file);
    const own = Object.entries(config).filter(([name]) => name.startsWith(key("")));
    return Object.fromEntries(
        own.map(([name, value]) => [name.slice(key("").length), String(value)]),
    );
}

/** Writes settings, and the salt of a new stack, into its file; what else is there stays. */
function record(file: string, settings: object, salt?: string): void {
    const head =
        '# Written by "npm run backend -- azblob". Commit it, so that your team works on the same account.\n';
    const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : head;
    const document = parseDocument(before);
    if (salt !== undefined) document.set("encryptionsalt", salt);
    for (const [name, value] of Object.entries(settings)) {
        document.setIn(["config", key(name)], value);
    }
    const text = document.toString();
    if (text !== before) replaceFile(file, text);
}

/** Makes the bootstrap stack where it is not there yet, and records its settings. */
async function prepareStack(
    pulumi: string,
    env: NodeJS.ProcessEnv,
    file: string,
    settings: object,
): Promise<void> {
    const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    const project = new EmptyProject(pulumi, env, bootstrapProject, bootstrapStack, before);
    try {
        await project.init(undefined);
        const { encryptionsalt } = readStackFile(project.stackFile);
        record(file, settings, encryptionsalt);
    } finally {
        project.remove();
    }
}

/**
 * Sets the account up, or brings it up to date.
 *
 * @param environments Those that want a container; undefined for all that there are files for.
 * @param folder Of the project.
 * @returns The exit code.
 */
export async function bootstrap(
    said: Given,
    environments: readonly string[] | undefined,
    folder: string,
    { preview, yes }: { preview: boolean; yes: boolean },
): Promise<number> {
    const file = bootstrapFile(process.env);
    const given = { ...recorded(file), ...said };
    const named = environments ?? environmentsIn(folder);
    const reserved = named.find((name) => [bootstrapStack, bootstrapContainer].includes(name));
    if (reserved !== undefined) {
        throw new UserError(
            `The environment "${reserved}" needs another name: this one is the storage account's own.`,
        );
    }
    const settings = await stateSettings(given, named, signedIn);

    const pulumi = await findEngine();
    const env = { ...withoutStack(process.env), PULUMI_OPTION_CONFIG_FILE: file };
    await prepareStack(pulumi, env, file, settings);
    const place: Place = { pulumi, cwd: program, env, stack: bootstrapStack };
    const which = ["--stack", bootstrapStack];
    if (preview) return runInForeground(pulumi, ["preview", ...which], { cwd: program, env });
    // Without a question there is nobody to look at a preview first.
    const flags = yes ? ["--yes", "--skip-preview"] : [];
    const before = await readOutputs(place);
    const code = await up(place, [...which, ...flags], (create, knownIds) =>
        findCreated(create, knownIds, entra(create.providerInputs.tenantId)),
    );
    if (code !== 0) return code;
    const outputs = await readOutputs(place);
    const isNew = (name: string) => !Object.hasOwn(before.containerIds, name);
    printNextSteps(outputs, isNew, file, folder);
    return code;
}

/** What the bootstrap stack has made. */
interface Outputs {
    readonly account: string;
    /** Resource ids, by the containers' names. */
    readonly containerIds: Readonly<Record<string, string>>;
}

async function readOutputs(place: Place): Promise<Outputs> {
    const outputs = JSON.parse(await answerOf(place, ["stack", "output", "--json"]));
    return { account: "", containerIds: {}, ...outputs };
}

/**
 * Says where each environment's state goes and what it is encrypted with: a passphrase of its own, which is made with
 * its container, and never again.
 */
function printNextSteps(
    { account, containerIds }: Outputs,
    isNew: (container: string) => boolean,
    file: string,
    projectFolder: string,
): void {
    const isShared = path.dirname(file) === program;
    const folder = isShared ? projectFolder : path.dirname(file);
    const passphraseOf = (name: string) =>
        path.relative(process.cwd(), path.join(folder, `${name}.passphrase`));
    const passphraseLines = (name: string) => {
        const passphrase = passphraseOf(name);
        const made = isNew(name) && makePassphrase(passphrase);
        if (!made && !fs.existsSync(passphrase)) return [];
        return [`  PULUMI_CONFIG_PASSPHRASE_FILE=${passphrase}${made ? " (made now)" : ""}`];
    };
    const lines = Object.entries(containerIds)
        .filter(([name]) => name !== bootstrapContainer)
        .flatMap(([name, id]) => [
            `${name}:`,
            `  PULUMI_BACKEND_URL='${stateUrl(account, name)}'`,
            ...passphraseLines(name),
            `  stateContainer: ${id}`,
        ]);
    const url = stateUrl(account, "<name>");
    const own = stateUrl(account, bootstrapContainer);
    console.log(
        [
            "",
            `The settings are in ${path.relative(process.cwd(), file)}${isShared ? ": commit it" : ""}. Each environment has a container,`,
            "and a passphrase in a file that only you can read: keep copies, without them nobody reads the stacks' secrets.",
            "",
            ...lines,
            "",
            "Roles take up to ten minutes to reach Azure's storage. Then move each stack there, this one's too; a new stack is",
            'made there by "npm run pulumi -- stack init <name>" with the two variables above.',
            `  npm run backend -- move --stack <name> --to '${url}' --new-passphrase-file ${passphraseOf("<name>")}`,
            `  npm run backend -- move --stack ${bootstrapStack} --to '${own}' --new-passphrase-file ${passphraseOf(bootstrapStack)}`,
        ].join("\n"),
    );
}
