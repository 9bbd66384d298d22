export * from "./azureScope";
export * from "./pipelinePrincipal";
export * from "./existingPrincipal";
export * from "./groupAccess";
export * from "./appServicePlan";
export * from "./containerWebApp";
export * from "./stateStorage";
