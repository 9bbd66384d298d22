import { createHash, randomBytes } from "node:crypto";
import { sitesPerPlan } from "../../../azure/limits";
import { nameProblem, nameRules, sitesDomain } from "../../../azure/names";
import { normalizeRegion, regionDisplayName } from "../../../azure/regions";
import { findSku } from "../../../azure/skus";
import { parseId, sameId } from "../ids";
import type { PutRequest, ResourceModel, Surroundings } from "../model";
import { refusal } from "../rules";
import { propertiesOf, type Document, type Store } from "../store";
import { userAssigned } from "./identities";
import { appCount, appOnPlan } from "./serverFarms";
import { completeSiteConfig, publishingUser, siteName } from "./siteConfig";

/** Site names are unique in the world: who has one is kept beside the resources. */
function claimName({ id, parsed, cloud }: PutRequest): void {
    const claim = `/siteNames/${parsed.name}`;
    const owner = cloud.store.get(claim)?.owner;
    if (owner !== undefined && !sameId(String(owner), id)) {
        throw refusal("siteNameTaken", { name: parsed.name });
    }
    if (owner === undefined) cloud.store.put(claim, { owner: id });
}

/** The plan that the site runs on, or Azure's refusal. A slot that names none runs on its app's. */
function planOf({ body, existing, cloud: { store } }: PutRequest, app?: Document): Document {
    const planId = String(
        propertiesOf(body).serverFarmId ??
            propertiesOf(existing).serverFarmId ??
            propertiesOf(app).serverFarmId ??
            "",
    );
    const plan = planId && store.get(planId);
    const missing = { plan: planId.split("/").at(-1)! };
    if (!plan) throw refusal("sitePlanMissing", missing);
    const before = propertiesOf(existing).serverFarmId;
    const groupOf = (id: unknown) => parseId(String(id))?.resourceGroup?.toLowerCase();
    if (before !== undefined && groupOf(before) !== groupOf(plan.id)) {
        throw refusal("sitePlanMoved", missing);
    }
    return plan;
}

/** @param siteConfig What the configuration will be: what is there, and over it what is given. */
function checkAgainstPlan(request: PutRequest, plan: Document, siteConfig: Document): void {
    const { body, existing, parsed } = request;
    const location = String(body.location);
    const planLocation = String(plan.location);
    if (normalizeRegion(location) !== normalizeRegion(planLocation)) {
        throw refusal("sitePlanRegion", { name: parsed.name, location, planLocation });
    }
    const sku = findSku(String((plan.sku as Document).name));
    if (siteConfig.alwaysOn === true && sku?.alwaysOn === false) throw refusal("siteAlwaysOn");
    const linuxApp =
        /linux/i.test(String(body.kind ?? existing?.kind ?? "")) || siteConfig.linuxFxVersion;
    if (linuxApp && propertiesOf(plan).reserved !== true) throw refusal("siteSystem");
}

function isOn(plan: Document, site?: Document): boolean {
    return sameId(String(propertiesOf(site).serverFarmId), String(plan.id));
}

/** Refuses one app more than the plan takes, and an app with more slots than it takes. */
function checkRoom({ id, existing, cloud: { store } }: PutRequest, plan: Document): void {
    if (isOn(plan, existing)) return;
    const { name, tier } = plan.sku as { name: string; tier: string };
    const limit = sitesPerPlan(tier);
    if (appCount(String(plan.id), store) >= limit) {
        throw refusal("sitesOnPlan", { plan: String(plan.name), tier, limit });
    }
    checkSlots(store.names(`${id}/slots`).length, name, tier);
}

function checkSlots(count: number, sku: string, tier: string): void {
    const allowed = findSku(sku)?.slots;
    if (allowed !== undefined && count > allowed) throw refusal("slotsOfSku", { tier });
}

function configBefore({ id, cloud: { store } }: PutRequest): Document {
    return propertiesOf(store.get(`${id}/config/web`));
}

