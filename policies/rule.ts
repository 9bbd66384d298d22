/**
 * What all rules share: a rule says what it looks at, what it expects and how to mend it; reading unknown
 * values, options with their defaults, waivers, messages and its own exceptions are dealt with here, once.
 */
import type {
    EnforcementLevel,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
} from "@pulumi/policy";
import { type Control, framework } from "./benchmark";
import type { Options, Values } from "./options";
import { resourceType, type ResourceType } from "./tokens";
import { hidden, Reader, shown } from "./values";
import {
    isOver,
    markUsed,
    remember,
    type Waiver,
    waiverFor,
    waiversOf,
    waiversSchema,
} from "./waivers";

/** What a rule says about itself; README.md of this folder is made from it. */
export interface About<O extends Options = Options> {
    /** Name of the rule in configurations, the same for ever. */
    readonly id: string;
    /** What holds where the rule is kept, in one sentence. */
    readonly description: string;
    readonly severity: Severity;
    /** How strict the rule is where no configuration says otherwise. */
    readonly level: EnforcementLevel;
    /** Control of the Microsoft cloud security benchmark; none for rules about money, names and operation. */
    readonly control?: Control;
    /** What goes wrong without the rule. */
    readonly why: string;
    /** The line that mends it in a program with azure-native. */
    readonly fix: string;
    /** The line that mends it in this stack, where its settings have one. */
    readonly setting?: string;
    /** Ids of the same rule elsewhere: checkov, PSRule, trivy, template-analyzer, KICS, Azure Policy. */
    readonly peers?: readonly string[];
    readonly options?: O;
    /**
     * What follows if a value that the rule needs is unknown before the update: nothing, as the update will
     * judge it before the resource is made; or advice that says so.
     * @default "advisory"
     */
    readonly onUnknown?: "skip" | "advisory";
}

/** One thing that is wrong. Never put a value into it that may be secret. */
export interface Problem {
    /** Property that is at fault, or a sentence's beginning. */
    readonly where: string;
    /** What it is, as in "sku.name is ...". */
    readonly is: string;
    /** What it may be. */
    readonly allowed?: string;
    /** Line that mends this one, where it differs from the rule's. */
    readonly fix?: string;
    readonly setting?: string;
}

/** One resource in front of one rule. */
export interface Subject<O extends Options> {
    readonly type: ResourceType;
    readonly token: string;
    readonly urn: string;
    readonly name: string;
    readonly props: Reader;
    readonly provider?: Reader;
    readonly options: Values<O>;
    /** Reports a value that does not fit. One that is unknown is remembered, and not reported. */
    readonly must: (path: string, fits: (value: unknown) => boolean, allowed: string) => void;
    readonly violation: (problem: Problem) => void;
    /** Says that whatever is unknown no longer matters. */
    readonly settle: () => void;
}

/** Which resources a rule looks at: names as in {@link ResourceType}, or a whole family. */
export type Types = readonly string[] | "azure" | "all";

export interface ResourceRule<O extends Options> extends About<O> {
    readonly types: Types;
    readonly check: (subject: Subject<O>) => void;
    /** Mends the properties in place. Called only where the check finds something, at level "remediate". */
    readonly repair?: (props: Record<string, unknown>, subject: Subject<O>) => void;
}

/** One resource of a stack, as it is after the update or, before it, as far as it is known. */
export class StackResource {
    readonly type: ResourceType;
    readonly urn: string;
    readonly name: string;
    readonly opts: PolicyResource["opts"];
    /** What the provider answered. */
    readonly outputs: Reader;
    /** What the program asked for: outputs leave out where a resource belongs. */
    readonly inputs: Reader;

    constructor(
        private readonly resource: PolicyResource,
        unknown: Set<string>,
    ) {
        this.type = resourceType(resource.type);
        this.urn = resource.urn;
        this.name = resource.name;
        this.opts = resource.opts;
        this.outputs = new Reader(resource.props, unknown);
        this.inputs = new Reader(inputsOf.get(resource.urn) ?? resource.props, unknown);
    }

    is(...names: readonly string[]): boolean {
        return names.includes(this.type.name);
    }

    /** URNs of the resources that the value of an input comes from. */
    sources(property: string): readonly string[] {
        const all = this.resource.propertyDependencies;
        return (Object.hasOwn(all, property) ? all[property]! : []).map(({ urn }) => urn);
    }
}

/** A whole stack in front of one rule. */
export interface Stack<O extends Options> {
    readonly resources: readonly StackResource[];
    readonly options: Values<O>;
    readonly violation: (problem: Problem, resource?: StackResource) => void;
    /** Says something that stops nobody, whatever the level of the rule. */
    readonly advise: (text: string, resource?: StackResource) => void;
}

export interface StackRule<O extends Options> extends About<O> {
    readonly check: (stack: Stack<O>) => void;
}

