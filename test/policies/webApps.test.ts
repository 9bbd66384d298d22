/**
 * How web apps are reached and how they run, judged by the policy SDK's own server.
 * Cannot show what Azure makes of a property, nor what somebody changes outside the program.
 */
import { webappAlwaysOn } from "../../policies/rules/webappAlwaysOn";
import { webappAuth } from "../../policies/rules/webappAuth";
import { webappBasicAuthOff } from "../../policies/rules/webappBasicAuthOff";
import { webappClientAffinityOff } from "../../policies/rules/webappClientAffinityOff";
import { webappClientCert } from "../../policies/rules/webappClientCert";
import { webappCorsNoWildcard } from "../../policies/rules/webappCorsNoWildcard";
import { webappE2eEncryption } from "../../policies/rules/webappE2eEncryption";
import { webappFtps } from "../../policies/rules/webappFtps";
import { webappHealthCheck } from "../../policies/rules/webappHealthCheck";
import { webappHttp2 } from "../../policies/rules/webappHttp2";
import { webappHttpsOnly } from "../../policies/rules/webappHttpsOnly";
import { webappManagedIdentity } from "../../policies/rules/webappManagedIdentity";
import { webappMinTls } from "../../policies/rules/webappMinTls";
import { webappPublicNetwork } from "../../policies/rules/webappPublicNetwork";
import { webappRemoteDebugOff } from "../../policies/rules/webappRemoteDebugOff";
import { webappSshOff } from "../../policies/rules/webappSshOff";
import { secret, unknown } from "../support/policyRunner";
import { describeRule } from "../support/ruleCases";

const site = (siteConfig: unknown) => ({ siteConfig });
const tls = (minTlsVersion: unknown, scmMinTlsVersion: unknown = minTlsVersion) =>
    site({ minTlsVersion, scmMinTlsVersion });

describeRule(webappHttpsOnly, {
    compliant: [
        { what: "HTTPS only", props: { httpsOnly: true } },
        { what: "the same as text", type: "web:WebAppSlot", props: { httpsOnly: " True " } },
    ],
    violating: [
        {
            what: "HTTP too",
            props: { httpsOnly: false },
            finds: ["httpsOnly is false; allowed: true. Fix: httpsOnly: true."],
        },
        {
            what: "HTTP too, of a slot, as text",
            type: "web:WebAppSlot",
            props: { httpsOnly: "false" },
            finds: ['httpsOnly is "false"'],
        },
    ],
    unset: [{ what: "httpsOnly", props: {}, finds: ["httpsOnly is not set"] }],
    unknown: [{ what: "httpsOnly", props: { httpsOnly: unknown }, waits: "httpsOnly is" }],
    repaired: [
        { what: "HTTP", props: { httpsOnly: false }, becomes: { httpsOnly: true } },
        {
            what: "what is left out, and keeps what is unknown",
            props: { name: unknown },
            becomes: { name: unknown, httpsOnly: true },
        },
        { what: "nothing where nothing is wrong", props: { httpsOnly: true }, becomes: undefined },
        { what: "nothing that is unknown", props: { httpsOnly: unknown }, becomes: undefined },
    ],
});

describeRule(webappMinTls, {
    compliant: [
        { what: "1.2", props: tls("1.2") },
        { what: "1.3, as a number", props: tls(1.3) },
        {
            what: "1.1 where the configuration allows it",
            props: tls("1.1"),
            config: { minTlsVersion: "1.1" },
        },
    ],
    violating: [
        {
            what: "1.0, of the app and its SCM site",
            props: tls("1.0"),
            finds: ['siteConfig.minTlsVersion is "1.0"; allowed: 1.2 or newer', "scmMinTlsVersion"],
        },
        {
            what: "1.1 as a number",
            props: tls(1.1, "1.2"),
            finds: ["siteConfig.minTlsVersion is 1.1"],
        },
        {
            what: "1.2 where the configuration wants 1.3",
            props: tls("1.2"),
            config: { minTlsVersion: "1.3" },
            finds: ["minTlsVersion", "scmMinTlsVersion"],
        },
        { what: "a version that there is none of", props: tls("12"), finds: ["min", "scm"] },
    ],
    unset: [
        { what: "siteConfig", props: {}, finds: ["minTlsVersion", "scmMinTlsVersion"] },
        { what: "that of the SCM site", props: site({ minTlsVersion: "1.2" }), finds: ["scm"] },
    ],
    unknown: [
        {
            what: "that of the app, where that of the SCM site is old",
            props: tls(unknown, "1.0"),
            finds: ["scmMinTlsVersion"],
            waits: "siteConfig.minTlsVersion is",
        },
        { what: "siteConfig", props: site(unknown), waits: "siteConfig is" },
    ],
    repaired: [
        { what: "both", props: {}, becomes: tls("1.2") },
        { what: "only what is too old", props: tls("1.3", "1.0"), becomes: tls("1.3", "1.2") },
        {
            what: "what is known beside what is not",
            props: tls(unknown, "1.0"),
            becomes: tls(unknown, "1.2"),
        },
        {
            what: "what lies in a secret, which stays one",
            props: site(secret({ minTlsVersion: "1.0", scmMinTlsVersion: "1.2" })),
            becomes: site(secret({ minTlsVersion: "1.2", scmMinTlsVersion: "1.2" })),
        },
        {
            what: "nothing that is unknown, and leaves it alone",
            props: site(unknown),
            becomes: undefined,
        },
    ],
});

