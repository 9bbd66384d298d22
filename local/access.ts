/** The command `npm run local -- access`: what a principal can do, and what it did. */
import { parseArgs } from "node:util";
import { describeActivityLog } from "../azure/activityLog";
import { allowedActions, countActions } from "../azure/usedActions";
import { readGivenFile } from "../engine/givenFile";
import { UserError } from "../engine/userError";
import { isDirectory, readActivity } from "./cloud/activity";
import type { Cloud } from "./cloud/cloud";
import { rightsOf } from "./cloud/graph";
import { federatedCredentials, findPrincipal, type Principal } from "./principals";
import { place } from "./show";

export const accessUsage = `npm run local -- access <principal>                    its roles and rights
npm run local -- access <principal> --used             what it did, and what it was refused
npm run local -- access <principal> --used --actions   only the actions that it was allowed, one a line
npm run local -- access --used --log <file> [--caller <id>] [--actions]
    the same from an activity log of Azure, which "az monitor activity-log list" exports`;

function readOptions(args: readonly string[]) {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const options = { used: flag, actions: flag, log: text, caller: text };
    try {
        return parseArgs({ args: [...args], options, allowPositionals: true });
    } catch (error) {
        throw new UserError(`${(error as Error).message}\n\n${accessUsage}`);
    }
}

export function describeAccess(cloud: Cloud, args: readonly string[]): string {
    const { values, positionals } = readOptions(args);
    const { used = false, actions: plain = false, log, caller } = values;
    const wanted = log === undefined ? 1 : 0;
    const stray = log === undefined && caller !== undefined;
    if (positionals.length !== wanted || stray || (!used && (plain || log !== undefined))) {
        throw new UserError(`Whose access? Write:\n${accessUsage}`);
    }
    return log === undefined
        ? describePrincipal(cloud, positionals[0]!, used, plain)
        : describeLog(log, caller, plain);
}

function describePrincipal(cloud: Cloud, text: string, used: boolean, plain: boolean): string {
    const principal = findPrincipal(cloud, text);
    const mine = readActivity(cloud.store).filter(({ objectId }) => objectId === principal.id);
    // What is asked of the directory is no action of a role.
    if (plain) return allowedActions(mine.filter(({ scope }) => !isDirectory(scope))).join("\n");
    const lines = [heading(principal), ""];
    if (used) {
        const places = (scope: string) => place(scope, cloud);
        lines.push("What it did on this machine:", ...countActions(mine, places));
    } else {
        lines.push(...rolesOf(cloud, principal), "", directoryRightsOf(principal));
        const trusted = federatedCredentials(cloud, principal);
        if (trusted.length > 0) lines.push("", "Signs in with a token of:");
        for (const { issuer, subject } of trusted) {
            lines.push(`  ${String(issuer)}, subject ${String(subject)}`);
        }
    }
    return lines.join("\n");
}

function describeLog(file: string, caller: string | undefined, plain: boolean): string {
    const view = describeActivityLog(readGivenFile(file), { caller, plain });
    if ("problem" in view) throw new UserError(`${file} ${view.problem}`);
    // Apart, so that a pipe gets the plain list alone.
    for (const note of view.notes) console.error(note);
    return view.lines.join("\n");
}

function heading({ displayName, principalType, id, appId }: Principal): string {
    const kind = { User: "user", Group: "group", ServicePrincipal: "service principal" };
    const client = appId === undefined ? "" : `, client id ${String(appId)}`;
    return `${String(displayName)}: ${kind[principalType]}, object id ${String(id)}${client}`;
}

function rolesOf(cloud: Cloud, principal: Principal): string[] {
    const grants = cloud.access.grantsOf(String(principal.id));
    if (grants.length === 0) return ["It has no role in Azure."];
    const lines = ["Roles in Azure, each for everything below its scope:"];
    for (const { role, scope, principalId } of grants) {
        const own = principalId === principal.id;
        const group = own ? undefined : cloud.directory.get("groups", principalId);
        const via = group ? `, through the group ${String(group.displayName)}` : "";
        lines.push(`  ${role.name} at ${place(scope, cloud)}${via}`);
        for (const permissions of role.permissions) {
            const { actions, notActions = [], dataActions = [], notDataActions = [] } = permissions;
            lines.push(...actions.map((action) => `    ${action}`));
            lines.push(...notActions.map((action) => `    but not ${action}`));
            lines.push(...dataActions.map((action) => `    data: ${action}`));
            lines.push(...notDataActions.map((action) => `    but not data: ${action}`));
        }
    }
    return lines;
}

function directoryRightsOf(principal: Principal): string {
    const { appRoles, directoryRoles } = rightsOf(principal);
    const all = [...directoryRoles, ...appRoles];
    return `In the directory: ${all.length > 0 ? all.join(", ") : "no rights"}`;
}
