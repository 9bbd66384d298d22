/**
 * What containers run, and how they get it and their secrets, judged by the policy SDK's own server.
 * Cannot show what is in an image, nor whether a setting whose name says nothing holds a secret.
 */
import { aciNotPrivileged } from "../../policies/rules/aciNotPrivileged";
import { aciPrivate } from "../../policies/rules/aciPrivate";
import { aciSecureEnv } from "../../policies/rules/aciSecureEnv";
import { appSettingsNoPlainSecrets } from "../../policies/rules/appSettingsNoPlainSecrets";
import { containerImagePinned } from "../../policies/rules/containerImagePinned";
import { containerRegistryAllowList } from "../../policies/rules/containerRegistryAllowList";
import { registryAuthIdentity } from "../../policies/rules/registryAuthIdentity";
import { secretNames } from "../../policies/secretNames";
import { judge, secret, unknown } from "../support/policyRunner";
import { describeRule } from "../support/ruleCases";

const docker = (image: string) => ({ siteConfig: { linuxFxVersion: `DOCKER|${image}` } });
const base64 = (text: string) => Buffer.from(text).toString("base64");
const compose = (...images: string[]) =>
    base64(`services:\n${images.map((image, i) => `  s${i}:\n    image: ${image}\n`).join("")}`);
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const group = "containerinstance:ContainerGroup";

describeRule(containerImagePinned, {
    compliant: [
        { what: "a tag that stays", props: docker("ghcr.io/example/shop:1.0") },
        { what: "a digest", props: docker(`example/shop@${digest}`) },
        {
            what: "a moving tag with a digest, where one is required",
            props: docker(`ghcr.io/example/shop:latest@${digest}`),
            config: { requireDigest: true },
        },
        { what: "a registry with a port", props: docker("registry.example.com:5000/shop:1") },
        { what: "a runtime", props: { siteConfig: { linuxFxVersion: "NODE|20-lts" } } },
        {
            what: "side containers of its own",
            props: { siteConfig: { linuxFxVersion: "sitecontainers" } },
        },
        {
            what: "a Compose file",
            props: {
                siteConfig: { linuxFxVersion: `compose|${compose("nginx:1.27", '"redis:7"')}` },
            },
        },
        {
            what: "a group of containers",
            type: group,
            props: {
                containers: [{ image: "ghcr.io/example/a:1" }],
                initContainers: [{ image: "b:2" }],
            },
        },
    ],
    violating: [
        {
            what: "no tag",
            props: docker("ghcr.io/example/shop"),
            finds: ['siteConfig.linuxFxVersion is "ghcr.io/example/shop", without a tag'],
        },
        { what: "latest", props: docker("shop:Latest"), finds: ["allowed: any tag but latest"] },
        {
            what: "a port that looks like a tag",
            props: docker("registry.example.com:5000/shop"),
            finds: ["without a tag"],
        },
        {
            what: "a tag where a digest is required",
            props: docker("ghcr.io/example/shop:1.0"),
            config: { requireDigest: true },
            finds: ["without a digest; allowed: @sha256:<digest>"],
        },
        { what: "what is no image", props: docker("Not An Image"), finds: ["no image reference"] },
        {
            what: "one of two in a Compose file",
            props: { siteConfig: { linuxFxVersion: `COMPOSE|${compose("nginx:1.27", "redis")}` } },
            finds: ['"redis"'],
        },
        {
            what: "a Compose file that names none",
            props: { siteConfig: { linuxFxVersion: `COMPOSE|${base64("services: {}")}` } },
            finds: ["no image reference"],
        },
        {
            what: "a container on Windows",
            props: { siteConfig: { windowsFxVersion: "DOCKER|mcr.microsoft.com/shop" } },
            finds: ["siteConfig.windowsFxVersion"],
        },
        {
            what: "a side container",
            type: "web:WebAppSiteContainer",
            props: { image: "redis:latest" },
            finds: ['image is "redis:latest"'],
        },
        {
            what: "containers of a group, those that run first too",
            type: group,
            props: { containers: [{ image: "a" }], initContainers: [{ image: "b:latest" }] },
            finds: ["containers[0].image", "initContainers[0].image"],
        },
    ],
    unset: [
        { what: "the image of an app without containers", props: {} },
        { what: "the image of a container", type: group, props: { containers: [{ name: "a" }] } },
    ],
    unknown: [
        {
            what: "the image",
            props: { siteConfig: { linuxFxVersion: unknown } },
            waits: "siteConfig.linuxFxVersion is",
        },
        {
            what: "one of two containers",
            type: group,
            props: { containers: [{ image: unknown }, { image: "b" }] },
            finds: ["containers[1].image"],
            waits: "containers[0].image is",
        },
    ],
});

