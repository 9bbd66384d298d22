import * as pulumi from "@pulumi/pulumi";

/**
 * Refusals of a create because the thing is there. Sources: pulumi-azure-native, provider/pkg/azure/
 * client_azcore.go; terraform-provider-azuread, internal/tf/errors.go; Microsoft Graph, as in
 * github.com/Azure/azure-dev/issues/1482.
 */
const refusals = [
    /cannot create already existing (?:sub)?resource ['"]([^'"]+)['"]/,
    /An existing "\w+" with name "[^"]*" \(ID: "([^"]+)"\) was found/,
    /A resource with the ID "([^"]+)" already exists/,
    /FederatedIdentityCredential with name (\S+) already exists/,
];

/** Says what to do about a resource that exists, though the stack does not know it. */
export function alreadyExists(): pulumi.ErrorHook {
    return new pulumi.ErrorHook("already-exists", async ({ errors }) => {
        const found = errors.flatMap((error) =>
            refusals.flatMap((refusal) => refusal.exec(error)?.[1] ?? []),
        );
        if (found[0] !== undefined) {
            await pulumi.log.error(
                `${found[0]} exists, but this stack does not know it. If a run of this stack was cut off, ` +
                    'it created that: "npm run up" finds it, asks, and imports it ("npm run local" for Azure on ' +
                    "this machine). If not, it is somebody else's: choose another name, or take it over with " +
                    '"pulumi import".',
            );
        }
        return false; // It will not go away by itself.
    });
}

/** Has {@link alreadyExists} called for whatever in Azure the transformation is applied to. */
export function explainAlreadyExisting(): pulumi.ResourceTransformation {
    const hook = alreadyExists();
    return ({ type, props, opts }) => {
        if (!/^(azure-native|azuread):/.test(type)) return undefined;
        const onError = [...(opts.hooks?.onError ?? []), hook];
        return { props, opts: { ...opts, hooks: { ...opts.hooks, onError } } };
    };
}
