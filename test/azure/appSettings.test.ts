/**
 * Which settings a container gets, and which names are kept for them.
 * Cannot show that App Service heeds a setting; its names are those of Microsoft's reference.
 */
import fc from "fast-check";
import {
    containerSettings,
    port,
    reservedSettings,
    settingName,
    startTimeLimit,
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
