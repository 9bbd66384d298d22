/** Which resource an input of another refers to: the lines of the diagram. */

/** An input that names a resource of another type. */
interface Reference {
    /** Of which types; absent: of all. */
    readonly from?: RegExp;
    readonly input: string;
    readonly to: string;
    /** Whether everything has it, so that it says something only where there is nothing closer. */
    readonly common?: boolean;
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
    { input: "resourceGroupName", to: "azure-native:resources:ResourceGroup", common: true },
];

interface Referring {
    readonly urn: string;
    readonly type: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

/** Urns of the resources that one refers to, the closest first; where several might be meant, none is named. */
export function referredBy(resource: Referring, all: readonly Referring[]): string[] {
    const found = references.filter(
        ({ from, input, to }) =>
            (from?.test(resource.type) ?? true) &&
            resource.inputs[input] !== undefined &&
            resource.type !== to,
    );
    const close = found.filter(({ common }) => !common);
    return (close.length > 0 ? close : found).flatMap(({ to }) => {
        const candidates = all.filter(({ type }) => type === to);
        return candidates.length === 1 ? [candidates[0]!.urn] : [];
    });
}
