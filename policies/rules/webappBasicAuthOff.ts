import { stackRule } from "../rule";
import { isFalse, shown } from "../values";
import { belongsTo } from "../webApps";

/** What switches the passwords of an app off, and those of a slot. */
const guarded = ["", "Slot"].map((slot) => {
    const guards = [
        { guard: `web:WebAppFtpAllowed${slot}`, what: "FTP" },
        { guard: `web:WebAppScmAllowed${slot}`, what: "SCM" },
    ];
    return [`web:WebApp${slot}`, guards] as const;
});

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
        for (const [type, guards] of guarded) {
            for (const app of resources.filter((resource) => resource.is(type))) {
                for (const { guard, what } of guards) {
                    const found = resources.find((one) => one.is(guard) && belongsTo(one, app));
                    if (!found) {
                        violation({ where: `Publishing by ${what}`, is: "not switched off" }, app);
                        continue;
                    }
                    const allow = found.outputs.read("allow");
                    if (!allow.known || isFalse(allow.value)) continue;
                    violation({ where: "allow", is: shown(allow.value), allowed: "false" }, found);
                }
            }
        }
    },
});
