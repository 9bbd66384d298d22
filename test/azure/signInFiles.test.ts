/**
 * The files and lines that tools sign in with, read back as those tools would: JSON, and a POSIX shell that really
 * runs, with functions in place of `az` and `gh`.
 * Cannot show that these tools, and Azure behind them, take what they are given.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { sdkAuth, type SignIn, signInFormats } from "../../azure/signInFiles";
import { temporaryFolder } from "../support/temporaryFolder";

const federated: SignIn = {
    clientId: "aaaaaaaa-0000-0000-0000-000000000001",
    displayName: "shop-deployer",
    subscriptionId: "bbbbbbbb-0000-0000-0000-000000000002",
    tenantId: "cccccccc-0000-0000-0000-000000000003",
};
const withSecret = (clientSecret: string): SignIn => ({ ...federated, clientSecret });
const withFile = (clientCertificate: string): SignIn => ({ ...federated, clientCertificate });

/** What a POSIX shell prints, in the pieces that it ends with a zero byte. */
function shell(script: string): string[] {
    const output = execFileSync("sh", ["-eu"], { input: script, encoding: "utf8", env: {} });
    return output.split("\0").slice(0, -1);
}

// Zero ends a text in every shell; halves of a pair are no characters.
const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\0", "")),
    fc
        .array(fc.constantFrom(..."'\"\\$`!*?~#&;|<>()[]{}= \t\n\r-%^,aé".split("")))
        .map((characters) => characters.join("")),
    fc.constantFrom("", "-", "-rf", "--help", "~", "$(exit 3)", "a'b", "'", "\\", "%s", "a\n"),
);

describe("sdk-auth", () => {
    // The lesson's JSON, from "az ad sp create-for-rbac --sdk-auth".
    const lesson = (second: string) => [
        "clientId",
        second,
        "subscriptionId",
        "tenantId",
        "activeDirectoryEndpointUrl",
        "resourceManagerEndpointUrl",
        "activeDirectoryGraphResourceId",
        "sqlManagementEndpointUrl",
        "galleryEndpointUrl",
        "managementEndpointUrl",
    ];

    it.each([
        ["a secret", withSecret("planted"), "clientSecret", "planted"],
        ["a certificate", withFile("deployer-dev.pem"), "clientCertificate", "deployer-dev.pem"],
    ])("has the ten keys of the lesson in their order with %s", (_, signIn, key, value) => {
        const text = signInFormats["sdk-auth"](signIn);
        const read = JSON.parse(text);
        expect(Object.keys(read)).toEqual(lesson(key));
        expect(read).toMatchObject({
            clientId: federated.clientId,
            [key]: value,
            subscriptionId: federated.subscriptionId,
            tenantId: federated.tenantId,
        });
        expect(text).toBe(`${JSON.stringify(sdkAuth(signIn), undefined, 2)}\n`);
    });

    it("has the lesson's endpoints", () => {
        expect(sdkAuth(federated)).toMatchObject({
            activeDirectoryEndpointUrl: "https://login.microsoftonline.com",
            resourceManagerEndpointUrl: "https://management.azure.com/",
            activeDirectoryGraphResourceId: "https://graph.windows.net/",
            sqlManagementEndpointUrl: "https://management.core.windows.net:8443/",
            galleryEndpointUrl: "https://gallery.azure.com/",
            managementEndpointUrl: "https://management.core.windows.net/",
        });
    });

    it("has neither secret nor certificate where tokens sign in", () => {
        const keys = lesson("").filter((key) => key !== "");
        expect(Object.keys(sdkAuth(federated))).toEqual(keys);
    });

    it("keeps the secret, whatever it holds", () => {
        fc.assert(
            fc.property(texts, (secret) => {
                const read = JSON.parse(signInFormats["sdk-auth"](withSecret(secret)));
                expect(read.clientSecret).toBe(secret);
            }),
        );
    });
});

describe("short", () => {
    it.each([
        ["a secret", withSecret("planted"), { password: "planted" }],
        ["a certificate", withFile("d.pem"), { fileWithCertAndPrivateKey: "d.pem" }],
        ["a token", federated, {}],
    ])("has the keys of the Azure CLI in its order with %s", (_, signIn, proof) => {
        const expected = {
            appId: federated.clientId,
            displayName: "shop-deployer",
            ...proof,
            tenant: federated.tenantId,
        };
        const text = signInFormats.short(signIn);
        expect(text).toBe(`${JSON.stringify(expected, undefined, 2)}\n`);
    });
});

