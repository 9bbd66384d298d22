/** Text files that the user names. */
import * as fs from "node:fs";
import { UserError } from "./userError";

/**
 * The text of a file in UTF-8, or in UTF-16 with a mark in front, as Windows PowerShell redirects output.
 *
 * @throws UserError where the file cannot be read.
 */
export function readGivenFile(file: string): string {
    let bytes: Buffer;
    try {
        bytes = fs.readFileSync(file);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new UserError(
            code === "ENOENT"
                ? `There is no file "${file}".`
                : `"${file}" cannot be read (${code}).`,
        );
    }
    const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return bytes.toString(wide ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
}