describeRule(webappFtps, {
    compliant: [
        { what: "no FTP", props: site({ ftpsState: "disabled" }) },
        {
            what: "FTPS where the configuration allows it",
            props: site({ ftpsState: "FtpsOnly" }),
            config: { allowedStates: ["Disabled", "FtpsOnly"] },
        },
    ],
    violating: [
        {
            what: "FTP",
            props: site({ ftpsState: "AllAllowed" }),
            finds: ['ftpsState is "AllAllowed"'],
        },
        { what: "FTPS", props: site({ ftpsState: "FtpsOnly" }), finds: ["allowed: Disabled"] },
        {
            what: "a word that there is none of",
            props: site({ ftpsState: "Enabled" }),
            finds: ["Enabled"],
        },
    ],
    unset: [{ what: "ftpsState", props: site({}), finds: ["siteConfig.ftpsState is not set"] }],
    unknown: [
        {
            what: "ftpsState",
            props: site({ ftpsState: unknown }),
            waits: "siteConfig.ftpsState is",
        },
    ],
    repaired: [
        {
            what: "FTP",
            props: site({ ftpsState: "AllAllowed", a: 1 }),
            becomes: site({ ftpsState: "Disabled", a: 1 }),
        },
        {
            what: "FTP, to what the configuration allows",
            props: site({ ftpsState: "AllAllowed" }),
            becomes: site({ ftpsState: "FtpsOnly" }),
            config: { allowedStates: ["FtpsOnly"] },
        },
    ],
});

describeRule(webappRemoteDebugOff, {
    compliant: [{ what: "no debugger", props: site({ remoteDebuggingEnabled: false }) }],
    violating: [
        {
            what: "a debugger",
            props: site({ remoteDebuggingEnabled: true }),
            finds: ["is true; allowed: false"],
        },
        {
            what: "one as text",
            props: site({ remoteDebuggingEnabled: "TRUE" }),
            finds: ["remoteDebugging"],
        },
    ],
    unset: [{ what: "the debugger, which is then off", props: {} }],
    unknown: [
        {
            what: "the debugger",
            props: site({ remoteDebuggingEnabled: unknown }),
            waits: "siteConfig.remoteDebuggingEnabled is",
        },
    ],
    repaired: [
        {
            what: "a debugger",
            props: site({ remoteDebuggingEnabled: true }),
            becomes: site({ remoteDebuggingEnabled: false }),
        },
    ],
});

describeRule(webappManagedIdentity, {
    compliant: [
        { what: "one of the system", props: { identity: { type: "SystemAssigned" } } },
        {
            what: "both, with a space",
            props: { identity: { type: "SystemAssigned, UserAssigned" } },
        },
        { what: "both, without", props: { identity: { type: "userassigned,systemassigned" } } },
    ],
    violating: [
        { what: "none", props: { identity: { type: "None" } }, finds: ['identity.type is "None"'] },
        {
            what: "one that the configuration does not allow",
            props: { identity: { type: "SystemAssigned, UserAssigned" } },
            config: { types: ["UserAssigned"] },
            finds: ["allowed: UserAssigned"],
        },
    ],
    unset: [{ what: "the identity", props: {}, finds: ["identity.type is not set"] }],
    unknown: [{ what: "the identity", props: { identity: unknown }, waits: "identity is" }],
});

