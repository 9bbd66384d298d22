import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import {
    credentialDays,
    daysLeft,
    type Lifetime,
    type PublicCertificate,
} from "../azure/credentials";
import { sdkAuth } from "../azure/signInFiles";
import { tokenExchangeAudience, type TrustedToken } from "../azure/federation";

/** What a {@link PipelinePrincipal} needs from its caller. Lists are plain: each entry is a resource. */
export interface PipelinePrincipalArgs {
    /** Name that people see in the directory. */
    readonly displayName: pulumi.Input<string>;
    /** Whose tokens the principal trusts. @default nobody's */
    readonly trusts?: readonly TrustedToken[];
    /** Client secrets, one for each lifetime, the current one first. @default none */
    readonly clientSecrets?: readonly Lifetime[];
    /** Certificates that the principal may sign in with. @default none */
    readonly certificates?: readonly PublicCertificate[];
    /** Object ids of whoever may maintain the principal with `Application.ReadWrite.OwnedBy`. @default whoever makes it */
    readonly owners?: readonly string[];
}

/**
 * A service principal that people and pipelines sign in as. It has no rights: `GroupAccess` gives them.
 *
 * Children: `<name>` (the app registration), `<name>-principal`, `<name>-<token>` for each trusted token,
 * `<name>-secret-<start>` and `<name>-certificate-<thumbprint>`. These two are named after what never changes
 * in a credential, so that one which becomes the previous one at a rotation is not touched.
 */
export class PipelinePrincipal extends pulumi.ComponentResource {
    /** Client (application) ID: the user name to sign in with. */
    public readonly clientId: pulumi.Output<string>;
    /** Object ID of the service principal: what roles are given to. */
    public readonly principalId: pulumi.Output<string>;
    /** What a role assignment calls this kind of principal. */
    public readonly principalType = "ServicePrincipal";
    /** The current client secret; undefined if there is none. */
    public readonly clientSecret?: pulumi.Output<string>;

    constructor(name: string, args: PipelinePrincipalArgs, opts?: pulumi.ComponentResourceOptions) {
        super("azure-webapp-stack:index:PipelinePrincipal", name, args, opts);
        const owners = args.owners && args.owners.length > 0 ? [...args.owners] : undefined;
        const application = new azuread.Application(
            name,
            {
                displayName: args.displayName,
                owners,
                // Entra takes any number of one name: a create that was cut off would be done twice.
                preventDuplicateNames: true,
            },
            { parent: this },
        );
        const principal = new azuread.ServicePrincipal(
            `${name}-principal`,
            { clientId: application.clientId, owners },
            { parent: this },
        );
        for (const token of args.trusts ?? []) {
            new azuread.ApplicationFederatedIdentityCredential(
                `${name}-${token.name}`,
                {
                    applicationId: application.id,
                    displayName: token.name,
                    issuer: token.issuer,
                    subject: token.subject,
                    audiences: [tokenExchangeAudience],
                },
                { parent: this },
            );
        }
        for (const { pem, thumbprint, start, end } of args.certificates ?? []) {
            new azuread.ApplicationCertificate(
                `${name}-certificate-${thumbprint.slice(0, 8).toLowerCase()}`,
                {
                    applicationId: application.id,
                    type: "AsymmetricX509Cert",
                    encoding: "pem",
                    value: pem,
                    startDate: start,
                    endDate: end,
                },
                { parent: this },
            );
        }
        const [current] = (args.clientSecrets ?? []).map(
            ({ start, end }) =>
                new azuread.ApplicationPassword(
                    `${name}-secret-${start.replace(/[-:]/g, "")}`,
                    {
                        applicationId: application.id,
                        displayName: `azure-webapp-stack ${start}`,
                        // Fixed, never relative: a moving end would replace the secret at every run.
                        startDate: start,
                        endDate: end,
                    },
                    { parent: this },
                ),
        );

        this.warn("client secret", args.clientSecrets);
        this.warn("certificate", args.certificates);

        this.clientId = application.clientId;
        this.principalId = principal.objectId;
        this.clientSecret = current && pulumi.secret(current.value);
        this.registerOutputs({
            clientId: this.clientId,
            principalId: this.principalId,
            clientSecret: this.clientSecret,
        });
    }

    /**
     * The JSON of `--sdk-auth`: with the current secret, or, without one, with the path of a file that holds
     * certificate and private key.
     */
    sdkAuth(where: {
        tenantId: string;
        subscriptionId: string;
        certificateFile: string;
    }): pulumi.Output<string> {
        const { tenantId, subscriptionId, certificateFile: clientCertificate } = where;
        const proofs = pulumi.all([this.clientId, this.clientSecret]);
        return pulumi.secret(
            proofs.apply(([clientId, clientSecret]) => {
                const proof = clientSecret === undefined ? { clientCertificate } : { clientSecret };
                const signIn = { clientId, tenantId, subscriptionId, ...proof };
                return JSON.stringify(sdkAuth(signIn), undefined, 2);
            }),
        );
    }

    /** Says so where the current credential, the first one, will not live long. */
    private warn(what: string, [current]: readonly Lifetime[] = []): void {
        if (!current || daysLeft(current) >= credentialDays.warning) return;
        const word = what.split(" ").at(-1);
        void pulumi.log.warn(
            `The ${what} ends on ${current.end.slice(0, 10)}, in ${daysLeft(current)} days: ` +
                `"npm run rotate -- ${word}" makes the next one, and leaves this one working.`,
            this,
        );
    }
}
