/**
 * What was asked of this machine's Azure and by whom: one line of JSON for each request, as far as the
 * caller's rights are concerned. It names actions and ids, never values.
 */
import * as fs from "node:fs";
import type { AskedAction } from "../../azure/usedActions";
import type { Store } from "./store";

export interface Activity extends AskedAction {
    readonly time: string;
    /** Who asked. */
    readonly objectId: string;
    /** Such as `Microsoft.Web/sites/write`; of Graph: `applications/create`. */
    readonly action: string;
    /** Where: a resource id, or a tenant. */
    readonly scope: string;
}

/** Whether a scope is a tenant's directory, whose operations are no actions of Azure's roles. */
export const isDirectory = (scope: string) => scope.startsWith("/tenants/");

const file = (store: Store) => store.fileBeside("activity.jsonl");

export function note(store: Store, activity: Omit<Activity, "time">): void {
    const line = JSON.stringify({ time: new Date().toISOString(), ...activity });
    // Written at once and at the end: lines of processes that write at the same time do not mix. The break
    // comes first, so that a line that a killed process left unfinished does not swallow this one.
    fs.appendFileSync(file(store), `\n${line}`, { mode: 0o600 });
}

export function readActivity(store: Store): Activity[] {
    if (!fs.existsSync(file(store))) return [];
    const lines = fs.readFileSync(file(store), "utf8").split("\n");
    return lines.flatMap((line) => {
        try {
            return [JSON.parse(line) as Activity];
        } catch {
            return [];
        }
    });
}
