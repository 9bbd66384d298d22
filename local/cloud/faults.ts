/**
 * Faults on demand: what goes wrong on Azure, made to go wrong here, for tests and for learning.
 *
 * A fault is a document of the store, so that it reaches the provider processes of any run. Every request
 * asks for them; where there are none, that costs one look for a folder.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, withLock } from "../../engine/lock";
import { CloudError } from "./errors";
import type { Store } from "./store";

/** What a request is, for a fault that looks for one. */
export interface Target {
    /** `read`, `write`, `delete`, or the name of an action such as `list`. */
    readonly verb: string;
    /** Resource id; of an object of the directory that does not exist yet, the path it will be below. */
    readonly id: string;
    /** Such as `Microsoft.Web/sites`; of the directory `Microsoft.Graph/applications`. */
    readonly type: string;
}

export interface Fault {
    readonly id: string;
    readonly kind: FaultKind;
    /** Which verb; any if absent. */
    readonly verb?: string;
    /** A resource type, or a part of an id; any request if absent. Case does not matter. */
    readonly on?: string;
    /** How many fitting requests it lets pass first. */
    readonly after: number;
    /** How many fitting requests it then meets. */
    readonly times: number;
    /** Seconds of Retry-After, or of a slow operation. */
    readonly seconds: number;
    /** Whether it strikes before the request is carried out, or when it has been, before the answer. */
    readonly moment: "before" | "after";
}

interface Strike {
    readonly fault: Fault;
    readonly target: Target;
}

/** How a kind of fault behaves, and what `npm run local -- fault --help` says of it. */
interface Kind {
    readonly help: string;
    /** The refusal that stands for the answer. */
    refusal?(strike: Strike): CloudError;
    /** What happens instead, around the answer. */
    around?(strike: Strike, store: Store, answer: () => Promise<unknown>): Promise<unknown>;
}

const seconds = ({ fault }: Strike) => fault.seconds;

/** An operation that Azure took on, and that ended as failed: the resource is there all the same. */
export class FailedOperation extends CloudError {}

/**
 * The kinds, with Azure's code and words. Sources: throttled, pulumi-azure-native issue 3720; locked, 849;
 * conflict, 1024; busy, vscode-azureappservice issue 1306; error, app-service-environments-ILB-deployments
 * issue 3; unavailable, AZ-104-MicrosoftAzureAdministrator issue 542; half, learn.microsoft.com/azure/
 * azure-resource-manager/management/async-operations.
 */
export const faultKinds = {
    throttled: {
        help: "429 SubscriptionRequestsThrottled with Retry-After: too many requests in this subscription",
        refusal: (strike) =>
            new CloudError(
                429,
                "SubscriptionRequestsThrottled",
                `Number of '${strike.target.verb}' requests for subscription exceeded. Please try again after ` +
                    `'${seconds(strike)}' seconds after additional tokens are available. ` +
                    "Refer to https://aka.ms/arm-throttling for additional information.",
                seconds(strike),
            ),
    },
    locked: {
        help: "429 without Retry-After: App Service is changing another app of the same plan",
        refusal: () =>
            new CloudError(
                429,
                "429",
                "Cannot acquire exclusive lock to create, update or delete this site. Retry the request later.",
            ),
    },
    conflict: {
        help: "409 AnotherOperationInProgress: something else is changing this resource; is tried again",
        refusal: () => anotherOperation(),
    },
    busy: {
        help: "409 Conflict of App Service while it changes the same app; is not tried again",
        refusal: ({ target }) => siteBusy(target),
    },
    error: {
        help: "500 InternalServerError",
        refusal: () =>
            new CloudError(
                500,
                "InternalServerError",
                "There was an unexpected InternalServerError.  Please try again later.",
            ),
    },
    unavailable: {
        help: "503 ServerTimeout",
        refusal: () => new CloudError(503, "ServerTimeout", "The request timed out."),
    },
    slow: {
        help: "the operation takes --seconds; a second change of the same resource meanwhile is a conflict",
        around: async ({ fault, target }, store, answer) => {
            const started = await answer();
            store.put(operationId(target.id), { pid: process.pid });
            await sleep(fault.seconds * 1000);
            store.delete(operationId(target.id));
            return started;
        },
    },
    half: {
        help: "the resource is created or changed, but its operation ends as failed",
        around: async (_, __, answer) => {
            await answer();
            throw new FailedOperation(
                200,
                "InternalServerError",
                "The asynchronous operation has ended with the status 'Failed'.",
            );
        },
    },
    "kill-provider": {
        help: "kill -9 of the provider's process",
        around: ({ fault }, _, answer) =>
            strikeDead(() => process.kill(process.pid, "SIGKILL"), fault, answer),
    },
    "kill-engine": {
        help: "kill -9 of the Pulumi engine",
        around: ({ fault }, _, answer) =>
            strikeDead(() => process.kill(process.ppid, "SIGKILL"), fault, answer),
    },
} satisfies Record<string, Kind>;

