/**
 * What a preview said, as one typed value: made from the engine's events, and from nothing else. No secret's value
 * comes this far. All texts are as the engine gave them: who shows them escapes them.
 */
import { whatIsInterrupted } from "../../azure/interruptions";
import { priceTable, type PriceTable } from "../../azure/prices";
import { parseEvents } from "../../engine/events";
import { estimate, type Estimate } from "./estimate";
import { referredBy } from "./references";
import { differences, isSecret, show, valueAt, type Difference } from "./values";

export type Action = "replace" | "delete" | "update" | "create" | "import";

export interface PropertyChange extends Difference {
    /** Whether it forces the replacement of its resource. */
    readonly forces: boolean;
}

export interface Change {
    readonly urn: string;
    readonly name: string;
    /** Type token, such as `azure-native:web:WebApp`. */
    readonly type: string;
    readonly action: Action;
    /** Properties that force a replacement. */
    readonly forcedBy: readonly string[];
    /** What it interrupts, in one line; undefined where that is not known. */
    readonly interrupts?: string;
    readonly properties: readonly PropertyChange[];
}

/** What a policy found. */
export interface Finding {
    readonly policy: string;
    /** `mandatory` refuses the deployment; anything else lets it pass. */
    readonly level: string;
    readonly severity: string;
    /** Name of the resource; empty if it is about the whole stack. */
    readonly resource: string;
    /** What the policy asks for. */
    readonly rule: string;
    /** What it found instead. */
    readonly found: string;
    readonly fix?: string;
    /** The line of the stack's settings that mends it. */
    readonly setting?: string;
}

/** What a policy has changed before the engine saw it. */
export interface Repair {
    readonly policy: string;
    /** Name of the resource. */
    readonly resource: string;
    /** Paths of the properties; never their values, which may be secret. */
    readonly properties: readonly string[];
}

/** A resource in the diagram. */
export interface Node {
    readonly urn: string;
    readonly name: string;
    readonly type: string;
    readonly action: Action | "same";
    /** Urn of what it hangs on, such as an app on its plan. */
    readonly refersTo?: string;
}

export interface Report {
    readonly stack: string;
    /** When it was made, in ISO 8601. */
    readonly at: string;
    /** Whether an `up` could follow. */
    readonly passed: boolean;
    /** Whether mandatory policies refused; false where the program did not get that far. */
    readonly refused: boolean;
    /** What went wrong, beside the policies. */
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
    /** The most important first: replaced, deleted, changed, created. */
    readonly changes: readonly Change[];
    readonly unchanged: number;
    /** Components and providers that the engine counts too, though no cloud has them. */
    readonly uncounted: number;
    readonly findings: readonly Finding[];
    readonly repairs: readonly Repair[];
    readonly nodes: readonly Node[];
    readonly estimate: Estimate;
}

interface State {
    readonly type: string;
    readonly urn: string;
    readonly parent?: string;
    readonly custom?: boolean;
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: Readonly<Record<string, unknown>>;
}

interface Step {
    readonly op: string;
    readonly urn: string;
    readonly type: string;
    readonly old?: State | null;
    readonly new?: State | null;
    readonly keys?: readonly string[] | null;
    readonly diffs?: readonly string[] | null;
    readonly detailedDiff?: Readonly<
        Record<string, { diffKind: string; inputDiff: boolean }>
    > | null;
}

interface PolicyEvent {
    readonly resourceUrn?: string;
    readonly message: string;
    readonly policyName: string;
    readonly enforcementLevel: string;
    readonly severity?: string;
}

interface RemediationEvent {
    readonly resourceUrn?: string;
    readonly policyName: string;
    readonly before?: unknown;
    readonly after?: unknown;
}

interface EngineEvent {
    readonly resourcePreEvent?: { readonly metadata: Step };
    readonly policyEvent?: PolicyEvent;
    readonly policyRemediationEvent?: RemediationEvent;
    readonly diagnosticEvent?: { readonly severity: string; readonly message: string };
    readonly summaryEvent?: { readonly result?: string };
}

