/** The state of a stack, taken out and put back by Pulumi's own commands. */
import { capture } from "./process";
import type { Place } from "./recover";
import { UserError } from "./userError";

/** One entry of a state; what is not named here is carried along. */
export interface StateEntry {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly parent?: string;
    /** Whether the stack only reads it. */
    readonly external?: boolean;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly dependencies?: readonly string[];
    readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

/** A state as `pulumi stack export` writes it. */
export interface StackState {
    readonly version: number;
    readonly deployment: {
        readonly resources?: readonly StateEntry[];
        readonly pending_operations?: readonly unknown[];
    };
}

/** The state of a stack, its secrets in clear: it belongs into memory only. Undefined if there is no such stack. */
export async function takeState(place: Place): Promise<StackState | undefined> {
    const words = ["stack", "export", "--show-secrets", "--stack", place.stack];
    const all = [...words, "--non-interactive"];
    const { code, stdout, output } = await capture(place.pulumi, all, place);
    if (code === 0) return JSON.parse(stdout) as StackState;
    if (/no stack named/i.test(output)) return undefined;
    throw new UserError(`The state of "${place.stack}" could not be read:\n${output.trim()}`);
}

/** Puts a state in the place of a stack's own, encrypted with that stack's key. */
export async function putState(place: Place, state: StackState): Promise<void> {
    const words = ["stack", "import", "--stack", place.stack, "--non-interactive"];
    const input = JSON.stringify(state);
    const { code, output } = await capture(place.pulumi, words, { ...place, input });
    if (code !== 0) {
        throw new UserError(
            `The state of "${place.stack}" could not be written:\n${output.trim()}`,
        );
    }
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
