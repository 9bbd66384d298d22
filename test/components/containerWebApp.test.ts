/**
 * ContainerWebApp against mocks: what it asks for, above all that it asks for every door to be closed.
 * Does not show that Azure closes them, that a container starts, nor what a change does to a running app.
 */
import * as pulumi from "@pulumi/pulumi";
import { ContainerWebApp, type ContainerWebAppArgs } from "../../components";
import { only, pinnedProviders, register, run, summary } from "../support/mockEngine";

const required: ContainerWebAppArgs = {
    resourceGroupName: "shop-rg",
    appName: "shop-app",
    planId: "/plans/shop-plan",
    image: "ghcr.io/example/shop:1.0",
};
const site = "azure-native:web:WebApp";
const [ftp, scm] = ["azure-native:web:WebAppFtpAllowed", "azure-native:web:WebAppScmAllowed"];
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

function app(args: Partial<ContainerWebAppArgs> = {}) {
    return register(() => {
        const providers = pinnedProviders();
        new ContainerWebApp("app", { ...required, ...args }, { providers });
    });
}

async function siteInputs(args: Partial<ContainerWebAppArgs> = {}) {
    return only(await app(args), site).inputs;
}

/** The app settings by name. */
async function settings(args: Partial<ContainerWebAppArgs> = {}): Promise<Record<string, string>> {
    const list: { name: string; value: string }[] = (await siteInputs(args)).siteConfig.appSettings;
    return Object.fromEntries(list.map(({ name, value }) => [name, value]));
}

