/** Whose tokens deployer and reader trust, and what GitHub says of them. */
import { branchSubject, environmentSubject, pullRequestSubject } from "../../azure/federation";
import { findingsOf, type Finding } from "./finding";
import type { StackSettings } from "./settings";

export interface ExpectedSubject {
    readonly who: "deployer" | "reader";
    readonly subject: string;
}

/** Every subject that the settings have a principal trust, of GitHub's tokens and of another issuer's. */
export function subjectsOf(settings: StackSettings): ExpectedSubject[] {
    const { gitHub, gitHubBranch, environment, deployerSubjects, readerSubjects } = settings;
    return [
        ...(gitHub
            ? [
                  { who: "deployer" as const, subject: environmentSubject(gitHub, environment) },
                  { who: "reader" as const, subject: pullRequestSubject(gitHub) },
                  { who: "reader" as const, subject: branchSubject(gitHub, gitHubBranch) },
              ]
            : []),
        ...deployerSubjects.map((subject) => ({ who: "deployer" as const, subject })),
        ...readerSubjects.map((subject) => ({ who: "reader" as const, subject })),
    ];
}

/**
 * GitHub's own word on how its tokens spell a repository is `sub_claim_prefix`: repositories created, renamed or
 * transferred after 15 July 2026 send ids, older ones where somebody has switched that on. It is the prefix that
 * counts: `use_immutable_subject` beside it says false where ids are sent all the same.
 * Source: github.com/Azure/azure-dev/issues/9382, docs.github.com/rest/actions/oidc
 */
export function checkGitHub(settings: StackSettings): Finding[] {
    const { gitHub, deploysAccess, stack } = settings;
    if (!deploysAccess) return [];
    const expected = subjectsOf(settings).map(({ who, subject }) =>
        findingsOf(who).ok(`It trusts the subject ${subject}`),
    );
    if (!gitHub) return expected;
    const { repository, ids } = gitHub;
    const prefix = environmentSubject(gitHub, "").replace(/:environment:$/, "");
    const { unknown } = findingsOf("GitHub");
    const { environment } = settings;
    return [
        ...expected,
        unknown(
            `Only GitHub knows whether the environment ${environment} lets in main only; else whoever pushes a branch deploys. ` +
                "It must answer main:",
            `gh api repos/${repository}/environments/${environment}/deployment-branch-policies --jq '.branch_policies[].name'`,
        ),
        unknown(
            `Only GitHub knows how its tokens spell the repository. It must answer ${prefix}, letter for letter:`,
            `gh api repos/${repository}/actions/oidc/customization/sub --jq .sub_claim_prefix`,
        ),
        ...(ids
            ? []
            : [
                  unknown(
                      "If it answers repo:OWNER@NUMBER/REPO@NUMBER, give these numbers to the stack " +
                          `${stack} as githubOwnerId and githubRepositoryId:`,
                      `gh api repos/${repository} --jq '.owner.id, .id, .created_at'`,
                  ),
              ]),
    ];
}
