/** Puts drift right. */
import type { Place } from "../../engine/place";
import { exportState, importState } from "../../engine/state";
import { main as up } from "../up";
import type { Drift } from "./model";

/** Why a resource is to be written in full. */
const note = "its app settings drifted";

/**
 * Has the next `up` write these resources in full, whatever it compares: the engine does so where it is noted that
 * their last operation did not end well. A refresh would take the note away again.
 *
 * @param wanted False takes the note back.
 */
async function mark(place: Place, urns: readonly string[], wanted: boolean): Promise<void> {
    const state = await exportState(place);
    if (!state) return;
    const { deployment } = state;
    const resources = deployment.resources?.map(({ initErrors = [], ...entry }) => {
        const others = initErrors.filter((error) => error !== note);
        const notes = wanted && urns.includes(entry.urn) ? [...others, note] : others;
        return { ...entry, ...(notes.length > 0 && { initErrors: notes }) };
    });
    await importState(place, { ...state, deployment: { ...deployment, resources } });
}

/** @returns The exit code of the last `up`. */
export async function repair(
    place: Place,
    drift: Drift,
    flags: readonly string[],
): Promise<number> {
    const args = ["--stack", place.stack, ...flags];
    if (drift.resources.length > 0) {
        const code = await up([...args, "--refresh"]);
        if (code !== 0 || drift.settings.length === 0) return code;
    }
    const urns = drift.settings.map(({ urn }) => urn);
    await mark(place, urns, true);
    const code = await up(args);
    // Whoever said no wants no change: the next preview would show one that nobody made.
    if (code !== 0) await mark(place, urns, false);
    return code;
}
