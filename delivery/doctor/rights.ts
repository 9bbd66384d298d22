/**
 * Whether whoever is signed in may do what an `up` of the stack does. Asked of Azure, which answers the roles that
 * hold at a scope; deny assignments, conditions of roles and Azure Policy it does not answer.
 */
import { minimalDeployerActions } from "../../azure/minimalRole";
import { actionOf } from "../../azure/operations";
import { permits, type Permissions } from "../../azure/permissions";
import { findRole, type Role } from "../../azure/roles";
import { AzureCliError, type Account, type AzureReader } from "../azureCli";
import { findingsOf, type Finding } from "./finding";
import type { StackSettings } from "./settings";

const { ok, unknown, problem } = findingsOf("rights");

export const management = "https://management.azure.com";

export const subscriptionOf = ({ subscriptionId }: StackSettings) =>
    `/subscriptions/${subscriptionId}`;

export const groupOf = (settings: StackSettings) =>
    `${subscriptionOf(settings)}/resourceGroups/${settings.group}`;

/** Who is signed in. */
export interface Asker {
    readonly account: Account;
    /** Which of the stack's own principals trust the token that signs in. */
    readonly trustedAs?: "deployer" | "reader";
}

/** What must be allowed at a scope. */
interface Need {
    readonly scope: string;
    readonly actions: readonly string[];
}

const action = (type: string, verb: string) => actionOf(type, verb)!;

function neededAtGroup(settings: StackSettings): string[] {
    const { deploysAccess, deploysWorkload, createsGroup, makesRoles } = settings;
    const both = (type: string) => [action(type, "read"), action(type, "write")];
    return [
        ...(deploysWorkload ? minimalDeployerActions.map((needed) => needed.action) : []),
        ...(createsGroup ? both("Microsoft.Resources/resourceGroups") : []),
        ...(deploysAccess ? both("Microsoft.Authorization/roleAssignments") : []),
        ...(makesRoles ? both("Microsoft.Authorization/roleDefinitions") : []),
    ];
}

/** Sets of roles that would do, those that allow less first. */
const ladder: readonly (readonly Role[])[] = [
    ["Reader"],
    ["Website Contributor"],
    ["Web Plan Contributor"],
    ["Website Contributor", "Web Plan Contributor"],
    ["Role Based Access Control Administrator"],
    ["User Access Administrator"],
    ["Website Contributor", "Web Plan Contributor", "User Access Administrator"],
    ["Contributor"],
    ["Owner"],
].map((names) => names.map((name) => findRole(name)!));

/** The least of these roles that allow all of that together. */
export function rolesFor(actions: readonly string[]): readonly Role[] {
    return ladder.find((roles) => {
        const together = roles.flatMap(({ permissions }) => permissions);
        return actions.every((one) => permits(together, one));
    })!;
}

/** Commands that give the roles, for somebody who may: that one can look up the object id as well. */
export function grantCommand(roles: readonly Role[], scope: string, { user }: Account): string {
    const [type, kind] = user.type === "user" ? ["User", "user"] : ["ServicePrincipal", "sp"];
    const objectId = `"$(az ad ${kind} show --id ${user.name} --query id --output tsv)"`;
    return roles
        .map(
            ({ name }) =>
                `az role assignment create --assignee-object-id ${objectId} --assignee-principal-type ${type} ` +
                `--role "${name}" --scope ${scope}`,
        )
        .join(" && ");
}

const codeOf = (error: unknown) => (error instanceof AzureCliError ? error.code : undefined);

/**
 * The permissions of the caller at a scope. Documented for groups and resources; Azure answers at subscriptions
 * too. Source: learn.microsoft.com/rest/api/authorization/permissions
 */
async function permissionsAt(azure: AzureReader, scope: string): Promise<Permissions[]> {
    const found: Permissions[] = [];
    const path = `${scope}/providers/Microsoft.Authorization/permissions`;
    let next: string | undefined = `${management}${path}?api-version=2022-04-01`;
    while (next) {
        const page: { value: Permissions[]; nextLink?: string } = await azure.get(next);
        found.push(...page.value);
        next = page.nextLink;
    }
    return found;
}

