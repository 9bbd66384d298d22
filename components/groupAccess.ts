import { RoleAssignment, RoleDefinition } from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { nameToGuid, roleAssignmentName } from "../azure/guids";
import {
    actionProblem,
    roleDefinitionId,
    type CustomRole,
    type Role,
    type RoleElsewhere,
} from "../azure/roles";
import { parseScope } from "../azure/scopes";

/** What a {@link GroupAccess} needs from its caller. */
export interface GroupAccessArgs {
    /** Object ID of whoever is given the roles. */
    readonly principalId: pulumi.Input<string>;
    /** What the directory calls that kind of assignee. */
    readonly principalType: "ServicePrincipal" | "User" | "Group";
    /** Resource ID of the resource group. */
    readonly resourceGroupId: pulumi.Input<string>;
    /** Subscription of the resource group. */
    readonly subscriptionId: pulumi.Input<string>;
    /** Built-in roles at the resource group. Plain: one assignment is registered for each. */
    readonly roles: readonly Role[];
    /** Roles of our own making at the resource group. Plain, for the same reason. @default none */
    readonly customRoles?: readonly CustomRole[];
    /** Roles on single resources outside the group. Plain, for the same reason. @default none */
    readonly elsewhere?: readonly RoleElsewhere[];
}

/** Group and names in a resource's id, without its types. */
function placeOf(resourceId: string): string {
    const [, , , , group, , , ...pairs] = resourceId.split("/");
    return [group, ...pairs.filter((_, index) => index % 2 === 1)].join("-");
}

const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-");

/**
 * What somebody may do: roles that end at one resource group, and roles on single resources by their ID.
 *
 * Children: `<name>-<role>` for each built-in role, `<name>-<key>-definition` and `<name>-<key>`
 * for each of our own, and `<name>-<role>-<group>-<resource>` for each role elsewhere.
 */
export class GroupAccess extends pulumi.ComponentResource {
    constructor(name: string, args: GroupAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        // The state keeps the names: what a role permits is Azure's to change, and no change of the stack.
        const elsewhere = args.elsewhere ?? [];
        const inputs = {
            ...args,
            roles: args.roles.map((role) => role.name),
            elsewhere: elsewhere.map(({ resourceId, role }) => ({ resourceId, role: role.name })),
        };
        super("azure-webapp-stack:index:GroupAccess", name, inputs, opts);
        this.refuseTooMuch(args);

        const { principalId, principalType, resourceGroupId, subscriptionId } = args;
        const builtIn = ({ id }: Role, subscription = subscriptionId) =>
            pulumi
                .output(subscription)
                .apply((owner) => ({ id, path: roleDefinitionId(owner, { id }) }));
        const assign = (
            child: string,
            scope: pulumi.Input<string>,
            role: pulumi.Input<{ id: string; path: string }>,
        ) => {
            const definition = pulumi.output(role);
            new RoleAssignment(
                `${name}-${child}`,
                {
                    scope,
                    principalId,
                    // Without it Azure looks the principal up and fails while a new one replicates.
                    principalType,
                    roleDefinitionId: definition.path,
                    roleAssignmentName: pulumi
                        .all([scope, principalId, definition.id])
                        .apply(([at, principal, id]) => roleAssignmentName(at, principal, id)),
                },
                { parent: this },
            );
        };

        for (const role of args.roles) assign(slug(role.name), resourceGroupId, builtIn(role));
        for (const { key, roleName, actions } of args.customRoles ?? []) {
            const guid = pulumi
                .output(resourceGroupId)
                .apply((group) => nameToGuid(`${group}|${name}|${key}`.toLowerCase()));
            const definition = new RoleDefinition(
                `${name}-${key}-definition`,
                {
                    scope: resourceGroupId,
                    roleDefinitionId: guid,
                    roleName,
                    roleType: "CustomRole",
                    description: "Made by azure-webapp-stack for one resource group.",
                    assignableScopes: [resourceGroupId],
                    permissions: [{ actions: [...actions] }],
                },
                { parent: this },
            );
            const made = pulumi.all([guid, definition.id]).apply(([id, path]) => ({ id, path }));
            assign(key, resourceGroupId, made);
        }
        for (const { resourceId, role } of elsewhere) {
            // ARM answers a role with the subscription of the scope, which may be another one than the group's.
            const definition = builtIn(role, parseScope(resourceId)?.subscriptionId);
            assign(`${slug(role.name)}-${slug(placeOf(resourceId))}`, resourceId, definition);
        }
        this.registerOutputs({});
    }

    /** Refuses roles at the group that hand out others, and actions that a custom role must not have. */
    private refuseTooMuch({ roles, customRoles = [] }: GroupAccessArgs): void {
        const forbidden = roles.find((role) => role.grantsAccess);
        const odd = customRoles
            .flatMap(({ actions }) => actions)
            .find((action) => actionProblem(action) !== undefined);
        const problem = forbidden
            ? `roles: expected none that hands out access, got "${forbidden.name}": ` +
              "its holder could give itself any other role"
            : odd !== undefined
              ? `customRoles: expected ${actionProblem(odd)}, got "${odd}"`
              : undefined;
        if (problem !== undefined) throw new pulumi.ResourceError(problem, this, true);
    }
}