/** Notes on its plan that an app is there, and no longer on the plan that it was on. */
function enterPlan({ parsed, existing, id, cloud: { store } }: PutRequest, plan: Document): void {
    if (isOn(plan, existing)) return;
    const before = propertiesOf(existing).serverFarmId;
    if (before !== undefined) store.delete(appOnPlan(String(before), parsed.name));
    store.put(appOnPlan(String(plan.id), parsed.name), { id });
}

/** Identity of the site: one that it has is kept, as long as it is asked for. */
function identityOf({ id, body, existing, cloud }: PutRequest): Document | undefined {
    const wanted = body.identity as Document | undefined;
    const before = existing?.identity as Document | undefined;
    const type = String(wanted?.type ?? "None");
    if (!type.includes("SystemAssigned")) removePrincipal(existing, cloud);
    if (type === "None") return undefined;
    // The SDK takes a list of ids; Azure has, and answers, an object.
    const ids = wanted!.userAssignedIdentities as string[] | Document | undefined;
    const named = Array.isArray(ids) ? ids : Object.keys(ids ?? {});
    const userAssignedIdentities =
        named.length > 0
            ? Object.fromEntries(named.map((identity) => [identity, userAssigned(identity, cloud)]))
            : undefined;
    if (!type.includes("SystemAssigned")) return { type, userAssignedIdentities };
    const { principalId, tenantId } = before?.principalId
        ? before
        : cloud.directory.createManagedIdentity(siteName(id));
    return { type, userAssignedIdentities, principalId, tenantId };
}

/** Azure deletes a system-assigned identity with what it belongs to. */
function removePrincipal(site: Document | undefined, { directory }: Surroundings): void {
    const { principalId } = (site?.identity ?? {}) as Document;
    if (principalId) directory.delete("servicePrincipals", String(principalId));
}

/** What is given with the site and kept beside it: its configuration, and settings that a GET never shows. */
function putConfigurations(
    { id, parsed, existing, cloud: { store } }: PutRequest,
    { appSettings, connectionStrings, ...siteConfig }: Document,
    before: Document,
): void {
    const site = siteName(id);
    const put = (name: string, properties: Document, shownName = name) =>
        store.put(`${id}/config/${name}`, {
            id: `${id}/config/${name}`,
            name: shownName,
            type: `${parsed.type}/config`,
            properties,
        });
    put("web", completeSiteConfig(site, siteConfig, before), site);
    if (Array.isArray(appSettings)) {
        const values = appSettings.map(({ name, value }) => [name, value]);
        put("appsettings", Object.fromEntries(values));
    }
    if (Array.isArray(connectionStrings)) {
        const values = connectionStrings.map(({ name, connectionString: value, type }) => [
            name,
            { value, type },
        ]);
        put("connectionstrings", Object.fromEntries(values));
    }
    if (!existing) {
        put("publishingcredentials", {
            publishingUserName: publishingUser(site),
            publishingPassword: randomBytes(45).toString("base64url"),
            scmUri: `https://${hostLabel(id)}.scm.${sitesDomain}`,
        });
    }
}

/** First part of the host name: a slot's joins the names of app and slot. */
function hostLabel(id: string): string {
    return siteName(id).replace("/", "-").toLowerCase();
}

function keptSite(request: PutRequest, plan: Document, properties: Document): Document {
    const { id, parsed, body, existing } = request;
    const host = `${hostLabel(id)}.${sitesDomain}`;
    const scm = `${hostLabel(id)}.scm.${sitesDomain}`;
    const before = propertiesOf(existing);
    return {
        ...body,
        id,
        name: siteName(id),
        type: parsed.type,
        kind: body.kind ?? existing?.kind ?? "app",
        location: regionDisplayName(String(body.location)),
        identity: identityOf(request),
        properties: {
            ...siteDefaults,
            reserved: propertiesOf(plan).reserved === true,
            customDomainVerificationId: createHash("sha256")
                .update(parsed.subscriptionId)
                .digest("hex")
                .toUpperCase(),
            outboundIpAddresses: before.outboundIpAddresses ?? documentationAddresses(4),
            possibleOutboundIpAddresses:
                before.possibleOutboundIpAddresses ?? documentationAddresses(8),
            ...properties,
            state: properties.enabled === false ? "Stopped" : "Running",
            serverFarmId: plan.id,
            defaultHostName: host,
            hostNames: [host],
            enabledHostNames: [host, scm],
            hostNameSslStates: [
                { name: host, sslState: "Disabled", hostType: "Standard" },
                { name: scm, sslState: "Disabled", hostType: "Repository" },
            ],
            repositorySiteName: siteName(id).split("/")[0],
            resourceGroup: parsed.resourceGroup,
            // App Service writes this time without a zone.
            lastModifiedTimeUtc: new Date().toISOString().replace("Z", "0000"),
        },
    };
}

