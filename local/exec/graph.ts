/** `az rest` to Microsoft Graph: what the commands of delivery/ ask there. The rest is `az ad`. */
import { directoryRoles, graphOperations } from "../../azure/graph";
import type { Cloud } from "../cloud/cloud";
import { CloudError } from "../cloud/errors";
import { rightsOf } from "../cloud/graph";
import { refusal } from "../cloud/rules";
import type { Document } from "../cloud/store";

export const graphHost = "https://graph.microsoft.com";

/** Source: learn.microsoft.com/graph/api/user-get: "/me request is only valid with delegated authentication flow". */
function me({ caller, directory }: Cloud): Document {
    if (caller.kind !== "User") {
        throw new CloudError(
            400,
            "BadRequest",
            "/me request is only valid with delegated authentication flow.",
        );
    }
    return directory.principal(caller.objectId)!;
}

const answers: Readonly<Record<string, (cloud: Cloud) => Document>> = {
    "/v1.0/me": (cloud) => {
        const { id, displayName, userPrincipalName } = me(cloud);
        return { id, displayName, userPrincipalName };
    },
    "/v1.0/me/memberOf/microsoft.graph.directoryRole": (cloud) => ({
        value: rightsOf(me(cloud)).directoryRoles.map((displayName) => ({
            displayName,
            roleTemplateId: directoryRoles[displayName],
        })),
    }),
    "/v1.0/policies/authorizationPolicy": () => {
        const { users } = graphOperations.find((row) => row.operation === "applications/create")!;
        return { defaultUserRolePermissions: { allowedToCreateApps: users === true } };
    },
};

function appRoleAssignments(cloud: Cloud, appId: string): Document {
    cloud.askDirectory("servicePrincipals/read");
    const principal = cloud.directory.ofClient("servicePrincipals", appId);
    if (!principal) throw refusal("objectMissing", { object: appId });
    return { value: principal.appRoleAssignments ?? [] };
}

/** Answers a GET by its path, or throws Graph's refusal. */
export function graphRequest(cloud: Cloud, path: string): Document {
    const [, appId] =
        /^\/v1\.0\/servicePrincipals\(appId='([^']+)'\)\/appRoleAssignments$/.exec(path) ?? [];
    if (appId !== undefined) return appRoleAssignments(cloud, appId);
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
    if (!answer) {
        throw new CloudError(
            400,
            "NotModelled",
            `'${graphHost}${path}' is not modelled on this machine.`,
        );
    }
    return answer(cloud);
}
