import { rule } from "../rule";
import { isTrue } from "../values";
import { apps } from "../webApps";

/** Requests stay encrypted behind Azure's front end. */
export const webappE2eEncryption = rule({
    id: "webapp-e2e-encryption",
    description: "A web app must be reached encrypted behind the front end too.",
    types: apps,
    severity: "low",
    level: "disabled",
    control: "DP-3",
    why: "App Service ends TLS at its front end; this carries it on to the worker. Off, as both are inside Azure.",
    fix: "endToEndEncryptionEnabled: true",
    peers: ["Azure Policy af1d7e88"],
    check: ({ must }) => must("endToEndEncryptionEnabled", isTrue, "true"),
});