describeRule(webappHealthCheck, {
    compliant: [{ what: "a path", props: site({ healthCheckPath: "/healthz" }) }],
    violating: [
        {
            what: "the root",
            props: site({ healthCheckPath: "/" }),
            finds: ['healthCheckPath is "/"'],
        },
        {
            what: "no path",
            props: site({ healthCheckPath: "healthz" }),
            finds: ["healthCheckPath"],
        },
    ],
    unset: [
        { what: "the path", props: {}, finds: ["not set"] },
        { what: "an empty path", props: site({ healthCheckPath: "" }), finds: ["not set"] },
    ],
    unknown: [
        {
            what: "the path",
            props: site({ healthCheckPath: unknown }),
            waits: "siteConfig.healthCheckPath is",
        },
    ],
});

const app = (serverFarmId: unknown, alwaysOn: unknown) => ({
    type: "web:WebApp",
    name: "app",
    props: { serverFarmId, siteConfig: { alwaysOn } },
});
const plan = (name: string, sku: string) => ({
    type: "web:AppServicePlan",
    name: "plan",
    props: { name, sku: { name: sku } },
});

describeRule(webappAlwaysOn, {
    compliant: [
        { what: "an app that stays", props: site({ alwaysOn: true }) },
        {
            what: "an app on a plan that keeps none",
            resources: [plan("free-plan", "F1"), app("/serverfarms/Free-Plan", false)],
        },
        {
            what: "an app on a plan that runs for each call",
            resources: [plan("calls", "Y1"), app("/serverfarms/calls", false)],
        },
    ],
    violating: [
        {
            what: "an app that goes",
            resources: [plan("b2-plan", "B2"), app("/serverfarms/b2-plan", false)],
            finds: ["siteConfig.alwaysOn is false"],
        },
    ],
    unset: [
        {
            what: "alwaysOn",
            resources: [app("/serverfarms/b2-plan", null)],
            finds: ["alwaysOn is not set"],
        },
    ],
    unknown: [
        {
            what: "the plan, where one of the run keeps no app",
            resources: [plan("free-plan", "F1"), app(unknown, false)],
            waits: "serverFarmId is",
        },
        {
            what: "alwaysOn",
            resources: [app("/serverfarms/b2-plan", unknown)],
            waits: "siteConfig.alwaysOn is",
        },
    ],
    repaired: [
        {
            what: "an app that goes",
            props: { serverFarmId: "/serverfarms/b2-plan" },
            becomes: { serverFarmId: "/serverfarms/b2-plan", siteConfig: { alwaysOn: true } },
        },
        {
            what: "nothing on a plan that keeps none, where Azure would refuse it",
            props: { serverFarmId: "/serverfarms/free-plan" },
            becomes: undefined,
        },
    ],
});

describeRule(webappHttp2, {
    compliant: [{ what: "HTTP/2", props: site({ http20Enabled: "true" }) }],
    violating: [
        { what: "none", props: site({ http20Enabled: false }), finds: ["http20Enabled is false"] },
    ],
    unset: [{ what: "HTTP/2", props: {}, finds: ["not set"] }],
    unknown: [
        {
            what: "HTTP/2",
            props: site({ http20Enabled: unknown }),
            waits: "siteConfig.http20Enabled is",
        },
    ],
    repaired: [
        {
            what: "none",
            props: site({ http20Enabled: false }),
            becomes: site({ http20Enabled: true }),
        },
    ],
});

describeRule(webappClientAffinityOff, {
    compliant: [{ what: "no affinity", props: { clientAffinityEnabled: false } }],
    violating: [
        {
            what: "affinity",
            props: { clientAffinityEnabled: true },
            finds: ["is true; allowed: false"],
        },
    ],
    unset: [{ what: "affinity, which is then on", props: {}, finds: ["not set"] }],
    unknown: [
        {
            what: "affinity",
            props: { clientAffinityEnabled: unknown },
            waits: "clientAffinityEnabled is",
        },
    ],
    repaired: [{ what: "affinity", props: {}, becomes: { clientAffinityEnabled: false } }],
});