describeRule(containerRegistryAllowList, {
    compliant: [
        { what: "an allowed registry", props: docker("ghcr.io/example/shop:1.0") },
        { what: "any of Azure's", props: docker("shop.azurecr.io/shop:1.0") },
        { what: "an allowed one with HTTPS's port", props: docker("ghcr.io:443/example/shop:1") },
        { what: "any of Azure's with that port", props: docker("shop.azurecr.io:443/shop:1") },
        {
            what: "Docker Hub in short, where it is allowed",
            props: docker("nginx:1.27"),
            config: { allowedRegistries: [" Docker.io "] },
        },
    ],
    violating: [
        {
            what: "Docker Hub in short",
            props: docker("nginx:1.27"),
            finds: ['is from "docker.io"; allowed: ghcr.io, mcr.microsoft.com, *.azurecr.io.'],
        },
        {
            what: "an allowed host at another port",
            props: docker("ghcr.io:5000/example/shop:1"),
            finds: ["ghcr.io:5000"],
        },
        {
            what: "a host that only ends like an allowed one",
            props: docker("evilghcr.io/example/shop:1"),
            finds: ["evilghcr.io"],
        },
        {
            what: "a host that has an allowed one inside",
            props: docker("azurecr.io.example.com/shop:1"),
            finds: ["azurecr.io.example.com"],
        },
        { what: "what is no image", props: docker("???"), finds: ["no image reference"] },
    ],
    unset: [{ what: "the image", props: {} }],
    unknown: [
        {
            what: "one of two containers",
            type: group,
            props: { containers: [{ image: unknown }, { image: "nginx:1" }] },
            finds: ["containers[1].image"],
            waits: "containers[0].image is",
        },
    ],
});

const settings = (values: Record<string, unknown>, siteConfig = {}) => ({
    siteConfig: {
        ...siteConfig,
        appSettings: Object.entries(values).map(([name, value]) => ({ name, value })),
    },
});
const planted = "planted-secret-value";

describeRule(registryAuthIdentity, {
    compliant: [
        { what: "a public image", props: docker("ghcr.io/example/shop:1.0") },
        {
            what: "Azure's registry by identity",
            props: {
                siteConfig: {
                    linuxFxVersion: "DOCKER|shop.azurecr.io/shop:1.0",
                    acrUseManagedIdentityCreds: "true",
                },
            },
        },
        {
            what: "a container group by identity",
            type: group,
            props: { imageRegistryCredentials: [{ server: "shop.azurecr.io", identity: "/id" }] },
        },
    ],
    violating: [
        {
            what: "a password among the settings",
            props: settings({ WEBSITES_PORT: "8080", DOCKER_REGISTRY_SERVER_PASSWORD: planted }),
            finds: [
                "siteConfig.appSettings[1] (DOCKER_REGISTRY_SERVER_PASSWORD) is a registry's password",
            ],
        },
        {
            what: "a password in the settings beside the app",
            type: "web:WebAppApplicationSettings",
            props: { properties: { docker_registry_server_password: planted } },
            finds: ["properties.docker_registry_server_password"],
        },
        {
            what: "Azure's registry without identity",
            props: docker("shop.azurecr.io/shop:1.0"),
            finds: ["acrUseManagedIdentityCreds is not true"],
        },
        {
            what: "a container group's password",
            type: group,
            props: { imageRegistryCredentials: [{ server: "s", password: planted }] },
            finds: ["imageRegistryCredentials[0].password is set"],
        },
    ],
    unset: [{ what: "all", props: {} }],
    unknown: [
        {
            what: "the password, which is one all the same",
            props: settings({ DOCKER_REGISTRY_SERVER_PASSWORD: unknown }),
            finds: ["DOCKER_REGISTRY_SERVER_PASSWORD"],
        },
        {
            what: "whether by identity",
            props: {
                siteConfig: {
                    linuxFxVersion: "DOCKER|shop.azurecr.io/shop:1",
                    acrUseManagedIdentityCreds: unknown,
                },
            },
            waits: "siteConfig.acrUseManagedIdentityCreds is",
        },
        {
            what: "a container group's password",
            type: group,
            props: { imageRegistryCredentials: [{ password: unknown }] },
            finds: ["password is set"],
            waits: "imageRegistryCredentials[0].password is",
        },
    ],
});

