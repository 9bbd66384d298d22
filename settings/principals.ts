/** The settings of who signs in, how, and what they may do. */
import * as pulumi from "@pulumi/pulumi";
import {
    daysLeft,
    holdsPrivateKey,
    lifetimeProblem,
    overlappingCredentials,
    parseCertificates,
    parseLifetime,
    type Lifetime,
    type PublicCertificate,
} from "../azure/credentials";
import {
    branchSubject,
    environmentSubject,
    gitHubIssuer,
    pullRequestSubject,
    type GitHubRepository,
    type TrustedToken,
} from "../azure/federation";
import { isGuid, nameToGuid } from "../azure/guids";
import { minimalDeployerActions } from "../azure/minimalRole";
import { deployerName, readerName } from "../azure/names";
import {
    actionProblem,
    deployerRoles,
    findRole,
    nearestRole,
    readerActions,
    stateReaderRole,
    stateWriterRole,
    type CustomRole,
    type Role,
    type RoleElsewhere,
} from "../azure/roles";
import { parseScope } from "../azure/scopes";
import { parseBlobContainerId } from "../azure/stateStorage";
import type { Reader } from "./reader";

/** Who signs in, how, and what they may do. */
export interface PrincipalSettings {
    readonly displayName: string;
    /** Somebody who exists already and is only given roles; undefined for a new service principal. */
    readonly existing?: ExistingName;
    readonly trusts: readonly TrustedToken[];
    readonly clientSecrets: readonly Lifetime[];
    readonly certificates: readonly PublicCertificate[];
    readonly owners: readonly string[];
    readonly roles: readonly Role[];
    readonly customRoles: readonly CustomRole[];
    readonly elsewhere: readonly RoleElsewhere[];
}

interface ExistingName {
    readonly kind: "servicePrincipal" | "user" | "group";
    /** Object id; of a service principal its client id too, of a user the sign-in name, of a group its name. */
    readonly name: string;
    readonly setting: string;
}

/** What the two principals of an environment have in common. */
export interface Principals {
    readonly name: string;
    readonly environment: string;
    /** Whether the same stack deploys the workload too, whose state the reader reads. */
    readonly deploysWorkload: boolean;
    readonly gitHub?: GitHubRepository;
    /** Branch whose jobs outside any environment may read. */
    readonly branch: string;
    /** Issuer of other tokens than GitHub's. */
    readonly issuer?: string;
    readonly owners: readonly string[];
    /** Resource id of the blob container that holds the state. */
    readonly stateContainer?: string;
}

const exampleGuid = "12345678-1234-1234-1234-123456789abc";
const exampleGroup = `/subscriptions/${exampleGuid}/resourceGroups/GROUP`;
const exampleContainer = `${exampleGroup}/providers/Microsoft.Storage/storageAccounts/ACCOUNT/blobServices/default/containers/STATE`;
const exampleWorkspace = `${exampleGroup}/providers/Microsoft.MachineLearningServices/workspaces/NAME`;

const isResource = (id: string) => parseScope(id)?.kind === "resource";

/** Not its account: a role there would reach the states of all environments. */
const isBlobContainer = (id: string) => isResource(id) && parseBlobContainerId(id) !== undefined;

function readGitHub(read: Reader): GitHubRepository | undefined {
    const repository = read.optional(
        "githubRepository",
        (value) => /^[a-z\d][a-z\d-]*\/(?!\.{1,2}$)[\w.-]+$/i.test(value),
        "OWNER/REPO, spelt as on GitHub",
        "OWNER/REPO",
    );
    const isNumber = (value: string) => /^\d+$/.test(value);
    const owner = read.optional("githubOwnerId", isNumber, "a number", "1234567");
    const id = read.optional("githubRepositoryId", isNumber, "a number", "1234567");
    if (owner && !id)
        read.refuse("githubRepositoryId", "a number, because githubOwnerId is set", "1234567");
    if (id && !owner)
        read.refuse("githubOwnerId", "a number, because githubRepositoryId is set", "1234567");
    const ids = owner && id ? { owner, repository: id } : undefined;
    return repository ? { repository, ids } : undefined;
}

