/**
 * The command `npm run credentials`: how to sign in as the deployer of a stack, in the form that a tool wants.
 * It shows secrets, so it never prints into the log of a pipeline.
 */
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { certificateFile, daysLeft, lifetimeOf } from "../azure/credentials";
import { signInFormats, type SignIn, type SignInFormat } from "../azure/signInFiles";
import { openStack } from "../engine/main";
import { environmentOf } from "../engine/pack";
import type { Place } from "../engine/place";
import { UserError } from "../engine/userError";
import { readOptions } from "./options";
import { replaceFile } from "./replaceFile";

const run = promisify(execFile);

const usage = `npm run --silent credentials -- --stack dev --format env

--format <name>       ${Object.keys(signInFormats).join(", ")}; env unless told
--certificate <file>  signs in with this certificate and its private key
--environment <name>  GitHub environment of the format github: that of the stack unless told
--out <file>          writes to a file that only you can read`;

const options = {
    stack: { type: "string", short: "s" },
    format: { type: "string" },
    certificate: { type: "string" },
    environment: { type: "string" },
    out: { type: "string" },
} as const;

const project = path.resolve(__dirname, "..");

interface Outputs {
    readonly tenantId?: string;
    readonly subscriptionId?: string;
    readonly deployerClientId?: string;
    readonly environment?: string;
    readonly deployerName?: string;
    readonly deployerClientSecret?: string;
    readonly deployerClientSecretEnds?: string;
    readonly deployerCertificateEnds?: string;
}

async function outputsOf({ pulumi, cwd, env, stack }: Place): Promise<Outputs> {
    const words = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
    try {
        const { stdout } = await run(pulumi, words, { cwd, env });
        return JSON.parse(stdout) as Outputs;
    } catch (error) {
        const { stderr = "" } = error as { stderr?: string };
        throw new UserError(
            `The outputs of the stack "${stack}" could not be read:\n${stderr.trim()}`,
        );
    }
}

/** Refuses a credential that is over; says how long the other ones last. */
function checkEnd(what: string, kind: string, end: string | undefined, stack: string): void {
    if (end === undefined) return;
    const left = daysLeft({ end });
    if (left < 0) {
        throw new UserError(
            `The ${what} ended on ${end.slice(0, 10)}. Make the next one: npm run rotate -- ${kind} --stack ${stack}`,
        );
    }
    console.error(`The ${what} is good until ${end.slice(0, 10)}: ${left} days.`);
}

/** End of the certificate in a file that holds its private key too. */
function endOfCertificate(file: string): string {
    try {
        return lifetimeOf(new X509Certificate(fs.readFileSync(file))).end;
    } catch {
        throw new UserError(`"${file}" holds no X.509 certificate as PEM.`);
    }
}

function signInOf(outputs: Outputs, stack: string, certificate: string | undefined): SignIn {
    const { tenantId, subscriptionId, deployerClientId: clientId } = outputs;
    if (!tenantId || !subscriptionId || !clientId) {
        throw new UserError(
            `The stack "${stack}" has no deployer of its own to sign in as. Name the stack that deploys access.`,
        );
    }
    const displayName = outputs.deployerName ?? clientId;
    const ids = { clientId, displayName, subscriptionId, tenantId };
    const { deployerClientSecret, deployerClientSecretEnds, deployerCertificateEnds } = outputs;
    if (certificate === undefined && deployerClientSecret !== undefined) {
        checkEnd("client secret", "secret", deployerClientSecretEnds, stack);
        return { ...ids, clientSecret: deployerClientSecret };
    }
    if (certificate === undefined && deployerCertificateEnds === undefined) return ids;
    const file = path.resolve(
        certificate ?? path.join(project, certificateFile(environmentOf(stack))),
    );
    if (!fs.existsSync(file)) {
        throw new UserError(
            `The certificate's private key is in no file here: "${file}" is missing. Name it with ` +
                `--certificate <file>, or make another: npm run rotate -- certificate --stack ${stack}`,
        );
    }
    const own = endOfCertificate(file);
    checkEnd("certificate", "certificate", own, stack);
    if (certificate === undefined && own !== deployerCertificateEnds) {
        console.error(
            `The stack does not know this certificate yet: npm run up -- --stack ${stack}`,
        );
    }
    return { ...ids, clientCertificate: file };
}

export async function main(args: string[]): Promise<number> {
    const { values } = readOptions(args, options, usage);
    const name = values.format ?? "env";
    if (!Object.hasOwn(signInFormats, name)) {
        throw new UserError(
            `--format: "${name}" is not allowed; expected one of ` +
                `${Object.keys(signInFormats).join(", ")}.\n\n${usage}`,
        );
    }
    const format = name as SignInFormat;
    if (process.env.CI && values.out === undefined) {
        throw new UserError(
            "CI is set: what is printed here would be in a log. --out <file> writes it to a file that only you can read.",
        );
    }
    const place = await openStack(values.stack === undefined ? [] : ["--stack", values.stack]);
    const { stack } = place;
    const outputs = await outputsOf(place);
    const signIn = signInOf(outputs, stack, values.certificate);
    const needsProof = format === "sdk-auth" || format === "short";
    if (needsProof && !signIn.clientSecret && !signIn.clientCertificate) {
        throw new UserError(
            `The deployer of "${stack}" signs in by federation only, for which the format ${format} has no place. ` +
                `Use --format env or github, or make a secret: npm run rotate -- secret --stack ${stack}`,
        );
    }
    const environment = values.environment ?? outputs.environment ?? environmentOf(stack);
    const text = signInFormats[format](signIn, environment);
    if (values.out === undefined) process.stdout.write(text);
    else {
        replaceFile(values.out, text, 0o600);
        console.error(`Written to ${values.out}, which only you can read.`);
    }
    return 0;
}
