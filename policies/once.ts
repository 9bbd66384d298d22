/**
 * What the policy SDK keeps from a pack, taken where it reads the engine's format: which values are secret,
 * which it unwraps before a rule sees them, and that each resource needs to be read once only. The SDK reads it
 * anew for every policy, and for policies about the stack all resources anew: half of what this pack costs at
 * 100 resources, and at 1,000 the difference between 0.8 and 1.1 ms for each, where 1 is allowed. Below, only
 * the secrets matter. What is shared cannot be frozen, as the SDK's proxies hand a frozen property over
 * without their guard of unknown values; rules only read, and remediations keep copies of their own.
 */
import { hide } from "./values";

type Deserialize = (properties: object, keepSecrets: boolean) => object;

/** The module of the SDK that does it; it is no part of its interface, and may be gone in another version. */
interface Internals {
    deserializeProperties?: Deserialize;
}

function internals(): Internals {
    try {
        return require("@pulumi/policy/deserialize");
    } catch {
        return {};
    }
}

/** How the engine marks a secret. Source: pulumi/pulumi, sdk/go/common/resource/properties.go. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** Has every text and number in a secret hidden from then on, keys of maps included. */
function hideSecrets(value: unknown, within = false): void {
    if (typeof value !== "object" || value === null) {
        if (within) hide(value);
        return;
    }
    const marked = (value as Record<string, unknown>)[signature] === secret;
    for (const [key, part] of Object.entries(value)) {
        if (marked && key === signature) continue;
        if (within && !marked && !Array.isArray(value)) hide(key);
        hideSecrets(part, within || marked);
    }
}

/** Answers whether it is in effect. If not, `hidden` of values.ts shows no value at all. */
export function readPropertiesOnce(sdk = internals()): boolean {
    const original = sdk.deserializeProperties;
    if (!original) return false;
    const known = new WeakMap<object, object>();
    sdk.deserializeProperties = (properties, keepSecrets) => {
        if (keepSecrets) return original(properties, keepSecrets);
        let read = known.get(properties);
        if (!read) {
            hideSecrets((properties as { toJavaScript(): unknown }).toJavaScript());
            known.set(properties, (read = original(properties, keepSecrets)));
        }
        return read;
    };
    return true;
}
