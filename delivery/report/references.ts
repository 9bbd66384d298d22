/** Which resource an input of another refers to: the lines of the diagram. */

/** An input that names a resource of another type. */
interface Reference {
    /** Of which types; absent: of all. */
    readonly from?: RegExp;
    readonly input: string;
    readonly to: string;
}

const application = "azuread:index/application:Application";

/** In order of preference: the first that is there is what a resource hangs on in the diagram. */
const references: readonly Reference[] = [
    { input: "serverFarmId", to: "azure-native:web:AppServicePlan" },
    { from: /^azure-native:web:WebApp\w+$/, input: "name", to: "azure-native:web:WebApp" },
    { input: "principalId", to: "azuread:index/servicePrincipal:ServicePrincipal" },
    { input: "clientId", to: application },
    { input: "applicationId", to: application },
    { input: "scope", to: "azure-native:resources:ResourceGroup" },
    { input: "resourceGroupName", to: "azure-native:resources:ResourceGroup" },
];

interface Referring {
    readonly urn: string;
    readonly type: string;
    /** Urn of the component that it belongs to: of several resources, that of the same one is meant. */
    readonly parent?: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** Urn of the resource that one hangs on; undefined where there is none, or where several might be meant. */
export function referredBy(resource: Referring, all: readonly Referring[]): string | undefined {
    for (const { from, input, to } of references) {
        if (from && !from.test(resource.type)) continue;
        if (resource.inputs[input] === undefined || resource.type === to) continue;
        const candidates = all.filter(({ type }) => type === to);
        const near = candidates.filter(({ parent }) => parent === resource.parent);
        const [found, ...others] = near.length > 0 ? near : candidates;
        if (found && others.length === 0) return found.urn;
    }
    return undefined;
}
