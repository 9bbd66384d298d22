import { rule } from "../rule";
import { isAbsent, isTrue, word } from "../values";
import { apps } from "../webApps";

/** Callers show a certificate. */
export const webappClientCert = rule({
    id: "webapp-client-cert",
    description: "A web app must ask callers for a certificate.",
    types: apps,
    severity: "medium",
    level: "disabled",
    control: "PV-2",
    why: "For an API that only machines call: whoever has no certificate gets no answer. Off, as browsers have none.",
    fix: 'clientCertEnabled: true, clientCertMode: "Required"',
    peers: [
        "checkov CKV_AZURE_17",
        "Azure Policy 19dd1db6",
        "trivy AZU-0001",
        "KICS website_with_client_certificate_auth_disabled",
    ],
    check({ must }) {
        must("clientCertEnabled", isTrue, "true");
        // Azure's own default is to require one.
        must("clientCertMode", (mode) => isAbsent(mode) || word(mode) === "required", "Required");
    },
});
