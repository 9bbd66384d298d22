import { getClientConfig } from "@pulumi/azure-native/authorization";
import { Provider } from "@pulumi/azure-native/provider";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

/** Where somebody is signed in. */
interface SignedIn {
    readonly tenantId: string;
    readonly subscriptionId: string;
}

/** What an {@link AzureScope} needs from its caller. */
export interface AzureScopeArgs {
    /** Directory (tenant) that everything must be in. A plain string: it is checked before anything is registered. */
    readonly tenantId: string;
    /** Subscription that everything must be in. A plain string, for the same reason. */
    readonly subscriptionId: string;
    /** Region of the resource group, and of everything in it that names none. */
    readonly location: string;
    /** Name of the resource group. */
    readonly resourceGroupName: string;
    /** Whether to create the resource group; otherwise it must exist. @default true */
    readonly createResourceGroup?: boolean;
    /** Whether anything in the scope is in the directory, so that it needs a provider for it. @default true */
    readonly directory?: boolean;
    /** Tags of the resource group if it is created; read them back for what goes into it. @default none */
    readonly tags?: Readonly<Record<string, string>>;
}

/**
 * One tenant and one subscription, made explicit: nothing outside them can be reached by accident.
 *
 * The guard asks Azure who is signed in, through a provider that pins nothing (a pinned one would only
 * answer its own inputs), and the pinned providers wait for its answer. So a wrong tenant or
 * subscription is refused before any of them exists, and with them anything that Azure would see.
 *
 * Children: `<name>-signed-in` (the unpinned provider), `<name>-azure` and `<name>-directory` (the
 * pinned ones, the latter where asked for), `<name>-group` (the resource group, created or looked up).
 */
export class AzureScope extends pulumi.ComponentResource {
    /** Pinned providers: pass them as `providers` to every component in this scope. */
    public readonly providers: pulumi.ProviderResource[];
    /** Resource ID of the resource group. */
    public readonly resourceGroupId: pulumi.Output<string>;
    /** Name of the resource group, known once it exists. */
    public readonly resourceGroupName: pulumi.Output<string>;
    /** Subscription, known once the guard has let it pass. */
    public readonly subscriptionId: pulumi.Output<string>;
    /** Tags for everything in the group. */
    public readonly tags: Readonly<Record<string, string>>;

    constructor(name: string, args: AzureScopeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("azure-webapp-stack:index:AzureScope", name, args, opts);

        const unpinned = new Provider(`${name}-signed-in`, {}, { parent: this });
        // Not the output form: of a refused sign-in it would print its own stack, and the names of all that wait.
        const answer: Promise<SignedIn | { refusal: string }> = getClientConfig({
            provider: unpinned,
        }).catch((error: Error) => ({ refusal: error.message }));
        const pinned = pulumi.output(answer).apply((signedIn) => this.guard(args, signedIn));
        const azure = new Provider(
            `${name}-azure`,
            {
                tenantId: pinned.tenantId,
                subscriptionId: pinned.subscriptionId,
                location: args.location,
            },
            { parent: this },
        );
        const directory =
            (args.directory ?? true)
                ? [
                      new azuread.Provider(
                          `${name}-directory`,
                          { tenantId: pinned.tenantId },
                          { parent: this },
                      ),
                  ]
                : [];

        const group =
            (args.createResourceGroup ?? true)
                ? new ResourceGroup(
                      `${name}-group`,
                      {
                          resourceGroupName: args.resourceGroupName,
                          location: args.location,
                          tags: args.tags,
                      },
                      // Providers made in a component are not inherited by its children.
                      { parent: this, provider: azure },
                  )
                : ResourceGroup.get(
                      `${name}-group`,
                      pulumi.interpolate`/subscriptions/${pinned.subscriptionId}/resourceGroups/${args.resourceGroupName}`,
                      { parent: this, provider: azure },
                  );

        this.providers = [azure, ...directory];
        this.resourceGroupId = group.id.apply((id) => this.stay(args, id));
        this.resourceGroupName = pulumi
            .all([group.name, this.resourceGroupId])
            .apply(([groupName]) => groupName);
        this.subscriptionId = pinned.subscriptionId;
        this.tags = args.tags ?? {};
        this.registerOutputs({
            resourceGroupId: this.resourceGroupId,
            resourceGroupName: this.resourceGroupName,
            subscriptionId: this.subscriptionId,
        });
    }

    private guard(wanted: AzureScopeArgs, signedIn: SignedIn | { refusal: string }): SignedIn {
        const { tenantId, subscriptionId } = wanted;
        if ("refusal" in signedIn) {
            const reason = signedIn.refusal.replace(/^.* returned an error: /s, "");
            throw this.refusal(
                `Azure does not say who is signed in: ${reason} Nothing was changed. Sign in with ` +
                    `"az login --tenant ${tenantId}", or mend the variables of the service principal: ` +
                    "ARM_TENANT_ID, ARM_CLIENT_ID, and ARM_CLIENT_SECRET, ARM_CLIENT_CERTIFICATE_PATH or ARM_USE_OIDC.",
            );
        }
        const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
        if (same(signedIn.tenantId, tenantId) && same(signedIn.subscriptionId, subscriptionId)) {
            return { tenantId, subscriptionId };
        }
        const message =
            `You are signed in to tenant ${signedIn.tenantId}, subscription ${signedIn.subscriptionId}, ` +
            `but this stack belongs to tenant ${tenantId}, subscription ${subscriptionId} ` +
            "(its settings tenantId and subscriptionId). Nothing was changed. Sign in with " +
            `"az login --tenant ${tenantId}" and "az account set --subscription ${subscriptionId}" ` +
            "(or set ARM_TENANT_ID and ARM_SUBSCRIPTION_ID), or mend the two settings.";
        throw this.refusal(message);
    }

    /** A group that exists is in the subscription that it was made in, whatever the settings say now. */
    private stay({ subscriptionId }: AzureScopeArgs, groupId: string): string {
        const place = `/subscriptions/${subscriptionId}/`.toLowerCase();
        // Unknown and made-up ids, of previews and tests, are nowhere yet.
        if (!groupId.startsWith("/subscriptions/") || groupId.toLowerCase().startsWith(place)) {
            return groupId;
        }
        throw this.refusal(
            `This stack lives in ${groupId}, but its setting subscriptionId says ${subscriptionId}. ` +
                "A stack stays in its subscription: set subscriptionId back, or make another stack for the other one.",
        );
    }

    private refusal(message: string): pulumi.ResourceError {
        const refusal = new pulumi.ResourceError(message, this, true);
        // The SDK would write the names of all inputs that wait for an answer in front of the message.
        Object.defineProperty(refusal, "message", { get: () => message, set: () => undefined });
        return refusal;
    }
}
