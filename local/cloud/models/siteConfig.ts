import { findSku } from "../../../azure/skus";
import { CloudError } from "../errors";
import type { ResourceModel } from "../model";
import { refusal } from "../rules";
import { propertiesOf, type Document, type Store } from "../store";

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

/** The user name that an app is published with; a slot's has two underscores. */
export function publishingUser(site: string): string {
    return `$${site.replace("/", "__")}`;
}

/** The name of an app, or of a slot as Azure writes it: `app/slot`. */
export function siteName(id: string): string {
    return /\/sites\/([^/]+)(?:\/slots\/([^/]+))?$/i.exec(id)!.slice(1).filter(Boolean).join("/");
}

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
        publishingUsername: publishingUser(site),
        ...before,
        ...given,
        ipSecurityRestrictions: [...own, last],
    };
}

/** Refuses Always On where the app's plan does not allow it. */
function checkAlwaysOn(store: Store, siteId: string, { alwaysOn }: Document): void {
    if (alwaysOn !== true) return;
    const { serverFarmId } = propertiesOf(store.get(siteId));
    const sku = store.get(String(serverFarmId))?.sku as Document | undefined;
    if (findSku(String(sku?.name))?.alwaysOn === false) throw refusal("siteAlwaysOn");
}

/** Configurations whose values only the list action shows, and what it lists before anybody set them. */
const secretConfigurations = ["appsettings", "connectionstrings", "publishingcredentials"];

export function isSecret(configuration: string): boolean {
    return secretConfigurations.includes(configuration.toLowerCase());
}

/** The configurations of apps, and of their slots. */
function configurations(site: "Microsoft.Web/sites" | "Microsoft.Web/sites/slots"): ResourceModel {
    return {
        type: `${site}/config`,
        put({ id, parsed, body, existing, cloud }) {
            const properties = propertiesOf(body);
            if (parsed.name === "web") {
                checkAlwaysOn(cloud.store, parsed.parent, properties);
                const name = siteName(parsed.parent);
                const before = existing?.properties as Document;
                return {
                    id,
                    name,
                    type: parsed.type,
                    properties: completeSiteConfig(name, properties, before),
                };
            }
            return { id, name: parsed.name, type: parsed.type, properties };
        },
        initial: () => ({ properties: {} }),
        show(document) {
            return isSecret(String(document.name)) ? { ...document, properties: null } : document;
        },
        actions: {
            list(id, { store }) {
                const name = id.split("/").at(-1)!;
                if (!isSecret(name)) {
                    throw new CloudError(
                        400,
                        "NotModelled",
                        `The action list of the configuration ${name} is not modelled on this machine.`,
                    );
                }
                return store.get(id) ?? { id, name, properties: {} };
            },
        },
    };
}

/** Source: learn.microsoft.com/rest/api/appservice/web-apps/get-configuration */
export const siteConfigs = configurations("Microsoft.Web/sites");
export const slotConfigs = configurations("Microsoft.Web/sites/slots");
