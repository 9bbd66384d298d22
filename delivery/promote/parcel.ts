/**
 * What leaves one environment for the next. As a file it goes from a job that may read the one to a job that may change
 * the other, where no principal may do both.
 */
import * as fs from "node:fs";
import { startTimeLimit } from "../../azure/appSettings";
import { parseImage } from "../../azure/images";
import type { Place } from "../../engine/place";
import { UserError } from "../../engine/userError";
import { addressOf, saidAddress } from "./address";
import { isPath, settledVersion, type Version } from "./health";
import type { Promotion } from "./order";
import { pinned, readSource } from "./source";
import { travelling, type Cargo } from "./travelling";

export interface Parcel {
    /** Name of the environment. */
    readonly from: string;
    /** Its image is by digest. */
    readonly cargo: Cargo;
    /** What the app says of itself, where a path for that is named. */
    readonly version?: Version;
}

/**
 * Takes from a stack what it has deployed; where apps say their version, once this one has settled on one.
 *
 * @param settleSeconds For how long.
 * @throws UserError where that is not fit to go on.
 */
export async function takeParcel(
    place: Place,
    from: string,
    { appSettings, versionPath }: Promotion,
    settleSeconds: number,
    say: (line: string) => void,
): Promise<Parcel> {
    const deployed = await readSource(place, appSettings);
    const image = await pinned(place, deployed);
    if (image !== deployed.image) say(`${deployed.image} is ${image}`);
    const cargo = { ...deployed.cargo, settings: { ...deployed.cargo.settings, image } };
    if (!versionPath) return { from, cargo };
    const address = await addressOf(place, saidAddress(place.stack));
    const { healthCheckPath, startTimeLimitSeconds = startTimeLimit.maximum } = cargo.settings;
    const check = {
        address,
        path: healthCheckPath,
        limitSeconds: Number(startTimeLimitSeconds),
        settleSeconds,
    };
    return { from, cargo, version: await settledVersion(check, versionPath, say) };
}

export function writeParcel(file: string, parcel: Parcel): void {
    fs.writeFileSync(file, `${JSON.stringify(parcel, null, 4)}\n`);
}

/** Whether a value is a map of some of the names to texts. */
function isTexts(value: unknown, names: readonly string[]): value is Record<string, string> {
    if (typeof value !== "object" || value === null) return false;
    return Object.entries(value).every(
        ([name, text]) => names.includes(name) && typeof text === "string",
    );
}

/** Whether a limit is absent, so that the default holds, or a number of seconds. */
function isLimit(seconds: string | undefined): boolean {
    return seconds === undefined || /^\d{1,4}$/.test(seconds);
}

/** Whether the paths of settings are on the app's own host, those that it has. */
function areOwn(paths: readonly (string | undefined)[]): boolean {
    return paths.every((path) => !path || isPath(path));
}

function isVersion(value: unknown): value is Version {
    return isTexts(value, ["path", "text"]) && isPath(value.path ?? "") && value.text !== undefined;
}

/** @throws UserError where the file is none that {@link writeParcel} wrote for this step. */
export function readParcel(file: string, from: string, { appSettings }: Promotion): Parcel {
    let parcel: Partial<Parcel> | null;
    try {
        parcel = JSON.parse(fs.readFileSync(file, "utf8"));
    } catch (error) {
        throw new UserError(`${file} cannot be read: ${(error as Error).message.split("\n")[0]}`);
    }
    const { cargo, version } = parcel ?? {};
    const fits =
        parcel?.from === from &&
        isTexts(cargo?.settings, travelling) &&
        isTexts(cargo.appSettings, appSettings) &&
        parseImage(cargo.settings.image ?? "")?.digest !== undefined &&
        isLimit(cargo.settings.startTimeLimitSeconds) &&
        areOwn([cargo.settings.healthCheckPath, cargo.settings.warmUpPath]) &&
        (version === undefined || isVersion(version));
    if (fits) return { from, cargo, version };
    throw new UserError(
        `${file} is not what "npm run promote -- --from ${from} --write ${file}" writes here.`,
    );
}
