import { randomUUID } from "node:crypto";
import { nameRules } from "../../../azure/names";
import { normalizeRegion } from "../../../azure/regions";
import type { ResourceModel } from "../model";
import { propertiesOf } from "../store";
import { checkName } from "./checkName";

/** Log Analytics. Source: learn.microsoft.com/rest/api/loganalytics/workspaces */
export const workspaces: ResourceModel = {
    type: "Microsoft.OperationalInsights/workspaces",
    located: true,
    put({ id, parsed, body, existing }) {
        checkName(nameRules.workspace, parsed);
        const now = new Date().toISOString();
        // The SKU of a workspace is among its properties, unlike that of most resources.
        const { sku, ...rest } = body;
        return {
            ...rest,
            id,
            name: parsed.name,
            type: parsed.type,
            properties: {
                createdDate: now,
                customerId: randomUUID(),
                publicNetworkAccessForIngestion: "Enabled",
                publicNetworkAccessForQuery: "Enabled",
                retentionInDays: 30,
                sku: { name: "pergb2018" },
                ...propertiesOf(existing),
                ...propertiesOf(body),
                ...(sku ? { sku } : {}),
                modifiedDate: now,
                provisioningState: "Succeeded",
            },
        };
    },
};

/**
 * Application Insights. Properties are written as the SDK spells them: on the wire Azure has `Application_Type`.
 * Source: learn.microsoft.com/rest/api/application-insights/components
 */
export const components: ResourceModel = {
    type: "Microsoft.Insights/components",
    located: true,
    put({ id, parsed, body, existing, cloud }) {
        checkName(nameRules.insights, parsed);
        const before = propertiesOf(existing);
        const instrumentationKey = before.instrumentationKey ?? randomUUID();
        const appId = before.appId ?? randomUUID();
        const region = normalizeRegion(String(body.location));
        return {
            ...body,
            id,
            name: parsed.name,
            type: parsed.type,
            properties: {
                creationDate: new Date().toISOString(),
                flowType: "Bluefield",
                ingestionMode: "LogAnalytics",
                publicNetworkAccessForIngestion: "Enabled",
                publicNetworkAccessForQuery: "Enabled",
                requestSource: "rest",
                retentionInDays: 90,
                tenantId: cloud.caller.tenantId,
                ...before,
                ...propertiesOf(body),
                appId,
                applicationId: parsed.name,
                instrumentationKey,
                connectionString: [
                    `InstrumentationKey=${String(instrumentationKey)}`,
                    `IngestionEndpoint=https://${region}-0.in.applicationinsights.azure.com/`,
                    `LiveEndpoint=https://${region}.livediagnostics.monitor.azure.com/`,
                    `ApplicationId=${String(appId)}`,
                ].join(";"),
                provisioningState: "Succeeded",
            },
        };
    },
};
