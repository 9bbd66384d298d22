/** The settings of the storage account for the state: said, recorded in its stack's file, or taken as usual. */
import { isGuid } from "../../azure/guids";
import { nameProblem, nameRules } from "../../azure/names";
import { isRegion, normalizeRegion } from "../../azure/regions";
import { stateAccountName } from "../../azure/stateStorage";
import { UserError } from "../../engine/userError";

/** Container of the bootstrap stack's own state: only administrators reach it. */
export const bootstrapContainer = "bootstrap";

/** Copies in one place, in three zones, or also in the paired region. Source: learn.microsoft.com/azure/storage/common/storage-redundancy */
export const replications = ["Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_GZRS"];

export interface StateSettings {
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly location: string;
    readonly resourceGroup: string;
    readonly account: string;
    readonly sku: string;
    /** The one of the bootstrap stack included. */
    readonly containers: readonly string[];
    /** Object ids. */
    readonly administrators: readonly string[];
}

/** What has been said or recorded, as text; lists with commas. */
export type Given = Partial<Record<keyof StateSettings, string>>;

/** The items of a list with commas. */
export const items = (text: string) =>
    text
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean);

/** Who is signed in, as the Azure CLI says it. */
export interface SignedIn {
    readonly tenantId: string;
    readonly subscriptionId: string;
    /** Undefined if it could not be found out. */
    readonly objectId?: string;
}

/**
 * All settings, checked.
 *
 * @param environments Names of the stacks that want a container.
 * @param signedIn Asked only for what nobody has said.
 * @throws UserError that names the option, what is allowed, and an example.
 */
export async function stateSettings(
    given: Given,
    environments: readonly string[],
    signedIn: () => Promise<SignedIn>,
): Promise<StateSettings> {
    const needed = given.tenantId && given.subscriptionId && given.administrators;
    const found = needed ? undefined : await signedIn();
    const tenantId = check("tenant", given.tenantId ?? found!.tenantId, isGuid, "a GUID");
    const subscriptionId = check(
        "subscription",
        given.subscriptionId ?? found!.subscriptionId,
        isGuid,
        "a GUID",
    );
    const resourceGroup = check(
        "resource-group",
        given.resourceGroup ?? "pulumi-state-rg",
        nameProblem.bind(undefined, nameRules.resourceGroup),
    );
    const account = check(
        "account",
        given.account ?? stateAccountName(subscriptionId, resourceGroup),
        nameProblem.bind(undefined, nameRules.storageAccount),
    );
    const location = check(
        "location",
        given.location ?? "westeurope",
        isRegion,
        "an Azure region such as westeurope",
    );
    const sku = check(
        "sku",
        given.sku ?? "Standard_ZRS",
        (text) => replications.includes(text),
        `one of ${replications.join(", ")}`,
    );
    // What is recorded stays: to take a container away would take its state away.
    const recorded = items(given.containers ?? "");
    const containers = [...new Set([...recorded, ...environments, bootstrapContainer])];
    for (const name of containers) {
        check("environments", name, nameProblem.bind(undefined, nameRules.blobContainer));
    }
    const who = given.administrators ?? found?.objectId;
    if (who === undefined) {
        throw new UserError(
            "Who may reach every container? The Azure CLI does not say who is signed in. " +
                'Write --administrators <object ids>; "az ad signed-in-user show --query id" prints yours.',
        );
    }
    const administrators = items(who);
    for (const id of administrators) check("administrators", id, isGuid, "object ids, with commas");
    return {
        tenantId,
        subscriptionId,
        resourceGroup,
        account,
        sku,
        containers,
        administrators,
        location: normalizeRegion(location),
    };
}

/** @param judge Whether the text is right, or what is expected instead. */
function check(
    option: string,
    text: string,
    judge: (text: string) => boolean | string | undefined,
    allowed = "",
): string {
    const verdict = judge(text);
    const right = verdict === true || verdict === undefined;
    if (right) return text;
    const expected = typeof verdict === "string" ? verdict : allowed;
    throw new UserError(`--${option} "${text}": expected ${expected}.`);
}
