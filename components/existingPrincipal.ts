import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { isGuid } from "../azure/guids";

/** What an {@link ExistingPrincipal} needs from its caller. */
export interface ExistingPrincipalArgs {
    /** What it is in the directory. */
    readonly kind: "servicePrincipal" | "user" | "group";
    /**
     * Object ID; of a service principal its client ID too, of a user the user principal name, of a group its
     * display name.
     */
    readonly name: string;
    /** The setting that names it, for the error where it is not there. */
    readonly setting: string;
}

interface Found {
    readonly objectId: string;
    /** Undefined of a user or a group. */
    readonly clientId?: string;
}

const words = { servicePrincipal: "service principal", user: "user", group: "group" } as const;
const types = { servicePrincipal: "ServicePrincipal", user: "User", group: "Group" } as const;

/** Somebody in the directory, looked up: nothing of it is created or changed, and nothing deleted. */
export class ExistingPrincipal extends pulumi.ComponentResource {
    /** Client ID of a service principal; undefined of a user or a group. */
    public readonly clientId: pulumi.Output<string | undefined>;
    /** Object ID: what roles are given to. */
    public readonly principalId: pulumi.Output<string>;
    /** What a role assignment calls this kind of principal. */
    public readonly principalType: "ServicePrincipal" | "User" | "Group";

    constructor(name: string, args: ExistingPrincipalArgs, opts?: pulumi.ComponentResourceOptions) {
        super("azure-webapp-stack:index:ExistingPrincipal", name, args, opts);
        const found = pulumi.output(this.find(args));
        this.clientId = found.apply(({ clientId }) => clientId);
        this.principalId = found.apply(({ objectId }) => objectId);
        this.principalType = types[args.kind];
        this.registerOutputs({ clientId: this.clientId, principalId: this.principalId });
    }

    private async find({ kind, name, setting }: ExistingPrincipalArgs): Promise<Found> {
        const within = { parent: this };
        const ways: Record<ExistingPrincipalArgs["kind"], (() => Promise<Found>)[]> = {
            servicePrincipal: [
                () => azuread.getServicePrincipal({ clientId: name }, within),
                () => azuread.getServicePrincipal({ objectId: name }, within),
            ],
            user: [
                () =>
                    azuread
                        .getUser(
                            isGuid(name) ? { objectId: name } : { userPrincipalName: name },
                            within,
                        )
                        .then(({ objectId }) => ({ objectId })),
            ],
            group: [
                () =>
                    azuread
                        .getGroup(isGuid(name) ? { objectId: name } : { displayName: name }, within)
                        .then(({ objectId }) => ({ objectId })),
            ],
        };
        let reason = "";
        for (const way of ways[kind]) {
            try {
                return await way();
            } catch (error) {
                [reason = ""] = (error as Error).message.split("\n");
            }
        }
        throw new pulumi.RunError(
            `${setting}: "${name}" was not found as a ${words[kind]} in the directory. It answered: ${reason}`,
        );
    }
}
