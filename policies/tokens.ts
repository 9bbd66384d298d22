/** What a resource's type token says, whatever the API version and the SDK that it comes from. */
export interface ResourceType {
    /** `web:WebApp` of azure-native, `azuread:Application` of azuread; of others the token itself. */
    readonly name: string;
    readonly family: "azure" | "directory" | "other";
    /** Such as `v20240401preview`, where the token names one. */
    readonly apiVersion?: string;
}

// `azure-native:web:WebApp`, `azure-native:web/v20240401:WebApp` and, of an SDK that somebody generated for
// one API version, `azure-native_web_v20240401:web:WebApp`.
const azure = /^azure-native(?:_\w+?)??(?:_(v\d{8}\w*))?:(\w+)(?:\/(v\d{8}\w*))?:(\w+)$/;
const directory = /^azuread:\w+(?:\/\w+)?:(\w+)$/;

const parsed = new Map<string, ResourceType>();

function parse(token: string): ResourceType {
    const found = azure.exec(token);
    if (found) {
        const [, ofPackage, module, ofModule, name] = found;
        return {
            name: `${module}:${name}`,
            family: "azure",
            apiVersion: ofModule ?? ofPackage,
        };
    }
    const [, name] = directory.exec(token) ?? [];
    return name === undefined
        ? { name: token, family: "other" }
        : { name: `azuread:${name}`, family: "directory" };
}

/** Reads a type token; each one once, because every rule asks about every resource. */
export function resourceType(token: string): ResourceType {
    let type = parsed.get(token);
    if (!type) parsed.set(token, (type = parse(token)));
    return type;
}
