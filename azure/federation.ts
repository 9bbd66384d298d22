/**
 * What GitHub Actions writes into the tokens that Entra exchanges for its own.
 * Source: docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect
 */
export const gitHubIssuer = "https://token.actions.githubusercontent.com";

/** Audience that Entra expects. Source: learn.microsoft.com/entra/workload-id/workload-identity-federation */
export const tokenExchangeAudience = "api://AzureADTokenExchange";

/** Tokens that may sign in as a service principal, without a password. */
export interface TrustedToken {
    /** Name of the credential in the directory, unique in its application: letters, digits and hyphens. */
    readonly name: string;
    /** URL of the token's issuer. */
    readonly issuer: string;
    /** Subject of the token; compared with regard to case. */
    readonly subject: string;
}

export interface GitHubRepository {
    /** `OWNER/REPO`. Entra compares subjects with regard to case. */
    readonly repository: string;
    /**
     * Numeric ids of owner and repository. Repositories created, renamed or transferred after 15 July
     * 2026 send them in the subject. Source: github.com/Azure/azure-dev/issues/9382
     */
    readonly ids?: { readonly owner: string; readonly repository: string };
}

function subject({ repository: path, ids }: GitHubRepository, what: string): string {
    const [owner, repository] = path.split("/");
    const spelt = ids ? `${owner}@${ids.owner}/${repository}@${ids.repository}` : path;
    return `repo:${spelt}:${what}`;
}

/** Subject of a token of a job that runs in this GitHub environment. */
export function environmentSubject(source: GitHubRepository, environment: string): string {
    return subject(source, `environment:${environment}`);
}

/** Subject of a token of a job that a pull request started, one from the repository itself: forks get none. */
export function pullRequestSubject(source: GitHubRepository): string {
    return subject(source, "pull_request");
}

/** Subject of a token of a job on a branch, outside any environment. */
export function branchSubject(source: GitHubRepository, branch: string): string {
    return subject(source, `ref:refs/heads/${branch}`);
}
