/** Options of rules: each has a JSON schema, which the engine checks, and a default, which holds without it. */
import type { PolicyConfigSchema } from "@pulumi/policy";

type Schema = PolicyConfigSchema["properties"][string];

export interface Option<T> {
    readonly default: T;
    readonly schema: Schema;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** What a rule reads: the value of each of its options. */
export type Values<O extends Options> = {
    readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never;
};

function option<T>(value: T, description: string, schema: Schema): Option<T> {
    return {
        default: value,
        schema: { ...schema, description, default: value as Schema["default"] },
    };
}

export function texts(value: readonly string[], description: string): Option<readonly string[]> {
    return option(value, description, { type: "array", items: { type: "string" } });
}

export function text(value: string, description: string): Option<string> {
    return option(value, description, { type: "string" });
}

export function choice<T extends string>(
    value: NoInfer<T>,
    allowed: readonly T[],
    description: string,
): Option<T> {
    return option(value, description, { type: "string", enum: [...allowed] });
}

export function whole(value: number, description: string, minimum = 0): Option<number> {
    return option(value, description, { type: "integer", minimum });
}

export function flag(value: boolean, description: string): Option<boolean> {
    return option(value, description, { type: "boolean" });
}

export function textMap(
    value: Readonly<Record<string, string>>,
    description: string,
): Option<Readonly<Record<string, string>>> {
    const schema: Schema = { type: "object", additionalProperties: { type: "string" } };
    return option(value, description, schema);
}

export function numberMap(
    value: Readonly<Record<string, number>>,
    description: string,
): Option<Readonly<Record<string, number>>> {
    const schema: Schema = { type: "object", additionalProperties: { type: "number", minimum: 0 } };
    return option(value, description, schema);
}
