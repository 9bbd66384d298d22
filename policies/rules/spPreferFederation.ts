import { type StackResource, stackRule } from "../rule";
import { isAbsent } from "../values";

/** Where a pipeline can sign in without a password, it needs none. */
export const spPreferFederation = stackRule({
    id: "sp-prefer-federation",
    description: "A principal should be trusted by federation rather than by a password.",
    severity: "medium",
    level: "advisory",
    control: "IM-3",
    why: "A password can leak and has to be renewed; a federated token lives for minutes, in one place.",
    fix: "new azuread.ApplicationFederatedIdentityCredential(...) instead of the password",
    setting: "pulumi config set githubRepository OWNER/REPO, and remove clientSecrets",
    onUnknown: "skip",
    check({ resources, violation }) {
        const federated = resources.some(({ type }) =>
            /^azuread:Application(Flexible)?FederatedIdentityCredential$/.test(type.name),
        );
        if (federated) return;
        for (const one of resources) {
            if (!hasPassword(one)) continue;
            violation(
                { where: "This", is: "a password, and nothing in the stack signs in without one" },
                one,
            );
        }
    },
});

function hasPassword(resource: StackResource): boolean {
    if (resource.is("azuread:ApplicationPassword", "azuread:ServicePrincipalPassword")) return true;
    if (!resource.is("azuread:Application")) return false;
    const block = resource.inputs.read("password");
    return !block.known || !isAbsent(block.value);
}
