import * as web from "@pulumi/azure-native/web";
import * as pulumi from "@pulumi/pulumi";
import { findSku, planProblems } from "../azure/skus";

/** What an {@link AppServicePlan} needs from its caller. */
export interface AppServicePlanArgs {
    /** Resource group that holds the plan. */
    readonly resourceGroupName: pulumi.Input<string>;
    /** Name of the plan in Azure. */
    readonly planName: pulumi.Input<string>;
    /** Region of the plan. @default the region of the scope's provider */
    readonly location?: pulumi.Input<string>;
    /** Size of each instance. Plain, like all that follows: checked before anything is registered. @default "B2" */
    readonly sku?: string;
    /** Number of instances. @default 1 */
    readonly instances?: number;
    /** Whether instances are spread over availability zones. @default false */
    readonly zoneRedundant?: boolean;
    /** What apps on the plan will rely on; refused here if the size cannot do it. @default nothing */
    readonly needs?: {
        /** Deployment slots beside production. @default 0 */
        readonly slots?: number;
        /** Azure Monitor autoscale. @default false */
        readonly autoscale?: boolean;
        /** Apps that stay loaded while nobody calls them. @default false */
        readonly alwaysOn?: boolean;
    };
    /** Tags of the plan. @default none */
    readonly tags?: Readonly<Record<string, string>>;
}

/**
 * The Linux plan that containers run on.
 *
 * Children: `<name>` (the plan).
 */
export class AppServicePlan extends pulumi.ComponentResource {
    /** Resource ID of the plan. */
    public readonly planId: pulumi.Output<string>;
    /** Name of the plan in Azure. */
    public readonly planName: pulumi.Output<string>;

    constructor(name: string, args: AppServicePlanArgs, opts?: pulumi.ComponentResourceOptions) {
        super("azure-webapp-stack:index:AppServicePlan", name, args, opts);
        const { sku = "B2", instances = 1, zoneRedundant = false } = args;
        const problems = planProblems({ sku, instances, zoneRedundant, ...args.needs });
        if (problems.length > 0) {
            const lines = problems.map(
                ({ field, value, expected }) => `${field}: expected ${expected}, got ${value}`,
            );
            throw new pulumi.ResourceError(lines.join("\n"), this, true);
        }

        const row = findSku(sku)!;
        const plan = new web.AppServicePlan(
            name,
            {
                resourceGroupName: args.resourceGroupName,
                name: args.planName,
                location: args.location,
                kind: "linux",
                // Azure's word for Linux; without it the plan is for Windows, whatever its kind says.
                reserved: true,
                sku: { name: row.name, tier: row.tier, capacity: instances },
                zoneRedundant,
                tags: args.tags,
            },
            { parent: this },
        );

        this.planId = plan.id;
        this.planName = plan.name;
        this.registerOutputs({ planId: this.planId, planName: this.planName });
    }
}
