/**
 * App settings, which no refresh sees: neither GET of an app shows them (pulumi-azure-native#4263).
 * The state's side is here; Azure's comes from listSettings.ts.
 */
import { withoutVersion } from "../../azure/resourceIds";
import { groupOfId } from "../../azure/scopes";
import { isSecret, type StateEntry } from "../../engine/state";
import { nameOf, type Change, type SettingsDrift } from "./model";

interface Setting {
    readonly value: string;
    readonly secret: boolean;
}

/** A web app or slot whose settings the stack gives. */
export interface App {
    /** Of the resource that gives them. */
    readonly urn: string;
    /** ARM id of the app or slot. */
    readonly id: string;
    readonly resourceGroupName: string;
    readonly name: string;
    readonly slot?: string;
    /** Inputs of its provider. */
    readonly provider: Readonly<Record<string, unknown>>;
    readonly settings: ReadonlyMap<string, Setting>;
}

/** A value of an exported state, and whether it is a secret. */
export function reveal(value: unknown): { value: unknown; secret: boolean } {
    return isSecret(value)
        ? { value: JSON.parse(String(value.plaintext)) as unknown, secret: true }
        : { value, secret: false };
}

/** The settings that a resource gives; undefined where it gives none. */
function settingsOf({ type, inputs = {} }: StateEntry): Map<string, Setting> | undefined {
    const isList = /:WebAppApplicationSettings(Slot)?$/.test(type);
    const config = reveal(isList ? inputs.properties : inputs.siteConfig);
    if (isList) {
        const entries = Object.entries((config.value ?? {}) as Record<string, unknown>);
        return new Map(entries.map(([name, value]) => [name, setting(value, config.secret)]));
    }
    const given = (config.value as { appSettings?: unknown } | undefined)?.appSettings;
    const list = reveal(given);
    if (!Array.isArray(list.value)) return undefined;
    const secret = config.secret || list.secret;
    return new Map(
        list.value.map((item) => {
            const whole = reveal(item);
            const { name, value } = whole.value as { name: unknown; value: unknown };
            return [String(reveal(name).value), setting(value, secret || whole.secret)];
        }),
    );
}

function setting(given: unknown, secret: boolean): Setting {
    const { value, secret: own } = reveal(given);
    return { value: String(value ?? ""), secret: secret || own };
}

const givers = /^azure-native:web:WebApp(?:ApplicationSettings)?(?:Slot)?$/;

/** Every app and slot whose settings are in the state. */
export function appsOf(resources: readonly StateEntry[]): App[] {
    const apps = resources.flatMap((resource): App[] => {
        const type = withoutVersion(resource.type);
        const [id, name, slot] =
            /^.*\/sites\/([^/]+)(?:\/slots\/([^/]+))?/i.exec(resource.id ?? "") ?? [];
        const settings = givers.test(type) ? settingsOf({ ...resource, type }) : undefined;
        if (!settings || !id || !name) return [];
        const provider = resources.find(({ urn }) => resource.provider?.startsWith(`${urn}::`));
        const { urn } = resource;
        const resourceGroupName = groupOfId(id)!;
        const place = { id, resourceGroupName, name, slot, provider: provider?.inputs ?? {} };
        return [{ urn, ...place, settings }];
    });
    // A resource of their own, which comes after its app in the state, replaces what the app gives.
    return [...new Map(apps.map((app) => [app.id.toLowerCase(), app])).values()];
}

/** What differs between an app's settings in the state and in Azure. */
export function settingsDrift(
    { urn, id, settings }: App,
    now: Readonly<Record<string, string>>,
): SettingsDrift | undefined {
    const names = [...new Set([...settings.keys(), ...Object.keys(now)])].sort();
    const changes = names.flatMap((name): Change[] => {
        const before = settings.get(name);
        const value = Object.hasOwn(now, name) ? now[name] : undefined;
        // Nobody has said whether the value of one that was added is a secret.
        if (!before) return [{ path: name, kind: "added", secret: true }];
        const { secret } = before;
        const shown = secret ? {} : { before: before.value };
        if (value === undefined) return [{ path: name, kind: "removed", ...shown, secret }];
        if (value === before.value) return [];
        return [{ path: name, kind: "changed", ...shown, ...(!secret && { now: value }), secret }];
    });
    return changes.length > 0 ? { urn, name: nameOf(urn), id, changes } : undefined;
}