/** What an operation of the engine's does to a resource; the others leave it as it is. */
const actions: Readonly<Record<string, Action>> = {
    replace: "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    delete: "delete",
    update: "update",
    create: "create",
    import: "import",
    "import-replacement": "replace",
};

/** The most important first. */
export const order: readonly Action[] = ["replace", "delete", "update", "create", "import"];

export const nameOf = (urn: string) => urn.split("::").at(-1)!;

/** Whether a resource is in a cloud, and not only in Pulumi's books. */
const isReal = ({ type, old, new: now }: Step) =>
    (now ?? old)?.custom === true && !type.startsWith("pulumi:");

/** All that is said of one resource: the engine takes several steps to replace it. */
function mergeSteps(steps: readonly Step[]): Step[] {
    const merged = new Map<string, Step>();
    // What goes away comes in reverse: all others are in the order in which they are made.
    const late = (step: Step) => step.op === "delete-replaced";
    for (const step of [...steps.filter((step) => !late(step)), ...steps.filter(late)]) {
        const known = merged.get(step.urn);
        merged.set(step.urn, {
            ...step,
            op: known?.op ?? step.op,
            old: known?.old ?? step.old,
            new: step.new ?? known?.new,
            keys: known?.keys?.length ? known.keys : step.keys,
            diffs: known?.diffs?.length ? known.diffs : step.diffs,
            detailedDiff: known?.detailedDiff ?? step.detailedDiff,
        });
    }
    return [...merged.values()];
}

const top = (path: string) => /^[^.[]+/.exec(path)?.[0] ?? path;

const isBelow = (path: string, above: string) =>
    path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);

/** What the provider says changes though the inputs do not show it, such as a secret. */
function hiddenDifferences(step: Step, seen: readonly Difference[]): Difference[] {
    return Object.entries(step.detailedDiff ?? {}).flatMap(([path, { inputDiff }]) => {
        if (seen.some((known) => isBelow(known.path, path) || isBelow(path, known.path))) return [];
        const side = inputDiff ? "inputs" : "outputs";
        const old = valueAt(step.old?.[side], path);
        const now = valueAt(step.new?.inputs, path);
        if (!isSecret(old) && !isSecret(now) && JSON.stringify(old) === JSON.stringify(now)) {
            return [];
        }
        return [{ path, old: show(old), now: show(now) }];
    });
}

function propertyChanges(step: Step): PropertyChange[] {
    const { detailedDiff, keys, diffs } = step;
    // Where the provider says what changes, what else looks different is none to it, such as case in a region.
    const said = [...(diffs ?? []), ...(keys ?? []), ...Object.keys(detailedDiff ?? {}).map(top)];
    const known = (diffs ?? []).length > 0 || detailedDiff ? new Set(said) : undefined;
    const plain = differences(step.old?.inputs, step.new?.inputs).filter(
        ({ path }) => !known || known.has(top(path)),
    );
    const forcing = [
        ...(keys ?? []),
        ...Object.entries(detailedDiff ?? {})
            .filter(([, { diffKind }]) => diffKind.endsWith("-replace"))
            .map(([path]) => path),
    ];
    return [...plain, ...hiddenDifferences(step, plain)]
        .map((difference) => ({
            ...difference,
            forces: forcing.some((path) => isBelow(difference.path, path)),
        }))
        .sort((a, b) => Number(b.forces) - Number(a.forces));
}

/** A step, and the urn of the resource that its own hangs on. */
type Placed = Step & { readonly refersTo?: string };

/**
 * What others hang on first, and beside each other by name: the engine's own order is another at every run, and a
 * report that is written anew would differ without a cause.
 */
function inOrder(steps: readonly Step[]): Placed[] {
    const referring = steps.map((step) => {
        const state = step.new ?? step.old;
        return { ...step, inputs: state?.inputs ?? {}, parent: state?.parent };
    });
    const refersTo = new Map(referring.map((each) => [each.urn, referredBy(each, referring)]));
    const depth = (urn: string, below = 0): number => {
        const above = refersTo.get(urn);
        // In a circle nothing is above anything.
        return above === undefined || below > steps.length ? below : depth(above, below + 1);
    };
    const ranks = new Map(steps.map(({ urn }) => [urn, depth(urn)]));
    return steps
        .map((step) => ({ ...step, refersTo: refersTo.get(step.urn) }))
        .sort(
            (one, other) =>
                ranks.get(one.urn)! - ranks.get(other.urn)! ||
                Number(one.urn > other.urn) - Number(one.urn < other.urn),
        );
}

