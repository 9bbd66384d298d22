/**
 * `pulumi up` that first takes in what a cut-off run left outside the state.
 *
 * The engine notes in the state what it is about to create. If it dies before it learns how that went, the
 * note stays, and the cloud may hold a resource that the state does not. A plain `pulumi up` would be refused
 * (it exists already), or would create it a second time where the cloud does not mind.
 *
 * `pulumi refresh --import-pending-creates` is no way: with the backends on files, CLI 3.259 drops the note
 * and imports nothing. `pulumi import` imports or fails, and says so where there is nothing to import.
 */
import * as os from "node:os";
import { agree, say } from "./ask";
import { parseEvents, runWatched } from "./events";
import { explainRefusal } from "./obstacles";
import { answerOf, capture, type Place } from "./place";
import { runInForeground } from "./process";
import { exportState, importState, type StackState, type StateEntry } from "./state";
import { UserError } from "./userError";

/** A resource whose creation was begun, and whose end nobody has seen. */
export interface CutCreate {
    readonly urn: string;
    /** Type token. */
    readonly type: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Of the provider that was to create it, such as its subscription. */
    readonly providerInputs: Readonly<Record<string, unknown>>;
    readonly parent?: string;
    /** `<urn>::<id>` of the provider. */
    readonly provider?: string;
}

/** Where such a resource would be: an answer of whoever knows the cloud. */
export type Whereabouts =
    | { readonly id: string }
    /** There is none. */
    | { readonly absent: true }
    /** There is one that nobody can use any more, such as a password that nobody has read. */
    | { readonly useless: string; remove(): Promise<void> }
    /** Only a person can tell; this is how. */
    | { readonly unknown: string };

/** @param knownIds Ids of everything in the state, which are not what is looked for. */
export type Finder = (create: CutCreate, knownIds: readonly string[]) => Promise<Whereabouts>;

type Deployment = StackState["deployment"];

/** Exit code of a command that SIGKILL ended, as shells have it. */
const killed = 128 + os.constants.signals.SIGKILL;

const nameOf = (urn: string) => urn.split("::").at(-1)!;

function cutCreate(resource: StateEntry, resources: readonly StateEntry[]): CutCreate {
    const { urn, type, inputs = {}, parent, provider } = resource;
    const [providerUrn] = /^urn:.*(?=::[^:]+$)/.exec(provider ?? "") ?? [];
    const from = resources.find((candidate) => candidate.urn === providerUrn);
    return { urn, type, inputs, providerInputs: from?.inputs ?? {}, parent, provider };
}

function creating({ pending_operations: pending = [] }: Deployment): StateEntry[] {
    return pending.filter(({ type }) => type === "creating").map(({ resource }) => resource);
}

/** The creations in the cloud that a state says were begun and not ended. */
export function pendingCreates(state: Deployment): CutCreate[] {
    // Components and providers are in the state and nowhere else.
    return creating(state)
        .filter(({ type, custom }) => custom !== false && !type.startsWith("pulumi:"))
        .map((resource) => cutCreate(resource, state.resources ?? []));
}

/** What an error says if its provider died while it was asked: words of gRPC. */
const diedMeanwhile = /error reading from server|transport is closing|connection (?:error|reset)/i;

interface EngineEvent {
    readonly diagnosticEvent?: { urn?: string; message: string };
    readonly resOpFailedEvent?: { metadata: { op: string; urn: string; new?: StateEntry } };
}

/**
 * The creations that a run began and lost because their provider died. The engine, which lives on, takes
 * them for failed and leaves no note in the state.
 */
export function lostCreates(eventLog: string, { resources = [] }: Deployment): CutCreate[] {
    const events = parseEvents<EngineEvent>(eventLog);
    const died = events.flatMap(({ diagnosticEvent: event }) =>
        event?.urn && diedMeanwhile.test(event.message) ? [event.urn] : [],
    );
    return events.flatMap(({ resOpFailedEvent: event }) => {
        const { op = "", urn = "", new: resource } = event?.metadata ?? {};
        const lost = op.startsWith("create") && resource && died.includes(urn);
        return lost ? [cutCreate(resource, resources)] : [];
    });
}

/** What a state says has been deployed; nothing where it cannot be read, which the next command will say better. */
async function deploymentOf(place: Place): Promise<Deployment> {
    const state = await exportState(place).catch(() => undefined);
    return state?.deployment ?? {};
}

async function importResource(place: Place, create: CutCreate, id: string): Promise<void> {
    const { resources = [] } = await deploymentOf(place);
    if (resources.some(({ urn, pendingReplacement }) => urn === create.urn && pendingReplacement)) {
        return importReplacement(place, create, id);
    }
    const { urn, type, parent, provider } = create;
    const { code, output } = await capture(place, [
        ...["import", type, nameOf(urn), id],
        ...(parent ? ["--parent", `parent=${parent}`] : []),
        ...(provider ? ["--provider", `provider=${provider.replace(/::[^:]+$/, "")}`] : []),
        ...["--yes", "--skip-preview", "--protect=false", "--generate-code=false"],
    ]);
    if (code === 0) say(`  ${nameOf(urn)}: imported`);
    else if (output.includes(`'${id}' does not exist`)) {
        say(`  ${nameOf(urn)}: is not there, and will be created`);
    } else {
        throw new UserError(`${id} could not be imported:\n${output.trim()}`);
    }
}

