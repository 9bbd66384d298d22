import { randomInt } from "node:crypto";
import { lookup } from "node:dns/promises";
import * as pulumi from "@pulumi/pulumi";
import { alternativeNames, appName } from "../azure/names";

/** Every app of App Service, of whomever, has an address here. */
const sitesDomain = "azurewebsites.net";

/** Whether nobody has an app of this name: then its address does not resolve. */
async function isFree(name: string): Promise<boolean> {
    try {
        await lookup(`${appName(name)}.${sitesDomain}`);
        return false;
    } catch {
        return true;
    }
}

/** Two names that are still free, each the wanted one with four random digits. */
async function freeNames(wanted: string): Promise<string[]> {
    const found: string[] = [];
    for (let attempt = 0; attempt < 10 && found.length < 2; attempt++) {
        const [candidate] = alternativeNames(wanted, [randomInt(0x10000) / 0x10000]);
        if (await isFree(candidate!)) found.push(candidate!);
    }
    return found;
}

/** Azure's refusal of an app whose name another app in the world has. */
const refusal = /Website with given name \S+ already exists|hostname '?[^']*'? already exists/i;

/** Explains a refused app name, and offers two that are free. */
export function nameTaken(name: string): pulumi.ErrorHook {
    return new pulumi.ErrorHook(`${name}-name-taken`, async (failure) => {
        const taken = failure.newInputs?.name;
        if (typeof taken === "string" && failure.errors.some((error) => refusal.test(error))) {
            const free = await freeNames(taken.replace(/-app$/, ""));
            const quoted = free.map((candidate) => `"${candidate}"`).join(" and ");
            await pulumi.log.error(
                `name: "${taken}" is taken: somebody in the world has an app of that name. ` +
                    (free.length > 0
                        ? `Free are ${quoted}: pulumi config set name ${free[0]}`
                        : "Choose another: pulumi config set name <name>"),
            );
        }
        return false; // Trying the same name again cannot succeed.
    });
}
