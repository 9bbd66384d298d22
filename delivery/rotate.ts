/**
 * The command `npm run rotate`: the next credential of the deployer, beside the one that is in use. It writes
 * settings only; `npm run up` makes what they say. The credential before that one goes at the same time.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { generate } from "selfsigned";
import {
    certificateFile,
    credentialDays,
    daysLeft,
    formatLifetime,
    lifetimeFrom,
    lifetimeProblem,
    overlappingCredentials,
    parseCertificates,
    parseLifetime,
    type Lifetime,
} from "../azure/credentials";
import { accessEnding, environmentOf } from "../engine/pack";
import { UserError } from "../engine/userError";
import { readOptions, requireStack } from "./options";
import { replaceFile } from "./replaceFile";
import { StackFile } from "./stackFile";

const usage = `npm run rotate -- secret --stack dev         the next client secret of the deployer
npm run rotate -- certificate --stack dev    the next certificate, self-signed, with its key in a file

--days <n>     how long it lives: ${credentialDays.standard} unless told, ${credentialDays.longest} at most
--pem <file>   takes this certificate instead of making one
--revoke       keeps none beside it: what signs in with the one in use stops working at the next up`;

const options = {
    stack: { type: "string", short: "s" },
    days: { type: "string" },
    pem: { type: "string" },
    revoke: { type: "boolean" },
} as const;

const project = path.resolve(__dirname, "..");

function readDays(text: string | undefined): number {
    const days = Number(text ?? credentialDays.standard);
    if (Number.isInteger(days) && days >= 1 && days <= credentialDays.longest) return days;
    throw new UserError(
        `--days: "${text}" is not allowed; expected a whole number from 1 to ${credentialDays.longest}.`,
    );
}

/** What a list setting holds, the newest first. */
function listed(file: StackFile, setting: string): string[] {
    const value = file.get(setting) ?? [];
    const items = typeof value === "string" ? value.split(",") : value;
    return items.map((item) => item.trim()).filter(Boolean);
}

/** Two rotations with no `up` between them would end the credential that is in use. */
const pause = 60 * 60 * 1000;

function refuseTooSoon(newest: Lifetime | undefined, stack: string): void {
    const age = newest ? Date.now() - Date.parse(newest.start) : Infinity;
    if (age < 0 || age >= pause) return;
    throw new UserError(
        `The newest one was made ${Math.floor(age / 60_000)} minutes ago, and another one would end the one before ` +
            `it. "npm run up -- --stack ${stack}" first, and bring the new one to whoever signs in with it. ` +
            "If it has leaked: --revoke, which keeps none beside the next one.",
    );
}

/** Puts a credential before others, as many as may overlap. Whether any other is kept. */
function putFirst(file: StackFile, setting: string, added: string, others: readonly string[]) {
    const kept = others.slice(0, overlappingCredentials - 1);
    file.set(setting, [added, ...kept]);
    file.save();
    return kept.length > 0;
}

/** The credentials that a setting holds, the newest first; refuses what it cannot read, before it would be lost. */
function readKnown(file: StackFile, kind: "secret" | "certificate", setting: string): Lifetime[] {
    const texts = listed(file, setting);
    const known = texts.flatMap((text) =>
        kind === "secret" ? (parseLifetime(text) ?? []) : (parseCertificates(text) ?? []),
    );
    if (known.length === texts.length) return known;
    throw new UserError(
        `${setting} in ${file.name} holds what is no ${kind === "secret" ? "lifetime" : "certificate"}. ` +
            "Take it out first; its value is not shown here, for it may be a key.",
    );
}

interface Certificate {
    readonly lifetime: Lifetime;
    readonly pem: string;
    /** File with the certificate and its private key; undefined if somebody else keeps it. */
    readonly keyFile?: string;
}

