/** What Azure Resource Manager answers about something that is no resource of its own. */
import { nameProblem, nameRules } from "../../azure/names";
import { contains } from "./access";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import { isWithin } from "../../azure/scopes";
import { refusal } from "./rules";
import type { Document } from "./store";

function notModelled(what: string): CloudError {
    return new CloudError(400, "NotModelled", `${what} is not modelled on this machine.`);
}

/**
 * A subscription, as everybody sees it who has a role in it.
 * Source: learn.microsoft.com/rest/api/resources/subscriptions/get
 */
export function subscription(cloud: Cloud, id: string): Document {
    const { store, access, caller } = cloud;
    const inside = access.grantsOf(caller.objectId).some(({ scope }) => isWithin(scope, id));
    if (!inside || !store.get(id)) cloud.askAt(id, "Microsoft.Resources/subscriptions");
    const { name, displayName, state, tenantId } = store.get(id)!;
    return { id, subscriptionId: name, displayName, state, tenantId };
}

/**
 * The resources directly below `.../<type>`, in a group or another resource, or the groups of a subscription.
 * Source: learn.microsoft.com/rest/api/appservice/web-apps/list-by-resource-group, and so for other types
 */
export function list(cloud: Cloud, collection: string): Document {
    const { model, parsed } = cloud.modelOf(`${collection}/-`);
    const isGroups = parsed.type === "Microsoft.Resources/resourceGroups";
    // Roles and locks are listed with those above and below, and what is kept elsewhere is not found here.
    const elsewhere =
        "keptAt" in model || "initial" in model || /^Microsoft.Authorization/i.test(parsed.type);
    if (elsewhere || !(isGroups || parsed.resourceGroup)) {
        throw notModelled(`The list of ${parsed.type} at ${parsed.parent}`);
    }
    cloud.askAt(parsed.parent, parsed.type);
    if (!cloud.store.get(parsed.parent)) {
        throw refusal("resourceGroupNotFound", { group: parsed.resourceGroup! });
    }
    const found = cloud.store.list(collection);
    return { value: found.map((document) => model.show?.(document, cloud) ?? document) };
}

/**
 * What the caller may do at a scope: one entry for each role.
 * Source: learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group
 */
export function permissions(cloud: Cloud, scope: string): Document {
    cloud.askAt(scope, "Microsoft.Authorization/permissions");
    const { store, access, caller } = cloud;
    const grants = access.grantsOf(caller.objectId);
    const here = grants.filter((grant) => contains(grant.scope, scope, store));
    const none = { notActions: [], dataActions: [], notDataActions: [] };
    return {
        value: here.flatMap(({ role }) => role.permissions.map((one) => ({ ...none, ...one }))),
    };
}

/**
 * Whether the name of an app is free in the whole world. The message is ours.
 * Source: learn.microsoft.com/rest/api/appservice/check-name-availability
 */
export function checkSiteName(cloud: Cloud, subscriptionId: string, body: Document): Document {
    cloud.askAt(subscriptionId, "Microsoft.Web/checkNameAvailability");
    const { name, type } = body;
    if (typeof name !== "string" || !["Site", "Microsoft.Web/sites"].includes(String(type))) {
        throw notModelled(`The availability of a name of type ${String(type)}`);
    }
    const taken = (reason: string, { message }: Error) => ({
        nameAvailable: false,
        reason,
        message,
    });
    if (nameProblem(nameRules.site, name)) return taken("Invalid", refusal("siteName", { name }));
    if (cloud.store.get(`/siteNames/${name}`)) {
        return taken("AlreadyExists", refusal("siteNameTaken", { name }));
    }
    return { nameAvailable: true, reason: "", message: "" };
}
