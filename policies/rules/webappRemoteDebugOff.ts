import { assign, rule } from "../rule";
import { isTrue } from "../values";
import { apps } from "../webApps";

/** No debugger from outside. */
export const webappRemoteDebugOff = rule({
    id: "webapp-remote-debug-off",
    description: "A web app must not let debuggers in.",
    types: apps,
    severity: "high",
    level: "mandatory",
    control: "PV-2",
    why: "A debugger stops the app, and reads and changes all that it holds in memory, secrets included.",
    fix: "siteConfig: { remoteDebuggingEnabled: false }",
    peers: [
        "checkov CKV_AZURE_72",
        "checkov CKV_AZURE_155",
        "PSRule AZR-000074",
        "Azure Policy cb510bfd",
        "template-analyzer TA-000014",
    ],
    check: ({ must }) =>
        must("siteConfig.remoteDebuggingEnabled", (value) => !isTrue(value), "false"),
    repair: (props) => assign(props, "siteConfig.remoteDebuggingEnabled", false),
});
