/**
 * Reads the activity log of a subscription as the Azure CLI lists it: which actions a caller used, for a role
 * that allows no others. Source: learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
 */
import { actionOf, linkedActions, operations } from "./operations";
import { allowedActions, countActions, type AskedAction } from "./usedActions";

/** How to export what this reads; without the two numbers the CLI lists 50 events of the last hours. */
export const exportCommand =
    "az monitor activity-log list --resource-group <group> --offset 30d --max-events 10000 -o json";

/** Events that the CLI lists where nobody asks for more (`--max-events`). */
const usualEvents = 50;

/** An operation of the log. Its start and its end are two events there, and one here. */
export interface LoggedOperation extends AskedAction {
    /** Ids of the caller: the object id first, then client id or principal name. Empty where the log names nobody. */
    readonly caller: readonly string[];
    /** When each of its events was, in milliseconds since 1970. */
    readonly times: readonly number[];
}

export interface ActivityLog {
    readonly operations: readonly LoggedOperation[];
    /** Number of all events, those about other things than operations included. */
    readonly events: number;
}

/** Why something cannot be read or answered: half a sentence. */
export interface Problem {
    readonly problem: string;
}

type Json = Readonly<Record<string, unknown>>;

const claimNames = {
    objectId: "http://schemas.microsoft.com/identity/claims/objectidentifier",
    /** What a person lets an application do in its name: a token of the application's own has none. */
    delegated: "http://schemas.microsoft.com/identity/claims/scope",
    userName: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
};

/** Of Resource Manager: a provider's namespace, then names; nothing that a terminal or a role would obey. */
const actionForm = /^[a-z][\w-]*(\.[\w-]+)+(\/[\w.-]+)+$/i;
const idForm = /^\/[^\p{C}]*$/u;
const callerForm = /^[^\p{C}\s]{1,300}$/u;

const object = (value: unknown): Json =>
    typeof value === "object" && value !== null ? (value as Json) : {};

const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;

/** Most fields are a value beside its translation. */
const valueOf = (field: unknown) => text(object(field).value);

/** A value in a message, without what a terminal would obey. */
const shown = (value: unknown) =>
    (JSON.stringify(value) ?? "missing").slice(0, 80).replaceAll(/\p{C}/gu, "?");

/** Reads what {@link exportCommand} prints. One event that makes no sense refuses them all: a list would lack it. */
export function parseActivityLog(json: string): ActivityLog | Problem {
    let events: unknown;
    try {
        events = JSON.parse(json);
    } catch {
        return { problem: `is no JSON; export it with: ${exportCommand}` };
    }
    if (!Array.isArray(events)) {
        return { problem: `holds no list of events; export it with: ${exportCommand}` };
    }
    const found = new Map<string, LoggedOperation>();
    for (const [index, event] of events.entries()) {
        const read = readEvent(event);
        if (read === undefined) continue;
        if ("problem" in read) return { problem: `event ${index + 1}: ${read.problem}` };
        const { action, scope, caller } = read;
        const id = text(object(event).operationId) ?? `event ${index}`;
        const key = [id, action, scope, caller[0]].join(" ").toLowerCase();
        const before = found.get(key);
        found.set(key, {
            ...(before ?? read),
            allowed: read.allowed && (before?.allowed ?? true),
            times: [...(before?.times ?? []), ...read.times],
        });
    }
    return { operations: [...found.values()], events: events.length };
}

/** An event as an operation of its own; undefined for one about something else, such as a service's health. */
function readEvent(value: unknown): LoggedOperation | Problem | undefined {
    const event = object(value);
    const { authorization, category, operationName, resourceId } = event;
    if (typeof value !== "object" || typeof operationName === "string") {
        return { problem: `is not what the Azure CLI lists; export it with: ${exportCommand}` };
    }
    if ((valueOf(category) ?? "Administrative") !== "Administrative") return undefined;

    const action = object(authorization).action ?? valueOf(operationName);
    if (typeof action !== "string" || !actionForm.test(action)) {
        const expected = "an action such as Microsoft.Web/sites/write";
        return { problem: `authorization.action is ${shown(action)}; expected ${expected}` };
    }
    const scope = object(authorization).scope ?? resourceId;
    if (typeof scope !== "string" || !idForm.test(scope)) {
        return { problem: `authorization.scope is ${shown(scope)}; expected a resource's id` };
    }
    const ids = callerOf(event);
    const odd = ids.find((id) => !callerForm.test(id));
    if (odd !== undefined) return { problem: `its caller is ${shown(odd)}; expected an id` };
    const time = Date.parse(String(event.eventTimestamp));
    return {
        action: published(action),
        scope,
        allowed: !isRefused(event),
        caller: ids,
        times: Number.isNaN(time) ? [] : [time],
    };
}

function callerOf({ caller, claims }: Json): string[] {
    const claim = object(claims);
    const byItself = claim[claimNames.delegated] === undefined;
    const ids = [
        claim[claimNames.objectId],
        caller,
        byItself ? claim.appid : undefined,
        claim[claimNames.userName],
    ];
    return [...new Set(ids.flatMap((id) => text(id) ?? []))];
}

/** Whether an operation failed for want of a right; one that failed otherwise, or has only begun, had it. */
function isRefused({ status, subStatus, properties }: Json): boolean {
    if (valueOf(status) !== "Failed") return false;
    const { statusMessage, statusCode } = object(properties);
    const code = errorCode(statusMessage);
    if (code !== undefined) return /^(Linked)?AuthorizationFailed$/.test(code);
    return [valueOf(subStatus), statusCode].includes("Forbidden");
}

