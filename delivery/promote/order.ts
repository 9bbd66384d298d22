/** Through which environments a change goes, and what of it the user has marked: reads delivery/promotion.yaml. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { reservedSettings, settingName } from "../../azure/appSettings";
import { stackFileName } from "../../engine/pack";
import { UserError } from "../../engine/userError";
import { isPath } from "./health";

const file = path.join("delivery", "promotion.yaml");

export interface Promotion {
    /** In the order in which a change goes through them. */
    readonly environments: readonly string[];
    /** Names of the app settings that travel. */
    readonly appSettings: readonly string[];
    /** Path under which the app answers its own version; undefined for none. */
    readonly versionPath?: string;
}

function isNames(value: unknown): value is string[] {
    return Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");
}

/** @throws UserError where the file is none, or names what cannot travel. */
export function readPromotion(project: string): Promotion {
    let content: unknown;
    try {
        content = parse(fs.readFileSync(path.join(project, file), "utf8"));
    } catch (error) {
        const [reason] = (error as Error).message.split("\n");
        throw new UserError(`${file} cannot be read: ${reason}`);
    }
    const {
        environments,
        appSettings = [],
        versionPath,
    } = (content ?? {}) as Record<string, unknown>;
    const several = isNames(environments) && new Set(environments).size === environments.length;
    if (!several || environments.length < 2) {
        throw new UserError(
            `${file}: "environments" must be a list of two or more, each once, such as [dev, test, prod].`,
        );
    }
    if (!isNames(appSettings)) {
        throw new UserError(`${file}: "appSettings" must be a list of names, such as [LOG_LEVEL].`);
    }
    const odd = appSettings.find(
        (name) => !settingName.test(name) || reservedSettings.includes(name.toUpperCase()),
    );
    if (odd !== undefined) {
        throw new UserError(
            `${file}: "appSettings" must hold names of appSettings of a stack; "${odd}" cannot be one.`,
        );
    }
    if (versionPath !== undefined && !isPath(String(versionPath))) {
        throw new UserError(`${file}: "versionPath" must be a path such as /version.`);
    }
    return { environments, appSettings, versionPath: versionPath as string | undefined };
}

/**
 * Sees to it that a change goes one environment further.
 *
 * @param skipped Environments that may be left out, as the user has said.
 * @throws UserError that says which way is open.
 */
export function checkStep(
    environments: readonly string[],
    from: string,
    to: string,
    skipped: readonly string[],
): void {
    const order = environments.join(", ");
    for (const [option, name] of [
        ["--from", from],
        ["--to", to],
        ...skipped.map((n) => ["--skip", n]),
    ]) {
        if (!environments.includes(name!)) {
            throw new UserError(`${option} "${name}" is no environment; ${file} names ${order}.`);
        }
    }
    const [start, end] = [environments.indexOf(from), environments.indexOf(to)];
    if (end <= start) {
        throw new UserError(
            `A change goes from "${from}" to a later environment, not to "${to}"; their order is ${order}. ` +
                `To take "${to}" back, revert ${stackFileName(to)} and run "npm run up -- --stack ${to}".`,
        );
    }
    const between = environments.slice(start + 1, end);
    const left = between.filter((name) => !skipped.includes(name));
    if (left.length > 0) {
        const options = between.map((name) => `--skip ${name}`).join(" ");
        throw new UserError(
            `"${left.join('", "')}" comes between "${from}" and "${to}". Promote there first, ` +
                `or say that it is left out: ${options}`,
        );
    }
}
