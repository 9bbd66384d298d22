/** The command `npm run local -- show`: everything in this machine's Azure, as a tree. */
import { customRoles, findRoleDefinition, roleIdOf } from "./cloud/access";
import { isDirectory } from "./cloud/activity";
import type { Cloud } from "./cloud/cloud";
import { parseId } from "./cloud/ids";
import type { Document } from "./cloud/store";

interface Node {
    readonly text: string;
    readonly children?: readonly Node[];
}

function draw({ text, children = [] }: Node, indent = ""): string[] {
    return [
        text,
        ...children.flatMap((child, index) => {
            const last = index === children.length - 1;
            const below = indent + (last ? "   " : "│  ");
            return [`${indent}${last ? "└─ " : "├─ "}`, below].flatMap((prefix, part) => {
                const lines = draw(child, below);
                return part === 0 ? [`${prefix}${lines[0]}`] : lines.slice(1);
            });
        }),
    ];
}

/** A scope in words: `resource group shop-dev-rg`. */
export function place(scope: string, cloud: Cloud): string {
    if (isDirectory(scope)) return "the directory";
    if (scope === "" || scope === "/") return "the root of everything";
    const parsed = parseId(scope);
    if (!parsed) return scope;
    const { type, name, resourceGroup } = parsed;
    if (type === "Microsoft.Resources/subscriptions") {
        const displayName = cloud.store.get(scope)?.displayName;
        return `subscription ${String(displayName ?? name)}`;
    }
    if (type === "Microsoft.Resources/resourceGroups") return `resource group ${name}`;
    const within = resourceGroup ? ` in ${resourceGroup}` : "";
    return `${type} ${name}${within}`;
}

/** What somebody who looks would want to know of a resource, beside its name. */
function details({ type, location, sku, kind, properties, identity }: Document): string {
    const { capacity, name: size } = (sku ?? {}) as Document;
    const principal = (identity as Document | undefined)?.principalId;
    const { allow, level } = (properties ?? {}) as Document;
    return [
        size ? [size, ...(capacity === undefined ? [] : [capacity])].join(" × ") : "",
        kind ? String(kind) : "",
        location ? String(location) : "",
        principal ? `identity ${String(principal)}` : "",
        typeof allow === "boolean" ? (allow ? "allowed" : "off") : "",
        String(type).endsWith("/locks") ? String(level) : "",
    ]
        .filter(Boolean)
        .join(", ");
}

function assignmentNode(cloud: Cloud, { properties }: Document): Node {
    const { principalId, roleDefinitionId } = properties as Document;
    const guid = roleIdOf(roleDefinitionId);
    const name = findRoleDefinition(cloud, guid)?.name ?? guid;
    const holder = cloud.directory.principal(String(principalId));
    const whom = holder?.displayName ?? `${String(principalId)}, who is not in the directory`;
    return { text: `role ${name} → ${String(whom)}` };
}

/** Documents by the id of what they are in: of those that are there, the nearest. */
function groupByParent(documents: readonly Document[]): Map<string, Document[]> {
    const groups = new Map(documents.map(({ id }) => [String(id).toLowerCase(), [] as Document[]]));
    for (const document of documents) {
        let parent = parseId(String(document.id))?.parent.toLowerCase();
        while (parent && !groups.has(parent)) parent = parseId(parent)?.parent;
        if (parent) groups.get(parent)!.push(document);
    }
    return groups;
}

/** A resource and what is below it. */
function resourceNode(
    cloud: Cloud,
    document: Document,
    children: ReadonlyMap<string, Document[]>,
): Node {
    const { type } = document;
    if (type === "Microsoft.Authorization/roleAssignments") return assignmentNode(cloud, document);
    const own = children.get(String(document.id).toLowerCase()) ?? [];
    const isRole = (node: Document) => node.type === "Microsoft.Authorization/roleAssignments";
    const sorted = [...own].sort(
        (a, b) =>
            Number(isRole(b)) - Number(isRole(a)) || String(a.type).localeCompare(String(b.type)),
    );
    const name = parseId(String(document.id))!.name;
    const words = type === "Microsoft.Resources/resourceGroups" ? "resource group" : String(type);
    const extra = details(document);
    return {
        text: `${words} ${name}${extra ? `  (${extra})` : ""}`,
        children: sorted.map((child) => resourceNode(cloud, child, children)),
    };
}

function applicationNode(cloud: Cloud, application: Document): Node {
    const { appId, displayName } = application;
    const lists = [
        ["federatedIdentityCredentials", (c: Document) => `trusts ${String(c.subject)}`],
        ["passwordCredentials", (c: Document) => `secret until ${String(c.endDateTime)}`],
        ["keyCredentials", (c: Document) => `certificate until ${String(c.endDateTime)}`],
    ] as const;
    const credentials = lists.flatMap(([list, text]) =>
        ((application[list] ?? []) as Document[]).map((credential) => ({ text: text(credential) })),
    );
    const principal = cloud.directory.ofClient("servicePrincipals", String(appId));
    return {
        text: `application ${String(displayName)}, client id ${String(appId)}`,
        children: [
            {
                text: principal
                    ? `service principal ${String(principal.id)}`
                    : "no service principal",
            },
            ...credentials,
        ],
    };
}

export function drawCloud(cloud: Cloud): string {
    const { directory, store, caller } = cloud;
    const subscription = `/subscriptions/${caller.subscriptionId}`;
    const resources = [store.get(subscription)!, ...store.below(subscription)].filter(
        (document) => "type" in document, // Indexes, which are no resources, have none.
    );
    const users = directory
        .list("users")
        .map(({ displayName, userPrincipalName, directoryRoles }) => ({
            text: [
                `user ${String(displayName)} <${String(userPrincipalName)}>`,
                ...((directoryRoles ?? []) as string[]),
            ].join(", "),
        }));
    const groups = directory.list("groups").map(({ displayName, members }) => ({
        text: `group ${String(displayName)}, ${(members as string[]).length} members`,
    }));
    const roles = store.list(customRoles(caller.tenantId)).map(({ properties }) => {
        const { roleName, assignableScopes } = properties as Document;
        const places = (assignableScopes as string[]).map((scope) => place(scope, cloud));
        return { text: `custom role ${String(roleName)}, assignable at ${places.join(", ")}` };
    });
    // Roles at management groups are in no subscription.
    const above = store
        .below("/providers")
        .filter(({ type }) => type === "Microsoft.Authorization/roleAssignments")
        .map((assignment) => {
            const { scope } = assignment.properties as Document;
            const { text } = assignmentNode(cloud, assignment);
            return { text: `${text}, at ${place(String(scope), cloud)}` };
        });
    const { displayName } = resources[0]!;
    const { children } = resourceNode(cloud, resources[0]!, groupByParent(resources));
    return draw({
        text: `tenant ${String(directory.displayName)} (${caller.tenantId})`,
        children: [
            ...users,
            ...groups,
            ...roles,
            ...above,
            ...directory.list("applications").map((each) => applicationNode(cloud, each)),
            { text: `${String(displayName)} (${caller.subscriptionId})`, children },
        ],
    }).join("\n");
}