const reference = "@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/token)";

describeRule(appSettingsNoPlainSecrets, {
    compliant: [
        { what: "a reference to Key Vault", props: settings({ API_TOKEN: reference }) },
        {
            what: "settings that are no secrets",
            props: settings({ MAX_TOKENS: "1", LOG_LEVEL: "info" }),
        },
        {
            what: "a registry's password, which another rule is about",
            props: settings({ DOCKER_REGISTRY_SERVER_PASSWORD: secret(planted) }),
        },
        {
            what: "a name that the configuration lets through",
            props: settings({ UNK_TOKEN: "<unk>" }),
            config: { notSecret: ["unk_token"] },
        },
    ],
    violating: [
        {
            what: "a secret in clear",
            props: settings({ API_TOKEN: planted }),
            finds: [
                "siteConfig.appSettings[0] (API_TOKEN) is a value of its own; allowed: a reference to Key Vault",
            ],
        },
        {
            what: "a secret that Pulumi keeps, and Azure shows",
            props: settings({ DbPassword: secret(planted) }),
            finds: ["DbPassword"],
        },
        {
            what: "settings beside the app",
            type: "web:WebAppApplicationSettings",
            props: { properties: { OPENAI_API_KEY: planted, OTHER: "1" } },
            finds: ["properties.OPENAI_API_KEY"],
        },
        {
            what: "connection strings",
            props: {
                siteConfig: { connectionStrings: [{ name: "db", connectionString: planted }] },
            },
            finds: ["siteConfig.connectionStrings[0] (db)"],
        },
        {
            what: "connection strings beside the app",
            type: "web:WebAppConnectionStrings",
            props: { properties: { db: { type: "SQLAzure", value: planted } } },
            finds: ["properties.db"],
        },
        {
            what: "what only resembles a reference",
            props: settings({ API_TOKEN: "Microsoft.KeyVault(...)" }),
            finds: ["API_TOKEN"],
        },
    ],
    unset: [
        { what: "settings", props: {} },
        { what: "the value", props: settings({ API_TOKEN: "" }) },
    ],
    unknown: [
        {
            what: "one of two secrets",
            props: settings({ A_TOKEN: unknown, B_TOKEN: planted }),
            finds: ["B_TOKEN"],
            waits: "siteConfig.appSettings[0].value is",
        },
        {
            what: "a name beside a secret",
            props: {
                siteConfig: {
                    appSettings: [
                        { name: unknown, value: "1" },
                        { name: "B_KEY", value: planted },
                    ],
                },
            },
            finds: ["B_KEY"],
            waits: "siteConfig.appSettings[0].name is",
        },
    ],
});

describe("names of secrets", () => {
    const pattern = new RegExp(secretNames, "i");

    it.each([
        "API_TOKEN",
        "HF_TOKEN",
        "apiKey",
        "OPENAI_API_KEY",
        "Auth__ClientSecret",
        "DB_PASSWORD",
        "dbPassword",
        "SECRET",
        "KEY",
        "AZURE_STORAGE_CONNECTION_STRING",
        "StorageConnectionString",
        "SLACK_PAT",
        "accessToken",
        "SECRET_NAME_OF_THE_APP",
        "Jwt.SigningKey",
        "DB_PASS",
        "PASSPHRASE",
        "SSH_PASSPHRASE",
        "ConnectionStrings__Default",
        "ConnectionStrings:Default",
        "AzureWebJobsStorage",
        "API_KEY_1",
        "PASSWORD2",
        "SASTOKEN",
        "STORAGE_SAS_TOKEN",
        "PRIVATE_KEY",
    ])("%s is one", (name) => {
        expect(name).toMatch(pattern);
    });

    it.each([
        "MAX_TOKENS",
        "TOKENIZERS_PARALLELISM",
        "MONKEY",
        "KEYBOARD",
        "WEBSITES_PORT",
        "PATH",
        "PATTERN",
        "KEYCLOAK_URL",
        "COMPASS",
        "LOG_LEVEL",
        "TURKEY",
        "SASKATOON",
        "PUBLIC_KEY",
        "SSH_PUBLIC_KEY",
        "PARTITION_KEY",
        "EOS_TOKEN",
        "PAD_TOKEN",
        "STOP_TOKEN",
        "SECRET_NAME",
        "SECRET_URL",
        "PASSWORD_RESET_URL",
        "PASSWORD_LENGTH",
        "AzureWebJobsStorage__accountName",
        "BYPASS",
    ])("%s is none", (name) => {
        expect(name).not.toMatch(pattern);
    });
});