/** Source: learn.microsoft.com/rest/api/appservice/web-apps */
export const sites: ResourceModel = {
    type: "Microsoft.Web/sites",
    located: true,
    put(request) {
        const { parsed, body } = request;
        if (nameProblem(nameRules.site, parsed.name)) {
            throw refusal("siteName", { name: parsed.name });
        }
        const { siteConfig: given = {}, ...properties } = propertiesOf(body);
        const siteConfig = given as Document;
        const plan = planOf(request);
        const before = configBefore(request);
        checkAgainstPlan(request, plan, { ...before, ...siteConfig });
        checkRoom(request, plan);
        claimName(request);
        enterPlan(request, plan);
        putConfigurations(request, siteConfig, before);
        return keptSite(request, plan, properties);
    },
    beforeDelete(id, document, cloud) {
        const { store } = cloud;
        store.delete(`/siteNames/${String(document.name)}`);
        store.delete(appOnPlan(String(propertiesOf(document).serverFarmId), String(document.name)));
        for (const slot of slotsOf(id, store)) removePrincipal(slot, cloud);
        removePrincipal(document, cloud);
    },
};

function slotsOf(site: string, store: Store): Document[] {
    return store.list(`${site}/slots`);
}

/** Source: learn.microsoft.com/rest/api/appservice/web-apps/create-or-update-slot */
export const slots: ResourceModel = {
    type: "Microsoft.Web/sites/slots",
    located: true,
    put(request) {
        const { parsed, body, existing, cloud } = request;
        if (nameProblem(nameRules.slot, parsed.name)) {
            throw refusal("slotName", { name: parsed.name });
        }
        const { siteConfig: given = {}, ...properties } = propertiesOf(body);
        const siteConfig = given as Document;
        const plan = planOf(request, cloud.store.get(parsed.parent));
        if (!existing) {
            const { name, tier } = plan.sku as { name: string; tier: string };
            const others = cloud.store.names(`${parsed.parent}/slots`).length;
            checkSlots(others + 1, name, tier);
        }
        const before = configBefore(request);
        checkAgainstPlan(request, plan, { ...before, ...siteConfig });
        putConfigurations(request, siteConfig, before);
        return keptSite(request, plan, properties);
    },
    beforeDelete: (_, document, cloud) => removePrincipal(document, cloud),
};

/** What Azure answers for what nobody asked for. Source: the service's own answers. */
const siteDefaults: Document = {
    availabilityState: "Normal",
    clientAffinityEnabled: true,
    clientAffinityProxyEnabled: false,
    clientCertEnabled: false,
    clientCertMode: "Required",
    containerSize: 0,
    dailyMemoryTimeQuota: 0,
    enabled: true,
    hostNamesDisabled: false,
    httpsOnly: false,
    hyperV: false,
    isXenon: false,
    keyVaultReferenceIdentity: "SystemAssigned",
    publicNetworkAccess: "Enabled",
    redundancyMode: "None",
    scmSiteAlsoStopped: false,
    storageAccountRequired: false,
    usageState: "Normal",
};

/** Addresses that belong to nobody (RFC 5737), where Azure answers those of its data centre. */
function documentationAddresses(count: number): string {
    return Array.from(randomBytes(count), (byte) => `192.0.2.${byte}`).join(",");
}
