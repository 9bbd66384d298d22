/**
 * DeployPrincipal against mocks: what it registers, and which rights it asks for.
 * Does not show that Azure and Entra grant them, nor that they suffice for a deployment.
 */
import * as pulumi from "@pulumi/pulumi";
import { findRole, roles } from "../../azure/roles";
import { DeployPrincipal, type DeployPrincipalArgs } from "../../components";
import { only, pinnedProviders, register, run, summary } from "../support/mockEngine";

const required: DeployPrincipalArgs = {
    displayName: "shop-deployer",
    resourceGroupId: "/subscriptions/sub/resourceGroups/shop-rg",
    subscriptionId: "sub",
};
const assignment = "azure-native:authorization:RoleAssignment";
const credential =
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential";
const password = "azuread:index/applicationPassword:ApplicationPassword";
const leastList = [
    "azure-native:authorization:RoleAssignment deployer-web-plan-contributor < deployer @ azure",
    "azure-native:authorization:RoleAssignment deployer-website-contributor < deployer @ azure",
    "azure-webapp-stack:index:DeployPrincipal deployer",
    "azuread:index/application:Application deployer < deployer @ directory",
    "azuread:index/servicePrincipal:ServicePrincipal deployer-principal < deployer @ directory",
    "pulumi:providers:azure-native azure",
    "pulumi:providers:azuread directory",
];

function deployer(args: Partial<DeployPrincipalArgs> = {}) {
    return register(() => {
        const providers = pinnedProviders();
        new DeployPrincipal("deployer", { ...required, ...args }, { providers });
    });
}

/** Names of the role assignments in Azure, in the order of the roles. */
async function assignmentNames(args: Partial<DeployPrincipalArgs> = {}): Promise<string[]> {
    const found = await deployer(args);
    return found
        .filter(({ type }) => type === assignment)
        .map(({ inputs }) => inputs.roleAssignmentName);
}

describe("DeployPrincipal", () => {
    it("registers application, principal and two roles, and no way to sign in", async () => {
        expect(summary(await deployer())).toEqual(leastList);
    });

    it("registers a federated credential, a secret and the given roles with every argument", async () => {
        const found = await deployer({
            roles: [findRole("Reader")!],
            federatedIdentity: {
                issuer: "https://issuer.example",
                subject: "repo:o/r:environment:dev",
            },
            clientSecretStartDate: "2026-12-01",
            clientSecretEndDate: "2027-01-31",
        });
        expect(summary(found)).toEqual([
            "azure-native:authorization:RoleAssignment deployer-reader < deployer @ azure",
            "azure-webapp-stack:index:DeployPrincipal deployer",
            "azuread:index/application:Application deployer < deployer @ directory",
            `${credential} deployer-federation < deployer @ directory`,
            `${password} deployer-secret < deployer @ directory`,
            "azuread:index/servicePrincipal:ServicePrincipal deployer-principal < deployer @ directory",
            "pulumi:providers:azure-native azure",
            "pulumi:providers:azuread directory",
        ]);
        expect(only(found, credential).inputs).toEqual({
            applicationId: "/applications/deployer-object",
            displayName: "deployment-pipeline",
            issuer: "https://issuer.example",
            subject: "repo:o/r:environment:dev",
            audiences: ["api://AzureADTokenExchange"],
        });
        expect(only(found, password).inputs).toMatchObject({
            applicationId: "/applications/deployer-object",
            endDate: "2027-01-31T23:59:59Z",
        });
    });

    it("names the application as told, and makes the principal that application's", async () => {
        const found = await deployer();
        const application = only(found, "azuread:index/application:Application");
        expect(application.inputs).toEqual({
            displayName: "shop-deployer",
            preventDuplicateNames: true,
        });
        const principal = only(found, "azuread:index/servicePrincipal:ServicePrincipal");
        expect(principal.inputs).toMatchObject({ clientId: "deployer-client" });
    });

    it("gives every role to the service principal, at the resource group and nowhere else", async () => {
        const assignments = (await deployer()).filter(({ type }) => type === assignment);
        for (const { inputs } of assignments) {
            expect(inputs).toMatchObject({
                scope: required.resourceGroupId,
                principalId: "deployer-principal-object",
                principalType: "ServicePrincipal",
            });
        }
        expect(assignments.map(({ inputs }) => inputs.roleDefinitionId)).toEqual([
            "/subscriptions/sub/providers/Microsoft.Authorization/roleDefinitions/de139f84-1756-47ae-9be6-808fbbe84772",
            "/subscriptions/sub/providers/Microsoft.Authorization/roleDefinitions/2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b",
        ]);
    });

    it("gives the same assignment the same name for ever, one for each role", async () => {
        const names = await assignmentNames();
        expect(names).toEqual(await assignmentNames());
        expect(new Set(names).size).toBe(2);
        for (const name of names)
            expect(name).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    });

    it("gives the assignment in another group another name", async () => {
        const other = { resourceGroupId: "/subscriptions/sub/resourceGroups/other-rg" };
        const names = [...(await assignmentNames()), ...(await assignmentNames(other))];
        expect(new Set(names).size).toBe(4);
    });

    it("registers no role where it is given none", async () => {
        const found = await deployer({ roles: [] });
        expect(summary(found)).toEqual(leastList.filter((line) => !line.startsWith(assignment)));
    });

    it("publishes client and principal, and no secret unless asked", async () => {
        const found = await deployer();
        const component = only(found, "azure-webapp-stack:index:DeployPrincipal");
        expect(component.outputs).toEqual({
            clientId: "deployer-client",
            principalId: "deployer-principal-object",
        });
    });

    it("publishes the secret that was asked for as a secret", async () => {
        let made: DeployPrincipal | undefined;
        const found = await register(() => {
            const args = { ...required, clientSecretEndDate: "2027-01-31" };
            made = new DeployPrincipal("deployer", args, { providers: pinnedProviders() });
        });
        const component = only(found, "azure-webapp-stack:index:DeployPrincipal");
        expect(component.outputs.clientSecret).toBe("deployer-secret-value");
        expect(component.secretOutputs).toEqual(["clientSecret"]);
        expect(await pulumi.isSecret(made!.clientSecret!)).toBe(true);
    });

    it.each(roles.filter((role) => role.grantsAccess).map((role) => [role.name]))(
        "fails on the role %s, which can widen its holder's rights, and registers nothing for it",
        async (name) => {
            const forbidden = [findRole("Reader")!, findRole(name)!];
            const { registered, error } = await run(
                () => new DeployPrincipal("deployer", { ...required, roles: forbidden }),
            );
            expect(pulumi.ResourceError.isInstance(error)).toBe(true);
            expect(error!.message).toContain(
                `roles: expected none that hands out access, got "${name}"`,
            );
            expect(summary(registered)).toEqual([
                "azure-webapp-stack:index:DeployPrincipal deployer",
            ]);
        },
    );
});
