/** What travels from one environment to the next: read from a state, written into a stack's file. */
import * as fs from "node:fs";
import * as path from "node:path";
import { isMap, parse, type Document, type YAMLMap } from "yaml";
import { isSecret, type StateEntry } from "../../engine/state";
import { UserError } from "../../engine/userError";
import { parseStackFile } from "../stackFile";

/**
 * The settings that travel: those that describe the image. All others are each environment's own, such as its name,
 * its size and who may call it. Secrets never travel: registryPassword and secretAppSettings are not here, and a
 * secret app setting is refused.
 */
export const travelling = [
    "image",
    "port",
    "healthCheckPath",
    "startTimeLimitSeconds",
    "warmUpPath",
    "warmUpStatuses",
] as const;

export type TravellingSetting = (typeof travelling)[number];

/** Values as a stack's file has them; undefined where there is none. */
export interface Cargo {
    readonly settings: Readonly<Record<TravellingSetting, string | undefined>>;
    /** By name; only those that are marked. */
    readonly appSettings: Readonly<Record<string, string | undefined>>;
}

/** A web app that is deployed. */
export interface Deployed {
    readonly cargo: Cargo;
    readonly image: string;
    /** User name for the image's registry; undefined for a public image. */
    readonly registryUsername?: string;
}

const componentType = "azure-webapp-stack:index:ContainerWebApp";

/**
 * The web app in a state; undefined if there is none.
 *
 * @param marked Names of the app settings that travel.
 * @throws UserError if one of them is a secret there.
 */
export function deployedIn(
    resources: readonly StateEntry[],
    marked: readonly string[],
    stack: string,
): Deployed | undefined {
    const inputs = resources.find(({ type }) => type === componentType)?.inputs;
    if (!inputs) return undefined;
    const appSettings = (inputs.appSettings ?? {}) as Record<string, unknown>;
    const secret = marked.find((name) => isSecret(appSettings[name]));
    if (secret !== undefined) {
        throw new UserError(
            `The app setting ${secret} is a secret in "${stack}", and secrets never travel. ` +
                "Take it out of delivery/promotion.yaml, and set it in each environment: " +
                `pulumi config set --secret --path secretAppSettings.${secret}`,
        );
    }
    const text = (value: unknown) => (value === undefined ? undefined : String(value));
    const pick = (names: readonly string[], values: Readonly<Record<string, unknown>>) =>
        Object.fromEntries(names.map((name) => [name, text(values[name])]));
    const registry = inputs.registry as { username?: unknown } | undefined;
    return {
        cargo: {
            settings: pick(travelling, inputs) as Cargo["settings"],
            appSettings: pick(marked, appSettings),
        },
        image: String(inputs.image),
        registryUsername: text(registry?.username),
    };
}

const key = (setting: string) => `azure-webapp-stack:${setting}`;

/** The map of app settings in a stack's file; what is written there as JSON becomes a map. */
function appSettingsMap(document: Document, fileName: string): YAMLMap | undefined {
    const path = ["config", key("appSettings")];
    const found = document.getIn(path);
    if (isMap(found)) return found;
    if (found === undefined || found === null || found === "") return undefined;
    try {
        const value: unknown = JSON.parse(String(found));
        if (typeof value === "object" && value !== null && !Array.isArray(value)) {
            document.setIn(path, document.createNode(value));
            return document.getIn(path) as YAMLMap;
        }
    } catch {
        // Refused below.
    }
    throw new UserError(`${fileName}: ${path[1]} must be a map of names to texts.`);
}

/** A stack's file as a document, and its settings. @throws UserError where it is none. */
function readSettings(text: string, fileName: string): { document: Document; config: YAMLMap } {
    const document = parseStackFile(text, fileName);
    if (!document.get("config")) document.set("config", document.createNode({}));
    const config = document.get("config");
    if (!isMap(config)) throw new UserError(`${fileName}: "config" must be a map of settings.`);
    return { document, config };
}

/** What a stack's file says of what travels. @param fileName For the messages. */
export function cargoIn(
    text: string,
    marked: readonly string[],
    defaults: Readonly<Record<string, string>>,
    fileName: string,
): Cargo {
    const { document, config } = readSettings(text, fileName);
    const own = marked.length > 0 ? appSettingsMap(document, fileName) : undefined;
    const written = (value: unknown) => (value === undefined ? undefined : String(value));
    const settings = travelling.map((name) => [
        name,
        written(config.get(key(name))) ?? defaults[name],
    ]);
    return {
        settings: Object.fromEntries(settings) as Cargo["settings"],
        appSettings: Object.fromEntries(marked.map((name) => [name, written(own?.get(name))])),
    };
}

/** Defaults of the settings, from Pulumi.yaml. */
export function readDefaults(project: string): Record<string, string> {
    const file = parse(fs.readFileSync(path.join(project, "Pulumi.yaml"), "utf8"));
    const entries = Object.entries(file.config as Record<string, { default?: string }>);
    return Object.fromEntries(
        entries.flatMap(([key, { default: value }]) => (value === undefined ? [] : [[key, value]])),
    );
}

function emptyMap(document: Document, name: string): YAMLMap {
    const map = document.createNode({}) as YAMLMap;
    document.setIn(["config", name], map);
    return map;
}

/**
 * The text of a stack's file with what travels written into it. Comments, order and all other settings stay;
 * what the file says already, or the default does, is not touched.
 *
 * @param defaults Of the settings, from Pulumi.yaml.
 * @param fileName For the messages.
 */
export function withCargo(
    text: string,
    { settings, appSettings }: Cargo,
    defaults: Readonly<Record<string, string>>,
    fileName: string,
): string {
    const { document, config } = readSettings(text, fileName);
    let changed = false;
    for (const [setting, value = ""] of Object.entries(settings)) {
        const own = config.get(key(setting));
        if (String(own ?? defaults[setting] ?? "") === value) continue;
        changed = true;
        if (value === "" && !defaults[setting]) config.delete(key(setting));
        else config.set(key(setting), value);
    }
    const wanted = Object.entries(appSettings);
    let present = wanted.length > 0 ? appSettingsMap(document, fileName) : undefined;
    for (const [name, value] of wanted) {
        const own = present?.get(name);
        if ((own === undefined ? undefined : String(own)) === value) continue;
        changed = true;
        present ??= emptyMap(document, key("appSettings"));
        if (value === undefined) present.delete(name);
        else present.set(name, value);
    }
    return changed ? document.toString({ lineWidth: 0 }) : text;
}

/** The changes between two cargoes, in lines to print. */
export function changesBetween(before: Cargo | undefined, after: Cargo): string[] {
    const flat = ({ settings, appSettings }: Cargo) => ({
        ...settings,
        ...Object.fromEntries(
            Object.entries(appSettings).map(([name, value]) => [`appSettings.${name}`, value]),
        ),
    });
    const old: Record<string, string | undefined> = before ? flat(before) : {};
    return Object.entries(flat(after))
        .filter(([name, value]) => old[name] !== value)
        .map(([name, value]) => `  ${name}: ${old[name] ?? "none"} -> ${value ?? "none"}`);
}
