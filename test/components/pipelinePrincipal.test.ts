/**
 * PipelinePrincipal against mocks: what it registers, what it publishes, and of what it warns.
 * Does not show that Entra takes it, nor that anybody can sign in; the local Azure checks tokens in
 * test/engine/leastPrivilege.
 */
import * as pulumi from "@pulumi/pulumi";
import { credentialDays, parseCertificates } from "../../azure/credentials";
import { sdkAuth } from "../../azure/signInFiles";
import { PipelinePrincipal, type PipelinePrincipalArgs } from "../../components";
import { testCertificate } from "../support/certificates";
import { only, pinnedProviders, register, summary } from "../support/mockEngine";

const application = "azuread:index/application:Application";
const principal = "azuread:index/servicePrincipal:ServicePrincipal";
const federation =
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
const password = "azuread:index/applicationPassword:ApplicationPassword";
const certificate = "azuread:index/applicationCertificate:ApplicationCertificate";
const component = "azure-webapp-stack:index:PipelinePrincipal";

const required: PipelinePrincipalArgs = { displayName: "shop-deployer" };
const leastList = [
    `${component} deployer`,
    `${application} deployer < deployer @ directory`,
    `${principal} deployer-principal < deployer @ directory`,
    "pulumi:providers:azure-native azure",
    "pulumi:providers:azuread directory",
];

const [newStart, newEnd] = ["2999-02-01T10:20:30Z", "2999-04-01T10:20:30Z"];
const [oldStart, oldEnd] = ["2999-01-01T00:00:00Z", "2999-03-01T00:00:00Z"];
const clientSecrets = [
    { start: newStart, end: newEnd },
    { start: oldStart, end: oldEnd },
];
const certificates = parseCertificates(
    testCertificate(newStart, newEnd).certificate + testCertificate(oldStart, oldEnd).certificate,
)!;
const trusts = [
    { name: "github-environment", issuer: "https://issuer.example", subject: "repo:o/r:x" },
    { name: "oidc", issuer: "https://gitlab.example", subject: "project_path:o/r" },
];
const owners = ["11111111-0000-0000-0000-000000000001", "11111111-0000-0000-0000-000000000002"];
const every: PipelinePrincipalArgs = {
    ...required,
    trusts,
    clientSecrets,
    certificates,
    owners,
};

/** Name of a certificate's resource. */
const certificateName = (index: number) =>
    `deployer-certificate-${certificates[index]!.thumbprint.slice(0, 8).toLowerCase()}`;

async function deployer(args: Partial<PipelinePrincipalArgs> = {}) {
    let made: PipelinePrincipal | undefined;
    const found = await register(() => {
        const providers = pinnedProviders();
        made = new PipelinePrincipal("deployer", { ...required, ...args }, { providers });
    });
    return { found, made: made! };
}

