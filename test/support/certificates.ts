/**
 * Self-signed certificates with any dates, which no command on every machine can make: OpenSSL signs only from
 * now on. Not for use: Entra never sees them.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** One value in DER. Source: ITU-T X.690, section 8.1. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
    const content = Buffer.concat(parts);
    const size = content.length;
    const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const ed25519 = sequence(der(0x06, Buffer.from("2b6570", "hex")));
const commonName = der(0x06, Buffer.from("550403", "hex"));

/** GeneralizedTime, such as `20270101000000Z`. */
const time = (text: string) => der(0x18, Buffer.from(text.replace(/[-:T]/g, "")));

function pem(label: string, bytes: Buffer): string {
    const lines = bytes.toString("base64").match(/.{1,64}/g)!;
    return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

export interface TestCertificate {
    /** The certificate alone. */
    readonly certificate: string;
    readonly privateKey: string;
}

/** A certificate, and its key, both as PEM; times in UTC, to the second, as RFC 3339 writes them. */
export function testCertificate(start: string, end: string, name = "test"): TestCertificate {
    const keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync("ed25519");
    const subject = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))));
    const serial = randomBytes(8);
    serial[0] = (serial[0]! & 0x7f) | 0x40; // Positive, and no leading zero.
    const signed = sequence(
        der(0xa0, der(0x02, Buffer.from([2]))), // Version 3.
        der(0x02, serial),
        ed25519,
        subject,
        sequence(time(start), time(end)),
        subject,
        keys.publicKey.export({ type: "spki", format: "der" }),
    );
    const signature = Buffer.concat([Buffer.from([0]), sign(null, signed, keys.privateKey)]);
    return {
        certificate: pem("CERTIFICATE", sequence(signed, ed25519, der(0x03, signature))),
        privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    };
}
