/** Shows who holds a stack, and clears a lock that a run which died has left behind. */
import { findObstacle } from "../../engine/obstacles";
import { capture, type Place } from "../../engine/place";
import { explainLocks, holderOf } from "../../engine/stackLocks";
import { UserError } from "../../engine/userError";

/**
 * @param agree Asks whether to go on.
 * @param force Clears the lock of a run that is still under way, too.
 * @returns The exit code.
 */
export async function unlock(
    place: Place,
    { force, agree }: { force: boolean; agree: (question: string) => Promise<boolean> },
): Promise<number> {
    const { stack } = place;
    const obstacle = await findObstacle(place);
    if (!obstacle) {
        console.log(`The stack "${stack}" is not locked.`);
        return 0;
    }
    if ("other" in obstacle) throw new UserError(obstacle.other);
    if ("readOnly" in obstacle) {
        throw new UserError(
            `The stack "${stack}" is not locked. You may read its state, and not write it.`,
        );
    }
    console.log(explainLocks(stack, obstacle.locks));
    if (!force && obstacle.locks.some((lock) => holderOf(lock) === "running")) {
        throw new UserError(
            "Nothing was done: two runs at once spoil the state. Wait for that process, or end it first; " +
                "if it is another program that has got the number of a dead run, say --force.",
        );
    }
    if (!(await agree("Has that run ended, so that the lock may go?"))) return 1;
    const { code, output } = await capture(place, ["cancel", "--yes"]);
    if (code !== 0) throw new UserError(`The lock is still there:\n${output.trim()}`);
    console.log(
        `The stack "${stack}" is unlocked. "npm run up -- --stack ${stack}" goes on: it takes in what that run left.`,
    );
    return 0;
}
