import * as azure from "@pulumi/azure-native";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";

const name = "usual-way";
const { subscriptionId } = azure.config;

const group = new azure.resources.ResourceGroup("group", {
    resourceGroupName: `${name}-rg`,
    location: "westeurope",
});

const application = new azuread.Application("deployer", { displayName: `${name}-deployer` });
const principal = new azuread.ServicePrincipal("principal", { clientId: application.clientId });
new azuread.ApplicationFederatedIdentityCredential("federation", {
    applicationId: application.id,
    displayName: "deployment-pipeline",
    issuer: "https://token.actions.githubusercontent.com",
    subject: "repo:example/distilgpt2-api:environment:dev",
    audiences: ["api://AzureADTokenExchange"],
});
for (const role of [
    "de139f84-1756-47ae-9be6-808fbbe84772",
    "2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b",
]) {
    new azure.authorization.RoleAssignment(`role-${role}`, {
        scope: group.id,
        principalId: principal.objectId,
        principalType: "ServicePrincipal",
        roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    });
}

const plan = new azure.web.AppServicePlan("plan", {
    resourceGroupName: group.name,
    name: `${name}-plan`,
    kind: "linux",
    reserved: true,
    sku: { name: "B2", tier: "Basic", capacity: 1 },
});
const app = new azure.web.WebApp("app", {
    resourceGroupName: group.name,
    name: `${name}-app`,
    serverFarmId: plan.id,
    kind: "app,linux,container",
    reserved: true,
    identity: { type: "SystemAssigned" },
    httpsOnly: true,
    siteConfig: {
        linuxFxVersion: "DOCKER|ghcr.io/example/distilgpt2-api:1.0",
        alwaysOn: true,
        http20Enabled: true,
        minTlsVersion: "1.2",
        ftpsState: "Disabled",
        healthCheckPath: "/healthz",
        appSettings: [
            { name: "WEBSITES_PORT", value: "8080" },
            { name: "WEBSITES_ENABLE_APP_SERVICE_STORAGE", value: "false" },
        ],
    },
});
const closed = { resourceGroupName: group.name, name: app.name, allow: false };
const ftp = new azure.web.WebAppFtpAllowed("ftp", closed);
new azure.web.WebAppScmAllowed("scm", closed, { dependsOn: [ftp] });

export const url = pulumi.interpolate`https://${app.defaultHostName}`;