describeRule(webappCorsNoWildcard, {
    compliant: [
        { what: "no CORS", props: site({ cors: null }) },
        { what: "one origin", props: site({ cors: { allowedOrigins: ["https://example.com"] } }) },
    ],
    violating: [
        {
            what: "every origin beside one",
            props: site({ cors: { allowedOrigins: ["https://example.com", " * "] } }),
            finds: ['siteConfig.cors.allowedOrigins[1] is "*"; allowed: single origins.'],
        },
        {
            what: "every host",
            props: site({ cors: { allowedOrigins: ["https://*"] } }),
            finds: ["[0]"],
        },
    ],
    unset: [{ what: "CORS", props: {} }],
    unknown: [
        {
            what: "one origin beside every",
            props: site({ cors: { allowedOrigins: [unknown, "*"] } }),
            finds: ["[1]"],
            waits: "siteConfig.cors.allowedOrigins[0] is",
        },
    ],
});

describeRule(webappClientCert, {
    compliant: [
        { what: "certificates", props: { clientCertEnabled: true } },
        { what: "required ones", props: { clientCertEnabled: "true", clientCertMode: "required" } },
    ],
    violating: [
        {
            what: "optional ones",
            props: { clientCertEnabled: true, clientCertMode: "Optional" },
            finds: ['clientCertMode is "Optional"; allowed: Required'],
        },
    ],
    unset: [{ what: "certificates", props: {}, finds: ["clientCertEnabled is not set"] }],
    unknown: [
        {
            what: "whether, where they are optional",
            props: { clientCertEnabled: unknown, clientCertMode: "Optional" },
            finds: ["clientCertMode"],
            waits: "clientCertEnabled is",
        },
    ],
});

describeRule(webappE2eEncryption, {
    compliant: [{ what: "encryption", props: { endToEndEncryptionEnabled: true } }],
    violating: [{ what: "none", props: { endToEndEncryptionEnabled: false }, finds: ["is false"] }],
    unset: [{ what: "encryption", props: {}, finds: ["not set"] }],
    unknown: [
        {
            what: "it",
            props: { endToEndEncryptionEnabled: unknown },
            waits: "endToEndEncryptionEnabled is",
        },
    ],
});

describeRule(webappSshOff, {
    compliant: [{ what: "no shell", props: { sshEnabled: false } }],
    violating: [{ what: "a shell", props: { sshEnabled: true }, finds: ["sshEnabled is true"] }],
    unset: [{ what: "the shell, which is then on", props: {}, finds: ["not set"] }],
    unknown: [{ what: "the shell", props: { sshEnabled: unknown }, waits: "sshEnabled is" }],
});

const restricted = (action: unknown, rules: unknown = [], more = {}) => ({
    ...more,
    siteConfig: { ipSecurityRestrictionsDefaultAction: action, ipSecurityRestrictions: rules },
});
const rule = (ipAddress: string, action = "Allow") => ({ ipAddress, action });

describeRule(webappPublicNetwork, {
    compliant: [
        { what: "no public network", props: { publicNetworkAccess: "disabled" } },
        { what: "none of the site", props: site({ publicNetworkAccess: "Disabled" }) },
        { what: "listed addresses", props: restricted("Deny", [rule("203.0.113.0/24")]) },
        {
            what: "listed addresses, which refuse the rest of themselves",
            props: restricted(null, [rule("203.0.113.0/24,198.51.100.7/32")]),
        },
        { what: "everybody refused by name", props: restricted("deny", [rule("Any", "Deny")]) },
    ],
    violating: [
        { what: "everybody", props: restricted("Allow"), finds: ["The app is open to everybody"] },
        {
            what: "a list that lets everybody in",
            props: restricted("Deny", [rule("203.0.113.7/32"), rule("0.0.0.0/0")]),
            finds: ["ipSecurityRestrictions[1].ipAddress is everybody"],
        },
        ...["1.2.3.4/32,0.0.0.0/0", "5.5.5.5/0", "0:0:0:0:0:0:0:0/0", "Any"].map((everybody) => ({
            what: `everybody as ${everybody}`,
            props: restricted("Deny", [rule(everybody)]),
            finds: ["ipSecurityRestrictions[0].ipAddress is everybody"],
        })),
        {
            what: "everybody in two halves, without a default action",
            props: restricted(null, [rule("0.0.0.0/1"), rule("128.0.0.0/1")]),
            finds: ["[0].ipAddress is everybody", "[1].ipAddress is everybody"],
        },
        {
            what: "a list without an entry, and no default action",
            props: restricted(null, []),
            finds: ["open to everybody"],
        },
        {
            what: "a list beside a default action that lets everybody in",
            props: restricted("Allow", [rule("203.0.113.0/24")]),
            finds: ["open to everybody"],
        },
        {
            what: "listed addresses where nothing public may be",
            props: restricted("Deny"),
            config: { mode: "disabled" },
            finds: ["allowed: no public network"],
        },
    ],
    unset: [{ what: "all", props: {}, finds: ["open to everybody"] }],
    unknown: [
        {
            what: "public access, of listed addresses",
            props: restricted("Deny", [], { publicNetworkAccess: unknown }),
        },
        {
            what: "public access, of no list",
            props: restricted("Allow", [], { publicNetworkAccess: unknown }),
            waits: "publicNetworkAccess is",
        },
        {
            what: "the list, without a default action",
            props: restricted(null, unknown),
            waits: "siteConfig.ipSecurityRestrictions is",
        },
        {
            what: "one address of a list that lets everybody in",
            props: restricted("Deny", [{ ipAddress: unknown, action: "Allow" }, rule("::/0")]),
            finds: ["[1].ipAddress"],
        },
    ],
});

