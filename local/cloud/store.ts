/**
 * What this machine's Azure remembers: one file per document, below one folder.
 *
 * A document's file is complete or absent (written beside it, then renamed), so that a process killed
 * at any moment loses nothing that it has answered. Documents hold app settings and other secrets of
 * the stack, so the files are encrypted; the key lies beside them, readable by their owner alone.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../engine/userError";

/** A JSON object. */
export type Document = Record<string, unknown>;

/** The `properties` of a document in ARM's form; none if it has none, or is not there. */
export function propertiesOf(document?: Document): Document {
    return (document?.properties ?? {}) as Document;
}

const beginAnew = 'Take the local stack down with "npm run local -- reset" and begin anew.';

const cipher = "aes-256-gcm";
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

export class Store {
    private readonly key: Buffer;
    /** Names of the initial documents by the path that they are directly below. */
    private readonly initialNames = new Map<string, string[]>();

    /**
     * @param root Folder of the documents; made if it is missing.
     * @param initial Documents that are there before anybody writes any, by path in lower case.
     */
    constructor(
        private readonly root: string,
        private readonly initial: ReadonlyMap<string, Document> = new Map(),
    ) {
        fs.mkdirSync(root, { recursive: true, mode: 0o700 });
        this.key = readOrMakeKey(path.join(root, "key"));
        for (const id of initial.keys()) {
            const { dir, base } = path.posix.parse(id);
            this.initialNames.set(dir, [...(this.initialNames.get(dir) ?? []), base]);
        }
    }

    /** The document at a path such as `/subscriptions/.../sites/x`. Case does not matter, as in ARM. */
    get(id: string): Document | undefined {
        const written = this.read(this.file(id));
        if (written !== undefined) return written ?? undefined;
        return structuredClone(this.initial.get(id.toLowerCase()));
    }

    put(id: string, document: Document): void {
        const file = this.file(id);
        fs.renameSync(this.writeBeside(file, document), file);
    }

    /** Writes a document where there is none, and returns the one that is there: the first writer's. */
    putNew(id: string, document: Document): Document {
        const file = this.file(id);
        const unfinished = this.writeBeside(file, document);
        linkIfAbsent(unfinished, file);
        return this.get(id)!;
    }

    /** Whether there is nothing below a path; costs one look. */
    isEmpty(id: string): boolean {
        try {
            return fs.readdirSync(folderOf(this.file(id))).length === 0;
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
            throw error;
        }
    }

    /** Removes the document and everything below it. */
    delete(id: string): void {
        const file = this.file(id);
        fs.rmSync(file, { force: true });
        fs.rmSync(folderOf(file), { recursive: true, force: true });
        const start = `${id.toLowerCase()}/`;
        for (const key of this.initial.keys()) {
            if (key !== id.toLowerCase() && !key.startsWith(start)) continue;
            const gone = this.file(key);
            fs.renameSync(this.writeBeside(gone, removed), gone);
        }
    }

    /** The documents directly below a path, e.g. of all sites below `.../Microsoft.Web/sites`. */
    list(id: string): Document[] {
        return this.names(id)
            .map((name) => this.get(`${id}/${name}`))
            .filter((document) => document !== undefined);
    }

    /** The names, in lower case, of the documents directly below a path; none of them is read. */
    names(id: string): string[] {
        const written = filesIn(folderOf(this.file(id)));
        return [...new Set([...(this.initialNames.get(id.toLowerCase()) ?? []), ...written])];
    }

    /** The documents below a path, at any depth. */
    below(id: string): Document[] {
        const folder = folderOf(this.file(id));
        const written = filesIn(folder, { recursive: true });
        const start = `${id.toLowerCase()}/`;
        const initial = [...this.initial.keys()]
            .filter((key) => key.startsWith(start))
            .map((key) => key.slice(start.length));
        return [...new Set([...initial, ...written])]
            .map((rest) => this.get(`${id}/${rest}`))
            .filter((document) => document !== undefined);
    }

