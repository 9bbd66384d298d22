/**
 * What GitHub Actions writes into the tokens that Entra exchanges for its own.
 * Source: docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect
 */
export const gitHubIssuer = "https://token.actions.githubusercontent.com";

/** Audience that Entra expects. Source: learn.microsoft.com/entra/workload-id/workload-identity-federation */
export const tokenExchangeAudience = "api://AzureADTokenExchange";

export interface GitHubRepository {
    /** `OWNER/REPO`. Entra compares subjects with regard to case. */
    readonly repository: string;
    /**
     * Numeric ids of owner and repository. Repositories created, renamed or transferred after 15 July
     * 2026 send them in the subject. Source: github.com/Azure/azure-dev/issues/9382
     */
    readonly ids?: { readonly owner: string; readonly repository: string };
}

/** Subject of a token of a job that runs in this GitHub environment. */
export function environmentSubject(source: GitHubRepository, environment: string): string {
    const [owner, repository] = source.repository.split("/");
    const path = source.ids
        ? `${owner}@${source.ids.owner}/${repository}@${source.ids.repository}`
        : `${owner}/${repository}`;
    return `repo:${path}:environment:${environment}`;
}