export type FaultKind = keyof typeof faultKinds;

const folder = "/faults";

/** Slow operations that are under way, each by the id of what it changes. */
const operations = "/operations";

function operationId(id: string): string {
    return `${operations}/${encodeURIComponent(id.toLowerCase())}`;
}

function anotherOperation(): CloudError {
    return new CloudError(
        409,
        "AnotherOperationInProgress",
        "Another operation on this or dependent resource is in progress.",
    );
}

function siteBusy({ verb }: Target): CloudError {
    const name = verb === "delete" ? "Delete" : "Create";
    return new CloudError(
        409,
        "Conflict",
        `Cannot modify this site because another operation is in progress. Details: OperationName: ${name}`,
    );
}

async function strikeDead(
    kill: () => void,
    { moment }: Fault,
    answer: () => Promise<unknown>,
): Promise<never> {
    if (moment === "after") await answer();
    kill();
    return new Promise(() => undefined); // Whoever is killed gets no answer, and nobody else either.
}

export function addFault(store: Store, fault: Omit<Fault, "id">): Fault {
    const added = { ...fault, id: `${Date.now()}-${randomUUID()}` };
    store.put(`${folder}/${added.id}`, added);
    return added;
}

/** In the order in which they were set, which is that in which they strike. */
export function listFaults(store: Store): Fault[] {
    const faults = store.list(folder) as unknown as Fault[];
    return faults.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function clearFaults(store: Store): void {
    store.delete(folder);
}

let killable = false;

/** Said by provider plugins: kills are meant for them and the engine that started them, and for nobody else. */
export function expectKills(): void {
    killable = true;
}

function fits({ kind, verb, on }: Fault, target: Target): boolean {
    if (kind.startsWith("kill-") && !killable) return false;
    if (verb !== undefined && verb !== target.verb) return false;
    // Entra has no operations that go on after the answer.
    if (kind === "half" && target.type.startsWith("Microsoft.Graph/")) return false;
    if (on === undefined) return true;
    const wanted = on.toLowerCase();
    // A type is that type alone, though its name stands in the ids of its parts too.
    if (wanted.startsWith("microsoft.")) return target.type.toLowerCase() === wanted;
    return target.id.toLowerCase().includes(wanted);
}

/** The fault that strikes this request, which is then counted; alone, as other processes count too. */
function take(store: Store, target: Target): Fault | undefined {
    let struck: Fault | undefined;
    for (const fault of listFaults(store)) {
        if (!fits(fault, target)) continue;
        const at = `${folder}/${fault.id}`;
        if (fault.after > 0) store.put(at, { ...fault, after: fault.after - 1 });
        else if (!struck) {
            struck = fault;
            if (fault.times > 1) store.put(at, { ...fault, times: fault.times - 1 });
            else store.delete(at);
        }
    }
    return struck;
}

/** Refuses a change of what a slow operation is still changing. */
function checkNotBusy(store: Store, target: Target): void {
    if (target.verb !== "write" && target.verb !== "delete") return;
    const operation = store.get(operationId(target.id)) as { pid: number } | undefined;
    if (operation === undefined) return;
    // On Azure an operation goes on without whoever asked for it; here it ends with its process.
    if (!isAlive(operation.pid)) return store.delete(operationId(target.id));
    throw target.type.startsWith("Microsoft.Web/") ? siteBusy(target) : anotherOperation();
}

/** Answers a request, unless a fault has something to say about it. */
export async function withFaults<T>(
    store: Store,
    target: Target,
    answer: () => T | Promise<T>,
): Promise<T> {
    if (!store.isEmpty(operations)) checkNotBusy(store, target);
    if (store.isEmpty(folder)) return answer();
    const fault = await withLock(store.lockFile, () => take(store, target));
    if (!fault) return answer();
    const kind: Kind = faultKinds[fault.kind];
    const strike = { fault, target };
    if (kind.refusal) {
        if (fault.moment === "after") await answer();
        throw kind.refusal(strike);
    }
    return kind.around!(strike, store, async () => answer()) as Promise<T>;
}
