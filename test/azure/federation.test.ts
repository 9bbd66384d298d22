/**
 * Subjects of GitHub's tokens, in both forms that GitHub sends.
 * Cannot show which of the two a repository sends, nor that Entra takes the token.
 */
import { environmentSubject, gitHubIssuer, tokenExchangeAudience } from "../../azure/federation";

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

describe("constants of federation", () => {
    it("have no slash at the end of the issuer, which would be another issuer", () => {
        expect(gitHubIssuer).toBe("https://token.actions.githubusercontent.com");
        expect(tokenExchangeAudience).toBe("api://AzureADTokenExchange");
    });
});