/** A certificate from somebody else. Only the certificate itself is taken; the file stays as it is. */
function readCertificate(pemFile: string): Certificate {
    const refuse = (text: string) => new UserError(`--pem: "${pemFile}" ${text}.`);
    let text: string;
    try {
        text = fs.readFileSync(pemFile, "utf8");
    } catch (error) {
        throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    const [certificate] = parseCertificates(certificateBlock(text)) ?? [];
    if (!certificate) throw refuse("holds no X.509 certificate as PEM");
    const problem = lifetimeProblem(certificate);
    if (problem !== undefined) throw refuse(`is not allowed; expected ${problem}`);
    if (Date.parse(certificate.end) <= Date.now()) throw refuse(`ended at ${certificate.end}`);
    const [key] =
        /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/.exec(text) ?? [];
    if (key !== undefined && !fits(certificate.pem, key)) {
        throw refuse("holds a private key that is not the certificate's");
    }
    return { lifetime: certificate, pem: certificate.pem };
}

function fits(certificate: string, key: string): boolean {
    try {
        return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    } catch {
        return false;
    }
}

/** Whether the certificate in a file is one of these. */
function isListed(file: string, certificates: readonly string[]): boolean {
    const thumbprints = (text: string) =>
        (parseCertificates(text) ?? []).map(({ thumbprint }) => thumbprint);
    const own = certificateBlock(fs.readFileSync(file, "utf8"));
    return thumbprints(certificates.join("\n")).some((one) => thumbprints(own).includes(one));
}

function certificateBlock(text: string): string {
    return /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0] ?? "";
}

/** A self-signed certificate. Its private key is written to a file that only its owner reads, and nowhere else. */
async function makeCertificate(
    stack: string,
    days: number,
    listed: readonly string[],
): Promise<Certificate> {
    const lifetime = lifetimeFrom(new Date(), days);
    const made = await generate([{ name: "commonName", value: `azure-webapp-stack ${stack}` }], {
        algorithm: "sha256",
        keySize: 2048,
        notBeforeDate: new Date(lifetime.start),
        notAfterDate: new Date(lifetime.end),
    });
    const keyFile = path.join(project, certificateFile(stack));
    // One that no setting names signs nobody in: it must not take the place of the one that is in use.
    if (fs.existsSync(keyFile) && isListed(keyFile, listed)) {
        fs.renameSync(keyFile, keyFile.replace(/\.pem$/, ".previous.pem"));
    }
    const text = `${made.private.trim()}\n${made.cert.trim()}\n`;
    replaceFile(keyFile, text, 0o600);
    return { lifetime, pem: `${made.cert.trim()}\n`, keyFile };
}

export async function main(args: string[]): Promise<number> {
    const { values, positionals } = readOptions(args, options, usage, true);
    const [kind, ...others] = positionals;
    if ((kind !== "secret" && kind !== "certificate") || others.length > 0) {
        throw new UserError(`Rotate what: secret or certificate?\n\n${usage}`);
    }
    if (values.pem !== undefined && (kind === "secret" || values.days !== undefined)) {
        throw new UserError(`--pem goes with a certificate, which has its own end.\n\n${usage}`);
    }
    const stack = requireStack(values.stack, usage);
    const days = readDays(values.days);
    const file = new StackFile(project, stack);
    if (file.get("deploys") === "workload") {
        throw new UserError(
            `${file.name} deploys the workload only, and makes no credentials. Rotate in the stack that deploys access: ` +
                `--stack ${stack}${accessEnding}`,
        );
    }
    const revoke = values.revoke ?? false;
    const setting = kind === "secret" ? "clientSecrets" : "certificates";
    const known = readKnown(file, kind, setting);
    if (!revoke && known.length >= overlappingCredentials) refuseTooSoon(known[0], stack);
    // What has ended signs nobody in, and need not be kept for the sake of it.
    const good = listed(file, setting).filter((_, index) => daysLeft(known[index]!) >= 0);
    const kept = revoke ? [] : good;
    let end: string;
    let overlaps: boolean;
    let keyFile: string | undefined;
    if (kind === "secret") {
        const lifetime = lifetimeFrom(new Date(), days);
        end = lifetime.end;
        overlaps = putFirst(file, setting, formatLifetime(lifetime), kept);
    } else {
        const certificate =
            values.pem === undefined
                ? await makeCertificate(environmentOf(stack), days, listed(file, "certificates"))
                : readCertificate(values.pem);
        end = certificate.lifetime.end;
        keyFile = certificate.keyFile;
        overlaps = putFirst(file, setting, certificate.pem, kept);
    }
    console.log(
        [
            `${file.name}: a ${kind === "secret" ? "client secret" : "certificate"} until ${end.slice(0, 10)}.`,
            ...(keyFile
                ? [
                      `${path.basename(keyFile)}: the certificate with its private key; it is nowhere else.`,
                  ]
                : []),
            overlaps
                ? "The one in use goes on working until the next rotation."
                : "No other of its kind is kept.",
            "",
            `npm run up -- --stack ${stack}             makes it`,
            `npm run credentials -- --stack ${stack}    prints how to sign in with it`,
        ].join("\n"),
    );
    return 0;
}
