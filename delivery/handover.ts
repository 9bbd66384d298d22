/**
 * The command `npm run handover`: from one stack that deploys everything to two, one for the administrator
 * (access) and one for whoever deploys (workload). Only states and settings change hands: nothing in Azure is
 * touched, and nothing is replaced. `pulumi state move` cannot do it: it loses the parents of providers, and
 * refuses its own result (CLI 3.259).
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { openStack, prepare } from "../engine/main";
import { accessEnding, environmentOf, stackFileName } from "../engine/pack";
import { answerOf, capture, type Place } from "../engine/place";
import {
    ofStack,
    importState,
    exportState,
    without,
    type StackState,
    type StateEntry,
} from "../engine/state";
import { UserError } from "../engine/userError";
import { readOptions, requireStack } from "./options";
import { StackFile } from "./stackFile";

const usage = `npm run handover -- --stack dev
    makes the stack dev-access for the administrator, and leaves plan and app to the stack dev`;

const project = path.resolve(__dirname, "..");
const projectName = "azure-webapp-stack";

/** Settings that only a stack which deploys access reads. */
export const accessSettings: readonly string[] = [
    ...["existingDeployer", "deployerRoles", "deployerActions", "rolesElsewhere", "stateContainer"],
    ...["githubRepository", "githubBranch", "githubOwnerId", "githubRepositoryId", "oidcIssuer"],
    ...["deployerSubjects", "readerSubjects", "existingReader", "clientSecrets", "certificates"],
    ...["principalOwners", "createResourceGroup"],
];

/** Settings that both stacks need. */
export const sharedSettings: readonly string[] = [
    ...["name", "tenantId", "subscriptionId", "location", "resourceGroup", "environment", "tags"],
];

/** The component below the stack that an entry belongs to. */
function rootOf(entry: StateEntry, byUrn: ReadonlyMap<string, StateEntry>): StateEntry {
    const parent = byUrn.get(entry.parent ?? "");
    return !parent || parent.type === "pulumi:pulumi:Stack" ? entry : rootOf(parent, byUrn);
}

const nameOf = ({ urn }: StateEntry) => urn.split("::").at(-1)!;

/** What the access stack gets, and what leaves this one; the rest of what it gets, both have. */
export function split(entries: readonly StateEntry[]): {
    access: readonly StateEntry[];
    leaving: ReadonlySet<string>;
} {
    const byUrn = new Map(entries.map((entry) => [entry.urn, entry]));
    const access: StateEntry[] = [];
    const leaving = new Set<string>();
    for (const entry of entries) {
        const root = rootOf(entry, byUrn);
        const isPrincipal = /:(PipelinePrincipal|ExistingPrincipal|GroupAccess)$/.test(root.type);
        const isShared = entry.type === "pulumi:pulumi:Stack" || /:AzureScope$/.test(root.type);
        if (isPrincipal || isShared) access.push(entry);
        const ownGroup = nameOf(entry) === "scope-group" && !entry.external;
        const directory = nameOf(entry) === "scope-directory";
        if (isPrincipal || (isShared && (ownGroup || directory))) leaving.add(entry.urn);
    }
    return { access, leaving };
}

/** The access stack's settings, made from those of the stack that has deployed everything. */
function accessConfig(from: StackFile, stack: string): Record<string, unknown> {
    const settings: Record<string, unknown> = { deploys: "access" };
    for (const key of [...sharedSettings, ...accessSettings]) {
        const value = from.plain(key);
        if (value !== undefined) settings[key] = value;
    }
    settings.environment ??= environmentOf(stack).slice(0, -accessEnding.length);
    return Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`${projectName}:${key}`, value]),
    );
}

/** Writes them. A file that is there already must say the same: else what it lacks would be deleted. */
function writeAccessSettings(from: StackFile, stack: string): void {
    const name = stackFileName(stack);
    const file = path.join(project, name);
    const config = accessConfig(from, stack);
    if (fs.existsSync(file)) {
        const there = (parse(fs.readFileSync(file, "utf8")) as { config?: object } | null)?.config;
        if (isDeepStrictEqual(there, config)) return;
        throw new UserError(
            `${name} is there already and says something else than ${from.name}. Move it away, or make it say: ` +
                JSON.stringify(config),
        );
    }
    const { secretsProvider } = from;
    const head = secretsProvider ? { secretsprovider: secretsProvider } : {};
    fs.writeFileSync(file, stringify({ ...head, config }, { lineWidth: 0 }));
}

async function ensureStack(place: Place, secretsProvider: string | undefined): Promise<void> {
    if ((await exportState(place)) !== undefined) return;
    const provider = secretsProvider ? ["--secrets-provider", secretsProvider] : [];
    const words = ["stack", "init", "--no-select", ...provider];
    const { code, output } = await capture(place, words);
    if (code !== 0)
        throw new UserError(`The stack "${place.stack}" could not be made:\n${output.trim()}`);
}

interface PreviewDigest {
    readonly steps?: readonly { op: string; urn: string; newState?: { custom?: boolean } }[];
    readonly diagnostics?: readonly { severity: string; message: string }[];
}

