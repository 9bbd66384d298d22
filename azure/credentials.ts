/** How long credentials of a service principal live, and what a certificate says of itself. */
import { X509Certificate } from "node:crypto";
import { daysBetween } from "./durations";

/**
 * Lengths of life in days. Entra itself would take years; a tenant may refuse more than its own policy allows
 * (`CredentialInvalidLifetimeAsPerAppPolicy`). Source: learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy
 */
export const credentialDays = {
    /** Of a credential whose maker says nothing. */
    standard: 90,
    /** The most that the settings take; the policies of an environment may ask for less. */
    longest: 180,
    /** With fewer than these left, it is time to rotate. */
    warning: 14,
} as const;

/** Credentials of one kind that a principal has at once: the current one, and the one before it until the next rotation. */
export const overlappingCredentials = 2;

/** From when until when a credential is good: times in UTC, to the second, as RFC 3339 writes them. */
export interface Lifetime {
    readonly start: string;
    readonly end: string;
}

function toSecond(time: number): string {
    return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** A lifetime of so many days from a moment on. */
export function lifetimeFrom(start: Date, days: number): Lifetime {
    const from = Math.floor(start.getTime() / 1000) * 1000;
    return { start: toSecond(from), end: toSecond(from + days * 24 * 60 * 60 * 1000) };
}

/** Reads `<start>/<end>`, an interval of ISO 8601; each end a time in UTC or a day. Undefined if it is none. */
export function parseLifetime(text: string): Lifetime | undefined {
    const form = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})Z)?$/;
    const ends = text.split("/").map((part) => {
        const [, day, clock = "00:00:00"] = form.exec(part.trim()) ?? [];
        const time = `${day}T${clock}Z`;
        const read = Date.parse(time);
        // A day or an hour that does not exist is read as another one, or not at all.
        return !Number.isNaN(read) && toSecond(read) === time ? time : undefined;
    });
    const [start, end, ...rest] = ends;
    if (start === undefined || end === undefined || rest.length > 0 || start >= end)
        return undefined;
    return { start, end };
}

export function formatLifetime({ start, end }: Lifetime): string {
    return `${start}/${end}`;
}

/** Whole days until a credential ends, rounded down; negative if it has ended. */
export function daysLeft({ end }: Pick<Lifetime, "end">, now = new Date()): number {
    return Math.floor(daysBetween(now.toISOString(), end)!);
}

/** What is wrong with a lifetime, as the end of the sentence "expected ..."; undefined if nothing is. */
export function lifetimeProblem({ start, end }: Lifetime): string | undefined {
    const { longest } = credentialDays;
    return daysBetween(start, end)! > longest ? `a life of at most ${longest} days` : undefined;
}

/** A certificate that a principal may sign in with; its private key stays with whoever signs in. */
export interface PublicCertificate extends Lifetime {
    /** The certificate alone, as PEM. */
    readonly pem: string;
    /** SHA-1 of the certificate in hexadecimal capitals, as Entra shows it. */
    readonly thumbprint: string;
}

/** From when until when a certificate says that it is good. */
export function lifetimeOf({ validFrom, validTo }: X509Certificate): Lifetime {
    return { start: toSecond(Date.parse(validFrom)), end: toSecond(Date.parse(validTo)) };
}

/** The certificates in a PEM text, in their order; undefined if one of them is none. */
export function parseCertificates(text: string): PublicCertificate[] | undefined {
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const rest = blocks.reduce((left, block) => left.replace(block, ""), text);
    if (blocks.length === 0 || rest.trim() !== "") return undefined;
    try {
        return blocks.map((block) => {
            const parsed = new X509Certificate(block);
            return {
                pem: `${block.trim()}\n`,
                thumbprint: parsed.fingerprint.replaceAll(":", ""),
                ...lifetimeOf(parsed),
            };
        });
    } catch {
        return undefined;
    }
}

/** Whether a PEM text holds a private key, which must stand in no setting in clear. */
export function holdsPrivateKey(text: string): boolean {
    return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text);
}

/** File beside the project that a certificate with its private key is written to; git ignores it. */
export function certificateFile(stack: string): string {
    return `deployer-${stack}.pem`;
}
