import type { ResourceModel } from "../model";
import { autoscaleSettings } from "./autoscaleSettings";
import { identities } from "./identities";
import { locks } from "./locks";
import { components, workspaces } from "./monitoring";
import { publishingPolicies, slotPublishingPolicies } from "./publishingPolicies";
import { resourceGroups } from "./resourceGroups";
import { roleAssignments } from "./roleAssignments";
import { roleDefinitions } from "./roleDefinitions";
import { serverFarms } from "./serverFarms";
import { siteConfigs, slotConfigs } from "./siteConfig";
import { sites, slots } from "./sites";
import { blobContainers, blobServices, storageAccounts } from "./storage";
import { deletedVaults, vaults } from "./vaults";

/** Every modelled resource type, by its ARM type in lower case. */
export const models: ReadonlyMap<string, ResourceModel> = new Map(
    [
        autoscaleSettings,
        blobContainers,
        blobServices,
        components,
        deletedVaults,
        identities,
        locks,
        publishingPolicies,
        resourceGroups,
        roleAssignments,
        roleDefinitions,
        serverFarms,
        siteConfigs,
        sites,
        slotConfigs,
        slotPublishingPolicies,
        slots,
        storageAccounts,
        vaults,
        workspaces,
    ].map((model) => [model.type.toLowerCase(), model]),
);
