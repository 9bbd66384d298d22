/** One file out of a zip archive that may have been made to do harm. */
import { buffer } from "node:stream/consumers";
import * as yauzl from "yauzl";

/** How many entries are looked at: an archive of ours has two. */
const mostEntries = 100;

/** The file, or why there is none, in words of ours: those of the archive are not to be trusted. */
export type Unpacked = { readonly file: Buffer } | { readonly problem: string };

/**
 * Unpacks one file into memory. Nothing is written anywhere, so that no path in the archive leads anywhere.
 *
 * @param name Exactly as in the archive, without folders.
 * @param limit Greatest size of the file, in bytes.
 */
export async function unpack(archive: Buffer, name: string, limit: number): Promise<Unpacked> {
    try {
        const zip = await yauzl.fromBufferPromise(archive, { strictFileNames: true });
        let seen = 0;
        for await (const entry of zip.eachEntry()) {
            if (++seen > mostEntries) return { problem: "holds too many files" };
            if (entry.fileName !== name) continue;
            // The library stops where there is more than the archive says, so this holds for liars too.
            if (entry.uncompressedSize > limit) {
                return { problem: `holds a ${name} of more than ${limit / 1024} kB` };
            }
            return { file: await buffer(await zip.openReadStreamPromise(entry)) };
        }
        return { problem: `holds no ${name}` };
    } catch {
        return { problem: "is not a proper zip archive" };
    }
}
