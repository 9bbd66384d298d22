/** The command `npm run local -- az`: changes this machine's Azure behind Pulumi's back. */
import { isDeepStrictEqual } from "node:util";
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
        .filter((document): document is Document & { id: string } => "type" in document);
    const found = all.filter(({ id }) => sameId(id, text) || sameId(parseId(id)?.name ?? "", text));
    // A site may be called as a part of it is, such as "web"; what contains the others is meant.
    const [first, ...others] = found.sort((a, b) => a.id.length - b.id.length);
    if (first && others.every(({ id }) => id.startsWith(`${first.id}/`))) return first;
    throw new UserError(
        first
            ? `"${text}" is the name of several resources: ${found.map(({ id }) => id).join(", ")}.`
            : `There is no resource "${text}". "npm run local -- show" shows what there is.`,
    );
}

/** Far deeper than anything of Azure's, and not too deep for the stack. */
const deepestPath = 32;

/** What says which resource it is: another one would be another resource. */
const fixed = ["id", "name", "type"];

/** Where a dotted path leads: the names on the way. Names of settings and tags may have dots themselves. */
function parsePath(text: string): string[] {
    const [first = "", ...rest] = text.split(".");
    const names = isMapOfTexts(first) && rest.length > 0 ? [rest.join(".")] : rest;
    if ([first, ...names].includes("")) {
        throw new UserError(`"${text}" is no path such as sku.name or appSettings.LOG.`);
    }
    if (fixed.includes(first) || [first, ...names].includes("__proto__")) {
        throw new UserError(`"${text}" cannot be changed.`);
    }
    if (names.length >= deepestPath) {
        throw new UserError(`A path has at most ${deepestPath} names; this one has more.`);
    }
    return [first, ...names];
}

function valueAt(document: unknown, path: readonly string[]): unknown {
    return path.reduce<unknown>(
        (value, name) =>
            typeof value === "object" && value !== null && Object.hasOwn(value, name)
                ? (value as Document)[name]
                : undefined,
        document,
    );
}

const isMapOfTexts = (name: string) => name === "appSettings" || name === "tags";

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
    const inner = Object.hasOwn(document, name) ? (document[name] ?? {}) : {};
    if (rest.length > 0) {
        if (typeof inner !== "object") {
            throw new UserError(`"${name}" is a value, so there is no "${rest.join(".")}" in it.`);
        }
        setAt(inner as Document, rest, value);
        document[name] = inner;
    } else if (value === undefined) delete document[name];
    else document[name] = value;
}

/** Where something of a resource is kept: an app's settings and configuration are documents of their own. */
function locate(id: string, path: string): { target: string; within: string[] } {
    const [first = "", ...rest] = parsePath(path);
    if (first === "appSettings" || first === "siteConfig") {
        if (parseId(id)?.type !== "Microsoft.Web/sites") {
            throw new UserError(`Only an app has ${first}; ${id} is none.`);
        }
        if (rest.length === 0) throw new UserError(`Which of ${first}? Write ${first}.<name>.`);
        const part = first === "appSettings" ? "appsettings" : "web";
        return { target: `${id}/config/${part}`, within: ["properties", ...rest] };
    }
    const within = envelope.has(first) ? [first, ...rest] : ["properties", first, ...rest];
    return { target: id, within };
}

/** A document with its values; those of app settings are answered to a POST only. */
async function read(cloud: Cloud, id: string): Promise<Document> {
    const isSettings = id.endsWith("/config/appsettings");
    return (isSettings ? await cloud.post(id, "list") : await cloud.get(id)) ?? {};
}

/** Makes the changes; returns what to print. */
async function change(
    cloud: Cloud,
    id: string,
    changes: [string, unknown][],
    done: string,
): Promise<string> {
    const bodies = new Map<string, Document>();
    const before = new Map<string, unknown>();
    for (const [path, value] of changes) {
        const { target, within } = locate(id, path);
        const body = bodies.get(target) ?? (await read(cloud, target));
        if (!bodies.has(target)) before.set(target, structuredClone(body));
        bodies.set(target, body);
        setAt(body, within, value);
    }
    const after = new Map<string, Document>();
    for (const [target, body] of bodies) {
        await cloud.put(target, body);
        after.set(target, await read(cloud, target));
    }
    const paths = { changed: [] as string[], same: [] as string[] };
    for (const [path] of changes) {
        const { target, within } = locate(id, path);
        const [old, now] = [before, after].map((all) => valueAt(all.get(target), within));
        paths[isDeepStrictEqual(old, now) ? "same" : "changed"].push(path);
    }
    const { changed, same } = paths;
    return [
        ...(changed.length > 0
            ? [`${done} in Azure, unknown to Pulumi: ${changed.join(", ")} of ${id}`]
            : []),
        ...(same.length > 0
            ? [`Not changed, Azure answers as before: ${same.join(", ")} of ${id}`]
            : []),
    ].join("\n");
}

/** Runs the command; returns what to print. */
export async function az(cloud: Cloud, args: readonly string[]): Promise<string> {
    const [text, verb = "show", ...rest] = args;
    if (text === undefined) throw new UserError(`Which resource?\n\n${azUsage}`);
    const { id } = find(cloud, text);
    if ((verb === "show" || verb === "delete") && rest.length > 0) {
        throw new UserError(`"${rest[0]}" is one word too many.\n\n${azUsage}`);
    }
    switch (verb) {
        case "show":
            return JSON.stringify(await cloud.get(id), undefined, 4);
        case "set": {
            const changes = rest.map((assignment): [string, unknown] => {
                const [, path = "", value = ""] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
                if (!path)
                    throw new UserError(`"${assignment}" is no <path>=<value>.\n\n${azUsage}`);
                return [path, /^(appSettings|tags)\./.test(path) ? value : parseValue(value)];
            });
            if (changes.length === 0) throw new UserError(`Set what?\n\n${azUsage}`);
            return change(cloud, id, changes, "Changed");
        }
        case "unset": {
            if (rest.length === 0) throw new UserError(`Unset what?\n\n${azUsage}`);
            const kept = rest.find((path) => path.startsWith("siteConfig."));
            if (kept) {
                throw new UserError(
                    `Azure keeps what a change of an app's configuration leaves out: set ${kept} to another value.`,
                );
            }
            const changes = rest.map((path): [string, unknown] => [path, undefined]);
            return change(cloud, id, changes, "Removed");
        }
        case "delete":
            await cloud.delete(id);
            return `Deleted in Azure, unknown to Pulumi: ${id}`;
        default:
            throw new UserError(`"${verb}" is not known.\n\n${azUsage}`);
    }
}
