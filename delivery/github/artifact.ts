/** One file out of a zip archive that may have been made to do harm. */
import type { Readable } from "node:stream";
import * as yauzl from "yauzl";

/** How many entries are looked at: an archive of ours has two. */
const mostEntries = 100;

async function readAtMost(stream: Readable, limit: number): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
        // Counted while it is unpacked: what the archive says of its size may be a lie.
        size += chunk.length;
        if (size > limit) return undefined;
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

/** The file, or why there is none, in words of ours: those of the archive are not to be trusted. */
export type Unpacked = { readonly file: Buffer } | { readonly problem: string };

/**
 * Unpacks one file into memory. Nothing is written anywhere, so that no path in the archive leads anywhere.
 *
 * @param name Exactly as in the archive, without folders.
 * @param limit Greatest size of the file, in bytes.
 */
export async function unpack(archive: Buffer, name: string, limit: number): Promise<Unpacked> {
    const tooLarge = { problem: `holds a ${name} of more than ${limit / 1024} kB` };
    try {
        const zip = await yauzl.fromBufferPromise(archive, { strictFileNames: true });
        let seen = 0;
        for await (const entry of zip.eachEntry()) {
            if (++seen > mostEntries) return { problem: "holds too many files" };
            if (entry.fileName !== name) continue;
            if (entry.uncompressedSize > limit) return tooLarge;
            const file = await readAtMost(await zip.openReadStreamPromise(entry), limit);
            return file ? { file } : tooLarge;
        }
        return { problem: `holds no ${name}` };
    } catch {
        return { problem: "is not a proper zip archive" };
    }
}
