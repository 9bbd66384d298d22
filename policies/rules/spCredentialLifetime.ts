import { credentialDays } from "../../azure/credentials";
import { daysBetween, goDurationDays } from "../../azure/durations";
import { whole } from "../options";
import { rule } from "../rule";
import { isAbsent } from "../values";

/** Has a password only where its block says so. */
const application = "azuread:Application";

/** A secret of a principal ends, soon, and its length is written in the program. */
export const spCredentialLifetime = rule({
    id: "sp-credential-lifetime",
    description:
        "A client secret or certificate must have a fixed start and an end not long after it.",
    types: [
        "azuread:ApplicationPassword",
        "azuread:ServicePrincipalPassword",
        "azuread:ApplicationCertificate",
        "azuread:ServicePrincipalCertificate",
        application,
    ],
    severity: "high",
    level: "mandatory",
    control: "IM-8",
    why:
        "A secret that has leaked works until it ends. The start must be written down: measured by the clock, " +
        "the same program would be refused today and pass tomorrow.",
    fix: 'startDate: "2027-01-01T00:00:00Z", endDate: "2027-03-31T23:59:59Z"',
    setting: "npm run rotate -- secret --days 90, or no secret and githubRepository",
    peers: [
        "checkov CKV_AZURE_41 (Key Vault secrets)",
        "Azure Policy 342e8053 (Key Vault secrets)",
    ],
    options: { maxDays: whole(credentialDays.standard, "Longest life, in days.", 1) },
    check({ type, props, options, violation }) {
        const block = type.name === application ? "password." : "";
        if (block) {
            const password = props.read("password");
            if (!password.known || isAbsent(password.value)) return;
        }
        const allowed = `at most ${options.maxDays} days`;
        const relative = props.read(`${block}endDateRelative`);
        const end = props.read(`${block}endDate`);
        const start = props.read(`${block}startDate`);
        const judge = (where: string, days: number | undefined) => {
            if (days === undefined)
                violation({ where, is: "not a time that can be read", allowed });
            else if (days > options.maxDays)
                violation({ where, is: `${Math.ceil(days)} days after the start`, allowed });
            else if (days <= 0) violation({ where, is: "not after the start", allowed });
        };
        if (relative.known && !isAbsent(relative.value)) {
            return judge(`${block}endDateRelative`, goDurationDays(String(relative.value)));
        }
        if (end.known && isAbsent(end.value) && relative.known) {
            return violation({ where: `${block}endDate`, is: "not set", allowed });
        }
        if (start.known && isAbsent(start.value)) {
            return violation({
                where: `${block}startDate`,
                is: "not set, so how long it lives cannot be told",
                allowed,
            });
        }
        if (start.known && end.known)
            judge(`${block}endDate`, daysBetween(String(start.value), String(end.value)));
    },
});