/** Code of the error that Azure answered, which the log keeps as text. */
function errorCode(message: unknown): string | undefined {
    try {
        const answer = object(JSON.parse(String(message)));
        return text(object(answer.error).code) ?? text(answer.code);
    } catch {
        return undefined;
    }
}

const known = new Map(
    [...linkedActions, ...operations].map(({ action }) => [action.toLowerCase(), action]),
);

/** An action spelt as Microsoft publishes it, where that is known: the log has it in any case. */
const published = (action: string) => known.get(action.toLowerCase()) ?? action;

/** The operations of one caller, chosen by one of its ids; without an id of the only one that there is. */
export function operationsOf(
    { operations: all, events }: ActivityLog,
    id?: string,
): readonly LoggedOperation[] | Problem {
    const named = all.filter(({ caller }) => caller.length > 0);
    if (named.length === 0) {
        const found = `${count(events, "event")}, and no operation with a caller`;
        return { problem: `holds ${found}; export more with: ${exportCommand}` };
    }
    const callers = new Map<string, { name: string; times: number }>();
    for (const operation of named) {
        const key = operation.caller[0]!.toLowerCase();
        const times = (callers.get(key)?.times ?? 0) + 1;
        callers.set(key, { name: nameOf(operation), times });
    }
    const wanted = id?.toLowerCase();
    const own =
        wanted === undefined
            ? named
            : named.filter(({ caller }) => caller.some((name) => name.toLowerCase() === wanted));
    if (own.length > 0 && (wanted !== undefined || callers.size === 1)) return own;
    const why = id === undefined ? "has several callers" : `has no operation of "${id}"`;
    const choice = [...callers.values()]
        .slice(0, 20)
        .map(({ name, times }) => `\n  ${name}: ${count(times, "operation")}`);
    return { problem: `${why}; choose one with --caller <id>:${choice.join("")}` };
}

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;

function nameOf({ caller: [id = "", ...others] }: LoggedOperation): string {
    return others.length > 0 ? `${id} (${others.join(", ")})` : id;
}

/** ARM type that an action is about. */
function typeOf(action: string): string {
    const lower = action.toLowerCase();
    const row = operations.find((operation) => operation.action.toLowerCase() === lower);
    return row?.type ?? action.replace(/(\/[^/]+)?\/action$|\/(write|delete)$/i, "");
}

/** What a log cannot show of the rights that its operations needed. */
export interface Unlogged {
    /** The reads of the types that were written: likely needed, but nothing that the log says. */
    readonly reads: readonly string[];
    /** Types whose read azure/operations.ts does not know. */
    readonly unknown: readonly string[];
    /** What writing these types needs at another resource, if the body names one there. */
    readonly linked: readonly { readonly action: string; readonly of: string }[];
}

export function unlogged(actions: readonly string[]): Unlogged {
    const types = [...new Set(actions.map(typeOf))].sort();
    const written = new Set(
        actions.filter((action) => /\/write$/i.test(action)).map((action) => typeOf(action)),
    );
    return {
        reads: types.flatMap((type) => actionOf(type, "read") ?? []),
        unknown: types.filter((type) => actionOf(type, "read") === undefined),
        linked: linkedActions
            .filter(({ type }) => written.has(type))
            .map(({ type, property, action }) => ({ action, of: `${property} of ${type}` })),
    };
}

export interface LogView {
    /** What was asked for: the operations counted and what the log lacks, or the plain list of actions. */
    readonly lines: readonly string[];
    /** Beside a plain list: what the log lacks. */
    readonly notes: readonly string[];
}

/**
 * What a caller did by an activity log.
 *
 * @param caller Object id, client id or principal name; without one the log's only caller.
 * @param plain Whether only the allowed actions are wanted, one a line.
 */
export function describeActivityLog(
    json: string,
    { caller, plain = false }: { caller?: string; plain?: boolean } = {},
): LogView | Problem {
    const log = parseActivityLog(json);
    if ("problem" in log) return log;
    const own = operationsOf(log, caller);
    if ("problem" in own) return own;
    const actions = allowedActions(own);
    const notes = notesOn(actions, log.events);
    if (plain) return { lines: actions, notes };
    const heading = `${nameOf(own[0]!)}, among ${count(log.events, "event")}${period(own)}:`;
    return { lines: [heading, ...countActions(own, (scope) => scope), "", ...notes], notes: [] };
}

function period(own: readonly LoggedOperation[]): string {
    const times = own.flatMap((operation) => operation.times).sort((a, b) => a - b);
    const day = (time: number) => new Date(time).toISOString().slice(0, 10);
    return times.length > 0 ? ` from ${day(times[0]!)} to ${day(times.at(-1)!)}` : "";
}

function notesOn(actions: readonly string[], events: number): string[] {
    const { reads, unknown, linked } = unlogged(actions);
    const notes = [
        "The activity log holds no reads. A suggestion, which no log confirms: those of the same types.",
        ...reads.map((action) => `  ${action}`),
        ...unknown.map((type) => `  the read of ${type}, which azure/operations.ts does not know`),
    ];
    if (linked.length > 0) {
        notes.push(
            "It may also lack what a write needs at another resource that it refers to:",
            ...linked.map(({ action, of }) => `  ${action}   if there is ${of}`),
        );
    }
    if (events === usualEvents) {
        notes.push(`It may be cut short: az stops at ${events} events. ${exportCommand}`);
    }
    return notes;
}
