/**
 * The files and lines that tools take a service principal's sign-in from.
 * Sources: github.com/Azure/azure-cli, src/azure-cli/azure/cli/command_modules/role/custom.py (`--sdk-auth`, short
 * form); www.pulumi.com/registry/packages/azure-native/installation-configuration (`ARM_*`);
 * docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure (variables).
 */

/** How a service principal signs in, and where. */
export interface SignIn {
    readonly clientId: string;
    readonly displayName: string;
    readonly subscriptionId: string;
    readonly tenantId: string;
    /** The client secret, the path of a PEM file with certificate and private key, or neither: by federation. */
    readonly clientSecret?: string;
    readonly clientCertificate?: string;
}

type Values = Readonly<Record<string, string>>;

/** Endpoints of the public cloud, as the Azure CLI writes them into such a file. */
const endpoints: Values = {
    activeDirectoryEndpointUrl: "https://login.microsoftonline.com",
    resourceManagerEndpointUrl: "https://management.azure.com/",
    activeDirectoryGraphResourceId: "https://graph.windows.net/",
    sqlManagementEndpointUrl: "https://management.core.windows.net:8443/",
    galleryEndpointUrl: "https://gallery.azure.com/",
    managementEndpointUrl: "https://management.core.windows.net/",
};

function proof(
    { clientSecret, clientCertificate }: Pick<SignIn, "clientSecret" | "clientCertificate">,
    secretKey: string,
    fileKey: string,
) {
    if (clientSecret !== undefined) return { [secretKey]: clientSecret };
    return clientCertificate === undefined ? {} : { [fileKey]: clientCertificate };
}

/** The ten keys of `az ad sp create-for-rbac --sdk-auth`, in its order. */
export function sdkAuth(signIn: Omit<SignIn, "displayName">): Values {
    const { clientId, subscriptionId, tenantId } = signIn;
    return {
        clientId,
        ...proof(signIn, "clientSecret", "clientCertificate"),
        subscriptionId,
        tenantId,
        ...endpoints,
    };
}

/** What `az ad sp create-for-rbac` prints without that flag. */
function short(signIn: SignIn): Values {
    const { clientId, displayName, tenantId } = signIn;
    return {
        appId: clientId,
        displayName,
        ...proof(signIn, "password", "fileWithCertAndPrivateKey"),
        tenant: tenantId,
    };
}

/** The environment that Pulumi's Azure providers sign in with. */
export function environment(signIn: SignIn): Values {
    const ways = proof(signIn, "ARM_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE_PATH");
    return {
        ARM_CLIENT_ID: signIn.clientId,
        ...(Object.keys(ways).length > 0 ? ways : { ARM_USE_OIDC: "true" }),
        ARM_TENANT_ID: signIn.tenantId,
        ARM_SUBSCRIPTION_ID: signIn.subscriptionId,
    };
}

/** A text as one word of a POSIX shell, whatever it holds. */
const quoted = (text: string) =>
    /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Lines of the GitHub CLI: ids are variables, for they are no secrets; the secret comes by standard input. */
function gitHub(signIn: SignIn, gitHubEnvironment: string): string[] {
    const target = `--env ${quoted(gitHubEnvironment)}`;
    const { ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID } = environment(signIn);
    const ids = { ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID };
    const variables = Object.entries(ids).map(
        ([key, value]) => `gh variable set ${key} ${target} --body ${quoted(value!)}`,
    );
    if (signIn.clientSecret !== undefined) {
        variables.push(
            `printf %s ${quoted(signIn.clientSecret)} | gh secret set ARM_CLIENT_SECRET ${target}`,
        );
    } else if (signIn.clientCertificate !== undefined) {
        variables.push(
            `gh secret set ARM_CLIENT_CERTIFICATE ${target} < ${quoted(signIn.clientCertificate)}`,
        );
    }
    return variables;
}

/** Lines that sign the Azure CLI in. Pulumi's azure-native does not accept that sign-in: it wants `env`. */
function azureCli(signIn: SignIn): string[] {
    const { clientId, tenantId, subscriptionId } = signIn;
    const ways = proof(signIn, "--password", "--certificate");
    const [[flag, value] = ["--federated-token", undefined]] = Object.entries(ways);
    const given = value === undefined ? '"$TOKEN"' : quoted(value);
    return [
        // With a space in place of "=", a secret that begins with a hyphen is read as an option.
        `az login --service-principal --username ${clientId} --tenant ${tenantId} ${flag}=${given}`,
        `az account set --subscription ${subscriptionId}`,
    ];
}

const json = (values: Values) => `${JSON.stringify(values, undefined, 2)}\n`;
const lines = (texts: readonly string[]) => `${texts.join("\n")}\n`;

/** The formats by their names, the one that this project itself needs first. */
export const signInFormats = {
    env: (signIn: SignIn) =>
        lines(Object.entries(environment(signIn)).map(([key, value]) => `${key}=${quoted(value)}`)),
    "sdk-auth": (signIn: SignIn) => json(sdkAuth(signIn)),
    short: (signIn: SignIn) => json(short(signIn)),
    github: (signIn: SignIn, gitHubEnvironment: string) => lines(gitHub(signIn, gitHubEnvironment)),
    az: (signIn: SignIn) => lines(azureCli(signIn)),
} as const satisfies Record<string, (signIn: SignIn, gitHubEnvironment: string) => string>;

export type SignInFormat = keyof typeof signInFormats;
