/** Reading and writing ARM resource ids. */

export interface ResourceId {
    /** Empty for what is in no subscription, such as a management group. */
    readonly subscriptionId: string;
    readonly resourceGroup?: string;
    /** Such as `Microsoft.Web/sites/config`; `Microsoft.Resources/resourceGroups` for a group itself. */
    readonly type: string;
    /** Last part of the id. */
    readonly name: string;
    /** Id of what the resource is in: the parent resource, the group, or the scope it extends. */
    readonly parent: string;
}

/** Reads an ARM id; undefined if it is none. Handles extension resources such as role assignments. */
export function parseId(id: string): ResourceId | undefined {
    const match =
        /^(?:\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?)?(\/providers\/.+)?$/i.exec(id);
    if (!match || id === "") return undefined;
    const [, subscriptionId = "", resourceGroup, rest] = match;
    if (!rest) {
        return {
            subscriptionId,
            resourceGroup,
            type: resourceGroup
                ? "Microsoft.Resources/resourceGroups"
                : "Microsoft.Resources/subscriptions",
            name: resourceGroup ?? subscriptionId,
            parent: resourceGroup ? `/subscriptions/${subscriptionId}` : "",
        };
    }
    // The last "/providers/" names the type: an id may extend another resource's.
    const at = id.toLowerCase().lastIndexOf("/providers/");
    const [namespace = "", ...pairs] = id.slice(at + "/providers/".length).split("/");
    if (pairs.length === 0 || pairs.length % 2 !== 0) return undefined;
    const types = pairs.filter((_, index) => index % 2 === 0);
    const name = pairs.at(-1)!;
    const parent = pairs.length === 2 ? id.slice(0, at) : id.split("/").slice(0, -2).join("/");
    return { subscriptionId, resourceGroup, type: [namespace, ...types].join("/"), name, parent };
}

export function resourceGroupId(subscriptionId: string, name: string): string {
    return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

export function sameId(a: string, b: string): boolean {
    return a.toLowerCase() === b.toLowerCase();
}