describe("PipelinePrincipal", () => {
    it("registers application and principal, and no way to sign in", async () => {
        const { found, made } = await deployer();
        expect(summary(found)).toEqual(leastList);
        expect(only(found, application).inputs).toEqual({
            displayName: "shop-deployer",
            preventDuplicateNames: true,
        });
        expect(only(found, principal).inputs).toEqual({ clientId: "deployer-client" });
        expect(made.principalType).toBe("ServicePrincipal");
        expect(made.clientSecret).toBeUndefined();
    });

    it("registers the same with lists that are empty", async () => {
        const none = { trusts: [], clientSecrets: [], certificates: [], owners: [] };
        const { found } = await deployer(none);
        expect(summary(found)).toEqual(leastList);
        expect(only(found, application).inputs).not.toHaveProperty("owners");
    });

    it("registers a resource for each credential with every argument", async () => {
        const { found } = await deployer(every);
        expect(summary(found)).toEqual(
            [
                ...leastList,
                `${federation} deployer-github-environment < deployer @ directory`,
                `${federation} deployer-oidc < deployer @ directory`,
                `${password} deployer-secret-29990101T000000Z < deployer @ directory`,
                `${password} deployer-secret-29990201T102030Z < deployer @ directory`,
                `${certificate} ${certificateName(0)} < deployer @ directory`,
                `${certificate} ${certificateName(1)} < deployer @ directory`,
            ].sort(),
        );
    });

    it("trusts exactly these tokens, of the audience that Entra expects", async () => {
        const { found } = await deployer(every);
        const credentials = found.filter(({ type }) => type === federation);
        expect(credentials.map(({ inputs }) => inputs)).toEqual(
            trusts.map(({ name, issuer, subject }) => ({
                applicationId: "/applications/deployer-object",
                displayName: name,
                issuer,
                subject,
                audiences: ["api://AzureADTokenExchange"],
            })),
        );
    });

    it("writes down start and end of a secret, and nothing relative", async () => {
        const { found } = await deployer(every);
        const inputs = found.filter(({ type }) => type === password).map((one) => one.inputs);
        expect(inputs).toEqual(
            clientSecrets.map(({ start, end }) => ({
                applicationId: "/applications/deployer-object",
                displayName: `azure-webapp-stack ${start}`,
                startDate: start,
                endDate: end,
            })),
        );
    });

    it("hands over each certificate alone, with its own dates", async () => {
        const { found } = await deployer(every);
        const inputs = found.filter(({ type }) => type === certificate).map((one) => one.inputs);
        expect(inputs).toEqual(
            certificates.map(({ pem, start, end }) => ({
                applicationId: "/applications/deployer-object",
                type: "AsymmetricX509Cert",
                encoding: "pem",
                value: pem,
                startDate: start,
                endDate: end,
            })),
        );
    });

    it("names its owners on application and principal", async () => {
        const { found } = await deployer(every);
        expect(only(found, application).inputs.owners).toEqual(owners);
        expect(only(found, principal).inputs.owners).toEqual(owners);
    });

    it("leaves a credential as it is when another one becomes the current one", async () => {
        const before = { clientSecrets: [clientSecrets[1]!], certificates: [certificates[1]!] };
        const ofCredential = async (args: Partial<PipelinePrincipalArgs>) => {
            const { found } = await deployer(args);
            return found
                .filter(({ type }) => [password, certificate].includes(type))
                .map(({ name, inputs }) => ({ name, inputs }));
        };
        const rotated = await ofCredential({ clientSecrets, certificates });
        expect(rotated).toHaveLength(4);
        expect(rotated).toEqual(expect.arrayContaining(await ofCredential(before)));
    });

    describe("publishes", () => {
        const outputs = { clientId: "deployer-client", principalId: "deployer-principal-object" };

        it("client and principal, and no secret unless it has one", async () => {
            const { found } = await deployer({ trusts, certificates });
            expect(only(found, component).outputs).toEqual(outputs);
            expect(only(found, component).secretOutputs).toEqual([]);
        });

        it("the current secret as a secret, and not the previous one", async () => {
            const { found, made } = await deployer(every);
            const { outputs: published, secretOutputs } = only(found, component);
            const clientSecret = "deployer-secret-29990201T102030Z-value";
            expect(published).toEqual({ ...outputs, clientSecret });
            expect(secretOutputs).toEqual(["clientSecret"]);
            expect(await pulumi.isSecret(made.clientSecret!)).toBe(true);
        });
    });

    describe("the JSON of sdk-auth", () => {
        const where = {
            tenantId: "cccccccc-0000-0000-0000-000000000001",
            subscriptionId: "bbbbbbbb-0000-0000-0000-000000000002",
            certificateFile: "deployer-dev.pem",
        };

        it.each([
            [
                "the current secret",
                every,
                { clientSecret: "deployer-secret-29990201T102030Z-value" },
            ],
            [
                "the file of a certificate",
                { certificates },
                { clientCertificate: "deployer-dev.pem" },
            ],
        ])("is a secret, with %s", async (_, args, proof) => {
            let json: pulumi.Output<string> | undefined;
            const revealed = await new Promise<string>((resolve, reject) => {
                const program = () => {
                    const providers = pinnedProviders();
                    const all = { ...required, ...args };
                    json = new PipelinePrincipal("deployer", all, { providers }).sdkAuth(where);
                    pulumi.unsecret(json).apply(resolve);
                };
                register(program).catch(reject);
            });
            expect(await pulumi.isSecret(json!)).toBe(true);
            const { tenantId, subscriptionId } = where;
            const signIn = { clientId: "deployer-client", tenantId, subscriptionId, ...proof };
            expect(JSON.parse(revealed)).toEqual(sdkAuth(signIn));
        });
    });

    describe("a credential that ends soon", () => {
        const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
        beforeEach(() => {
            jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] });
            warn.mockClear();
        });
        afterEach(() => jest.useRealTimers());
        afterAll(() => warn.mockRestore());

        /** Messages with so many days left of the current credentials. */
        async function warnings(days: number, args = every): Promise<string[]> {
            const last = new Date(Date.parse(newEnd) - days * 24 * 60 * 60 * 1000);
            jest.setSystemTime(last);
            await deployer(args);
            return warn.mock.calls.map(([message]) => message);
        }

        it("is told of, with its end and the command that makes the next one", async () => {
            const message = (what: string, word: string) =>
                `The ${what} ends on 2999-04-01, in 13 days: ` +
                `"npm run rotate -- ${word}" makes the next one, and leaves this one working.`;
            expect(await warnings(credentialDays.warning - 1)).toEqual([
                message("client secret", "secret"),
                message("certificate", "certificate"),
            ]);
        });

        it.each([
            ["the current one has long to live", credentialDays.warning, every],
            ["only the previous one has ended", 30, every],
            ["there is none", 0, required],
        ])("is nobody's concern where %s", async (_, days, args) => {
            expect(await warnings(days, args)).toEqual([]);
        });

        it("changes nothing of what is registered", async () => {
            const inputs = async (days: number) => {
                jest.setSystemTime(new Date(Date.parse(newEnd) - days * 24 * 60 * 60 * 1000));
                return (await deployer(every)).found.map((one) => one.inputs);
            };
            expect(await inputs(1)).toEqual(await inputs(50));
        });
    });
});
