import { createHash, randomBytes } from "node:crypto";
import { nameProblem, nameRules, sitesDomain } from "../../../azure/names";
import { normalizeRegion, regionDisplayName } from "../../../azure/regions";
import { findSku } from "../../../azure/skus";
import type { PutRequest, ResourceModel } from "../model";
import { CloudError } from "../errors";
import { sameId } from "../ids";
import type { Document } from "../store";
import { completeSiteConfig } from "./siteConfig";

/** Site names are unique in the world: who has one is kept beside the resources. */
function claimName({ id, parsed, cloud }: PutRequest): void {
    const claim = `/siteNames/${parsed.name}`;
    const owner = cloud.store.get(claim)?.owner;
    if (owner !== undefined && !sameId(String(owner), id)) {
        throw new CloudError(
            409,
            "Conflict",
            `Website with given name ${parsed.name} already exists.`,
        );
    }
    cloud.store.put(claim, { owner: id });
}

/** The plan that the site runs on, or Azure's refusal. */
function planOf({ body, existing, cloud }: PutRequest): Document {
    const properties = { ...(existing?.properties as Document), ...(body.properties as Document) };
    const planId = String(properties.serverFarmId ?? "");
    const plan = planId && cloud.store.get(planId);
    if (!plan) {
        const name = planId.split("/").at(-1) ?? "";
        throw new CloudError(404, "NotFound", `Cannot find App Service plan with name ${name}.`);
    }
    return plan;
}

function checkAgainstPlan(request: PutRequest, plan: Document, siteConfig: Document): void {
    const { body, existing, parsed } = request;
    const location = String(body.location);
    if (normalizeRegion(location) !== normalizeRegion(String(plan.location))) {
        throw new CloudError(
            400,
            "BadRequest",
            `The site '${parsed.name}' is in '${location}' but its App Service plan is in '${String(plan.location)}'.`,
        );
    }
    if (
        siteConfig.alwaysOn === true &&
        findSku(String((plan.sku as Document).name))?.alwaysOn === false
    ) {
        throw new CloudError(
            409,
            "Conflict",
            "There was a conflict. AlwaysOn cannot be set for this site as the plan does not allow it. " +
                "For more information on pricing and features, please see: https://aka.ms/appservicepricingdetails",
        );
    }
    const linuxApp =
        /linux/i.test(String(body.kind ?? existing?.kind ?? "")) || siteConfig.linuxFxVersion;
    if (linuxApp && (plan.properties as Document).reserved !== true) {
        throw new CloudError(
            400,
            "BadRequest",
            "The parameter LinuxFxVersion has an invalid value: the App Service plan is not a Linux plan (reserved is false).",
        );
    }
}

/** Identity of the site: one that it has is kept, as long as it is asked for. */
function identityOf({ body, existing, parsed, cloud }: PutRequest): Document | undefined {
    const wanted = body.identity as Document | undefined;
    const before = existing?.identity as Document | undefined;
    if (!wanted?.type || wanted.type === "None") return undefined;
    if (!String(wanted.type).includes("SystemAssigned")) return wanted;
    const own = before?.principalId
        ? { principalId: before.principalId, tenantId: before.tenantId }
        : cloud.directory.createManagedIdentity(parsed.name);
    return { ...wanted, ...own };
}

/** Source: learn.microsoft.com/rest/api/appservice/web-apps */
export const sites: ResourceModel = {
    type: "Microsoft.Web/sites",
    located: true,
    put(request) {
        const { id, parsed, body, existing, cloud } = request;
        if (nameProblem(nameRules.site, parsed.name)) {
            throw new CloudError(400, "BadRequest", `The site name '${parsed.name}' is invalid.`);
        }
        const { siteConfig: given, ...properties } = (body.properties ?? {}) as Document;
        const { appSettings, connectionStrings: _, ...siteConfig } = (given ?? {}) as Document;
        const plan = planOf(request);
        checkAgainstPlan(request, plan, siteConfig);
        claimName(request);

        const web = `${id}/config/web`;
        const configBefore = cloud.store.get(web)?.properties as Document | undefined;
        cloud.store.put(web, {
            id: web,
            name: parsed.name,
            type: "Microsoft.Web/sites/config",
            properties: completeSiteConfig(parsed.name, siteConfig, configBefore),
        });
        if (Array.isArray(appSettings)) {
            const settings = `${id}/config/appsettings`;
            cloud.store.put(settings, {
                id: settings,
                name: "appsettings",
                type: "Microsoft.Web/sites/config",
                properties: Object.fromEntries(appSettings.map(({ name, value }) => [name, value])),
            });
        }

        const host = `${parsed.name.toLowerCase()}.${sitesDomain}`;
        const scm = `${parsed.name.toLowerCase()}.scm.${sitesDomain}`;
        const before = (existing?.properties ?? {}) as Document;
        return {
            ...body,
            id,
            name: parsed.name,
            type: parsed.type,
            kind: body.kind ?? existing?.kind ?? "app",
            location: regionDisplayName(String(body.location)),
            identity: identityOf(request),
            properties: {
                ...siteDefaults,
                customDomainVerificationId: createHash("sha256")
                    .update(parsed.subscriptionId)
                    .digest("hex")
                    .toUpperCase(),
                outboundIpAddresses: before.outboundIpAddresses ?? documentationAddresses(4),
                possibleOutboundIpAddresses:
                    before.possibleOutboundIpAddresses ?? documentationAddresses(8),
                ...properties,
                serverFarmId: plan.id,
                defaultHostName: host,
                hostNames: [host],
                enabledHostNames: [host, scm],
                hostNameSslStates: [
                    { name: host, sslState: "Disabled", hostType: "Standard" },
                    { name: scm, sslState: "Disabled", hostType: "Repository" },
                ],
                repositorySiteName: parsed.name,
                resourceGroup: parsed.resourceGroup,
                // App Service writes this time without a zone.
                lastModifiedTimeUtc: new Date().toISOString().replace("Z", "0000"),
            },
        };
    },
    beforeDelete(_, document, cloud) {
        cloud.store.delete(`/siteNames/${String(document.name)}`);
        const { principalId } = (document.identity ?? {}) as Document;
        if (principalId) cloud.directory.delete("servicePrincipals", String(principalId));
    },
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
    reserved: false,
    scmSiteAlsoStopped: false,
    state: "Running",
    storageAccountRequired: false,
    usageState: "Normal",
};

/** Addresses that belong to nobody (RFC 5737), where Azure answers those of its data centre. */
function documentationAddresses(count: number): string {
    return Array.from(randomBytes(count), (byte) => `192.0.2.${byte}`).join(",");
}
