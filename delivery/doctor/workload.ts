/** Whether there is room for plan and app: the app's name in the world, the plan's instances in the region. */
import { alternativeNames, appName, planName } from "../../azure/names";
import { findSku } from "../../azure/skus";
import { AzureCliError, type AzureReader } from "../azureCli";
import { findingsOf, type Finding } from "./finding";
import { groupOf, management, subscriptionOf } from "./rights";
import type { StackSettings } from "./settings";

const version = "api-version=2024-04-01";

/** Whether a resource of the group is there; undefined where that may not be asked. */
async function isThere(
    azure: AzureReader,
    settings: StackSettings,
    type: string,
    name: string,
): Promise<boolean | undefined> {
    const id = `${groupOf(settings)}/providers/Microsoft.Web/${type}/${name}`;
    try {
        await azure.get(`${management}${id}?${version}`);
        return true;
    } catch (error) {
        const code = error instanceof AzureCliError ? error.code : undefined;
        return code === "ResourceNotFound" || code === "ResourceGroupNotFound" ? false : undefined;
    }
}

/** Source: learn.microsoft.com/rest/api/appservice/check-name-availability */
export async function checkAppName(
    azure: AzureReader,
    settings: StackSettings,
): Promise<Finding[]> {
    if (!settings.deploysWorkload) return [];
    const { ok, unknown, problem } = findingsOf("name");
    const name = appName(settings.name);
    const own = await isThere(azure, settings, "sites", name);
    if (own) return [ok(`The app ${name} is in the resource group already.`)];
    const url = `${management}${subscriptionOf(settings)}/providers/Microsoft.Web/checkNameAvailability?${version}`;
    try {
        const answer = await azure.ask<{ nameAvailable: boolean; message?: string }>(url, {
            name,
            type: "Microsoft.Web/sites",
        });
        if (answer.nameAvailable) return [ok(`The name ${name} is free.`)];
        const [other] = alternativeNames(settings.name, [Math.random()]);
        const perhaps =
            own === undefined ? " It may be this stack's own, which you may not read." : "";
        return [
            problem(
                `The name ${name} cannot be had: ${answer.message ?? "Azure does not say why"}${perhaps}`,
                `pulumi config set name ${other} --stack ${settings.stack}`,
            ),
        ];
    } catch (error) {
        return [
            unknown(
                `Whether the name ${name} is free could not be asked: ${(error as Error).message}`,
            ),
        ];
    }
}

interface Usage {
    readonly currentValue: number;
    readonly limit: number;
    readonly name: { readonly value: string };
}

/**
 * Azure documents the form of a quota here, but not which names there are; so only one with the size, its tier or
 * "total" in its name is taken to be about the plan, and never more than a warning made of it.
 * Source: learn.microsoft.com/rest/api/appservice/get-usages-in-location/list
 */
export async function checkQuota(azure: AzureReader, settings: StackSettings): Promise<Finding[]> {
    if (!settings.deploysWorkload) return [];
    const { ok, unknown, warning } = findingsOf("quota");
    const { location, instances } = settings;
    const sku = findSku(settings.sku);
    const what = `${instances} of ${settings.sku} in ${location}`;
    if (await isThere(azure, settings, "serverfarms", planName(settings.name))) {
        return [ok(`The plan ${planName(settings.name)} is in the resource group already.`)];
    }
    const url = `${management}${subscriptionOf(settings)}/providers/Microsoft.Web/locations/${location}/usages?${version}`;
    let usages: readonly Usage[];
    try {
        usages = (await azure.get<{ value: Usage[] }>(url)).value;
    } catch (error) {
        const { message } = error as Error;
        return [unknown(`Whether there is quota for ${what} could not be asked: ${message}`)];
    }
    const words = [settings.sku, sku?.tier ?? settings.sku, "total"].map((word) =>
        word.toLowerCase(),
    );
    const counting = usages.filter(({ name }) =>
        name.value
            .toLowerCase()
            .split(/[^a-z0-9]+/)
            .some((word) => words.includes(word)),
    );
    if (counting.length === 0)
        return [unknown(`Azure publishes no quota for ${what}; an up will tell.`)];
    const short = counting.filter(({ limit, currentValue }) => limit - currentValue < instances);
    const shown = ({ name, currentValue, limit }: Usage) =>
        `${name.value}: ${currentValue} of ${limit}`;
    return short.length === 0
        ? [ok(`There is quota for ${what}.`)]
        : [
              warning(
                  `There may be no quota for ${what} (${short.map(shown).join("; ")}). Another region or size may ` +
                      "have it; https://aka.ms/antquotahelp asks for more.",
                  `pulumi config set location <region> --stack ${settings.stack}`,
              ),
          ];
}