function readChange(step: Step): Change | undefined {
    const action = actions[step.op];
    if (!action || !isReal(step)) return undefined;
    const properties = propertyChanges(step);
    const forcedBy = [
        ...(step.keys ?? []),
        ...properties.filter(({ forces }) => forces).map(({ path }) => top(path)),
    ];
    const { urn, type } = step;
    return {
        urn,
        type,
        action,
        properties,
        name: nameOf(urn),
        forcedBy: action === "replace" ? [...new Set(forcedBy)].sort() : [],
        interrupts: whatIsInterrupted(
            type,
            action,
            properties.map(({ path }) => path),
        ),
    };
}

/** A policy's message has its rule in the first line, and then what was found and what mends it. */
function readFinding(event: PolicyEvent): Finding {
    const [rule = "", ...rest] = event.message.trim().split("\n");
    const [, found, fix, setting] =
        /^(.*?)\.? Fix: (.*?)(?:\. In ((?:Pulumi\.|azure-webapp-stack).*?))?\.?$/s.exec(
            rest.join("\n"),
        ) ?? [];
    const isStack = !event.resourceUrn || event.resourceUrn.includes("::pulumi:pulumi:Stack::");
    return {
        policy: event.policyName,
        level: event.enforcementLevel,
        severity: event.severity ?? "",
        resource: isStack ? "" : nameOf(event.resourceUrn),
        rule,
        found: found ?? rest.join("\n"),
        fix,
        setting,
    };
}

function readRepair({ policyName, resourceUrn = "", before, after }: RemediationEvent): Repair {
    return {
        policy: policyName,
        resource: nameOf(resourceUrn),
        properties: differences(before, after).map(({ path }) => path),
    };
}

