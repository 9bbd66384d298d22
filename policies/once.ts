/**
 * The policy SDK turns the properties of a resource from the engine's format into JavaScript anew for every
 * policy, and for policies about the stack all resources anew: by far the most of what a pack costs. Here
 * each is turned once. Nothing in this pack changes what it validates; remediations keep copies of their own.
 */
type Deserialize = (properties: object, keepSecrets: boolean) => object;

/** The module of the SDK that does it; it is no part of its interface, and may be gone in another version. */
function internals(): { deserializeProperties?: Deserialize } {
    try {
        return require("@pulumi/policy/deserialize");
    } catch {
        return {};
    }
}

/** Where a version of the SDK has no such function, nothing happens but that it takes its time. */
export function readPropertiesOnce(): void {
    const sdk = internals();
    const original = sdk.deserializeProperties;
    if (!original) return;
    const known = new WeakMap<object, object>();
    sdk.deserializeProperties = (properties, keepSecrets) => {
        if (keepSecrets) return original(properties, keepSecrets);
        let read = known.get(properties);
        if (!read) known.set(properties, (read = original(properties, keepSecrets)));
        return read;
    };
}
