/**
 * Takes into a stack's file what promotions have recorded on the branch since it was checked out: the settings that
 * travel, and no others. Without them a run that waited behind another would bring back what the other replaced; with
 * the whole file it would deploy settings that nobody has approved for this run.
 * By GitHub's API, since the checkout leaves no password for Git.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { stackFileName } from "../../engine/pack";
import { readPromotion } from "../promote/order";
import { cargoIn, readDefaults, withCargo } from "../promote/travelling";
import { readStored } from "./contents";
import { requireOptions, thisJob, variable } from "./job";

const project = path.resolve(__dirname, "..", "..");

export async function main(args: string[], env = process.env): Promise<number> {
    const { stack, keep } = requireOptions(args, "stack", "keep");
    const branch = variable(env, "GITHUB_REF_NAME");
    const file = stackFileName(stack);
    const { appSettings } = readPromotion(project);
    const defaults = readDefaults(project);
    const stored = await readStored(thisJob(env), file, branch);
    const recorded = cargoIn(stored.text, appSettings, defaults, `${file} on ${branch}`);
    const text = withCargo(fs.readFileSync(file, "utf8"), recorded, defaults, file);
    fs.writeFileSync(file, text);
    // What the record compares with.
    fs.writeFileSync(keep, text);
    console.log(`${file} has what is recorded on ${branch}.`);
    return 0;
}
