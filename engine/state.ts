/** The state of a stack, taken out and put back by Pulumi's own commands. */
import { answerOf, capture, type Place } from "./place";
import { UserError } from "./userError";

/** One entry of a state; what is not named here is carried along. */
export interface StateEntry {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly parent?: string;
    /** `<urn>::<id>` of its provider. */
    readonly provider?: string;
    /** False of components. */
    readonly custom?: boolean;
    /** Whether the stack only reads it. */
    readonly external?: boolean;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly dependencies?: readonly string[];
    readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
    /** Whether it is deleted already, and what is to take its place is not created yet. */
    readonly pendingReplacement?: boolean;
    /** Why its last operation did not end well: the next `up` then writes it in full, whatever it compares. */
    readonly initErrors?: readonly string[];
}

/** Key and value that mark a secret in a state, whose value is beside them. Source: pulumi/sdk/go/common/resource/sig. */
export const secretSignature = [
    "4dabf18193072939515e22adb298388d",
    "1b47061264138c4ac30d75fd1eb44270",
] as const;

/** Whether a value of a state, or of the engine's events, is a secret. */
export function isSecret(value: unknown): value is Readonly<Record<string, unknown>> {
    if (typeof value !== "object" || value === null) return false;
    return (value as Record<string, unknown>)[secretSignature[0]] === secretSignature[1];
}

/** An operation that was begun, and whose end nobody has seen. */
export interface PendingOperation {
    readonly resource: StateEntry;
    /** Such as `creating`. */
    readonly type: string;
}

/** A state as `pulumi stack export` writes it. */
export interface StackState {
    readonly version: number;
    readonly deployment: {
        readonly resources?: readonly StateEntry[];
        readonly pending_operations?: readonly PendingOperation[];
    };
}

/**
 * The state of a stack, its secrets encrypted. Undefined if there is no such stack.
 *
 * @param showSecrets Its secrets in clear: then it belongs into memory only.
 */
export async function exportState(
    place: Place,
    { showSecrets = false } = {},
): Promise<StackState | undefined> {
    const words = ["stack", "export", ...(showSecrets ? ["--show-secrets"] : [])];
    const { code, stdout, output } = await capture(place, words);
    if (code === 0) {
        const state = JSON.parse(stdout) as StackState;
        // A stack that was made and never deployed has none.
        return { ...state, deployment: state.deployment ?? {} };
    }
    if (/no stack named/i.test(output)) return undefined;
    throw new UserError(`The state of "${place.stack}" could not be read:\n${output.trim()}`);
}

/** Puts a state in the place of a stack's own; what is in clear is encrypted with that stack's key. */
export async function importState(place: Place, state: StackState): Promise<void> {
    await answerOf(place, ["stack", "import"], JSON.stringify(state));
}

/** Entries of a state with all that refers to what is not among them left out. */
export function without(entries: readonly StateEntry[], gone: ReadonlySet<string>): StateEntry[] {
    const stays = (urn: string) => !gone.has(urn);
    return entries
        .filter(({ urn }) => stays(urn))
        .map((entry) => ({
            ...entry,
            ...(entry.dependencies && { dependencies: entry.dependencies.filter(stays) }),
            ...(entry.propertyDependencies && {
                propertyDependencies: Object.fromEntries(
                    Object.entries(entry.propertyDependencies).map(([property, urns]) => [
                        property,
                        (urns ?? []).filter(stays),
                    ]),
                ),
            }),
        }));
}

/** The same entries as those of another stack of the project: URNs name project and stack. */
export function ofStack(
    entries: readonly StateEntry[],
    project: string,
    from: string,
    to: string,
): StateEntry[] {
    const root = (stack: string) => `::pulumi:pulumi:Stack::${project}-${stack}`;
    const prefix = (stack: string) => `urn:pulumi:${stack}::${project}::`;
    const text = JSON.stringify(entries)
        .replaceAll(`${root(from)}"`, `${root(to)}"`)
        .replaceAll(prefix(from), prefix(to));
    return JSON.parse(text) as StateEntry[];
}
