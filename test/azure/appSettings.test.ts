/**
 * Which settings a container gets, and which names are kept for them.
 * Cannot show that App Service heeds a setting; its names are those of Microsoft's reference.
 */
import fc from "fast-check";
import {
    containerEnvironment,
    containerSettings,
    port,
    readContainerSettings,
    reservedSettings,
    settingName,
    startTimeLimit,
    stopTimeLimit,
    type ContainerRuntime,
    isKeyVaultReference,
} from "../../azure/appSettings";

const runtimes: fc.Arbitrary<ContainerRuntime> = fc.record(
    {
        port: fc.integer({ min: port.minimum, max: port.maximum }),
        startTimeLimitSeconds: fc.integer({
            min: startTimeLimit.minimum,
            max: startTimeLimit.maximum,
        }),
        warmUpPath: fc.constantFrom("/", "/healthz"),
        warmUpStatuses: fc.constantFrom("200", "200,202"),
    },
    { requiredKeys: ["port", "startTimeLimitSeconds"] },
);

describe("containerSettings", () => {
    it("has three settings for what must be told, and no more", () => {
        expect(containerSettings({ port: 8080, startTimeLimitSeconds: 600 })).toEqual({
            WEBSITES_PORT: "8080",
            WEBSITES_CONTAINER_START_TIME_LIMIT: "600",
            WEBSITES_ENABLE_APP_SERVICE_STORAGE: "false",
        });
    });

    it("adds the warm-up path and its statuses where they are given", () => {
        const settings = containerSettings({
            port: 80,
            startTimeLimitSeconds: 10,
            warmUpPath: "/healthz",
            warmUpStatuses: "200,202",
        });
        expect(settings).toMatchObject({
            WEBSITE_WARMUP_PATH: "/healthz",
            WEBSITE_WARMUP_STATUSES: "200,202",
        });
    });

    it("sets reserved names only, so that no app setting can be overwritten", () => {
        fc.assert(
            fc.property(runtimes, (runtime) => {
                for (const name of Object.keys(containerSettings(runtime))) {
                    expect(reservedSettings).toContain(name);
                }
            }),
        );
    });
});

describe("reservedSettings", () => {
    it("holds upper-case names, as they are compared in upper case", () => {
        for (const name of reservedSettings) expect(name).toBe(name.toUpperCase());
    });

    it("holds what signs in to a registry", () => {
        for (const part of ["URL", "USERNAME", "PASSWORD"]) {
            expect(reservedSettings).toContain(`DOCKER_REGISTRY_SERVER_${part}`);
        }
    });
});

describe("settingName", () => {
    it.each(["A", "log_level", "_PRIVATE", "KEY2"])("takes %s", (name) => {
        expect(name).toMatch(settingName);
    });

    it.each(["", "2KEY", "MY-KEY", "a.b", "a:b", "a b", "a=b", "KEY\n", "ÄPFEL"])(
        "fails on %j",
        (name) => {
            expect(name).not.toMatch(settingName);
        },
    );
});

describe("readContainerSettings", () => {
    it("reads what containerSettings wrote", () => {
        fc.assert(
            fc.property(runtimes, (runtime) => {
                const read = readContainerSettings(containerSettings(runtime));
                expect(read.ports).toEqual([runtime.port]);
                expect(read.startTimeLimitSeconds).toBe(runtime.startTimeLimitSeconds);
                expect(read.warmUpPath).toBe(runtime.warmUpPath ?? "/robots933456.txt");
                expect(read.warmUpStatuses).toEqual(runtime.warmUpStatuses?.split(",").map(Number));
            }),
        );
    });

    it("takes Azure's own values where nothing is set", () => {
        expect(readContainerSettings({})).toEqual({
            ports: [80, 8080],
            startTimeLimitSeconds: 230,
            stopTimeLimitSeconds: 5,
            warmUpPath: "/robots933456.txt",
            warmUpStatuses: undefined,
        });
    });

    it("keeps every limit within Azure's bounds, whatever is set", () => {
        fc.assert(
            fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (value) => {
                const read = readContainerSettings({
                    WEBSITES_PORT: value,
                    WEBSITES_CONTAINER_START_TIME_LIMIT: value,
                    WEBSITES_CONTAINER_STOP_TIME_LIMIT: value,
                });
                for (const one of read.ports) {
                    expect(one).toBeGreaterThanOrEqual(port.minimum);
                    expect(one).toBeLessThanOrEqual(port.maximum);
                }
                expect(read.startTimeLimitSeconds).toBeGreaterThanOrEqual(startTimeLimit.minimum);
                expect(read.startTimeLimitSeconds).toBeLessThanOrEqual(startTimeLimit.maximum);
                expect(read.stopTimeLimitSeconds).toBeGreaterThanOrEqual(0);
                expect(read.stopTimeLimitSeconds).toBeLessThanOrEqual(stopTimeLimit.maximum);
            }),
        );
    });
});

describe("containerEnvironment", () => {
    const site = {
        name: "shop",
        resourceGroup: "shop-rg",
        hostName: "shop.azurewebsites.net",
        tier: "Basic",
        instanceId: "0123",
        port: 8080,
    };

    it("has the app's settings and what App Service says of the app", () => {
        expect(containerEnvironment({ GREETING: "hello" }, site)).toEqual({
            GREETING: "hello",
            PORT: "8080",
            WEBSITE_SITE_NAME: "shop",
            WEBSITE_RESOURCE_GROUP: "shop-rg",
            WEBSITE_HOSTNAME: "shop.azurewebsites.net",
            WEBSITE_SKU: "Basic",
            WEBSITE_INSTANCE_ID: "0123",
        });
    });

    it("leaves a PORT of the app's own", () => {
        expect(containerEnvironment({ PORT: "81" }, site).PORT).toBe("81");
    });

    it("keeps the port's setting and the registry's password from the container", () => {
        const kept = Object.fromEntries(
            reservedSettings
                .filter((name) => name === "WEBSITES_PORT" || name.startsWith("DOCKER_REGISTRY_"))
                .map((name) => [name, "kept"]),
        );
        expect(Object.keys(kept)).toHaveLength(4);
        expect(Object.values(containerEnvironment(kept, site))).not.toContain("kept");
    });
});

describe("isKeyVaultReference", () => {
    it.each([
        "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/token)",
        " @microsoft.keyvault(VaultName=shop;SecretName=token) ",
    ])("takes %s", (value) => expect(isKeyVaultReference(value)).toBe(true));

    it.each(["", "token", "@Microsoft.KeyVault()", "Microsoft.KeyVault(x)", undefined, 1])(
        "does not take %j",
        (value) => expect(isKeyVaultReference(value)).toBe(false),
    );
});