describe("ContainerWebApp", () => {
    it("registers the app and its two publishing doors, in itself and through the pinned provider", async () => {
        expect(summary(await app())).toEqual([
            "azure-native:web:WebApp app < app @ azure",
            "azure-native:web:WebAppFtpAllowed app-ftp < app @ azure",
            "azure-native:web:WebAppScmAllowed app-scm < app @ azure",
            "azure-webapp-stack:index:ContainerWebApp app",
            "pulumi:providers:azure-native azure",
            "pulumi:providers:azuread directory",
        ]);
    });

    it("closes both doors, one after the other and after the app", async () => {
        const found = await app();
        const closed = { resourceGroupName: "shop-rg", name: "shop-app", allow: false };
        expect(only(found, ftp).inputs).toMatchObject(closed);
        expect(only(found, scm).inputs).toMatchObject(closed);
        expect(only(found, ftp).dependencies).toEqual([only(found, site).urn]);
        expect(only(found, scm).dependencies).toContain(only(found, ftp).urn);
    });

    it("publishes the address that Azure assigned, the name and the app's identity", async () => {
        const found = await app();
        expect(only(found, "azure-webapp-stack:index:ContainerWebApp").outputs).toEqual({
            url: "https://app-d3fa.westeurope-01.azurewebsites.net",
            appName: "shop-app",
            principalId: "app-identity",
        });
    });

    it("puts the app into its group, on its plan, in the provider's region and without tags", async () => {
        const inputs = await siteInputs();
        expect(inputs).toMatchObject({
            resourceGroupName: "shop-rg",
            name: "shop-app",
            serverFarmId: "/plans/shop-plan",
            kind: "app,linux,container",
            reserved: true,
        });
        expect(Object.keys(inputs)).not.toContain("location");
        expect(Object.keys(inputs)).not.toContain("tags");
    });

    it.each<[string, unknown]>([
        ["httpsOnly", true],
        ["identity.type", "SystemAssigned"],
        ["clientAffinityEnabled", false],
        ["publicNetworkAccess", "Enabled"],
        ["siteConfig.alwaysOn", true],
        ["siteConfig.http20Enabled", true],
        ["siteConfig.minTlsVersion", "1.2"],
        ["siteConfig.scmMinTlsVersion", "1.2"],
        ["siteConfig.ftpsState", "Disabled"],
        ["sshEnabled", false],
        ["siteConfig.remoteDebuggingEnabled", false],
        // Said, because Azure keeps what an update leaves out.
        ["siteConfig.healthCheckPath", ""],
        ["siteConfig.ipSecurityRestrictions", []],
        ["siteConfig.ipSecurityRestrictionsDefaultAction", "Allow"],
        ["siteConfig.scmIpSecurityRestrictionsUseMain", false],
    ])("asks by default for %s to be %p", async (path, value) => {
        expect(await siteInputs()).toHaveProperty(path, value);
    });

    it("tells the container by default its port, the longest start and that it has no storage", async () => {
        expect((await siteInputs()).siteConfig.appSettings).toEqual([
            { name: "WEBSITES_CONTAINER_START_TIME_LIMIT", value: "1800" },
            { name: "WEBSITES_ENABLE_APP_SERVICE_STORAGE", value: "false" },
            { name: "WEBSITES_PORT", value: "8080" },
        ]);
    });

    it("takes every argument", async () => {
        const found = await app({
            location: "northeurope",
            registry: { username: "robot", password: "planted-password" },
            port: 3000,
            healthCheckPath: "/healthz",
            startTimeLimitSeconds: 600,
            warmUpPath: "/ready",
            warmUpStatuses: "200,202",
            appSettings: { LOG_LEVEL: "debug", API_TOKEN: pulumi.secret("planted-token") },
            allowedIpRanges: ["203.0.113.0/24", "198.51.100.7"],
            alwaysOn: false,
            minTlsVersion: "1.3",
            tags: { env: "prod" },
        });
        const { inputs } = only(found, site);
        expect(inputs).toMatchObject({ location: "northeurope", tags: { env: "prod" } });
        expect(inputs.siteConfig).toMatchObject({
            alwaysOn: false,
            healthCheckPath: "/healthz",
            minTlsVersion: "1.3",
            scmMinTlsVersion: "1.3",
        });
        expect(inputs.siteConfig.appSettings).toEqual([
            { name: "API_TOKEN", value: "planted-token" },
            { name: "DOCKER_REGISTRY_SERVER_PASSWORD", value: "planted-password" },
            { name: "DOCKER_REGISTRY_SERVER_URL", value: "https://ghcr.io" },
            { name: "DOCKER_REGISTRY_SERVER_USERNAME", value: "robot" },
            { name: "LOG_LEVEL", value: "debug" },
            { name: "WEBSITES_CONTAINER_START_TIME_LIMIT", value: "600" },
            { name: "WEBSITES_ENABLE_APP_SERVICE_STORAGE", value: "false" },
            { name: "WEBSITES_PORT", value: "3000" },
            { name: "WEBSITE_WARMUP_PATH", value: "/ready" },
            { name: "WEBSITE_WARMUP_STATUSES", value: "200,202" },
        ]);
    });

    it("sorts the app settings, however they are given", async () => {
        const forwards = await siteInputs({ appSettings: { A: "1", B: "2", Z: "3" } });
        const backwards = await siteInputs({ appSettings: { Z: "3", B: "2", A: "1" } });
        expect(backwards.siteConfig.appSettings).toEqual(forwards.siteConfig.appSettings);
    });

    it("warms up at the health check path, and then wants status 200", async () => {
        expect(await settings({ healthCheckPath: "/healthz" })).toMatchObject({
            WEBSITE_WARMUP_PATH: "/healthz",
            WEBSITE_WARMUP_STATUSES: "200",
        });
    });

    it("warms up at a path of its own without a health check, and then wants status 200", async () => {
        const config = (await siteInputs({ warmUpPath: "/ready" })).siteConfig;
        expect(config.healthCheckPath).toBe("");
        expect(await settings({ warmUpPath: "/ready" })).toMatchObject({
            WEBSITE_WARMUP_PATH: "/ready",
            WEBSITE_WARMUP_STATUSES: "200",
        });
    });

    it("wants the given statuses at Azure's own path where no path is given", async () => {
        const found = await settings({ warmUpStatuses: "200,404" });
        expect(found.WEBSITE_WARMUP_STATUSES).toBe("200,404");
        expect(Object.keys(found)).not.toContain("WEBSITE_WARMUP_PATH");
    });

    it("keeps a registry's password secret even if it is given in clear", async () => {
        const registry = { username: "robot", password: "planted-password" };
        const { secretInputs } = only(await app({ registry }), site);
        const component = only(await app({ registry }), "azure-webapp-stack:index:ContainerWebApp");
        expect(component.secretInputs).toEqual(["registry.password"]);
        // The password alone: were all of siteConfig secret, a preview would hide a changed image.
        expect(secretInputs).toEqual([expect.stringMatching(/^siteConfig\.appSettings.*value$/)]);
        expect(only(await app(), site).secretInputs).toEqual([]);
    });

    it("keeps an app setting secret that is given as one", async () => {
        const appSettings = { API_TOKEN: pulumi.secret("planted-token") };
        expect(only(await app({ appSettings }), site).secretInputs).toEqual([
            expect.stringMatching(/^siteConfig\.appSettings.*value$/),
        ]);
        const clear = { API_TOKEN: "no-secret" };
        expect(only(await app({ appSettings: clear }), site).secretInputs).toEqual([]);
    });

    it("signs in to Docker Hub where the image names no registry", async () => {
        const registry = { username: "robot", password: "planted-password" };
        expect(await settings({ registry, image: "example/shop:1.0" })).toMatchObject({
            DOCKER_REGISTRY_SERVER_URL: "https://index.docker.io/v1",
            DOCKER_REGISTRY_SERVER_USERNAME: "robot",
            DOCKER_REGISTRY_SERVER_PASSWORD: "planted-password",
        });
    });

    it("pulls from Azure Container Registry by its identity, unless it has a password", async () => {
        const image = "shop.azurecr.io/shop:1.0";
        const registry = { username: "robot", password: "planted-password" };
        const creds = async (args: object) =>
            (await siteInputs(args)).siteConfig.acrUseManagedIdentityCreds;
        expect(await creds({ image })).toBe(true);
        expect(await creds({ image, registry })).toBeUndefined();
        expect(await creds({ image: "ghcr.io/example/shop:1.0" })).toBeUndefined();
    });

    it("admits the given addresses only, in their order, to app and SCM site", async () => {
        const allowedIpRanges = ["203.0.113.0/24", "198.51.100.7", "2001:db8::/32"];
        const { siteConfig, publicNetworkAccess } = await siteInputs({ allowedIpRanges });
        const allow = (name: string, priority: number, ipAddress: string) => ({
            name,
            action: "Allow",
            priority,
            ipAddress,
        });
        expect(siteConfig).toMatchObject({
            ipSecurityRestrictionsDefaultAction: "Deny",
            ipSecurityRestrictions: [
                allow("allowed-1", 100, "203.0.113.0/24"),
                allow("allowed-2", 101, "198.51.100.7/32"),
                allow("allowed-3", 102, "2001:db8::/32"),
            ],
            scmIpSecurityRestrictionsUseMain: true,
        });
        expect(publicNetworkAccess).toBe("Enabled");
    });

    it.each([
        ["tag", "ghcr.io/example/shop:1.0"],
        ["digest", `ghcr.io/example/shop@${digest}`],
        ["tag and digest", `ghcr.io/example/shop:1.0@${digest}`],
    ])("runs an image by %s", async (_, image) => {
        const { siteConfig } = await siteInputs({ image });
        expect(siteConfig.linuxFxVersion).toBe(`DOCKER|${image}`);
    });

    it.each<[string, Partial<ContainerWebAppArgs>, string]>([
        ["an image in capitals", { image: "ghcr.io/Example/Shop:1.0" }, "image: expected"],
        ["an image with half a digest", { image: "shop@sha256:00" }, "got shop@sha256:00"],
        ["port 0", { port: 0 }, "port: expected a whole number from 1 to 65535, got 0"],
        ["port 65536", { port: 65536 }, "got 65536"],
        ["half a port", { port: 80.5 }, "got 80.5"],
        [
            "a start of 9 seconds",
            { startTimeLimitSeconds: 9 },
            "startTimeLimitSeconds: expected a whole number from 10 to 1800, got 9",
        ],
        ["a start of 1801 seconds", { startTimeLimitSeconds: 1801 }, "got 1801"],
        [
            "a health check path that is none",
            { healthCheckPath: "healthz" },
            "healthCheckPath: expected a path that starts with /, got healthz",
        ],
        [
            "a warm-up path that is none",
            { warmUpPath: "ready" },
            "warmUpPath: expected a path that starts with /, got ready",
        ],
        [
            "an app setting that another argument stands for",
            { appSettings: { Websites_Port: "80" } },
            "appSettings: expected no name that another argument stands for, got Websites_Port",
        ],
        [
            "an address that is none",
            { allowedIpRanges: ["203.0.113.0/24", "203.0.113.0/33"] },
            "allowedIpRanges: expected IP addresses or CIDR ranges, got 203.0.113.0/33",
        ],
    ])("fails on %s before any app is registered", async (_, args, message) => {
        const { registered, error } = await run(
            () => new ContainerWebApp("app", { ...required, ...args }),
        );
        expect(pulumi.ResourceError.isInstance(error)).toBe(true);
        expect(error).toMatchObject({ hideStack: true });
        expect(error!.message).toContain(message);
        expect(error!.message.split("\n")).toHaveLength(1);
        expect(summary(registered)).toEqual(["azure-webapp-stack:index:ContainerWebApp app"]);
    });

    it("fails on all refused arguments at once, one line each", async () => {
        const { error } = await run(
            () =>
                new ContainerWebApp("app", {
                    ...required,
                    image: "",
                    port: -1,
                    startTimeLimitSeconds: NaN,
                    healthCheckPath: "x",
                    warmUpPath: "",
                    appSettings: { WEBSITES_PORT: "1", FREE: "2", DOCKER_REGISTRY_SERVER_URL: "3" },
                    allowedIpRanges: ["everywhere"],
                }),
        );
        expect(error!.message.split("\n").map((line) => line.split(":")[0])).toEqual([
            "image",
            "port",
            "startTimeLimitSeconds",
            "healthCheckPath",
            "warmUpPath",
            "appSettings",
            "appSettings",
            "allowedIpRanges",
        ]);
    });
});
