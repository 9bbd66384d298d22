/** Puts drift right. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { capture, type Place } from "../../engine/recover";
import { UserError } from "../../engine/userError";
import { main as up } from "../up";
import type { Drift } from "./model";

async function must(place: Place, args: string[]): Promise<string> {
    const { code, output, stdout } = await capture(place, args);
    if (code === 0) return stdout;
    throw new UserError(`"pulumi ${args.slice(0, 2).join(" ")}" failed:\n${output.trim()}`);
}

/**
 * Has the next `up` write these resources in full, whatever it compares: the engine does so where it is noted that
 * their last operation did not end well. A refresh would take the note away again.
 */
async function mark(place: Place, urns: readonly string[]): Promise<void> {
    const state = JSON.parse(await must(place, ["stack", "export"])) as {
        deployment: { resources?: { urn: string; initErrors?: string[] }[] };
    };
    for (const resource of state.deployment.resources ?? []) {
        if (urns.includes(resource.urn)) resource.initErrors = ["its app settings drifted"];
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-state-"));
    try {
        const file = path.join(folder, "state.json");
        fs.writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
        await must(place, ["stack", "import", "--file", file]);
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
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
