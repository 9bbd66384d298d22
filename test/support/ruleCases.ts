/** The six kinds of cases that every rule of the pack is tested with, written as tables. */
import type { Rule } from "../../policies/rule";
import { type Config, judge, judgeStack, type Props, repair, type Resource } from "./policyRunner";

/** A resource, or a whole stack, in front of a rule. */
export interface Case {
    /** What is special about it, as the end of a test's name. */
    readonly what: string;
    /** @default the rule's first type */
    readonly type?: string;
    readonly props?: Props;
    /** Instead of type and props, for what needs more of a resource, and for rules about stacks. */
    readonly resources?: readonly Resource[];
    readonly config?: Config;
}

/** A case in which the rule finds something: texts of its messages, one for each. */
export interface Found extends Case {
    readonly finds: readonly string[];
}

export interface Cases {
    /** Nothing is wrong. */
    readonly compliant: readonly Case[];
    readonly violating: readonly Found[];
    /** What a program leaves out. */
    readonly unset: readonly (Case & { readonly finds?: readonly string[] })[];
    /** What the engine does not know before the update. */
    readonly unknown: readonly (Case & {
        readonly finds?: readonly string[];
        /** Paths that the rule says are unknown. @default none: it says nothing */
        readonly waits?: string;
    })[];
    /** Other types, of which the rule says nothing though their properties are those of a violation. */
    readonly otherTypes?: readonly string[];
    readonly repaired?: readonly {
        readonly what: string;
        readonly props: Props;
        readonly becomes: Props | undefined;
        readonly config?: Config;
    }[];
}

/** The token of azure-native for a type as rules name it. */
export function token(type: string): string {
    if (!/^[\w-]+:\w+$/.test(type)) return type;
    const [module, name] = type.split(":") as [string, string];
    if (module !== "azuread") return `azure-native:${module}:${name}`;
    return `azuread:index/${name[0]!.toLowerCase()}${name.slice(1)}:${name}`;
}

/** Tests of one rule, as its table says. test/conventions.test.ts asks for a table of each rule. */
export function describeRule(rule: Rule, cases: Cases): void {
    const types = (rule.about as { types?: unknown }).types;
    const firstType = Array.isArray(types) ? (types[0] as string) : "web:WebApp";

    const resourcesOf = ({ type, props = {}, resources }: Case): readonly Resource[] =>
        (resources ?? [{ type: type ?? firstType, props }]).map((one) => ({
            ...one,
            type: token(one.type),
        }));
    const run = async (one: Case, retyped?: (type: string) => string) => {
        const resources = resourcesOf(one).map((resource) => ({
            ...resource,
            type: retyped ? retyped(resource.type) : resource.type,
        }));
        const config = one.config ?? {};
        const found = [];
        if (rule.scope === "stack") found.push(...(await judgeStack(rule, resources, config)));
        else for (const one of resources) found.push(...(await judge(rule, one, config)));
        return {
            violations: found.filter(({ level }) => level === "mandatory"),
            advice: found.filter(({ level }) => level === "advisory"),
        };
    };
    const expectFinds = (messages: readonly string[], finds: readonly string[]) => {
        expect(messages).toEqual(finds.map((text) => expect.stringContaining(text)));
    };

    describe(rule.name, () => {
        for (const kind of ["compliant", "violating", "unset", "unknown"] as const) {
            if (cases[kind].length === 0) throw new Error(`${rule.name} has no ${kind} case`);
        }
        if (rule.repairs !== (cases.repaired !== undefined)) {
            throw new Error(`${rule.name}: repaired cases, or none, as the rule repairs or not`);
        }

        it.each(cases.compliant)("lets through $what", async (one) => {
            expect(await run(one)).toEqual({ violations: [], advice: [] });
        });

        it.each(cases.violating)("fails on $what", async (one) => {
            const { violations, advice } = await run(one);
            expectFinds(
                violations.map(({ message }) => message),
                one.finds,
            );
            expect(advice).toEqual([]);
            for (const { message } of violations) {
                expect(message).toContain(rule.description);
                expect(message).toMatch(/ Fix: \S.*\.$/s);
            }
        });

        it.each(cases.unset)("judges what is left out: $what", async (one) => {
            const { violations, advice } = await run(one);
            expectFinds(
                violations.map(({ message }) => message),
                one.finds ?? [],
            );
            expect(advice).toEqual([]);
        });

        it.each(cases.unknown)("judges what is unknown: $what", async (one) => {
            const { violations, advice } = await run(one);
            expectFinds(
                violations.map(({ message }) => message),
                one.finds ?? [],
            );
            const waits = one.waits === undefined ? [] : [`${one.waits} `];
            expectFinds(
                advice.map(({ message }) => message),
                waits,
            );
            for (const { message } of advice) expect(message).toMatch(/not known yet/);
        });

        const [first] = cases.violating;
        const retyped: [string, (type: string) => string][] = [
            ["a version", (type) => type.replace(/^(azure-native:\w+):/, "$1/v20240401:")],
            [
                "an SDK of its own",
                (type) => type.replace(/^azure-native:(\w+):/, "azure-native_$1_v20240401:$1:"),
            ],
        ];
        it.each(retyped)("fails on the same type with %s", async (_, change) => {
            const { violations } = await run(first!, change);
            expect(violations).toHaveLength(first!.finds.length);
        });

        const others = cases.otherTypes?.map((type): [string, (type: string) => string] => [
            type,
            () => type,
        ]) ?? [
            ["one with a longer name", (type: string) => `${type}More`],
            [
                "one of another module",
                (type: string) =>
                    type.replace(/^(azure-native|azuread):\w+(\/\w+)?:/, "azure-native:other:"),
            ],
            ["one of another package", (type: string) => type.replace(/^[\w-]+:/, "other:")],
            ["a provider", () => "pulumi:providers:azure-native"],
        ];
        it.each(others)("has nothing to say about another type: %s", async (_, change) => {
            const judged = resourcesOf(first!).map(({ type }) => type);
            const context = ["azure-native:resources:ResourceGroup"];
            const { violations } = await run(first!, (type) =>
                context.includes(type) && judged.some((other) => !context.includes(other))
                    ? type
                    : change(type),
            );
            expect(violations).toEqual([]);
        });

        if (cases.repaired) {
            it.each(cases.repaired)("repairs $what", async ({ props, becomes, config }) => {
                const resource = { type: token(firstType), props };
                const made = await repair(rule, resource, config);
                expect(made).toEqual(becomes);
                if (made) {
                    const { violations } = await run({ what: "", props: made, config });
                    expect(violations).toEqual([]);
                }
            });
        }
    });
}