/** A policy, with what it says about itself. */
export type Rule = (ResourceValidationPolicy | StackValidationPolicy) & {
    readonly about: About;
    readonly scope: "resource" | "stack";
    readonly repairs: boolean;
};

/** Inputs of the resources of this run, for rules about the whole stack, which are handed outputs. */
const inputsOf = new Map<string, Record<string, unknown>>();

/**
 * What the SDK's callback also takes, though its declarations do not say so: a level of its own. Tests run
 * through the SDK's server, and fail if that ever changes.
 */
type ReportAdvice = (advice: {
    message: string;
    urn?: string;
    enforcementLevel: EnforcementLevel;
}) => void;

/** One run of one rule: where its findings go through waivers and into words. */
class Run<O extends Options> {
    readonly options: Values<O>;
    private readonly waivers: readonly Waiver[];
    private readonly strange: readonly string[];

    constructor(
        private readonly about: About<O>,
        configured: Record<string, unknown>,
        private readonly report: ReportViolation,
    ) {
        const { waivers: _, ...options } = configured;
        const known: Options = about.options ?? {};
        const defaults = Object.entries(known).map(([name, option]) => [name, option.default]);
        this.options = { ...Object.fromEntries(defaults), ...options } as Values<O>;
        this.waivers = waiversOf(configured);
        this.strange = Object.keys(options).filter((name) => !Object.hasOwn(known, name));
    }

    /** Has the rule `pack-config` know how this rule is configured, also where it has nothing to judge. */
    remember(): this {
        remember(this.about.id, this.waivers, this.strange);
        return this;
    }

    violation(problem: Problem, urn: string, name: string): void {
        this.finding(problemText(this.about, problem, urn), urn, name);
    }

    advise(text: string, urn?: string): void {
        const message = `${this.about.description}\n${text}`;
        (this.report as unknown as ReportAdvice)({ message, urn, enforcementLevel: "advisory" });
    }

    private finding(text: string, urn: string, name: string): void {
        const waiver = waiverFor(this.waivers, urn, name);
        if (waiver) markUsed(this.about.id, waiver);
        if (!waiver) this.report(text, urn);
        else if (isOver(waiver)) {
            this.report(`${text} The waiver of ${waiver.owner} ended on ${waiver.lastDay}.`, urn);
        } else {
            const { owner, lastDay, reason } = waiver;
            this.advise(`${text} Waived by ${owner} until ${lastDay}: ${reason}`, urn);
        }
    }

