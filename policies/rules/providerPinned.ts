import { texts } from "../options";
import { rule } from "../rule";
import { isAbsent, list, shown, word } from "../values";

/** A resource goes to the subscription that the program names, not to the one that a shell is signed in to. */
export const providerPinned = rule({
    id: "provider-pinned",
    description: "A resource should be made through a provider that names its subscription.",
    types: "azure",
    severity: "high",
    level: "advisory",
    control: "IM-8",
    why: "An unpinned provider takes whatever subscription the shell is signed in to: one day the wrong one.",
    fix: "new azure.Provider(..., { subscriptionId, tenantId }), and { provider } for the resource",
    setting: "pulumi config set subscriptionId, and tenantId",
    onUnknown: "skip",
    options: {
        subscriptionIds: texts(
            [],
            "Allowed subscriptions; none means any that the provider names.",
        ),
        tenantIds: texts([], "Allowed tenants; none means any, named or not."),
    },
    check({ provider, options, violation }) {
        if (!provider) return;
        const judge = (field: string, allowed: readonly string[], needed: boolean) => {
            const found = provider.read(field);
            if (!found.known) return;
            const where = `The provider's ${field}`;
            if (isAbsent(found.value)) {
                if (needed || allowed.length > 0)
                    violation({
                        where,
                        is: "not set",
                        ...(allowed.length > 0 && { allowed: list(allowed) }),
                    });
            } else if (allowed.length > 0 && !allowed.map(word).includes(word(found.value))) {
                violation({ where, is: shown(found.value), allowed: list(allowed) });
            }
        };
        judge("subscriptionId", options.subscriptionIds, true);
        judge("tenantId", options.tenantIds, false);
        const secret = provider.read("clientSecret");
        // The SDK hands secrets over in clear: whether this one is encrypted cannot be seen.
        if (secret.known && isAbsent(secret.value)) return;
        const fix =
            "sign in by federation (useOidc: true), or by ARM_CLIENT_SECRET in the environment";
        violation({ where: "The provider's clientSecret", is: "set", allowed: "none", fix });
    },
});
