/**
 * Takes a stack's file as the branch holds it now, before a promotion changes it. A run that waited behind another
 * has checked out the file from before the other's record: with that it would bring back what the other replaced.
 * By GitHub's API, since the checkout leaves no password for Git.
 */
import * as fs from "node:fs";
import { stackFileName } from "../../engine/pack";
import { readStored } from "./contents";
import { requireOptions, thisJob, variable } from "./job";

export async function main(args: string[], env = process.env): Promise<number> {
    const { stack, keep } = requireOptions(args, "stack", "keep");
    const branch = variable(env, "GITHUB_REF_NAME");
    const file = stackFileName(stack);
    const { text } = await readStored(thisJob(env), file, branch);
    fs.writeFileSync(file, text);
    // What the record compares with.
    fs.writeFileSync(keep, text);
    console.log(`${file} is as on ${branch}.`);
    return 0;
}
