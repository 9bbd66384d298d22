/**
 * The command `npm run handover`: from one stack that deploys everything to two, one for the administrator
 * (access) and one for whoever deploys (workload). Only states and settings change hands: nothing in Azure is
 * touched, and nothing is replaced. `pulumi state move` cannot do it: it loses the parents of providers, and
 * refuses its own result (CLI 3.259).
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { openStack, prepare } from "../engine/main";
import { accessEnding, environmentOf } from "../engine/pack";
import { capture, type Place } from "../engine/recover";
import { ofStack, putState, takeState, without, type StateEntry } from "../engine/state";
import { UserError } from "../engine/userError";
import { readOptions, requireStack } from "./options";
import { StackFile } from "./stackFile";

const usage = `npm run handover -- --stack dev
    makes the stack dev-access for the administrator, and leaves plan and app to the stack dev`;

const project = path.resolve(__dirname, "..");
const projectName = "azure-webapp-stack";

/** Settings that only a stack which deploys access reads. */
const accessSettings = [
    ...["existingDeployer", "deployerRoles", "deployerActions", "rolesElsewhere", "stateContainer"],
    ...["githubRepository", "githubBranch", "githubOwnerId", "githubRepositoryId", "oidcIssuer"],
    ...["deployerSubjects", "readerSubjects", "existingReader", "clientSecrets", "certificates"],
    ...["principalOwners", "createResourceGroup"],
];

/** Settings that both stacks need. */
const sharedSettings = [
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

/** Makes the access stack's settings from those of the stack that has deployed everything. */
function writeAccessSettings(from: StackFile, stack: string): void {
    const file = path.join(project, `Pulumi.${environmentOf(stack)}.yaml`);
    if (fs.existsSync(file)) return;
    const settings: Record<string, unknown> = { deploys: "access" };
    for (const key of [...sharedSettings, ...accessSettings]) {
        const value = from.plain(key);
        if (value !== undefined) settings[key] = value;
    }
    settings.environment ??= environmentOf(stack).slice(0, -accessEnding.length);
    const config = Object.fromEntries(
        Object.entries(settings).map(([key, value]) => [`${projectName}:${key}`, value]),
    );
    const { secretsProvider } = from;
    const head = secretsProvider ? { secretsprovider: secretsProvider } : {};
    fs.writeFileSync(file, stringify({ ...head, config }, { lineWidth: 0 }));
}

async function ensureStack(place: Place, secretsProvider: string | undefined): Promise<void> {
    if ((await takeState(place)) !== undefined) return;
    const provider = secretsProvider ? ["--secrets-provider", secretsProvider] : [];
    const words = ["stack", "init", "--no-select", ...provider];
    const { code, output } = await capture(place, words);
    if (code !== 0)
        throw new UserError(`The stack "${place.stack}" could not be made:\n${output.trim()}`);
}

/** Steps of a preview that would touch anything in Azure. */
async function wouldChange(stack: string): Promise<string[]> {
    const place = await prepare(["--stack", stack]);
    const { code, stdout, output } = await capture(place, ["preview", "--json"]);
    if (code !== 0) {
        throw new UserError(
            `The states are divided, but the preview of "${stack}" fails:\n${output.trim()}`,
        );
    }
    const { steps = [] } = JSON.parse(stdout) as {
        steps?: { op: string; urn: string; newState?: { custom?: boolean } }[];
    };
    return steps
        .filter(({ op, newState }) => !["same", "read", "refresh"].includes(op) && newState?.custom)
        .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
}

export async function main(args: string[]): Promise<number> {
    const options = { stack: { type: "string", short: "s" } } as const;
    const { values, positionals } = readOptions(args, options, usage);
    if (positionals.length > 0)
        throw new UserError(`"${positionals[0]}" is not understood.\n\n${usage}`);
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
    const state = await takeState(place);
    const entries = state?.deployment.resources ?? [];
    const { access, leaving } = split(entries);
    if (!state || leaving.size === 0) {
        throw new UserError(
            `The stack "${stack}" has deployed no access that could be handed over.`,
        );
    }
    if (state.deployment.pending_operations?.length) {
        throw new UserError(
            `A run of "${stack}" was cut off. First: npm run up -- --stack ${stack}`,
        );
    }
    writeAccessSettings(file, accessStack);
    await ensureStack(accessPlace, file.secretsProvider);
    const [from, to] = [environmentOf(stack), environmentOf(accessStack)];
    const there = (await takeState(accessPlace))?.deployment.resources ?? [];
    const wanted = ofStack(access, projectName, from, to);
    const ids = (list: readonly StateEntry[]) =>
        JSON.stringify(list.map(({ urn, id }) => [urn, id]).sort());
    // The access stack first: whoever is cut off between the two has everything still, and runs this again.
    if (there.length > 0 && ids(there) !== ids(wanted)) {
        throw new UserError(
            `The stack "${accessStack}" holds something else already; it is left as it is.`,
        );
    }
    await putState(accessPlace, {
        ...state,
        deployment: { ...state.deployment, resources: wanted },
    });
    file.set("deploys", "workload");
    for (const key of accessSettings) file.remove(key);
    const kept = without(entries, leaving);
    await putState(place, { ...state, deployment: { ...state.deployment, resources: kept } });
    file.save();

    const changes = [...(await wouldChange(accessStack)), ...(await wouldChange(stack))];
    const root = entries.find(({ type }) => type === "pulumi:pulumi:Stack");
    const outputs = (root as { outputs?: Record<string, string> } | undefined)?.outputs ?? {};
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