type Whereabouts = "there" | "absent" | "hidden";

async function findGroup(azure: AzureReader, settings: StackSettings): Promise<Whereabouts> {
    try {
        await azure.get(`${management}${groupOf(settings)}?api-version=2021-04-01`);
        return "there";
    } catch (error) {
        if (codeOf(error) === "ResourceGroupNotFound") return "absent";
        if (codeOf(error) === "AuthorizationFailed") return "hidden";
        throw error;
    }
}

/** The first few of a list, and how many more there are. */
function some(items: readonly string[], most = 3): string {
    const more = items.length - most;
    return more > 0 ? `${items.slice(0, most).join(", ")} and ${more} more` : items.join(", ");
}

/** Why somebody should not be given what is missing; undefined if nothing speaks against it. */
function objection({ trustedAs }: Asker, { deploysAccess }: StackSettings): string | undefined {
    if (trustedAs === "reader") {
        return (
            "This is the reader: given more, it would let whoever opens a pull request deploy. " +
            "Sign in as the deployer."
        );
    }
    return trustedAs === "deployer" && deploysAccess
        ? "This is the deployer that the stack itself makes: it must not be able to widen its own rights. Sign in " +
              'as an administrator, or let this one deploy a stack of "deploys: workload".'
        : undefined;
}

async function checkNeed(
    azure: AzureReader,
    asker: Asker,
    { scope, actions }: Need,
    settings: StackSettings,
    mayAskNothing: boolean,
): Promise<Finding> {
    let held: Permissions[] = [];
    try {
        held = await permissionsAt(azure, scope);
    } catch (error) {
        // Who has no role there may not ask either; nor may a role of single actions without that one.
        if (codeOf(error) !== "AuthorizationFailed" || !mayAskNothing) {
            const { message } = error as Error;
            return unknown(`What you may do at ${scope} could not be asked: ${message}`);
        }
    }
    const missing = [...new Set(actions)].filter((one) => !permits(held, one));
    if (missing.length === 0) return ok(`All that an up does is allowed at ${scope}.`);
    const what = `At ${scope} you may not: ${some(missing)}.`;
    const against = objection(asker, settings);
    return against !== undefined
        ? problem(`${what} ${against}`)
        : problem(
              `${what} Sign in as somebody who may, or be given it by somebody who hands out roles there:`,
              grantCommand(rolesFor(missing), scope, asker.account),
          );
}

export async function checkRights(
    azure: AzureReader,
    asker: Asker,
    settings: StackSettings,
): Promise<Finding[]> {
    const { group, createsGroup, deploysAccess, stack, elsewhere, location } = settings;
    let whereabouts: Whereabouts;
    try {
        whereabouts = await findGroup(azure, settings);
    } catch (error) {
        const { message } = error as Error;
        return [
            unknown(`Whether the resource group ${group} is there could not be asked: ${message}`),
        ];
    }
    if (whereabouts === "absent" && !createsGroup) {
        const command = deploysAccess
            ? `az group create --name ${group} --location ${location} --subscription ${settings.subscriptionId}`
            : "npm run up -- --stack <stack that deploys access>";
        return [
            problem(`The resource group ${group} is not there, and ${stack} makes none.`, command),
        ];
    }
    const scope =
        createsGroup && whereabouts !== "there" ? subscriptionOf(settings) : groupOf(settings);
    const needs: Need[] = [
        { scope, actions: neededAtGroup(settings) },
        ...elsewhere.map((resource) => ({
            scope: resource,
            actions: [action("Microsoft.Authorization/roleAssignments", "write")],
        })),
    ];
    const findings: Finding[] = [];
    for (const need of needs) {
        findings.push(await checkNeed(azure, asker, need, settings, whereabouts === "hidden"));
    }
    return findings;
}
