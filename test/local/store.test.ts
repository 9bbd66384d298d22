/**
 * What the local Azure keeps on disk, and how.
 * Cannot show that a power cut loses nothing, nor that somebody with the key's file cannot read it all.
 */
import fc from "fast-check";
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../engine/userError";
import { Store } from "../../local/cloud/store";
import { temporaryFolder } from "../support/temporaryFolder";

const posix = process.platform !== "win32";

/** Every file below a folder. */
function files(folder: string): string[] {
    return fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

function documents(folder: string): string[] {
    return files(folder).filter((file) => file.endsWith(".document"));
}

describe("the store", () => {
    const base = temporaryFolder();
    let count = 0;
    const newRoot = () => path.join(base, String(count++));

    it("answers nothing for what was never put", () => {
        const store = new Store(newRoot());
        expect(store.get("/a/b")).toBeUndefined();
        expect(store.list("/a")).toEqual([]);
        expect(() => store.delete("/a/b")).not.toThrow();
    });

    it("gives documents back after it is opened anew", () => {
        const root = newRoot();
        const document = { name: "größe", nested: { list: [1, null, "x"] } };
        new Store(root).put("/a/b", document);
        expect(new Store(root).get("/a/b")).toEqual(document);
    });

    it("replaces a document", () => {
        const store = new Store(newRoot());
        store.put("/a", { version: 1, only: "before" });
        store.put("/a", { version: 2 });
        expect(store.get("/a")).toEqual({ version: 2 });
    });

    it("gives out copies, so that nobody changes what is kept", () => {
        const store = new Store(newRoot());
        store.put("/a", { list: [1] });
        (store.get("/a")!.list as number[]).push(2);
        expect(store.get("/a")).toEqual({ list: [1] });
    });

    it("keeps the first of two documents that are both put as new ones", () => {
        const root = newRoot();
        expect(new Store(root).putNew("/a", { by: 1 })).toEqual({ by: 1 });
        expect(new Store(root).putNew("/a", { by: 2 })).toEqual({ by: 1 });
        expect(files(root)).toHaveLength(2); // The document and the key: nothing unfinished is left.
    });

    it("changes, removes and gets back what was there from the beginning", () => {
        const root = newRoot();
        const initial = new Map([
            ["/a", { name: "a" }],
            ["/a/b", { name: "b" }],
            ["/ab", { name: "ab" }],
        ]);
        const store = () => new Store(root, initial);
        store().put("/A/b", { name: "changed" });
        expect(store().list("/a")).toEqual([{ name: "changed" }]);
        store().delete("/a");
        expect(store().get("/a")).toBeUndefined();
        expect(store().list("/a")).toEqual([]);
        expect(store().below("/a")).toEqual([]);
        expect(store().get("/ab")).toEqual({ name: "ab" });
        store().put("/a", { name: "again" });
        expect(store().get("/a")).toEqual({ name: "again" });
    });

    it("has nothing in clear on disk, in names of settings or in their values", () => {
        const root = newRoot();
        new Store(root).put("/a/b", { SECRET_NAME: "correct horse battery staple" });
        const all = files(root).map((file) => fs.readFileSync(file));
        expect(all.length).toBeGreaterThan(0);
        for (const text of ["SECRET_NAME", "correct horse", "battery"]) {
            for (const content of all) {
                expect(content.includes(text)).toBe(false);
                expect(content.toString().includes(Buffer.from(text).toString("base64"))).toBe(
                    false,
                );
            }
        }
    });

    it("writes the same document differently each time, so that nobody sees that it is the same", () => {
        const root = newRoot();
        const store = new Store(root);
        store.put("/a", { same: true });
        store.put("/b", { same: true });
        const [a, b] = documents(root).map((file) => fs.readFileSync(file));
        expect(a!.equals(b!)).toBe(false);
    });

    (posix ? it : it.skip)("lets nobody but its owner read key and documents", () => {
        const root = newRoot();
        new Store(root).put("/a/b", {});
        const modes = [root, path.join(root, "key"), ...documents(root)].map(
            (file) => fs.statSync(file).mode & 0o777,
        );
        expect(modes).toEqual([0o700, 0o600, 0o600]);
    });

    it("keeps the key that is there", () => {
        const root = newRoot();
        new Store(root);
        const key = fs.readFileSync(path.join(root, "key"));
        new Store(root);
        expect(fs.readFileSync(path.join(root, "key")).equals(key)).toBe(true);
        expect(key).toHaveLength(32);
    });

    it("fails, and makes no other key, where the key is gone or replaced", () => {
        const root = newRoot();
        const key = path.join(root, "key");
        new Store(root).put("/a/b", {});
        fs.writeFileSync(key, Buffer.alloc(32));
        expect(() => new Store(root).get("/a/b")).toThrow(UserError);
        fs.writeFileSync(key, "short");
        expect(() => new Store(root)).toThrow(/is no key any more/);
        fs.rmSync(key);
        expect(() => new Store(root)).toThrow(/is gone/);
        expect(fs.existsSync(key)).toBe(false);
    });

    it("leaves no file but documents and the key", () => {
        const root = newRoot();
        const store = new Store(root);
        for (const id of ["/a", "/a/b", "/c"]) store.put(id, {});
        expect(files(root)).toHaveLength(documents(root).length + 1);
    });

    it("ignores files that a killed process left half written", () => {
        const root = newRoot();
        const store = new Store(root);
        store.put("/a/b", { complete: true });
        const [file = ""] = documents(root);
        fs.writeFileSync(`${file}.4711.abcdef01`, "half");
        fs.writeFileSync(path.join(path.dirname(file), "c.document.4711.abcdef01"), "half");
        expect(store.list("/a")).toEqual([{ complete: true }]);
        expect(store.get("/a/c")).toBeUndefined();
    });

    it.each([
        ["cut off", (data: Buffer) => data.subarray(0, data.length - 1)],
        ["empty", () => Buffer.alloc(0)],
        [
            "changed",
            (data: Buffer) => {
                data[data.length - 1]! ^= 1;
                return data;
            },
        ],
    ])("fails on a document that is %s, and says what to do", (_, damage) => {
        const root = newRoot();
        const store = new Store(root);
        store.put("/a", { name: "value" });
        const [file = ""] = documents(root);
        fs.writeFileSync(file, damage(fs.readFileSync(file)));
        expect(() => store.get("/a")).toThrow(/cannot be read .*npm run local -- reset/);
    });

    it("deletes a document with everything below it, and nothing beside it", () => {
        const store = new Store(newRoot());
        for (const id of ["/a", "/a/b", "/a/b/c", "/ab", "/a.b", "/z"]) store.put(id, { id });
        store.delete("/a");
        const left = ["/a", "/a/b", "/a/b/c", "/ab", "/a.b", "/z"].filter((id) => store.get(id));
        expect(left).toEqual(["/ab", "/a.b", "/z"]);
    });

    it("names what is directly below a path, in lower case, and reads none of it", () => {
        const root = newRoot();
        const store = new Store(root);
        for (const name of ["Shop", "a b.c", "größe"]) store.put(`/apps/${name}`, { name });
        store.put("/apps/Shop/below", {});
        expect(store.names("/Apps").sort()).toEqual(["a b.c", "größe", "shop"]);
        expect(store.names("/nowhere")).toEqual([]);
        const [file] = fs.readdirSync(path.join(root, "apps")).filter((f) => f.startsWith("shop."));
        fs.writeFileSync(path.join(root, "apps", file!), "cut off");
        expect(store.names("/apps")).toContain("shop");
    });

    it("lists what is directly below a path", () => {
        const store = new Store(newRoot());
        for (const id of ["/a", "/a/b", "/a/c", "/a/c/d", "/e"]) store.put(id, { id });
        const ids = store.list("/A").map(({ id }) => id);
        expect(ids.sort()).toEqual(["/a/b", "/a/c"]);
    });

    it("keeps a document apart from the folder of one that is named like its file", () => {
        const store = new Store(newRoot());
        const ids = ["/groups/a", "/groups/a.document/b", "/groups/a.document"];
        for (const id of ids) store.put(id, { id });
        expect(ids.map((id) => store.get(id)?.id)).toEqual(ids);
    });

    const part = fc.oneof(
        fc.constantFrom(".", "..", "...", "key", "lock", "x.document", ".document", "%2e", "a b"),
        fc
            .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 })
            .filter((p) => !/\//.test(p)),
    );
    const id = fc
        .array(part, { minLength: 1, maxLength: 4 })
        .map((parts) => ["/subscriptions", ...parts].join("/"));

    it("finds a document by its id in any case", () => {
        const store = new Store(newRoot());
        fc.assert(
            fc.property(id, fc.object(), (name, value) => {
                const document = JSON.parse(JSON.stringify({ value }));
                store.put(name, document);
                expect(store.get(name.toUpperCase())).toEqual(document);
                expect(store.get(name.toLowerCase())).toEqual(document);
            }),
        );
    });

    it("keeps documents of any ids apart", () => {
        fc.assert(
            fc.property(
                fc.uniqueArray(id, { selector: (name) => name.toLowerCase(), maxLength: 8 }),
                (ids) => {
                    const store = new Store(newRoot());
                    for (const name of ids) store.put(name, { name });
                    for (const name of ids) expect(store.get(name)).toEqual({ name });
                },
            ),
            { numRuns: 40 },
        );
    });

    it("never leaves its folder, whatever an id holds", () => {
        const within = path.join(newRoot(), "deep", "store");
        fc.assert(
            fc.property(id, (name) => {
                const store = new Store(within);
                store.put(name, {});
                expect(fs.readdirSync(path.dirname(within))).toEqual(["store"]);
                expect(fs.readFileSync(path.join(within, "key"))).toHaveLength(32);
            }),
        );
    });
});
