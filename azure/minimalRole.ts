/**
 * What the deployer of a stack of `deploys: workload` must be allowed to do at its resource group, action by
 * action, and no more.
 *
 * Computed: test/engine/minimalRole.test.ts lets a deployer live with such a stack on the real engine and a model
 * of Azure, from a create that is cut off to the destroy, with every setting in use. These actions are those that
 * it used; with any one of them taken away the named step fails. That is proved against the model, which knows of
 * Azure what azure/operations.ts says. Azure may ask for more where the model answers at once: for the result of
 * a long operation, such as `Microsoft.Web/serverfarms/operationresults/read`.
 */

/** A step in the life of a stack. */
export type DeploymentStep =
    | "look up the group"
    | "create the plan"
    | "create the app"
    | "close publishing by password"
    | "delete the app"
    | "delete the plan";

export interface NeededAction {
    /** As azure/operations.ts has it. */
    readonly action: string;
    /** The first step that fails without it. */
    readonly step: DeploymentStep;
}

export const minimalDeployerActions: readonly NeededAction[] = [
    { action: "Microsoft.Resources/subscriptions/resourceGroups/read", step: "look up the group" },
    { action: "Microsoft.Web/serverfarms/Read", step: "create the plan" },
    { action: "Microsoft.Web/serverfarms/Write", step: "create the plan" },
    { action: "Microsoft.Web/serverfarms/Delete", step: "delete the plan" },
    { action: "Microsoft.Web/serverfarms/Join/Action", step: "create the app" },
    { action: "Microsoft.Web/sites/Read", step: "create the app" },
    { action: "Microsoft.Web/sites/Write", step: "create the app" },
    { action: "Microsoft.Web/sites/Delete", step: "delete the app" },
    { action: "Microsoft.Web/sites/config/Read", step: "create the app" },
    {
        action: "Microsoft.Web/sites/basicPublishingCredentialsPolicies/Read",
        step: "close publishing by password",
    },
    {
        action: "Microsoft.Web/sites/basicPublishingCredentialsPolicies/Write",
        step: "close publishing by password",
    },
];
