/**
 * Subjects of GitHub's tokens, in both forms that GitHub sends.
 * Cannot show which of the two a repository sends, nor that Entra takes the token.
 */
import {
    branchSubject,
    environmentSubject,
    gitHubIssuer,
    pullRequestSubject,
    tokenExchangeAudience,
} from "../../azure/federation";

describe("environmentSubject", () => {
    it("names repository and environment", () => {
        const subject = environmentSubject({ repository: "octo-org/octo-repo" }, "prod");
        expect(subject).toBe("repo:octo-org/octo-repo:environment:prod");
    });

    it("names the numeric ids where they are given", () => {
        const ids = { owner: "65", repository: "74" };
        const subject = environmentSubject({ repository: "octo-org/octo-repo", ids }, "prod");
        expect(subject).toBe("repo:octo-org@65/octo-repo@74:environment:prod");
    });

    it("keeps the case, which Entra compares", () => {
        const subject = environmentSubject({ repository: "Octo/Repo" }, "Prod");
        expect(subject).toBe("repo:Octo/Repo:environment:Prod");
    });
});

describe("pullRequestSubject", () => {
    it("names the repository, and no branch: it is the same for every pull request", () => {
        const subject = pullRequestSubject({ repository: "octo-org/octo-repo" });
        expect(subject).toBe("repo:octo-org/octo-repo:pull_request");
    });

    it("names the numeric ids where they are given", () => {
        const ids = { owner: "65", repository: "74" };
        const subject = pullRequestSubject({ repository: "octo-org/octo-repo", ids });
        expect(subject).toBe("repo:octo-org@65/octo-repo@74:pull_request");
    });
});

describe("branchSubject", () => {
    it("names repository and branch, slashes of the branch included", () => {
        const subject = branchSubject({ repository: "Octo/Repo" }, "release/1.0");
        expect(subject).toBe("repo:Octo/Repo:ref:refs/heads/release/1.0");
    });

    it("names the numeric ids where they are given", () => {
        const ids = { owner: "65", repository: "74" };
        const subject = branchSubject({ repository: "octo-org/octo-repo", ids }, "main");
        expect(subject).toBe("repo:octo-org@65/octo-repo@74:ref:refs/heads/main");
    });
});

describe("a subject", () => {
    it("is never that of another kind of job", () => {
        const source = { repository: "octo-org/octo-repo" };
        // Names that are made to look like the other kinds.
        for (const name of ["pull_request", "ref:refs/heads/main", "environment:prod", "main"]) {
            const subjects = [
                environmentSubject(source, name),
                branchSubject(source, name),
                pullRequestSubject(source),
            ];
            expect(new Set(subjects).size).toBe(subjects.length);
        }
    });
});

describe("constants of federation", () => {
    it("have no slash at the end of the issuer, which would be another issuer", () => {
        expect(gitHubIssuer).toBe("https://token.actions.githubusercontent.com");
        expect(tokenExchangeAudience).toBe("api://AzureADTokenExchange");
    });
});