export function readPrincipals(
    read: Reader,
    of: Pick<Principals, "name" | "environment" | "deploysWorkload">,
): Principals {
    const owners = read.list("principalOwners");
    const odd = owners.find((owner) => !isGuid(owner));
    if (odd !== undefined) {
        const expected = 'object ids; "az ad signed-in-user show --query id" prints yours';
        read.refuse("principalOwners", expected, exampleGuid, odd);
    }
    return {
        ...of,
        gitHub: readGitHub(read),
        branch: read.matching(
            "githubBranch",
            (value) => /^[^\s*:?[\\^~]{1,255}$/.test(value),
            "the name of a branch",
            "main",
        ),
        issuer: read.optional(
            "oidcIssuer",
            (value) => /^https:\/\/[^\s?#]+$/.test(value) && value !== gitHubIssuer,
            "the https URL of an issuer, as its tokens spell it; GitHub's goes with githubRepository",
            "https://gitlab.com",
        ),
        owners,
        stateContainer: read.optional(
            "stateContainer",
            isBlobContainer,
            "the resource id of a blob container",
            exampleContainer,
        ),
    };
}

/** Tokens of an issuer other than GitHub, by the subjects that a setting lists. */
function readSubjects(read: Reader, key: string, { issuer }: Principals): TrustedToken[] {
    const subjects = [...new Set(read.list(key))];
    const odd = subjects.find((subject) => /[\s*]/.test(subject) || subject.length > 600);
    if (odd !== undefined) {
        const expected = "whole subjects, letter for letter: no spaces, no patterns";
        read.refuse(key, expected, "project_path:group/project:ref_type:branch:ref:main", odd);
    }
    if (subjects.length > 0 && issuer === undefined && read.text("oidcIssuer") === "") {
        read.refuse("oidcIssuer", `an issuer, because ${key} is set`, "https://gitlab.com");
    }
    return subjects.map((subject) => ({
        // Not by their place in the list: taking one away would replace all that follow.
        name: `oidc-${nameToGuid(subject).slice(0, 8)}`,
        issuer: issuer ?? "",
        subject,
    }));
}

/** Refuses that whoever reads could deploy too: with a pull request anybody could then. */
function refuseReaders(read: Reader, deploying: readonly TrustedToken[]): void {
    const key = "deployerSubjects";
    const reading = read.list("readerSubjects");
    const odd = deploying.find(
        ({ subject }) => reading.includes(subject) || /(^|:)pull_request(:|$)/.test(subject),
    );
    if (odd === undefined) return;
    const expected =
        "a subject that neither readers nor pull requests have: who reads must not deploy";
    read.refuse(key, expected, "project_path:group/project:ref_type:branch:ref:main", odd.subject);
}

/** Somebody in the directory, such as `user:ada@example.com`; a GUID alone is a service principal. */
function readExisting(read: Reader, key: string): ExistingName | undefined {
    const text = read.text(key);
    if (text === "") return undefined;
    const [, kind = "servicePrincipal", name = ""] =
        /^(?:(servicePrincipal|user|group):)?(.*)$/.exec(text) ?? [];
    const isNamed =
        (kind === "user" && /^[^\s@:]+@[^\s@:]+$/.test(name)) ||
        (kind === "group" && /^[^:]{1,256}$/.test(name));
    if (!isNamed && !isGuid(name)) {
        const expected =
            "the client id or object id of a service principal, user:<object id or sign-in name>, " +
            "or group:<object id or name>";
        read.refuse(key, expected, exampleGuid);
    }
    return { kind: kind as ExistingName["kind"], name, setting: key };
}

/** Remembers a mistake in credentials, which a command of ours mends. No value is shown: it may be a key. */
function refuseCredential(read: Reader, kind: "secret" | "certificate", key: string, text: string) {
    const command = `npm run rotate -- ${kind} --stack ${pulumi.getStack()}`;
    read.mistakes.push({ key, text, command });
}

/** Credentials, the current one first; refuses too many, too long a life, and a current one that is over. */
function checkCredentials<T extends Lifetime>(
    found: readonly T[],
    refuse: (text: string) => void,
): T[] {
    const newest = [...found].sort((one, other) => (one.start < other.start ? 1 : -1));
    if (newest.length > overlappingCredentials) {
        refuse(`holds ${newest.length}; expected ${overlappingCredentials} at most`);
    }
    const long = newest.map(lifetimeProblem).find((problem) => problem !== undefined);
    if (long !== undefined) refuse(`is not allowed; expected ${long}`);
    const [current] = newest;
    if (current && daysLeft(current) < 0) refuse(`the current one ended at ${current.end}`);
    return newest;
}

function readClientSecrets(read: Reader): Lifetime[] {
    const key = "clientSecrets";
    const refuse = (text: string) => refuseCredential(read, "secret", key, text);
    const texts = read.list(key);
    const lifetimes = texts.flatMap((text) => parseLifetime(text) ?? []);
    if (lifetimes.length < texts.length) {
        refuse("is not allowed; expected lifetimes as <start>/<end>, two times in UTC each");
    }
    if (new Set(lifetimes.map(({ start }) => start)).size < lifetimes.length) {
        refuse("is not allowed; expected two different starts");
    }
    return checkCredentials(lifetimes, refuse);
}

function readCertificates(read: Reader): PublicCertificate[] {
    const key = "certificates";
    const refuse = (text: string) => refuseCredential(read, "certificate", key, text);
    const text = read.list(key).join("\n");
    if (text === "") return [];
    if (holdsPrivateKey(text)) {
        refuse("holds a private key, which must stand in no setting; expected certificates only");
        return [];
    }
    const certificates = parseCertificates(text);
    if (!certificates) {
        refuse("is not allowed; expected X.509 certificates as PEM");
        return [];
    }
    if (new Set(certificates.map(({ thumbprint }) => thumbprint)).size < certificates.length) {
        refuse("is not allowed; expected two different certificates");
    }
    return checkCredentials(certificates, refuse);
}

/** Built-in roles at the group, and roles of our own making. */
function readRoles(
    read: Reader,
    displayName: string,
): Pick<PrincipalSettings, "roles" | "customRoles"> {
    const key = "deployerRoles";
    const names = [...deployerRoles.map((role) => role.name), "minimal", "custom"].join(", ");
    const found: Role[] = [];
    const customRoles: CustomRole[] = [];
    const actions = readActions(read);
    const wanted = [...new Set(read.list(key))];
    if (wanted.length === 0) read.refuse(key, `some of: ${names}`, "Website Contributor");
    for (const name of wanted) {
        const role = findRole(name);
        const roleName = `${displayName} ${name}`;
        if (name === "minimal") {
            const minimal = minimalDeployerActions.map(({ action }) => action);
            customRoles.push({ key: name, roleName, actions: minimal });
        } else if (name === "custom") customRoles.push({ key: name, roleName, actions });
        else if (!role || role.grantsAccess) {
            const nearest = nearestRole(name, deployerRoles);
            const example = nearest?.name ?? "Website Contributor";
            const hint = nearest && !role ? `; did you mean "${nearest.name}"?` : "";
            read.refuse(key, `some of: ${names}${hint}`, example, name);
        } else if (!found.includes(role)) found.push(role);
    }
    const asksForCustom = wanted.includes("custom");
    if (asksForCustom && actions.length === 0 && read.text("deployerActions") === "") {
        const example = "Microsoft.Network/publicIPAddresses/write";
        read.refuse("deployerActions", `operations, because ${key} has "custom"`, example);
    }
    if (!asksForCustom && actions.length > 0) {
        read.refuse(key, '"custom" too, because deployerActions is set', "custom");
    }
    return { roles: found, customRoles };
}

function readActions(read: Reader): string[] {
    const key = "deployerActions";
    const actions = [...new Set(read.list(key))];
    for (const action of actions) {
        const problem = actionProblem(action);
        if (problem) read.refuse(key, problem, "Microsoft.Network/publicIPAddresses/write", action);
    }
    return actions.filter((action) => actionProblem(action) === undefined);
}

/** Roles on single resources outside the group, as a map of their ids to names of roles. */
function readElsewhere(read: Reader): RoleElsewhere[] {
    const key = "rolesElsewhere";
    const example = JSON.stringify({ [exampleWorkspace]: "AzureML Data Scientist" });
    return Object.entries(read.map(key, example)).flatMap(([resourceId, name]) => {
        const role = findRole(name);
        if (!isResource(resourceId)) {
            const expected = "ids of single resources: no group, subscription or tenant";
            read.refuse(key, expected, example, resourceId);
        } else if (!role) {
            const nearest = nearestRole(name);
            const hint = nearest ? `; did you mean "${nearest.name}"?` : "";
            read.refuse(key, `the name of a built-in role${hint}`, example, name);
        } else return [{ resourceId, role }];
        return [];
    });
}

function onState(container: string | undefined, role: Role): RoleElsewhere[] {
    return container === undefined ? [] : [{ resourceId: container, role }];
}

/** Whoever deploys: jobs in the environment, and whoever holds a credential. */
export function readDeployer(read: Reader, common: Principals): PrincipalSettings {
    const { name, environment, gitHub, owners, stateContainer, deploysWorkload } = common;
    const displayName = deployerName(name);
    const existing = readExisting(read, "existingDeployer");
    const clientSecrets = readClientSecrets(read);
    const certificates = readCertificates(read);
    const subjects = readSubjects(read, "deployerSubjects", common);
    refuseReaders(read, subjects);
    if (deploysWorkload && stateContainer && clientSecrets.length > 0) {
        const text =
            "is set, and so is stateContainer, which the reader reads: it would have the deployer's secret. " +
            "Expected a secret in a stack that deploys access only, with a state and a key of its own";
        const command = `npm run handover -- --stack ${pulumi.getStack()}`;
        read.mistakes.push({ key: "clientSecrets", text, command });
    }
    for (const [key, list] of Object.entries({
        clientSecrets,
        certificates,
        deployerSubjects: subjects,
    })) {
        if (!existing || list.length === 0) continue;
        const text =
            "is set, but a principal that exists already is only given roles; expected nothing";
        read.mistakes.push({ key, text, command: `pulumi config rm ${key}` });
    }
    const trusts = [
        ...(gitHub
            ? [
                  {
                      name: "github-environment",
                      issuer: gitHubIssuer,
                      subject: environmentSubject(gitHub, environment),
                  },
              ]
            : []),
        ...subjects,
    ];
    return {
        displayName,
        existing,
        trusts,
        clientSecrets,
        certificates,
        owners,
        ...readRoles(read, displayName),
        elsewhere: [
            ...readElsewhere(read).filter(({ resourceId }) => resourceId !== stateContainer),
            ...onState(stateContainer, stateWriterRole),
        ],
    };
}

/**
 * Whoever reads: pull requests and the branch that is deployed. It must never be trusted with what the deployer
 * is: else whoever opens a pull request could deploy.
 */
export function readReader(read: Reader, common: Principals): PrincipalSettings | undefined {
    const { name, gitHub, branch, owners, stateContainer } = common;
    const displayName = readerName(name);
    const existing = readExisting(read, "existingReader");
    if (existing && read.text("existingReader") === read.text("existingDeployer")) {
        const expected = "somebody else than existingDeployer: who reads must not deploy";
        read.refuse("existingReader", expected, exampleGuid);
    }
    const ofGitHub = gitHub
        ? [
              {
                  name: "github-pull-request",
                  issuer: gitHubIssuer,
                  subject: pullRequestSubject(gitHub),
              },
              {
                  name: "github-branch",
                  issuer: gitHubIssuer,
                  subject: branchSubject(gitHub, branch),
              },
          ]
        : [];
    const trusts = [...ofGitHub, ...readSubjects(read, "readerSubjects", common)];
    if (!existing && trusts.length === 0) return undefined;
    return {
        displayName,
        existing,
        trusts,
        clientSecrets: [],
        certificates: [],
        owners,
        roles: [findRole("Reader")!],
        customRoles: [
            { key: "settings", roleName: `${displayName} settings`, actions: readerActions },
        ],
        elsewhere: onState(stateContainer, stateReaderRole),
    };
}