    /** Runs a check so that neither what is unknown nor an error of its own hides anybody's findings. */
    guard(check: () => void, unknown: Set<string>, urn: string, name: string): void {
        try {
            check();
        } catch (error) {
            // Its text is left out: it may contain what the rule was reading.
            const kind = error instanceof Error ? error.name : typeof error;
            const { stack = "" } = error instanceof Error ? error : {};
            const [, place] = /\n\s+at .*?([^\\/\s(]+\.[jt]s:\d+)/.exec(stack) ?? [];
            this.finding(
                `The rule itself failed (${kind}${place ? ` in ${place}` : ""}), so nothing is proven. ` +
                    "Report it to whoever keeps the pack; a waiver of this rule lets the resource through.",
                urn,
                name,
            );
            return;
        }
        const { onUnknown = "advisory" } = this.about;
        if (unknown.size === 0 || onUnknown === "skip") return;
        const what = `${[...unknown].join(", ")} ${unknown.size === 1 ? "is" : "are"} not known yet`;
        this.advise(`${hidden(what)}; the update will judge it.`, urn);
    }
}

/**
 * How a setting of this stack reads in its file: `pulumi config set` needs the CLI on the path and the backend
 * that the stack is in, which a checkout has only within its own commands. Anything else stays as it is.
 *
 * @param allowed What `<one of these>` stands for; the first of it is taken.
 */
export function settingLine(setting: string, stack: string, allowed?: string): string {
    const command = /^pulumi config set (?:--path )?([\w-]+)(?:\.([\w<>-]+))? (.+)$/.exec(setting);
    if (!command || command[3]!.startsWith("and ")) return `In azure-webapp-stack: ${setting}`;
    const [, name, key, value] = command;
    const [first] = allowed?.split(", ") ?? [];
    const chosen = first ? value!.replace(/^<(one|some) of these>/, () => first) : value!;
    const [, head, rest = ""] = /^(.*?)(, and .*| instead of .*)?$/.exec(chosen)!;
    const yaml = key ? `{ ${key}: ${head} }` : head;
    return `In Pulumi.${stack}.yaml: azure-webapp-stack:${name}: ${yaml}${rest}`;
}

function problemText(about: About, problem: Problem, urn: string): string {
    const allowed = problem.allowed === undefined ? "" : `; allowed: ${problem.allowed}`;
    const found = hidden(`${problem.where} is ${problem.is}${allowed}`);
    const fix = problem.fix === undefined ? about.fix : hidden(problem.fix);
    // A line of the rule's own would not go with another fix.
    const setting = problem.setting ?? (problem.fix === undefined ? about.setting : undefined);
    const [, stack = "<stack>"] = /^urn:pulumi:(.+?)::/.exec(urn) ?? [];
    const line = setting === undefined ? "" : settingLine(setting, stack, problem.allowed);
    return `${found}. Fix: ${fix}.${line && ` ${hidden(line)}.`}`;
}

function metadata(about: About) {
    const own = Object.entries(about.options ?? {}).map(([name, { schema }]) => [name, schema]);
    return {
        name: about.id,
        description: about.description,
        severity: about.severity,
        enforcementLevel: about.level,
        ...(about.control && { framework: framework(about.control) }),
        remediationSteps: about.fix,
        configSchema: { properties: { ...Object.fromEntries(own), waivers: waiversSchema } },
    };
}

function matcher(types: Types): (type: ResourceType) => boolean {
    if (types === "all") return () => true;
    if (types === "azure") return ({ family }) => family === "azure";
    const names = new Set(types);
    return ({ name }) => names.has(name);
}

/** Makes the policy of a rule about single resources. */
export function rule<O extends Options>(
    definition: ResourceRule<O>,
): Rule & ResourceValidationPolicy {
    const applies = matcher(definition.types);
    const subject = (args: ResourceValidationArgs, run: Run<O>, found?: () => void): Subject<O> => {
        const violation = (problem: Problem) => {
            if (found) found();
            else run.violation(problem, args.urn, args.name);
        };
        const props = new Reader(args.props);
        return {
            type: resourceType(args.type),
            token: args.type,
            urn: args.urn,
            name: args.name,
            props,
            provider: args.provider && new Reader(args.provider.props, props.unknown),
            options: run.options,
            violation,
            settle: () => props.unknown.clear(),
            must(path, fits, allowed) {
                const { known, value } = { value: undefined, ...props.read(path) };
                if (known && !fits(value)) violation({ where: path, is: shown(value), allowed });
            },
        };
    };
    let asked = false;
    const validate = (args: ResourceValidationArgs, report: ReportViolation) => {
        if (!applies(resourceType(args.type))) {
            // Once, so that a waiver is known even where the stack has nothing that the rule looks at.
            if (!asked) new Run(definition, args.getConfig(), report).remember();
            asked = true;
            return;
        }
        const run = new Run(definition, args.getConfig(), report).remember();
        const one = subject(args, run);
        run.guard(() => definition.check(one), one.props.unknown, args.urn, args.name);
    };
    const remediate = (args: ResourceValidationArgs) => {
        if (!applies(resourceType(args.type))) return undefined;
        const configured = args.getConfig<Record<string, unknown>>();
        const waiver = waiverFor(waiversOf(configured), args.urn, args.name);
        if (waiver && !isOver(waiver)) return undefined;
        let violated = false;
        const run = new Run(definition, configured, () => undefined);
        const one = subject(args, run, () => (violated = true));
        try {
            definition.check(one);
            if (!violated) return undefined;
            definition.repair!(args.props, one);
            return args.props;
        } catch {
            // What cannot be repaired is judged as it is.
            return undefined;
        }
    };
    return {
        ...metadata(definition),
        validateResource: validate,
        ...(definition.repair && { remediateResource: remediate }),
        about: definition,
        scope: "resource",
        repairs: definition.repair !== undefined,
    };
}

/** Makes the policy of a rule about the stack as a whole. */
export function stackRule<O extends Options>(
    definition: StackRule<O>,
): Rule & StackValidationPolicy & ResourceValidationPolicy {
    return {
        ...metadata(definition),
        validateResource: ({ urn, props }) => {
            inputsOf.set(urn, props);
        },
        validateStack(args, report) {
            const { resources } = args;
            const run = new Run(definition, args.getConfig(), report).remember();
            const unknown = new Set<string>();
            const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
            const place = (resource?: StackResource) => resource ?? root ?? { urn: "", name: "" };
            const stack: Stack<O> = {
                resources: resources.map((resource) => new StackResource(resource, unknown)),
                options: run.options,
                violation(problem, resource) {
                    const { urn, name } = place(resource);
                    run.violation(problem, urn, name);
                },
                advise: (text, resource) => run.advise(hidden(text), resource?.urn),
            };
            const { urn, name } = place();
            run.guard(() => definition.check(stack), unknown, urn, name);
        },
        about: definition,
        scope: "stack",
        repairs: false,
    };
}

/** Sets a property at a path such as `siteConfig.alwaysOn`, making what is missing on the way. */
export function assign(props: Record<string, unknown>, path: string, value: unknown): void {
    const keys = path.split(".");
    const last = keys.pop()!;
    let target = props;
    for (const key of keys) {
        if (typeof target[key] !== "object" || target[key] === null) target[key] = {};
        target = target[key] as Record<string, unknown>;
    }
    target[last] = value;
}
