import { stackRule } from "../rule";
import { isTrue } from "../values";
import { belongsTo } from "../webApps";

/** Whoever calls the app has signed in. */
export const webappAuth = stackRule({
    id: "webapp-auth",
    description: "A web app must have its callers sign in before their requests reach it.",
    severity: "medium",
    level: "disabled",
    control: "IM-1",
    why: "Without it each app has to check every caller itself. Off, as an API may check tokens of its own.",
    fix: "new web.WebAppAuthSettingsV2(..., { platform: { enabled: true }, globalValidation: { requireAuthentication: true } })",
    peers: [
        "checkov CKV_AZURE_13",
        "Azure Policy 95bccee9",
        "trivy AZU-0003",
        "KICS app_service_authentication_not_set",
    ],
    onUnknown: "skip",
    check({ resources, violation }) {
        const pairs = [
            ["web:WebApp", ["web:WebAppAuthSettingsV2", "web:WebAppAuthSettings"]],
            ["web:WebAppSlot", ["web:WebAppAuthSettingsV2Slot", "web:WebAppAuthSettingsSlot"]],
        ] as const;
        for (const [type, settings] of pairs) {
            for (const app of resources.filter((resource) => resource.is(type))) {
                const auth = resources.find((one) => one.is(...settings) && belongsTo(one, app));
                if (!auth) {
                    violation({ where: "Sign-in", is: "not set up" }, app);
                    continue;
                }
                const v2 = auth.type.name.includes("V2");
                const wanted = v2
                    ? ["platform.enabled", "globalValidation.requireAuthentication"]
                    : ["enabled"];
                for (const field of wanted) {
                    const value = auth.inputs.read(field);
                    if (value.known && !isTrue(value.value)) {
                        violation({ where: field, is: "not true", allowed: "true" }, auth);
                    }
                }
            }
        }
    },
});