describe("env", () => {
    /** What a shell has in its variables after it has read the lines. */
    function variables(signIn: SignIn): Record<string, string> {
        const lines = signInFormats.env(signIn);
        const names = [...lines.matchAll(/^(ARM_\w+)=/gm)].map(([, name]) => name!);
        const print = names.map((name) => `printf '%s\\0' "$${name}"\n`).join("");
        const values = shell(lines + print);
        return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    }
    const ids = {
        ARM_CLIENT_ID: federated.clientId,
        ARM_TENANT_ID: federated.tenantId,
        ARM_SUBSCRIPTION_ID: federated.subscriptionId,
    };

    it.each([
        ["a secret", withSecret("planted"), { ARM_CLIENT_SECRET: "planted" }],
        ["a certificate", withFile("d.pem"), { ARM_CLIENT_CERTIFICATE_PATH: "d.pem" }],
        ["a token", federated, { ARM_USE_OIDC: "true" }],
    ])("names what Pulumi's providers read with %s", (_, signIn, proof) => {
        expect(variables(signIn)).toEqual({ ...ids, ...proof });
    });

    it("is read by a POSIX shell as it was, whatever the secret holds", () => {
        fc.assert(
            fc.property(texts, (secret) => {
                // Not told apart by its lines: a secret may look like one of them.
                const lines = signInFormats.env(withSecret(secret));
                const print = `printf '%s\\0' "$ARM_CLIENT_SECRET" "$ARM_SUBSCRIPTION_ID"\n`;
                expect(shell(lines + print)).toEqual([secret, federated.subscriptionId]);
            }),
        );
    });
});

describe("az", () => {
    const az = `az() { printf '%s\\0' "$@" "--end"; }\n`;
    const login = ["login", "--service-principal", "--username", federated.clientId];
    const tenant = ["--tenant", federated.tenantId];
    const choose = ["account", "set", "--subscription", federated.subscriptionId, "--end"];

    it.each([
        ["a secret", withSecret("planted"), "--password=planted"],
        ["a certificate", withFile("d.pem"), "--certificate=d.pem"],
        ["a token", federated, "--federated-token=given"],
    ])("signs in with %s, and chooses the subscription", (_, signIn, proof) => {
        const words = shell(`TOKEN=given\n${az}${signInFormats.az(signIn)}`);
        expect(words).toEqual([...login, ...tenant, proof, "--end", ...choose]);
    });

    it("hands the secret over as one word, never as an option of its own", () => {
        fc.assert(
            fc.property(texts, (secret) => {
                const words = shell(az + signInFormats.az(withSecret(secret)));
                expect(words).toEqual([
                    ...login,
                    ...tenant,
                    `--password=${secret}`,
                    ...["--end", ...choose],
                ]);
            }),
        );
    });
});

describe("github", () => {
    const folder = temporaryFolder();
    /** Writes its words, and for a secret what comes by standard input. */
    const gh = `gh() { printf '%s\\0' "$@" "--end"; if [ "$1" = secret ]; then cat; printf '\\0'; fi; }\n`;
    const variables = (environment: string) =>
        [
            ["ARM_CLIENT_ID", federated.clientId],
            ["ARM_TENANT_ID", federated.tenantId],
            ["ARM_SUBSCRIPTION_ID", federated.subscriptionId],
        ].flatMap(([name, id]) =>
            ["variable", "set", name!, "--env", environment].concat(["--body", id!, "--end"]),
        );
    const secret = (name: string, environment: string) =>
        ["secret", "set", name].concat(["--env", environment, "--end"]);

    it("sets variables only where tokens sign in", () => {
        const words = shell(gh + signInFormats.github(federated, "dev"));
        expect(words).toEqual(variables("dev"));
    });

    it("hands the secret over by standard input, whatever it and the environment hold", () => {
        fc.assert(
            fc.property(texts, texts, (value, environment) => {
                const words = shell(gh + signInFormats.github(withSecret(value), environment));
                expect(words).toEqual([
                    ...variables(environment),
                    ...secret("ARM_CLIENT_SECRET", environment),
                    value,
                ]);
            }),
        );
    });

    it("hands the file with the certificate over by standard input", () => {
        const file = path.join(folder, "it's here $HOME.pem");
        fs.writeFileSync(file, "planted");
        const lines = signInFormats.github(withFile(file), "dev");
        expect(lines).not.toContain("planted");
        expect(shell(gh + lines)).toEqual([
            ...variables("dev"),
            ...secret("ARM_CLIENT_CERTIFICATE", "dev"),
            "planted",
        ]);
    });
});

describe("the formats", () => {
    it("begin with the one that this project itself signs in with", () => {
        expect(Object.keys(signInFormats)).toEqual(["env", "sdk-auth", "short", "github", "az"]);
    });

    it.each(Object.entries(signInFormats))("%s ends with a line end", (_, format) => {
        expect(format(federated, "dev")).toMatch(/[^\n]\n$/);
    });
});