/** Colours of a terminal. */
const colours = /\u001b\[[0-9;]*m/g;

/** An error with the place in the project that it came from, and without those in Node.js and in libraries. */
function readError(message: string, project?: string): string {
    // What the transpiler says after its own words has a heading, and nothing that helps below it.
    const [text = ""] = message.replaceAll(colours, "").split(/\n+Stack backtrace:\n/);
    const lines = text.trimEnd().split("\n");
    const isFrame = (line: string) => /^\s+(at |\d+: )/.test(line);
    const isOurs = (line: string) =>
        project !== undefined && line.includes(`${project}/`) && !line.includes("/node_modules/");
    const origin = lines.find((line) => isFrame(line) && isOurs(line));
    return lines
        .filter((line) => !isFrame(line) || line === origin)
        .join("\n")
        .trimEnd();
}

/** What a preview gave. */
export interface Previewed {
    readonly stack: string;
    /** Exit code of the engine. */
    readonly code: number;
    /** The engine's events, one in JSON a line. */
    readonly events: string;
    /** What went to standard error. */
    readonly errors: string;
    /** Folder of the project, which no report names. @default none, for there is no path to hide */
    readonly project?: string;
    readonly at: Date;
    readonly prices?: PriceTable;
}

/** What is said if the engine fails without a word that could be quoted. */
const wordless = "The engine failed and did not say why; its own output may.";

export function readReport(previewed: Previewed): Report {
    const events = parseEvents<EngineEvent>(previewed.events);
    const steps = mergeSteps(
        events
            .flatMap(({ resourcePreEvent: event }) => (event ? [event.metadata] : []))
            // With "--refresh" each resource is looked at first; what the program asks of it comes after that.
            .filter(({ op }) => op !== "refresh"),
    );
    const real = inOrder(steps.filter(isReal));
    const changes = order.flatMap((action) =>
        real.flatMap((step) => readChange(step) ?? []).filter((change) => change.action === action),
    );
    const findings = events
        .flatMap(({ policyEvent: event }) => (event ? [readFinding(event)] : []))
        .sort((a, b) => Number(b.level === "mandatory") - Number(a.level === "mandatory"));
    const passed = previewed.code === 0;
    const refused = !passed && findings.some(({ level }) => level === "mandatory");
    const { project } = previewed;
    const withoutFolder = (text: string) =>
        project ? text.replaceAll(`${project}/`, "").replaceAll(project, ".") : text;
    const said = (severity: string) =>
        events
            .flatMap(({ diagnosticEvent: event }) =>
                event?.severity === severity
                    ? [withoutFolder(readError(event.message, project))]
                    : [],
            )
            // That it failed, which the policies' findings say better.
            .filter((text) => text !== "" && !(refused && text === "preview failed"));
    const errors = said("error");
    if (!passed && !refused && errors.length === 0) {
        errors.push(withoutFolder(readError(previewed.errors, project)).trim() || wordless);
    }
    return {
        stack: previewed.stack,
        at: previewed.at.toISOString(),
        passed,
        refused,
        errors,
        changes,
        findings,
        repairs: events.flatMap(({ policyRemediationEvent: event }) =>
            event ? [readRepair(event)] : [],
        ),
        warnings: said("warning"),
        unchanged: real.filter(({ op }) => !actions[op]).length,
        uncounted: steps.filter((step) => !isReal(step) && actions[step.op]).length,
        nodes: real.map(({ urn, type, op, refersTo }) => ({
            urn,
            type,
            name: nameOf(urn),
            action: actions[op] ?? "same",
            refersTo,
        })),
        estimate: estimate(
            real.map(({ urn, type, op, old, new: now }) => ({
                name: nameOf(urn),
                type,
                old: op === "create" || op === "import" ? undefined : (old?.inputs ?? undefined),
                now: op === "delete" ? undefined : (now?.inputs ?? undefined),
            })),
            previewed.prices ?? priceTable,
        ),
    };
}

/** The report where no preview could even begin. */
export function failedReport(stack: string, error: string, at: Date): Report {
    return readReport({ stack, code: 1, events: "", errors: error, at });
}

/** How many of the changes are of each kind. */
export function counts({ changes }: Report): Readonly<Record<Action, number>> {
    const of = (action: Action) => changes.filter((change) => change.action === action).length;
    return Object.fromEntries(order.map((action) => [action, of(action)])) as Record<
        Action,
        number
    >;
}

export interface Verdict {
    readonly tone: "good" | "careful" | "bad";
    /** One line, without any text of the engine's. */
    readonly text: string;
}

const some = (count: number, one: string, many = `${one}s`) =>
    `${count} ${count === 1 ? one : many}`;

/** The whole report in one line. */
export function verdict(report: Report): Verdict {
    const { findings, changes, errors } = report;
    const mandatory = findings.filter(({ level }) => level === "mandatory").length;
    if (report.refused) {
        const more = errors.length > 0 ? `, and ${some(errors.length, "error")}` : "";
        const text = `Refused: ${some(mandatory, "violation")} of mandatory policies${more}. Nothing can be deployed like this.`;
        return { tone: "bad", text };
    }
    if (!report.passed) {
        return { tone: "bad", text: "The preview failed. Nothing can be deployed like this." };
    }
    const advice = findings.length > 0 ? ` Policies advise ${some(findings.length, "thing")}.` : "";
    if (changes.length === 0) return { tone: "good", text: `No changes.${advice}` };
    const { replace, delete: deleted, update, create, import: imported } = counts(report);
    const parts = [
        ...(replace > 0 ? [`${replace} replaced`] : []),
        ...(deleted > 0 ? [`${deleted} deleted`] : []),
        ...(update > 0 ? [`${update} changed`] : []),
        ...(create > 0 ? [`${create} created`] : []),
        ...(imported > 0 ? [`${imported} imported`] : []),
    ];
    const heavy = replace + deleted > 0;
    const said = `${some(changes.length, "resource")}: ${parts.join(", ")}.`;
    return {
        tone: heavy ? "careful" : "good",
        text: heavy ? `Look closely. ${said}${advice}` : `${said}${advice}`,
    };
}
