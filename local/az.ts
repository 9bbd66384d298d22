/** The command `npm run local -- az`: changes this machine's Azure behind Pulumi's back. */
import { UserError } from "../engine/userError";
import type { Cloud } from "./cloud/cloud";
import { parseId, sameId } from "./cloud/ids";
import { envelope } from "./cloud/model";
import type { Document } from "./cloud/store";

export const azUsage = `npm run local -- az <resource> show
npm run local -- az <resource> set <path>=<value> ...     httpsOnly=false  sku.name=B1  tags.by=hand
                                                          siteConfig.ftpsState=AllAllowed  appSettings.LOG=debug
npm run local -- az <resource> unset <path> ...
npm run local -- az <resource> delete
A resource is named by its id, or by its name where only one has it.`;

/** A resource by its id or name. */
function find({ store, caller }: Cloud, text: string): Document & { id: string } {
    const all = store
        .below(`/subscriptions/${caller.subscriptionId}`)
        .filter((document): document is Document & { id: string } => "id" in document);
    const found = all.filter(({ id }) => sameId(id, text) || sameId(parseId(id)?.name ?? "", text));
    // A site's name is that of parts of it too; the one that contains the others is meant.
    const [first, ...others] = found.sort((a, b) => a.id.length - b.id.length);
    if (first && others.every(({ id }) => id.startsWith(`${first.id}/`))) return first;
    throw new UserError(
        first
            ? `"${text}" is the name of several resources: ${found.map(({ id }) => id).join(", ")}.`
            : `There is no resource "${text}". "npm run local -- show" shows what there is.`,
    );
}

/** A value as it is typed: JSON where it is JSON, else text. */
function parseValue(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/** Sets a value at a dotted path of a document; undefined removes what is there. */
function setAt(document: Document, path: readonly string[], value: unknown): void {
    const [name = "", ...rest] = path;
    if (rest.length > 0) setAt((document[name] ??= {}) as Document, rest, value);
    else if (value === undefined) delete document[name];
    else document[name] = value;
}

async function change(cloud: Cloud, id: string, changes: [string, unknown][]): Promise<void> {
    const bodies = new Map<string, Document>();
    const bodyOf = async (target: string) => {
        const settings = target.endsWith("/config/appsettings");
        const found = settings ? cloud.post(target, "list") : cloud.get(target);
        const body = bodies.get(target) ?? structuredClone(await found) ?? {};
        bodies.set(target, body);
        return body;
    };
    for (const [path, value] of changes) {
        const [first = "", ...rest] = path.split(".");
        // An app's settings and configuration are documents of their own.
        if (first === "appSettings" || first === "siteConfig") {
            const part = first === "appSettings" ? "appsettings" : "web";
            setAt(await bodyOf(`${id}/config/${part}`), ["properties", ...rest], value);
        } else {
            const own = await bodyOf(id);
            setAt(
                own,
                envelope.has(first) ? [first, ...rest] : ["properties", first, ...rest],
                value,
            );
        }
    }
    for (const [target, body] of bodies) await cloud.put(target, body);
}

/** Runs the command; returns what to print. */
export async function az(cloud: Cloud, args: readonly string[]): Promise<string> {
    const [text, verb = "show", ...rest] = args;
    if (text === undefined) throw new UserError(`Which resource?\n\n${azUsage}`);
    const { id } = find(cloud, text);
    switch (verb) {
        case "show":
            return JSON.stringify(await cloud.get(id), undefined, 4);
        case "set": {
            const changes = rest.map((assignment): [string, unknown] => {
                const [, path = "", value = ""] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
                if (!path)
                    throw new UserError(`"${assignment}" is no <path>=<value>.\n\n${azUsage}`);
                return [path, parseValue(value)];
            });
            if (changes.length === 0) throw new UserError(`Set what?\n\n${azUsage}`);
            await change(cloud, id, changes);
            return `Changed in Azure, unknown to Pulumi: ${changes.map(([path]) => path).join(", ")} of ${id}`;
        }
        case "unset":
            await change(
                cloud,
                id,
                rest.map((path) => [path, undefined]),
            );
            return `Removed in Azure, unknown to Pulumi: ${rest.join(", ")} of ${id}`;
        case "delete":
            await cloud.delete(id);
            return `Deleted in Azure, unknown to Pulumi: ${id}`;
        default:
            throw new UserError(`"${verb}" is not known.\n\n${azUsage}`);
    }
}
