export * from "./azureScope";
export * from "./deployPrincipal";
export * from "./appServicePlan";
export * from "./containerWebApp";
export * from "./stateStorage";
