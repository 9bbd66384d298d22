/** Which containers should run, read from what this machine's Azure holds. Starts nothing. */
import { createHash } from "node:crypto";
import {
    containerEnvironment,
    readContainerSettings,
    type HostedContainer,
} from "../../azure/appSettings";
import { maxPingFailures, maxUnhealthyPercent } from "../../azure/healthCheck";
import { imageOf } from "../../azure/images";
import { findSku } from "../../azure/skus";
import { parseId } from "../cloud/ids";
import type { Document, Store } from "../cloud/store";

/**
 * Most containers of one app on this machine. Two show all that instances are for (one is evicted, the other
 * answers); each may take the memory of a whole instance in Azure.
 */
export const mostInstances = 2;

/** How to sign in to a private registry. */
export interface Registry {
    readonly server: string;
    readonly username: string;
    readonly password: string;
}

/** A web app as it should run here. */
export interface DesiredSite extends HostedContainer {
    /** ARM id. */
    readonly id: string;
    readonly name: string;
    /** Stack that the app belongs to; empty if nobody said. */
    readonly stack: string;
    /** What keeps its port: the stack and the app's logical name in it. */
    readonly owner: string;
    /** Address on Azure. */
    readonly hostName: string;
    /** Whether the app is started, in Azure's sense. */
    readonly enabled: boolean;
    /** Undefined if the app runs no single container. */
    readonly image?: string;
    readonly registry?: Registry;
    /** Memory of one instance of the plan, in mebibytes. */
    readonly memoryMib?: number;
    /** Environment of each container; as many as instances. */
    readonly environments: readonly Readonly<Record<string, string>>[];
    /** Path that answers 200 to 299 while the app is well; undefined for no health check. */
    readonly healthCheckPath?: string;
    readonly maxPingFailures: number;
    readonly maxUnhealthyPercent: number;
    /** Whether the plan can replace an instance that stays unhealthy. */
    readonly replacesInstances: boolean;
}

/** Where a site's owner is kept: below the site, so that it goes with it. */
function ownerId(siteId: string): string {
    return `${siteId}/owner`;
}

/** Keeps which stack a site belongs to, from the URN of the resource that made it. */
export function rememberOwner(store: Store, siteId: string, urn: string): void {
    const [stack, , , name] = urn.slice("urn:pulumi:".length).split("::");
    store.put(ownerId(siteId), { stack, name });
}

/** Every web app of this machine's Azure. */
export function desiredSites(store: Store): DesiredSite[] {
    return store
        .list("/siteNames")
        .map((claim) => store.get(String(claim.owner)))
        .filter((site) => site !== undefined)
        .map((site) => desiredSite(site, store));
}

function desiredSite(site: Document, store: Store): DesiredSite {
    const id = String(site.id);
    const name = String(site.name);
    const properties = site.properties as Document;
    const config = (store.get(`${id}/config/web`)?.properties ?? {}) as Document;
    const settings = (store.get(`${id}/config/appsettings`)?.properties ?? {}) as Settings;
    const plan = store.get(String(properties.serverFarmId));
    const { name: skuName = "", capacity = 1 } = (plan?.sku ?? {}) as {
        name?: string;
        capacity?: number;
    };
    const sku = findSku(skuName);
    const owner = store.get(ownerId(id)) as { stack: string; name: string } | undefined;
    const container = readContainerSettings(settings);
    const hostName = String(properties.defaultHostName);
    const instances = Math.min(capacity, mostInstances);
    return {
        ...container,
        id,
        name,
        stack: owner?.stack ?? "",
        owner: owner ? `${owner.stack}/${owner.name}` : `/${name}`,
        hostName,
        enabled: properties.enabled !== false,
        image: imageOf(String(config.linuxFxVersion ?? "")),
        registry: registryOf(settings),
        memoryMib: sku?.memoryGib && Math.round(sku.memoryGib * 1024),
        environments: Array.from({ length: instances }, (_, index) =>
            containerEnvironment(settings, {
                name,
                resourceGroup: parseId(id)?.resourceGroup ?? "",
                hostName,
                tier: sku?.tier ?? "",
                instanceId: createHash("sha256").update(`${id} ${index}`).digest("hex"),
                port: container.ports[0]!,
            }),
        ),
        healthCheckPath: String(config.healthCheckPath ?? "") || undefined,
        maxPingFailures: setting(settings, "WEBSITE_HEALTHCHECK_MAXPINGFAILURES", maxPingFailures),
        maxUnhealthyPercent: setting(
            settings,
            "WEBSITE_HEALTHCHECK_MAXUNHEALTHYWORKERPERCENT",
            maxUnhealthyPercent,
        ),
        replacesInstances: sku?.maximumInstances !== 1,
    };
}

type Settings = Readonly<Record<string, string>>;

/** A number among the settings, or its default where it is none or out of bounds. */
function setting(
    settings: Settings,
    name: string,
    bounds: { minimum: number; maximum: number; default: number },
): number {
    const value = Number(settings[name] ?? NaN);
    return value >= bounds.minimum && value <= bounds.maximum ? value : bounds.default;
}

function registryOf(settings: Settings): Registry | undefined {
    const username = settings.DOCKER_REGISTRY_SERVER_USERNAME;
    const password = settings.DOCKER_REGISTRY_SERVER_PASSWORD;
    if (!username || !password) return undefined;
    const server = (settings.DOCKER_REGISTRY_SERVER_URL ?? "").replace(/^https?:\/\//, "");
    return { server: server || "index.docker.io/v1", username, password };
}

/** Equal for two wishes that one container fulfils. Holds what settings hold, so it is kept encrypted. */
export function fingerprintOf(site: DesiredSite): string {
    return createHash("sha256").update(JSON.stringify(site)).digest("hex");
}
