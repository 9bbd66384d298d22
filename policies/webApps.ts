/** What rules about web apps share. */
import type { StackResource } from "./rule";
import { type Reader, word } from "./values";

/** By type, never by kind: rules that go by kind pass over container apps. */
export const apps: readonly string[] = ["web:WebApp", "web:WebAppSlot"];

export interface Setting {
    readonly name: string;
    /** Where it is, without its value. */
    readonly where: string;
    readonly value: Reader;
}

/** Settings of an app, in the app itself or in the resource beside it. */
export function appSettings(type: string, props: Reader): Setting[] {
    if (type.startsWith("web:WebAppApplicationSettings")) {
        return props
            .entries("properties")
            .map(([name, value]) => ({ name, where: `properties.${name}`, value }));
    }
    return named(props, "siteConfig.appSettings", "value");
}

export function connectionStrings(type: string, props: Reader): Setting[] {
    if (type.startsWith("web:WebAppConnectionStrings")) {
        return props.entries("properties").map(([name, entry]) => ({
            name,
            where: `properties.${name}`,
            value: entry.part("value"),
        }));
    }
    return named(props, "siteConfig.connectionStrings", "connectionString");
}

function named(props: Reader, path: string, field: string): Setting[] {
    return props.each(path).flatMap((entry) => {
        const name = entry.value("name");
        if (typeof name !== "string") return [];
        return [{ name, where: `${entry.where} (${name})`, value: entry.part(field) }];
    });
}

/** Whether a resource beside an app, such as its publishing policy, is that app's. */
export function belongsTo(resource: StackResource, app: StackResource): boolean {
    const sources = resource.sources("name");
    if (sources.includes(app.urn)) return true;
    const [mine, its] = [resource.inputs.read("name"), app.inputs.read("name")];
    if (!mine.known || !its.known || mine.value === undefined) return false;
    const slot = (one: StackResource) => word(one.inputs.value("slot"));
    return word(mine.value) === word(its.value) && slot(resource) === slot(app);
}