/**
 * Puts what was created in the place of what it replaces, which `pulumi import` refuses to do: the state still
 * holds the old one, though that is deleted. A refresh then asks whether the new one is there.
 */
async function importReplacement(place: Place, create: CutCreate, id: string): Promise<void> {
    const { urn, inputs } = create;
    const state = await exportState(place);
    if (!state) throw new UserError(`There is no stack "${place.stack}" any more.`);
    const { deployment } = state;
    const replaced = {
        id,
        inputs,
        outputs: {},
        pendingReplacement: false,
        // So that the next run updates it, whatever becomes of this one.
        initErrors: ["its creation was cut off"],
    };
    const mended: Deployment = {
        ...deployment,
        resources: deployment.resources?.map((old) =>
            old.urn === urn && old.pendingReplacement ? { ...old, ...replaced } : old,
        ),
        pending_operations: deployment.pending_operations?.filter(
            ({ resource }) => resource.urn !== urn,
        ),
    };
    await importState(place, { ...state, deployment: mended });
    await answerOf(place, ["refresh", "--target", urn, "--yes", "--skip-preview"]);
    const { resources = [] } = await deploymentOf(place);
    const there = resources.some((resource) => resource.urn === urn);
    say(`  ${nameOf(urn)}: ${there ? "imported" : "is not there, and will be created"}`);
}

function lineOf({ urn, type }: CutCreate, found: Whereabouts): string {
    const what = `  ${nameOf(urn)} (${type})\n    `;
    if ("id" in found) return `${what}${found.id}`;
    if ("absent" in found) return `${what}is not there`;
    if ("useless" in found) return `${what}${found.useless}`;
    return `${what}${found.unknown}`;
}

/** Takes in what was cut off. Whether everything is known now, so that an `up` may follow. */
async function takeIn(
    place: Place,
    creates: readonly CutCreate[],
    { resources = [] }: Deployment,
    find: Finder,
    yes: boolean,
): Promise<boolean> {
    const live = resources.filter(({ pendingReplacement }) => !pendingReplacement);
    const knownIds = live.flatMap(({ id }) => id ?? []);
    const found: [CutCreate, Whereabouts][] = [];
    for (const create of creates) found.push([create, await find(create, knownIds)]);
    say(`A run of the stack "${place.stack}" was cut off while it created:`);
    for (const [create, where] of found) say(lineOf(create, where));
    const fresh = found.filter(([, where]) => !("id" in where) || !knownIds.includes(where.id));
    const todo = fresh.filter(([, where]) => "id" in where || "useless" in where);
    const question = "Import into the stack what is there, and remove what nobody can use?";
    if (todo.length > 0 && !(await agree(question, yes))) return false;
    for (const [create, where] of todo) {
        if ("id" in where) await importResource(place, create, where.id);
        else if ("useless" in where) await where.remove();
    }
    const unknown = found.filter(([, where]) => "unknown" in where);
    if (unknown.length > 0) {
        const names = unknown.map(([{ urn }]) => nameOf(urn)).join(", ");
        say(
            `Nothing more was done: ${names} might be created a second time. Find out as said above, or, if you ` +
                `know that nothing of it is there, "pulumi refresh --clear-pending-creates" forgets it.`,
        );
    }
    return unknown.length === 0;
}

/** Refreshes the stack's own entry alone: this is no time to look for other differences. */
async function refreshRoot(
    place: Place,
    { resources = [] }: Deployment,
    ...flags: string[]
): Promise<void> {
    const target = resources.slice(0, 1).flatMap(({ urn }) => ["--target", urn]);
    await answerOf(place, ["refresh", ...flags, "--yes", "--skip-preview", ...target]);
}

/**
 * Takes in what earlier runs left outside the state.
 *
 * @returns Whether an `up` may follow.
 */
export async function recover(place: Place, find: Finder, yes: boolean): Promise<boolean> {
    const before = await deploymentOf(place);
    if (creating(before).length === 0) return true;
    // A run that is under way has such notes too. Then the stack is locked, and this fails and says so.
    await refreshRoot(place, before);
    const state = await deploymentOf(place);
    const creates = pendingCreates(state);
    if (creates.length > 0 && !(await takeIn(place, creates, state, find, yes))) return false;
    // All of them: each is in the state now, or known to be absent.
    await refreshRoot(place, state, "--clear-pending-creates");
    return true;
}

/** `pulumi up <args>`, before and after which what was cut off is taken in. Answers the exit code. */
export async function up(place: Place, args: readonly string[], find: Finder): Promise<number> {
    const { pulumi, cwd, env } = place;
    if (args.some((arg) => arg === "--help" || arg === "-h")) {
        return runInForeground(pulumi, ["up", ...args], { cwd, env });
    }
    const yes = args.some((arg) => arg === "--yes" || arg === "-y" || arg === "--yes=true");
    if (!(await recover(place, find, yes))) return 1;
    const { code, events } = await runWatched(pulumi, ["up", ...args], { cwd, env });
    if (code === killed) {
        say("The engine was killed. Run the command again: it takes in what is left of this run.");
        return code;
    }
    if (code !== 0 && events === "") {
        // The engine never began.
        const refusal = await explainRefusal(place);
        if (refusal) say(`\n${refusal}`);
    } else if (code !== 0) {
        const state = await deploymentOf(place);
        const lost = lostCreates(events, state);
        if (lost.length > 0 && (await takeIn(place, lost, state, find, yes))) {
            say("Run the command again to go on.");
        }
    }
    return code;
}
