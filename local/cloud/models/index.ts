import type { ResourceModel } from "../model";
import { resourceGroups } from "./resourceGroups";
import { roleAssignments } from "./roleAssignments";
import { roleDefinitions } from "./roleDefinitions";
import { serverFarms } from "./serverFarms";
import { sites } from "./sites";
import { siteConfigs } from "./siteConfig";
import { publishingPolicies } from "./publishingPolicies";

/** Every modelled resource type, by its ARM type in lower case. */
export const models: ReadonlyMap<string, ResourceModel> = new Map(
    [
        resourceGroups,
        roleAssignments,
        roleDefinitions,
        serverFarms,
        sites,
        siteConfigs,
        publishingPolicies,
    ].map((model) => [model.type.toLowerCase(), model]),
);
