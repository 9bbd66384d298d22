import * as fs from "node:fs";

/**
 * Replaces a file in one step: whoever reads it, or is cut off, has the old text or the new one.
 *
 * @param mode Who may read it, such as `0o600`; a file that was there with another mode is replaced, not filled.
 */
export function replaceFile(file: string, text: string, mode?: number): void {
    const unfinished = `${file}.${process.pid}`;
    fs.writeFileSync(unfinished, text, { mode, flag: mode === undefined ? "w" : "wx" });
    fs.renameSync(unfinished, file);
}