const web = { type: "web:WebApp", name: "app", props: { name: "shop" } };
const other = { type: "web:WebApp", name: "other", props: { name: "other" } };
const guard = (kind: "Ftp" | "Scm", props: object, sources: string[] = ["app"]) => ({
    type: `web:WebApp${kind}Allowed`,
    name: kind,
    props: { ...props, name: kind.toLowerCase() },
    inputs: { ...props, name: unknown },
    sources: { name: sources },
});
const off = { allow: false };

describeRule(webappBasicAuthOff, {
    compliant: [
        { what: "both switched off", resources: [web, guard("Ftp", off), guard("Scm", off)] },
        {
            what: "both switched off by the app's name",
            resources: [
                web,
                { ...guard("Ftp", off, []), inputs: { name: "Shop", allow: false } },
                { ...guard("Scm", off, []), inputs: { name: "shop", allow: "False" } },
            ],
        },
        { what: "a stack without an app", resources: [] },
    ],
    violating: [
        {
            what: "neither",
            resources: [web],
            finds: [
                "Publishing by FTP is not switched off",
                "Publishing by SCM is not switched off",
            ],
        },
        {
            what: "one that is on",
            resources: [web, guard("Ftp", { allow: true }), guard("Scm", off)],
            finds: ["allow is true; allowed: false"],
        },
        {
            what: "those of another app",
            resources: [web, other, guard("Ftp", off, ["other"]), guard("Scm", off, ["other"])],
            finds: ["FTP", "SCM"],
        },
    ],
    unset: [
        {
            what: "whether they are allowed",
            resources: [web, guard("Ftp", {}), guard("Scm", off)],
            finds: ["allow is not set"],
        },
    ],
    unknown: [
        {
            what: "whether one is allowed, without the other",
            resources: [web, guard("Ftp", { allow: unknown })],
            finds: ["SCM"],
        },
    ],
});

const auth = (props: Record<string, unknown>, type = "web:WebAppAuthSettingsV2") => ({
    type,
    name: "auth",
    props,
    sources: { name: ["app"] },
});

describeRule(webappAuth, {
    compliant: [
        {
            what: "an app that asks for a sign-in",
            resources: [
                web,
                auth({
                    platform: { enabled: true },
                    globalValidation: { requireAuthentication: "true" },
                }),
            ],
        },
        {
            what: "one of the first version",
            resources: [web, auth({ enabled: true }, "web:WebAppAuthSettings")],
        },
    ],
    violating: [
        { what: "an app that asks for none", resources: [web], finds: ["Sign-in is not set up"] },
        {
            what: "a sign-in that is optional",
            resources: [
                web,
                auth({
                    platform: { enabled: true },
                    globalValidation: { requireAuthentication: false },
                }),
            ],
            finds: ["globalValidation.requireAuthentication is not true"],
        },
    ],
    unset: [
        {
            what: "all of it",
            resources: [web, auth({})],
            finds: ["platform.enabled", "globalValidation.requireAuthentication"],
        },
    ],
    unknown: [
        {
            what: "the platform, where the sign-in is optional",
            resources: [
                web,
                auth({ platform: unknown, globalValidation: { requireAuthentication: false } }),
            ],
            finds: ["globalValidation"],
        },
    ],
});
