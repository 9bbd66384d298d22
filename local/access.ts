/** The command `npm run local -- access`: what a principal can do, and what it did. */
import { UserError } from "../engine/userError";
import { readActivity, type Activity } from "./cloud/activity";
import type { Cloud } from "./cloud/cloud";
import { rightsOf } from "./cloud/graph";
import { federatedCredentials, findPrincipal, type Principal } from "./principals";
import { place } from "./show";

export const accessUsage = "npm run local -- access <principal> [--used]";

export function describeAccess(cloud: Cloud, args: readonly string[]): string {
    const [text, ...options] = args.filter((arg) => arg !== "--used");
    if (text === undefined || options.length > 0) {
        throw new UserError(`Whose access? Write: ${accessUsage}`);
    }
    const principal = findPrincipal(cloud, text);
    const lines = [heading(principal), ""];
    if (args.includes("--used")) {
        const mine = readActivity(cloud.store).filter(({ objectId }) => objectId === principal.id);
        lines.push("What it did on this machine:", ...described(mine, cloud));
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

function described(activities: readonly Activity[], cloud: Cloud): string[] {
    if (activities.length === 0) return ["  nothing"];
    const rows = new Map<
        string,
        { allowed: boolean; action: string; scopes: Map<string, number> }
    >();
    for (const { action, allowed, scope } of activities) {
        const key = `${allowed ? "may" : "refused"} ${action.toLowerCase()}`;
        const row = rows.get(key) ?? { allowed, action, scopes: new Map<string, number>() };
        row.scopes.set(scope, (row.scopes.get(scope) ?? 0) + 1);
        rows.set(key, row);
    }
    const sorted = [...rows.values()].sort((a, b) => a.action.localeCompare(b.action));
    return sorted.flatMap(({ allowed, action, scopes }) => [
        `  ${action}${allowed ? "" : "   refused"}`,
        ...[...scopes].map(([scope, times]) => `    ${times} × ${place(scope, cloud)}`),
    ]);
}
