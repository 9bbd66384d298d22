/** How long credentials go on: those that the stack's settings have the deployer hold, and any other. */
import {
    credentialDays,
    daysLeft,
    parseCertificates,
    parseLifetime,
    type Lifetime,
} from "../../azure/credentials";
import { findingsOf, type Finding } from "./finding";
import type { StackSettings } from "./settings";

/** What is to be said of an end: a problem if it has come, a warning if it will soon. */
export function checkEnd(
    { about, what, end, command }: { about: string; what: string; end: string; command: string },
    now: Date,
): Finding {
    const { ok, problem, warning } = findingsOf(about);
    const left = daysLeft({ end }, now);
    const day = end.slice(0, 10);
    if (Date.parse(end) <= now.getTime()) return problem(`${what} ended on ${day}.`, command);
    return left < credentialDays.warning
        ? warning(`${what} ends on ${day}, in ${left} days.`, command)
        : ok(`${what} is good until ${day}, for ${left} days.`);
}

function checkKind(
    kind: "secret" | "certificate",
    about: string,
    lifetimes: readonly (Lifetime | undefined)[],
    stack: string,
    now: Date,
): Finding[] {
    const command = `npm run rotate -- ${kind} --stack ${stack}`;
    const whole = lifetimes.flatMap((one) => one ?? []);
    if (whole.length < lifetimes.length) {
        const what = "It cannot be read, and so its end cannot; a preview says why.";
        return [findingsOf(about).problem(what, command)];
    }
    const [current] = [...whole].sort((one, other) => (one.start < other.start ? 1 : -1));
    if (!current) return [];
    return [checkEnd({ about, what: "The current one", end: current.end, command }, now)];
}

export function checkCredentials(settings: StackSettings, now: Date): Finding[] {
    if (!settings.deploysAccess) return [];
    const { clientSecrets, certificates, stack } = settings;
    // One text may hold several certificates; one that cannot be read counts as one.
    const parsed = certificates.flatMap((text): (Lifetime | undefined)[] => [
        ...(parseCertificates(text) ?? [undefined]),
    ]);
    return [
        ...checkKind("secret", "clientSecrets", clientSecrets.map(parseLifetime), stack, now),
        ...checkKind("certificate", "certificates", parsed, stack, now),
    ];
}
