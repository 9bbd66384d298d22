import { stackRule } from "../rule";
import { isTrue } from "../values";
import { belongsTo } from "../webApps";

/** Publishing passwords, which a new app accepts, are switched off. */
export const webappBasicAuthOff = stackRule({
    id: "webapp-basic-auth-off",
    description: "A web app must refuse publishing passwords, for FTP and for its SCM site.",
    severity: "high",
    level: "advisory",
    control: "IM-1",
    why: "A publishing password replaces the app's code, belongs to nobody, and never ends.",
    fix: "new web.WebAppFtpAllowed(..., { name: app.name, allow: false }), and WebAppScmAllowed",
    peers: ["Azure Policy 871b205b", "Azure Policy aede300b"],
    onUnknown: "skip",
    check({ resources, violation }) {
        const pairs = [
            ["web:WebApp", ["web:WebAppFtpAllowed", "web:WebAppScmAllowed"]],
            ["web:WebAppSlot", ["web:WebAppFtpAllowedSlot", "web:WebAppScmAllowedSlot"]],
        ] as const;
        for (const [type, guards] of pairs) {
            for (const app of resources.filter((resource) => resource.is(type))) {
                for (const guard of guards) {
                    const found = resources.find((one) => one.is(guard) && belongsTo(one, app));
                    const where = guard.includes("Ftp") ? "Publishing by FTP" : "Publishing by SCM";
                    if (!found) violation({ where, is: "not switched off" }, app);
                    else {
                        const allow = found.outputs.read("allow");
                        if (
                            !allow.known ||
                            allow.value === false ||
                            String(allow.value).toLowerCase() === "false"
                        )
                            continue;
                        violation(
                            {
                                where: "allow",
                                is: isTrue(allow.value) ? "true" : "not set",
                                allowed: "false",
                            },
                            found,
                        );
                    }
                }
            }
        }
    },
});
