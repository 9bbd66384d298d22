/**
 * Types of azure-native that have tags and that rules of this pack know. A test compares them with the
 * declarations of azure-native; what is not in the list is not asked for tags.
 */
export const taggableTypes: readonly string[] = [
    "resources:ResourceGroup",
    "web:AppServicePlan",
    "web:WebApp",
    "web:WebAppSlot",
    "containerservice:ManagedCluster",
    "containerinstance:ContainerGroup",
    "containerregistry:Registry",
    "containerregistry:Replication",
    "machinelearningservices:Workspace",
    "machinelearningservices:Compute",
    "applicationinsights:Component",
    "operationalinsights:Workspace",
    "keyvault:Vault",
    "managedidentity:UserAssignedIdentity",
    "storage:StorageAccount",
    "network:VirtualNetwork",
    "network:PublicIPAddress",
    "network:PrivateEndpoint",
    "network:NetworkSecurityGroup",
    "app:ContainerApp",
    "app:ManagedEnvironment",
    "monitor:ActionGroup",
    "monitor:MetricAlert",
    "monitor:ScheduledQueryRule",
    "monitor:AutoscaleSetting",
];
