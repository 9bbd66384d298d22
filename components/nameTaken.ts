import { randomInt } from "node:crypto";
import { lookup } from "node:dns/promises";
import * as pulumi from "@pulumi/pulumi";
import { alternativeNames, appName, sitesDomain } from "../azure/names";

/** Whether nobody has an app of this name: then its address does not exist. Undefined if nobody can say. */
async function isFree(name: string): Promise<boolean | undefined> {
    try {
        await lookup(`${appName(name)}.${sitesDomain}`);
        return false;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOTFOUND" ? true : undefined;
    }
}

/** Two other names, each the wanted one with four random digits, and whether they are known to be free. */
async function otherNames(wanted: string): Promise<{ names: string[]; checked: boolean }> {
    const names: string[] = [];
    let checked = true;
    for (let attempt = 0; attempt < 10 && names.length < 2; attempt++) {
        const [candidate] = alternativeNames(wanted, [randomInt(0x10000) / 0x10000]);
        const free = await isFree(candidate!);
        if (free === undefined) checked = false;
        if (free !== false) names.push(candidate!);
    }
    return { names, checked };
}

/** Azure's refusal of an app whose name another app in the world has. */
const refusal = /Website with given name \S+ already exists|hostname '?[^']*'? already exists/i;

/** Explains a refused app name, and offers two that are free. */
export function nameTaken(name: string): pulumi.ErrorHook {
    return new pulumi.ErrorHook(`${name}-name-taken`, async (failure) => {
        const taken = failure.newInputs?.name;
        if (typeof taken === "string" && failure.errors.some((error) => refusal.test(error))) {
            const { names, checked } = await otherNames(taken.replace(/-app$/, ""));
            const quoted = names.map((candidate) => `"${candidate}"`).join(" and ");
            const offer = checked ? `Free are ${quoted}` : `Hardly anybody has ${quoted}`;
            await pulumi.log.error(
                `name: "${taken}" is taken: somebody in the world has an app of that name. ` +
                    (names.length > 0
                        ? `${offer}: pulumi config set name ${names[0]}`
                        : "Choose another: pulumi config set name <name>"),
            );
        }
        return false; // Trying the same name again cannot succeed.
    });
}
