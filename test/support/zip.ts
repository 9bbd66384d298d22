/** Zip archives as somebody would make them who means harm: what they say of themselves may be a lie. */
import * as zlib from "node:zlib";

interface Entry {
    readonly name: string;
    readonly content: Buffer | string;
    /** Size that the archive says the content has. @default the true one */
    readonly saidSize?: number;
    /** Whether it says that a password is needed. @default it does not */
    readonly encrypted?: boolean;
}

function crc32(data: Buffer): number {
    let crc = ~0;
    for (const byte of data) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

/** Source of the layout: pkware.com, APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
export function zip(...entries: Entry[]): Buffer {
    const files: Buffer[] = [];
    const directory: Buffer[] = [];
    let offset = 0;
    for (const { name, content, saidSize, encrypted = false } of entries) {
        const data = Buffer.from(content);
        const packed = zlib.deflateRawSync(data);
        const common = Buffer.alloc(26);
        common.writeUInt16LE(20, 0);
        common.writeUInt16LE(encrypted ? 0x801 : 0x800, 2);
        common.writeUInt16LE(8, 4);
        common.writeUInt32LE(data.length > 1 << 20 ? 0 : crc32(data), 10);
        common.writeUInt32LE(packed.length, 14);
        common.writeUInt32LE(saidSize ?? data.length, 18);
        common.writeUInt16LE(Buffer.byteLength(name), 22);
        const file = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
        const tail = Buffer.alloc(14);
        tail.writeUInt32LE(offset, 10);
        const head = Buffer.from("PK\x01\x02\x14\x00", "latin1");
        directory.push(Buffer.concat([head, common, tail, Buffer.from(name)]));
        files.push(file);
        offset += file.length;
    }
    const listed = Buffer.concat(directory);
    const end = Buffer.alloc(22);
    end.write("PK\x05\x06", "latin1");
    end.writeUInt16LE(entries.length, 8);
    end.writeUInt16LE(entries.length, 10);
    end.writeUInt32LE(listed.length, 12);
    end.writeUInt32LE(offset, 16);
    return Buffer.concat([...files, listed, end]);
}
