/** What stands in the way of whoever wants to change a stack, asked before it is changed. */
import { capture, type Place } from "./place";
import { capture as run } from "./process";
import { explainLocks, parseLocks, type StackLock } from "./stackLocks";

/** What stands in the way of a change of a stack. */
export type Obstacle =
    | { readonly locks: readonly StackLock[] }
    | { readonly readOnly: true }
    /** Something else, in Pulumi's words, such as that there is no such stack. */
    | { readonly other: string };

/** Of a backend with locks in files; Pulumi Cloud has its own. */
async function locksInFiles({ pulumi, cwd, env }: Place): Promise<boolean> {
    const { stdout } = await run(pulumi, ["whoami", "--json"], { cwd, env });
    return /"url":\s*"(?!https?:)\w+:/.test(stdout);
}

/**
 * What would refuse a change of the stack at this moment; undefined if nothing would. Pulumi shows locks
 * only to whom they refuse; of what it refuses so, renaming a stack to the name it has is the one thing that
 * changes nothing: it takes the lock for a moment, and then finds that the name is taken.
 */
export async function findObstacle(place: Place): Promise<Obstacle | undefined> {
    if (!(await locksInFiles(place))) return undefined;
    const { output } = await capture(place, ["stack", "rename", place.stack]);
    const locks = parseLocks(output);
    if (locks.length > 0) return { locks };
    if (output.includes("already exists")) return undefined;
    // CLI 3.259 ends in a panic where a blob cannot be written.
    return /azureblob\.\(\*writer\)\.Close/.test(output)
        ? { readOnly: true }
        : { other: output.trim() };
}

/** What stands in the way of a change of a stack, in words, with what to do; undefined if nothing does. */
export async function explainRefusal(place: Place): Promise<string | undefined> {
    const obstacle = await findObstacle(place);
    if (!obstacle || "other" in obstacle) return undefined;
    if ("locks" in obstacle) return explainLocks(place.stack, obstacle.locks);
    return (
        `You may read the state of "${place.stack}", and not write it: enough for a preview. To change the stack, ` +
        "sign in as its deployer."
    );
}
