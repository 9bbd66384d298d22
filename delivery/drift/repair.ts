/** Puts drift right. */
import type { Place } from "../../engine/place";
import { exportState, importState } from "../../engine/state";
import { main as up } from "../up";
import type { Drift } from "./model";

/**
 * Has the next `up` write these resources in full, whatever it compares: the engine does so where it is noted that
 * their last operation did not end well. A refresh would take the note away again.
 */
async function mark(place: Place, urns: readonly string[]): Promise<void> {
    const state = await exportState(place);
    if (!state) return;
    const { deployment } = state;
    const resources = deployment.resources?.map((entry) =>
        urns.includes(entry.urn) ? { ...entry, initErrors: ["its app settings drifted"] } : entry,
    );
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
    await mark(place, urns);
    return up(args);
}
