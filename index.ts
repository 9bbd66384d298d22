import * as pulumi from "@pulumi/pulumi";
import {
    AppServicePlan,
    AzureScope,
    ContainerWebApp,
    ExistingPrincipal,
    GroupAccess,
    PipelinePrincipal,
} from "./components";
import { explainAlreadyExisting } from "./components/alreadyExists";
import { differing } from "./components/differing";
import { certificateFile } from "./azure/credentials";
import { appName, planName } from "./azure/names";
import { readSettings } from "./settings";
import type { PrincipalSettings } from "./settings/principals";

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

type Principal = PipelinePrincipal | ExistingPrincipal;

/** Somebody who signs in, and what they may do: in the resource group, and on single resources elsewhere. */
function principal(name: string, wanted: PrincipalSettings, other?: Principal) {
    const assignee = wanted.existing
        ? new ExistingPrincipal(name, wanted.existing, within)
        : new PipelinePrincipal(
              name,
              {
                  displayName: wanted.displayName,
                  trusts: wanted.trusts,
                  clientSecrets: wanted.clientSecrets,
                  certificates: wanted.certificates,
                  owners: wanted.owners,
              },
              within,
          );
    new GroupAccess(
        `${name}-access`,
        {
            principalId: other
                ? pulumi
                      .all([assignee.principalId, other.principalId])
                      .apply(([id, deployerId]) => differing(id, deployerId))
                : assignee.principalId,
            principalType: assignee.principalType,
            resourceGroupId: scope.resourceGroupId,
            subscriptionId: scope.subscriptionId,
            roles: wanted.roles,
            customRoles: wanted.customRoles,
            elsewhere: wanted.elsewhere,
        },
        within,
    );
    return assignee;
}
const deployer = settings.deployer && principal("deployer", settings.deployer);
const reader = settings.reader && principal("reader", settings.reader, deployer);

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

/** The credentials that the deployer has, and until when. */
function credentialsOf(who: PipelinePrincipal) {
    const { clientSecrets = [], certificates = [] } = settings.deployer ?? {};
    const [secret] = clientSecrets;
    const [certificate] = certificates;
    const file = certificateFile(pulumi.getStack());
    return {
        ...(secret && {
            deployerClientSecret: who.clientSecret,
            deployerClientSecretEnds: secret.end,
        }),
        ...(certificate && { deployerCertificateEnds: certificate.end }),
        ...((secret ?? certificate) && {
            deployerSdkAuth: who.sdkAuth({ ...settings, certificateFile: file }),
        }),
    };
}

/** Outputs of the stack; those of what it does not deploy are left out. */
export = {
    tenantId: settings.tenantId,
    subscriptionId: scope.subscriptionId,
    resourceGroup: scope.resourceGroupName,
    ...(deployer && {
        environment: settings.environment,
        deployerName: settings.deployer.displayName,
        deployerClientId: deployer.clientId,
        deployerPrincipalId: deployer.principalId,
    }),
    ...(deployer instanceof PipelinePrincipal && credentialsOf(deployer)),
    ...(reader && { readerClientId: reader.clientId }),
    ...(app && { appName: app.appName, appPrincipalId: app.principalId, url: app.url }),
};
