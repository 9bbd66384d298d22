import type { ResourceModel } from "../model";
import type { Document } from "../store";

const allowAll = {
    ipAddress: "Any",
    action: "Allow",
    priority: 2147483647,
    name: "Allow all",
    description: "Allow all access",
};

/** A site's configuration as Azure answers it when nobody asked for anything. */
const defaults: Document = {
    acrUseManagedIdentityCreds: false,
    alwaysOn: false,
    appCommandLine: "",
    autoHealEnabled: false,
    azureStorageAccounts: {},
    defaultDocuments: [
        "Default.htm",
        "Default.html",
        "Default.asp",
        "index.htm",
        "index.html",
        "iisstart.htm",
        "default.aspx",
        "index.php",
        "hostingstart.html",
    ],
    detailedErrorLoggingEnabled: false,
    elasticWebAppScaleLimit: 0,
    experiments: { rampUpRules: [] },
    ftpsState: "FtpsOnly",
    functionsRuntimeScaleMonitoringEnabled: false,
    http20Enabled: false,
    http20ProxyFlag: 0,
    httpLoggingEnabled: false,
    ipSecurityRestrictions: [allowAll],
    javaContainer: "",
    javaContainerVersion: "",
    javaVersion: "",
    linuxFxVersion: "",
    loadBalancing: "LeastRequests",
    localMySqlEnabled: false,
    logsDirectorySizeLimit: 35,
    managedPipelineMode: "Integrated",
    minTlsVersion: "1.2",
    minimumElasticInstanceCount: 0,
    netFrameworkVersion: "v4.0",
    nodeVersion: "",
    numberOfWorkers: 1,
    phpVersion: "",
    powerShellVersion: "",
    preWarmedInstanceCount: 0,
    pythonVersion: "",
    remoteDebuggingEnabled: false,
    requestTracingEnabled: false,
    scmIpSecurityRestrictions: [allowAll],
    scmIpSecurityRestrictionsUseMain: false,
    scmMinTlsVersion: "1.2",
    scmType: "None",
    use32BitWorkerProcess: true,
    virtualApplications: [
        { virtualPath: "/", physicalPath: "site\\wwwroot", preloadEnabled: false },
    ],
    vnetName: "",
    vnetPrivatePortsCount: 0,
    vnetRouteAllEnabled: false,
    webSocketsEnabled: false,
    windowsFxVersion: null,
};

/** What is kept of a PUT: what it gives, else what was there, else Azure's default. */
export function completeSiteConfig(site: string, given: Document, before?: Document): Document {
    const rules = (given.ipSecurityRestrictions ?? before?.ipSecurityRestrictions) as
        Document[] | undefined;
    const own = (rules ?? []).filter((rule) => rule.priority !== allowAll.priority);
    const action =
        given.ipSecurityRestrictionsDefaultAction ?? before?.ipSecurityRestrictionsDefaultAction;
    const last =
        action === "Deny"
            ? { ...allowAll, action: "Deny", name: "Deny all", description: "Deny all access" }
            : allowAll;
    return {
        ...defaults,
        publishingUsername: `$${site}`,
        ...before,
        ...given,
        ipSecurityRestrictions: [...own, last],
    };
}

/** Source: learn.microsoft.com/rest/api/appservice/web-apps/get-configuration */
export const siteConfigs: ResourceModel = {
    type: "Microsoft.Web/sites/config",
    put({ id, parsed, body, existing }) {
        const properties = (body.properties ?? {}) as Document;
        if (parsed.name === "web") {
            const site = id.split("/").at(-3)!;
            const before = existing?.properties as Document;
            return {
                id,
                name: site,
                type: parsed.type,
                properties: completeSiteConfig(site, properties, before),
            };
        }
        return { id, name: parsed.name, type: parsed.type, properties };
    },
    initial: () => ({ properties: {} }),
    show(document) {
        // Values of settings are answered to the list action only.
        return document.name === "appsettings" ? { ...document, properties: null } : document;
    },
    actions: {
        list: (id, cloud) => cloud.store.get(id) ?? { id, name: "appsettings", properties: {} },
    },
};
