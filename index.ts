import * as pulumi from "@pulumi/pulumi";
import { AppServicePlan, AzureScope, ContainerWebApp, DeployPrincipal } from "./components";
import { explainAlreadyExisting } from "./components/alreadyExists";
import { environmentSubject, gitHubIssuer } from "./azure/federation";
import { appName, deployerName, planName } from "./azure/names";
import { readSettings } from "./settings";

const settings = readSettings();
pulumi.runtime.registerStackTransformation(explainAlreadyExisting());

const scope = new AzureScope("scope", {
    tenantId: settings.tenantId,
    subscriptionId: settings.subscriptionId,
    location: settings.location,
    resourceGroupName: settings.resourceGroup.name,
    createResourceGroup: settings.resourceGroup.create,
    directory: settings.deploysAccess,
    tags: settings.tags,
});
const within = { providers: scope.providers };

const { gitHub, gitHubEnvironment } = settings.deployer;
const deployer = settings.deploysAccess
    ? new DeployPrincipal(
          "deployer",
          {
              displayName: deployerName(settings.name),
              resourceGroupId: scope.resourceGroupId,
              subscriptionId: scope.subscriptionId,
              roles: settings.deployer.roles,
              federatedIdentity: gitHub && {
                  issuer: gitHubIssuer,
                  subject: environmentSubject(gitHub, gitHubEnvironment),
              },
              clientSecretStartDate: settings.deployer.clientSecretStartDate,
              clientSecretEndDate: settings.deployer.clientSecretEndDate,
          },
          within,
      )
    : undefined;

const plan = settings.deploysWorkload
    ? new AppServicePlan(
          "plan",
          {
              resourceGroupName: scope.resourceGroupName,
              planName: planName(settings.name),
              location: settings.location,
              sku: settings.plan.sku,
              instances: settings.plan.instances,
              zoneRedundant: settings.plan.zoneRedundant,
              needs: { alwaysOn: settings.plan.alwaysOn },
              tags: scope.tags,
          },
          within,
      )
    : undefined;

const app = plan
    ? new ContainerWebApp(
          "app",
          {
              resourceGroupName: scope.resourceGroupName,
              appName: appName(settings.name),
              planId: plan.planId,
              location: settings.location,
              image: settings.app.image,
              registry: settings.app.registry,
              port: settings.app.port,
              healthCheckPath: settings.app.healthCheckPath,
              startTimeLimitSeconds: settings.app.startTimeLimitSeconds,
              warmUpPath: settings.app.warmUpPath,
              warmUpStatuses: settings.app.warmUpStatuses,
              appSettings: settings.app.settings,
              allowedIpRanges: settings.app.allowedIpRanges,
              alwaysOn: settings.plan.alwaysOn,
              minTlsVersion: settings.app.minTlsVersion,
              tags: scope.tags,
          },
          within,
      )
    : undefined;

/** Outputs of the stack; those of what it does not deploy are left out. */
export = {
    tenantId: settings.tenantId,
    subscriptionId: scope.subscriptionId,
    resourceGroup: scope.resourceGroupName,
    ...(deployer && { deployerClientId: deployer.clientId }),
    ...(deployer?.clientSecret && { deployerClientSecret: deployer.clientSecret }),
    ...(app && { appName: app.appName, appPrincipalId: app.principalId, url: app.url }),
};
