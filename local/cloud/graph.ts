/**
 * Who may do what in the directory. Which right an operation needs stands in azure/graph.ts, the refusal in
 * rules.ts.
 */
import { directoryRoles, graphAppRoles, graphOperations } from "../../azure/graph";
import type { Directory } from "./directory";
import { CloudError } from "./errors";
import type { Caller } from "./model";
import { refusal } from "./rules";
import type { Document } from "./store";

/** Rights in the directory that an object holds. */
export interface DirectoryRights {
    /** Permissions on Microsoft Graph, such as `Application.ReadWrite.OwnedBy`. */
    readonly appRoles: readonly string[];
    /** Directory roles, such as `Application Administrator`. */
    readonly directoryRoles: readonly string[];
}

const appRoleNames = new Map(Object.entries(graphAppRoles).map(([name, id]) => [id, name]));
const directoryRoleNames = new Map(Object.entries(directoryRoles).map(([name, id]) => [id, name]));

/** Name of a directory role by its template id. */
export function directoryRoleName(templateId: string): string | undefined {
    return directoryRoleNames.get(templateId.toLowerCase());
}

export function rightsOf(principal: Document | undefined): DirectoryRights {
    const assignments = (principal?.appRoleAssignments ?? []) as Document[];
    return {
        appRoles: assignments
            .map(({ appRoleId }) => appRoleNames.get(String(appRoleId)))
            .filter((name) => name !== undefined),
        directoryRoles: (principal?.directoryRoles ?? []) as string[],
    };
}

/**
 * Lets an operation on the directory pass, or refuses it as Graph does.
 *
 * @param object What it is done to; an owner of it may do more.
 */
export function requireGraph(
    directory: Directory,
    caller: Caller,
    operation: string,
    object?: Document,
): void {
    const rule = graphOperations.find((row) => row.operation === operation);
    if (!rule) {
        throw new CloudError(
            400,
            "NotModelled",
            `The right that ${operation} needs is not modelled on this machine (azure/graph.ts).`,
        );
    }
    const rights = rightsOf(directory.principal(caller.objectId));
    const isUser = caller.kind === "User";
    const owns = ((object?.owners ?? []) as string[]).includes(caller.objectId);
    const creates = operation.endsWith("/create");
    const allowed =
        rule.directoryRoles.some((role) => rights.directoryRoles.includes(role)) ||
        (isUser
            ? rule.users === true || owns
            : rule.appRoles.some((role) => rights.appRoles.includes(role)) ||
              (rule.ownedBy === true &&
                  rights.appRoles.includes("Application.ReadWrite.OwnedBy") &&
                  (owns || creates)));
    if (!allowed) throw refusal("directoryNotAllowed");
}
