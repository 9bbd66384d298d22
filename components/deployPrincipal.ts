import { RoleAssignment } from "@pulumi/azure-native/authorization";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { tokenExchangeAudience } from "../azure/federation";
import { roleAssignmentName } from "../azure/guids";
import { defaultDeployerRoles, roleDefinitionId, type Role } from "../azure/roles";

/** Tokens that may sign in as the principal, without a password. */
export interface FederatedIdentity {
    /** URL of the token's issuer. */
    readonly issuer: string;
    /** Subject of the token; compared with regard to case. */
    readonly subject: string;
}

/** What a {@link DeployPrincipal} needs from its caller. */
export interface DeployPrincipalArgs {
    /** Name that people see in the directory. */
    readonly displayName: pulumi.Input<string>;
    /** Resource ID of the resource group: every role ends there. */
    readonly resourceGroupId: pulumi.Input<string>;
    /** Subscription of the resource group. */
    readonly subscriptionId: pulumi.Input<string>;
    /**
     * Roles at the resource group. Plain: one assignment is registered for each.
     * @default Website Contributor and Web Plan Contributor
     */
    readonly roles?: readonly Role[];
    /** Whose tokens the principal trusts. Plain: it decides whether a credential is registered. @default nobody's */
    readonly federatedIdentity?: FederatedIdentity;
    /** Last day of a client secret, as `YYYY-MM-DD`. Plain, for the same reason. @default no secret */
    readonly clientSecretEndDate?: string;
    /** First day of that secret, as `YYYY-MM-DD`; without it nobody can tell how long it lives. @default the moment it is made */
    readonly clientSecretStartDate?: string;
}

/**
 * A service principal that may deploy into one resource group and do nothing anywhere else.
 *
 * Children: `<name>` (the app registration), `<name>-principal`, `<name>-<role>` for each role,
 * `<name>-federation` and `<name>-secret` where asked for.
 */
export class DeployPrincipal extends pulumi.ComponentResource {
    /** Client (application) ID: the user name to sign in with. */
    public readonly clientId: pulumi.Output<string>;
    /** Object ID of the service principal: what roles are given to. */
    public readonly principalId: pulumi.Output<string>;
    /** The client secret; undefined unless asked for. */
    public readonly clientSecret?: pulumi.Output<string>;

    constructor(name: string, args: DeployPrincipalArgs, opts?: pulumi.ComponentResourceOptions) {
        const roles = args.roles ?? defaultDeployerRoles;
        // The state keeps the names: what a role permits is Azure's to change, and no change of the stack.
        const inputs = { ...args, roles: roles.map((role) => role.name) };
        super("azure-webapp-stack:index:DeployPrincipal", name, inputs, opts);
        const forbidden = roles.filter((role) => role.grantsAccess);
        if (forbidden.length > 0) {
            throw new pulumi.ResourceError(
                `roles: expected none that hands out access, got "${forbidden[0]!.name}": ` +
                    "its holder could give itself any other role",
                this,
                true,
            );
        }

        const application = new azuread.Application(
            name,
            {
                displayName: args.displayName,
                // Entra takes any number of one name: a create that was cut off would be done twice.
                preventDuplicateNames: true,
            },
            { parent: this },
        );
        const principal = new azuread.ServicePrincipal(
            `${name}-principal`,
            { clientId: application.clientId },
            { parent: this },
        );
        for (const role of roles) {
            new RoleAssignment(
                `${name}-${role.name.toLowerCase().replaceAll(" ", "-")}`,
                {
                    scope: args.resourceGroupId,
                    principalId: principal.objectId,
                    // Without it Azure looks the principal up and fails while a new one replicates.
                    principalType: "ServicePrincipal",
                    roleDefinitionId: pulumi
                        .output(args.subscriptionId)
                        .apply((subscription) => roleDefinitionId(subscription, role)),
                    roleAssignmentName: pulumi
                        .all([args.resourceGroupId, principal.objectId])
                        .apply(([scope, id]) => roleAssignmentName(scope, id, role.id)),
                },
                { parent: this },
            );
        }
        if (args.federatedIdentity) {
            new azuread.ApplicationFederatedIdentityCredential(
                `${name}-federation`,
                {
                    applicationId: application.id,
                    displayName: "deployment-pipeline",
                    issuer: args.federatedIdentity.issuer,
                    subject: args.federatedIdentity.subject,
                    audiences: [tokenExchangeAudience],
                },
                { parent: this },
            );
        }
        if (args.clientSecretEndDate) {
            const secret = new azuread.ApplicationPassword(
                `${name}-secret`,
                {
                    applicationId: application.id,
                    displayName: "azure-webapp-stack",
                    startDate:
                        args.clientSecretStartDate && `${args.clientSecretStartDate}T00:00:00Z`,
                    // Fixed, never relative: a moving end would replace the secret at every run.
                    endDate: `${args.clientSecretEndDate}T23:59:59Z`,
                },
                { parent: this },
            );
            this.clientSecret = pulumi.secret(secret.value);
        }

        this.clientId = application.clientId;
        this.principalId = principal.objectId;
        this.registerOutputs({
            clientId: this.clientId,
            principalId: this.principalId,
            clientSecret: this.clientSecret,
        });
    }
}