/** Steps of a preview that would touch anything in Azure. @throws UserError with the errors of one that fails. */
async function wouldChange(stack: string): Promise<string[]> {
    const place = await prepare(["--stack", stack]);
    const { code, stdout, output } = await capture(place, ["preview", "--json"]);
    // What the CLI says before it begins is no JSON.
    const isDigest = stdout.trimStart().startsWith("{");
    const digest = isDigest ? (JSON.parse(stdout) as PreviewDigest) : {};
    if (code !== 0) {
        const errors = (digest.diagnostics ?? [])
            .filter(({ severity }) => severity === "error")
            .map(({ message }) => message.trim());
        const reason = errors.length > 0 ? errors.join("\n") : output.trim();
        throw new UserError(`The preview of "${stack}" fails:\n${reason}`);
    }
    const { steps = [] } = digest;
    return steps
        .filter(({ op, newState }) => !["same", "read", "refresh"].includes(op) && newState?.custom)
        .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
}

/** Moves the entries from one state to the other. The last step is the settings: until then this can be run again. */
async function divide(place: Place, accessPlace: Place, state: StackState): Promise<void> {
    const entries = state.deployment.resources ?? [];
    const { access, leaving } = split(entries);
    const there = (await exportState(accessPlace))?.deployment.resources ?? [];
    if (leaving.size === 0) {
        const isDivided = there.some(({ type }) => type.endsWith(":GroupAccess"));
        if (isDivided) return;
        throw new UserError(
            `The stack "${place.stack}" has deployed no access that could be handed over.`,
        );
    }
    const [from, to] = [environmentOf(place.stack), environmentOf(accessPlace.stack)];
    const wanted = ofStack(access, projectName, from, to);
    const ids = (list: readonly StateEntry[]) =>
        JSON.stringify(list.map(({ urn, id }) => [urn, id]).sort());
    if (there.length > 0 && ids(there) !== ids(wanted)) {
        throw new UserError(
            `The stack "${accessPlace.stack}" holds something else already; it is left as it is.`,
        );
    }
    const withEntries = (resources: readonly StateEntry[]) => ({
        ...state,
        deployment: { ...state.deployment, resources },
    });
    // The access stack first: whoever is cut off between the two has everything still.
    await importState(accessPlace, withEntries(wanted));
    await importState(place, withEntries(without(entries, leaving).map(withoutCredentials)));
}

/** The stack's own entry without the outputs that are the administrator's now. */
function withoutCredentials(entry: StateEntry): StateEntry {
    if (entry.type !== "pulumi:pulumi:Stack") return entry;
    const outputs = Object.entries(entry.outputs ?? {}).filter(
        ([name]) => !/^(deployer|reader)/.test(name),
    );
    return { ...entry, outputs: Object.fromEntries(outputs) };
}

async function outputsOf(place: Place): Promise<Record<string, string>> {
    return JSON.parse(await answerOf(place, ["stack", "output", "--json"])) as Record<
        string,
        string
    >;
}

export async function main(args: string[]): Promise<number> {
    const options = { stack: { type: "string", short: "s" } } as const;
    const { values } = readOptions(args, options, usage);
    const stack = requireStack(values.stack, usage);
    const accessStack = `${stack}${accessEnding}`;
    const file = new StackFile(project, stack);
    if ((file.get("deploys") ?? "everything") !== "everything") {
        throw new UserError(
            `deploys: "${String(file.get("deploys"))}" stands in ${file.name}; expected "everything", which is what ` +
                "can be divided.",
        );
    }
    const place = await openStack(["--stack", stack]);
    const accessPlace = { ...place, stack: accessStack };
    const state = await exportState(place, { showSecrets: true });
    if (!state?.deployment.resources?.length) {
        throw new UserError(`The stack "${stack}" has deployed nothing that could be handed over.`);
    }
    if (state.deployment.pending_operations?.length) {
        throw new UserError(
            `A run of "${stack}" was cut off. First: npm run up -- --stack ${stack}`,
        );
    }
    // A stack that is not as its settings say would be divided into two that are not.
    const pending = await wouldChange(stack);
    if (pending.length > 0 && split(state.deployment.resources).leaving.size > 0) {
        throw new UserError(
            `"${stack}" is not as its settings say: ${pending.join(", ")}. First: npm run up -- --stack ${stack}`,
        );
    }
    writeAccessSettings(file, accessStack);
    await ensureStack(accessPlace, file.secretsProvider);
    // Ctrl-C waits until states and settings agree again.
    const wait = () => undefined;
    process.on("SIGINT", wait);
    await divide(place, accessPlace, state);
    file.set("deploys", "workload");
    for (const key of accessSettings) file.remove(key);
    file.save();
    process.off("SIGINT", wait);

    const changes = [...(await wouldChange(accessStack)), ...(await wouldChange(stack))];
    const outputs = await outputsOf(accessPlace);
    const line = (label: string, value: unknown) => `  ${label.padEnd(14)}${String(value)}`;
    console.log(
        [
            `"${accessStack}" holds the group, the principals and their roles: it is the administrator's.`,
            `"${stack}" holds plan and app: it is run by whoever signs in as the deployer.`,
            "",
            "Hand over:",
            line("tenant", outputs.tenantId),
            line("subscription", outputs.subscriptionId),
            line("group", outputs.resourceGroup),
            line("client id", outputs.deployerClientId),
            "",
            changes.length === 0
                ? "Previews of both change nothing in Azure."
                : `The next previews would change: ${changes.join(", ")}`,
        ].join("\n"),
    );
    return 0;
}
