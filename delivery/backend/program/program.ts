/** The bootstrap stack: the storage account that holds the state of all stacks, this one's included. */
import * as pulumi from "@pulumi/pulumi";
import { AzureScope, StateStorage } from "../../../components";

// Written by ../bootstrap.ts, which checks them and says what is wrong in words.
const config = new pulumi.Config();

const scope = new AzureScope("scope", {
    tenantId: config.require("tenantId"),
    subscriptionId: config.require("subscriptionId"),
    location: config.require("location"),
    resourceGroupName: config.require("resourceGroup"),
    directory: false,
});

const state = new StateStorage(
    "state",
    {
        resourceGroupName: scope.resourceGroupName,
        subscriptionId: scope.subscriptionId,
        accountName: config.require("account"),
        sku: config.require("sku"),
        containers: config.requireObject<string[]>("containers"),
        administrators: config.requireObject<string[]>("administrators"),
    },
    { providers: scope.providers },
);

/** Outputs of the stack. */
export = { account: state.accountName, containerIds: state.containerIds };
