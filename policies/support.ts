/** What every policy needs: reading types, values and settings as Pulumi hands them over. */
import { type ResourceValidationArgs, UnknownValueError } from "@pulumi/policy";

/**
 * Whether a type token means this azure-native type, in whatever API version and from whatever local SDK:
 * `azure-native:web:WebApp`, `azure-native:web/v20240401:WebApp`, `azure-native_web_v20240401:web:WebApp`.
 */
export function isType(token: string, type: `${string}:${string}`): boolean {
    const [module, name] = type.split(":");
    return new RegExp(`^azure-native(_\\w+)?:${module}(/v\\d{8}\\w*)?:${name}$`).test(token);
}

/** Whether a type token is of azure-native, its providers aside. */
export function isAzure(token: string): boolean {
    return /^azure-native(_\w+)?:/.test(token);
}

/** A value of a resource, or the error that the engine throws for one that it does not know yet. */
export type Known = { known: true; value: unknown } | { known: false; error: UnknownValueError };

/**
 * Value at a path such as `sku.name`, if the engine knows it yet. To read an unknown value throws, and a
 * policy that throws judges nothing else of the resource: so policies judge what is known first, and then
 * {@link giveUpOn} the rest.
 */
export function known(props: unknown, path: string): Known {
    try {
        let value = props;
        for (const key of path.split(".")) {
            if (typeof value !== "object" || value === null || !(key in value)) {
                return { known: true, value: undefined };
            }
            value = (value as Record<string, unknown>)[key];
        }
        return { known: true, value };
    } catch (error) {
        if (error instanceof UnknownValueError) return { known: false, error };
        throw error;
    }
}

/** Lets the engine say, as advice, what a policy could not judge before the update. */
export function giveUpOn(values: readonly Known[]): void {
    for (const value of values) if (!value.known) throw value.error;
}

/** The policy's settings over its defaults, which the engine fills in only at the top level, and only there. */
export function settings<T extends object>(args: ResourceValidationArgs, defaults: T): T {
    return { ...defaults, ...args.getConfig<T>() };
}

/** Items as a person would read them. */
export function list(items: readonly string[]): string {
    return items.join(", ");
}
