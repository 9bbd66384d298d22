/** What `pulumi refresh` would find, without a change of the state. */
import { parseEvents, withEvents } from "./events";
import { capture, type Place } from "./place";
import { UserError } from "./userError";

/** Inputs and outputs of a resource; secrets are masked. */
export interface Properties {
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A resource of the state that was looked for. */
export interface Seen {
    readonly urn: string;
    /** Type token. */
    readonly type: string;
    readonly id?: string;
    /** `same`, `update` if it was changed, `delete` if it is gone. */
    readonly op: string;
    readonly old?: Properties;
    readonly new?: Properties;
    /** What was changed, by property path. */
    readonly diff: Readonly<Record<string, PropertyDiff>>;
}

export interface PropertyDiff {
    /** `add`, `update`, `delete`, or one of these with `-replace`. */
    readonly diffKind: string;
    /** Whether the path is one of the inputs; else it is one of the outputs. */
    readonly inputDiff: boolean;
}

/** A resource that could not be looked for. */
export interface Unseen {
    readonly urn: string;
    readonly reason: string;
}

export interface Refreshed {
    readonly seen: readonly Seen[];
    readonly unseen: readonly Unseen[];
}

interface StepState extends Properties {
    readonly custom?: boolean;
    readonly id?: string;
}

interface Step {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly old?: StepState;
    readonly new?: StepState;
    readonly detailedDiff?: Record<string, PropertyDiff> | null;
    /** Names of properties, for providers that say no more. */
    readonly diffs?: readonly string[] | null;
}

interface RefreshEvent {
    readonly resourcePreEvent?: { metadata: Step };
    readonly resOutputsEvent?: { metadata: Step };
    readonly diagnosticEvent?: { urn?: string; message: string; severity: string };
    readonly summaryEvent?: object;
}

/** Whether a step is about something in the cloud: components and providers are in the state alone. */
function isInCloud({ type, old }: Step): boolean {
    return old?.custom === true && !type.startsWith("pulumi:");
}

function diffOf({ detailedDiff, diffs }: Pick<Step, "detailedDiff" | "diffs">): Seen["diff"] {
    if (detailedDiff && Object.keys(detailedDiff).length > 0) return detailedDiff;
    const whole = { diffKind: "update", inputDiff: true };
    return Object.fromEntries((diffs ?? []).map((name) => [name, whole]));
}

/** Reads the events of a refresh; undefined where the engine did not come to its end. */
export function readRefresh(eventLog: string): Refreshed | undefined {
    const events = parseEvents<RefreshEvent>(eventLog);
    if (!events.some(({ summaryEvent }) => summaryEvent)) return undefined;
    const steps = (kind: "resourcePreEvent" | "resOutputsEvent") =>
        events.flatMap((event) => event[kind]?.metadata ?? []).filter(isInCloud);
    const seen = steps("resOutputsEvent").map(({ old, new: now, ...step }): Seen => ({
        urn: step.urn,
        type: step.type,
        id: old?.id,
        op: step.op,
        old,
        new: now,
        diff: diffOf(step),
    }));
    const errors = events.flatMap(({ diagnosticEvent: event }) =>
        event?.severity === "error" && event.urn ? [event] : [],
    );
    const unseen = steps("resourcePreEvent")
        .filter(({ urn }) => !seen.some((one) => one.urn === urn))
        .map(({ urn }) => {
            const error = errors.find((event) => event.urn === urn);
            return { urn, reason: error?.message.trim() ?? "the engine did not come to it" };
        });
    return { seen, unseen };
}

/**
 * Looks for everything in the state, and changes nothing.
 *
 * @throws UserError with the engine's words, where it could not begin.
 */
export async function previewRefresh(place: Place): Promise<Refreshed> {
    const { answer, events } = await withEvents((variables) =>
        capture({ ...place, env: { ...place.env, ...variables } }, ["refresh", "--preview-only"]),
    );
    const refreshed = readRefresh(events);
    if (refreshed) return refreshed;
    throw new UserError(`"pulumi refresh --preview-only" failed:\n${answer.output.trim()}`);
}