describe("what may be secret", () => {
    it("is in no message, whatever the rule and the field", async () => {
        const rules = [registryAuthIdentity, appSettingsNoPlainSecrets, aciSecureEnv];
        const found = [
            ...(await judge(
                rules,
                {
                    type: "azure-native:web:WebApp",
                    props: {
                        siteConfig: {
                            appSettings: [
                                { name: "DOCKER_REGISTRY_SERVER_PASSWORD", value: secret(planted) },
                                { name: "API_KEY", value: secret(planted) },
                                { name: "OTHER_KEY", value: planted },
                            ],
                            connectionStrings: [{ name: "db", connectionString: secret(planted) }],
                        },
                    },
                },
                {},
            )),
            ...(await judge(
                rules,
                {
                    type: "azure-native:containerinstance:ContainerGroup",
                    props: {
                        imageRegistryCredentials: [{ password: planted }],
                        containers: [{ environmentVariables: [{ name: "A_KEY", value: planted }] }],
                    },
                },
                {},
            )),
        ];
        expect(found).toHaveLength(6);
        for (const { message } of found) expect(message).not.toContain(planted);
    });
});

describeRule(aciPrivate, {
    compliant: [
        {
            what: "a subnet",
            props: { subnetIds: [{ id: "/subnet" }], ipAddress: { type: "Public" } },
        },
        { what: "a private address", props: { ipAddress: { type: "private" } } },
    ],
    violating: [
        {
            what: "a public address",
            props: { ipAddress: { type: "Public" } },
            finds: ['ipAddress.type is "Public"; allowed: Private.'],
        },
    ],
    unset: [{ what: "the address, so that nobody calls it", props: {} }],
    unknown: [
        {
            what: "subnets",
            props: { subnetIds: unknown, ipAddress: { type: "Public" } },
            waits: "subnetIds is",
        },
        { what: "the address", props: { ipAddress: unknown }, waits: "ipAddress is" },
    ],
});

const env = (...environmentVariables: object[]) => ({ containers: [{ environmentVariables }] });

describeRule(aciSecureEnv, {
    compliant: [
        { what: "a secure value", props: env({ name: "API_KEY", secureValue: secret(planted) }) },
        {
            what: "a plain value that is no secret",
            props: env({ name: "LOG_LEVEL", value: "info" }),
        },
    ],
    violating: [
        {
            what: "a secret in clear",
            props: env({ name: "A", value: "1" }, { name: "API_KEY", value: planted }),
            finds: [
                "containers[0].environmentVariables[1] (API_KEY) is a plain value; allowed: secureValue.",
            ],
        },
        {
            what: "any value where the configuration says so",
            props: { initContainers: [{ environmentVariables: [{ name: "A", value: "1" }] }] },
            config: { namePattern: "." },
            finds: ["initContainers[0]"],
        },
    ],
    unset: [
        { what: "variables", props: { containers: [{}] } },
        { what: "the value", props: env({ name: "API_KEY" }) },
    ],
    unknown: [
        {
            what: "a value, which Azure shows all the same",
            props: env({ name: "API_KEY", value: unknown }),
            finds: ["API_KEY"],
            waits: "containers[0].environmentVariables[0].value is",
        },
    ],
});

describeRule(aciNotPrivileged, {
    compliant: [
        {
            what: "no privilege",
            props: { containers: [{ securityContext: { privileged: false } }] },
        },
    ],
    violating: [
        {
            what: "a privileged container, one that runs first too",
            props: {
                containers: [{ securityContext: { privileged: true } }],
                initContainers: [{ securityContext: { privileged: "True" } }],
            },
            finds: [
                "containers[0].securityContext.privileged is true; allowed: false.",
                "initContainers[0].securityContext.privileged",
            ],
        },
    ],
    unset: [{ what: "the context", props: { containers: [{}] } }],
    unknown: [
        {
            what: "one of two containers",
            props: {
                containers: [
                    { securityContext: unknown },
                    { securityContext: { privileged: true } },
                ],
            },
            finds: ["containers[1]"],
            waits: "containers[0].securityContext is",
        },
    ],
});
