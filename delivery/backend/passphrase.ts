/** Passphrases, each in a file of its own with one line: what encrypts the secrets of a stack. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { UserError } from "../../engine/userError";
import { replaceFile } from "../replaceFile";

/** Bytes of chance in a passphrase: as many as the key has that is made from it. */
const strength = 32;

/** Makes a passphrase that only its owner can read, unless the file is there. Whether it was made. */
export function makePassphrase(file: string): boolean {
    if (fs.existsSync(file)) return false;
    replaceFile(file, `${randomBytes(strength).toString("base64url")}\n`, 0o600);
    return true;
}

/** The passphrase of a file, as Pulumi reads `PULUMI_CONFIG_PASSPHRASE_FILE`. @throws UserError where there is none. */
export function readPassphrase(file: string): string {
    let passphrase: string;
    try {
        passphrase = fs.readFileSync(file, "utf8").trim();
    } catch (error) {
        throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
    }
    if (passphrase === "" || passphrase.includes("\n")) {
        throw new UserError(`${file}: expected one line, the new passphrase.`);
    }
    return passphrase;
}