    /** A file beside the documents, such as a lock or a log. */
    fileBeside(name: string): string {
        return path.join(this.root, name);
    }

    /** A file that processes lock while they change what this store holds. */
    get lockFile(): string {
        return this.fileBeside("lock");
    }

    private file(id: string): string {
        const parts = id.toLowerCase().split("/").filter(Boolean).map(fileName);
        return path.join(this.root, ...parts) + extension;
    }

    /** Writes the file that is to become a document's; returns its path. */
    private writeBeside(file: string, document: Document | typeof removed): string {
        fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
        const unfinished = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
        try {
            fs.writeFileSync(unfinished, this.encrypt(JSON.stringify(document)), { mode: 0o600 });
        } catch (error) {
            fs.rmSync(unfinished, { force: true }); // A full disk leaves half of it.
            throw error;
        }
        return unfinished;
    }

    private read(file: string): Document | typeof removed | undefined {
        try {
            return JSON.parse(this.decrypt(fs.readFileSync(file)));
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
            throw new UserError(
                `${file} cannot be read (${(error as Error).message}). ${beginAnew}`,
            );
        }
    }

    private encrypt(text: string): Buffer {
        const nonce = randomBytes(nonceBytes);
        const encryption = createCipheriv(cipher, this.key, nonce);
        const body = Buffer.concat([encryption.update(text, "utf8"), encryption.final()]);
        return Buffer.concat([nonce, encryption.getAuthTag(), body]);
    }

    private decrypt(data: Buffer): string {
        const decryption = createDecipheriv(cipher, this.key, data.subarray(0, nonceBytes));
        decryption.setAuthTag(data.subarray(nonceBytes, nonceBytes + tagBytes));
        const body = data.subarray(nonceBytes + tagBytes);
        return Buffer.concat([decryption.update(body), decryption.final()]).toString("utf8");
    }
}

const extension = ".document";

/** Written in the place of a document that was there before anybody wrote any: it would come back. */
const removed = null;

/** A part of an id as a file's name. Dots alone would lead elsewhere, the extension to another document. */
function fileName(part: string): string {
    const name = encodeURIComponent(part);
    const misleads = /^\.+$/.test(name) || name.endsWith(extension);
    return misleads ? name.replaceAll(".", "%2e") : name;
}

/** Paths, without the extension, of the documents in a folder that need not exist. */
function filesIn(folder: string, { recursive = false } = {}): string[] {
    try {
        return fs
            .readdirSync(folder, { recursive, encoding: "utf8" })
            .filter((entry) => entry.endsWith(extension))
            .map((entry) => entry.slice(0, -extension.length).split(path.sep))
            .map((parts) => parts.map(decodeURIComponent).join("/"));
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
    }
}

function folderOf(file: string): string {
    return file.slice(0, -extension.length);
}

function readOrMakeKey(file: string): Buffer {
    if (!fs.existsSync(file)) {
        // Looked at before the key is looked for again: another process makes the key first, then documents.
        const hasDocuments = filesIn(path.dirname(file), { recursive: true }).length > 0;
        if (hasDocuments && !fs.existsSync(file)) {
            throw new UserError(
                `${file} is gone, and without it the documents beside it cannot be read. ${beginAnew}`,
            );
        }
        const own = `${file}.${process.pid}`;
        fs.writeFileSync(own, randomBytes(keyBytes), { mode: 0o600 });
        linkIfAbsent(own, file);
    }
    const key = fs.readFileSync(file);
    if (key.length !== keyBytes) throw new UserError(`${file} is no key any more. ${beginAnew}`);
    return key;
}

/** Moves a file to where there is none yet; if another process was faster, its file stays. */
function linkIfAbsent(own: string, file: string): void {
    try {
        fs.linkSync(own, file);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
        fs.rmSync(own);
    }
}
