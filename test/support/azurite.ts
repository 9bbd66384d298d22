/** Azure's blob storage as Microsoft emulates it (azurite), on a free port, in memory. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";

/** The emulator's only account; its key is public. Source: learn.microsoft.com/azure/storage/common/storage-use-azurite */
const account = "devstoreaccount1";
const key =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Version of the storage service whose signatures these are. */
const version = "2020-12-06";

export class Azurite {
    private constructor(
        private readonly process: ChildProcess,
        private readonly port: number,
    ) {}

    static start(): Promise<Azurite> {
        const args = ["--blobPort", "0", "--blobHost", "127.0.0.1", "--inMemoryPersistence"];
        const quiet = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"];
        const main = require.resolve("azurite/dist/src/blob/main.js");
        const child = spawn(process.execPath, [main, ...args, ...quiet]);
        return new Promise((resolve, reject) => {
            let output = "";
            const read = (data: Buffer) => {
                output += data.toString();
                const port = /successfully listens? on \S+:(\d+)/.exec(output)?.[1];
                if (port) resolve(new Azurite(child, Number(port)));
            };
            child.stdout.on("data", read);
            child.stderr.on("data", read);
            child.on("error", reject);
            child.on("close", () => reject(new Error(`Azurite ended: ${output}`)));
        });
    }

    stop(): void {
        this.process.kill();
    }

    /** Of Pulumi's backend in a container. */
    backendUrl(container: string): string {
        const emulator = `protocol=http&domain=127.0.0.1:${this.port}&localemu=true`;
        return `azblob://${container}?storage_account=${account}&${emulator}`;
    }

    /** Environment of somebody who may do everything in the account. */
    get owner(): NodeJS.ProcessEnv {
        return { AZURE_STORAGE_ACCOUNT: account, AZURE_STORAGE_KEY: key };
    }

    /**
     * Environment of somebody who holds a signature for one container and nothing else.
     *
     * @param permissions `rl` is what Storage Blob Data Reader may do, `racwdl` the Contributor.
     */
    holderOf(container: string, permissions: "rl" | "racwdl"): NodeJS.ProcessEnv {
        return { AZURE_STORAGE_SAS_TOKEN: this.signature(container, permissions) };
    }

    async createContainer(name: string): Promise<void> {
        const response = await this.ask("PUT", `${name}?restype=container`);
        if (response.status !== 201) throw new Error(`${name}: ${await response.text()}`);
    }

    /** Names of the blobs in a container. */
    async list(container: string): Promise<string[]> {
        const response = await this.ask("GET", `${container}?restype=container&comp=list`);
        const names = (await response.text()).matchAll(/<Name>([^<]+)<\/Name>/g);
        return [...names].map(([, name]) => name!).sort();
    }

    async read(container: string, blob: string): Promise<string> {
        return (await this.ask("GET", `${container}/${blob}`)).text();
    }

    async write(container: string, blob: string, text: string): Promise<void> {
        const response = await this.ask("PUT", `${container}/${blob}`, text);
        if (response.status !== 201) throw new Error(`${blob}: ${await response.text()}`);
    }

    /** A request that is signed for the whole account, or with a signature of one's own. */
    ask(method: string, where: string, body?: string, signature?: string): Promise<Response> {
        const separator = where.includes("?") ? "&" : "?";
        const signed = `${where}${separator}${signature ?? this.accountSignature()}`;
        return fetch(`http://127.0.0.1:${this.port}/${account}/${signed}`, {
            method,
            body,
            headers: body === undefined ? {} : { "x-ms-blob-type": "BlockBlob" },
        });
    }

    /** Source: learn.microsoft.com/rest/api/storageservices/create-service-sas */
    signature(container: string, permissions: string): string {
        const end = inOneHour();
        const resource = `/blob/${account}/${container}`;
        const fields = [
            permissions,
            "",
            end,
            resource,
            "",
            "",
            "",
            version,
            "c",
            ...Array(7).fill(""),
        ];
        const query = { sp: permissions, se: end, sv: version, sr: "c" };
        return signedQuery(query, fields.join("\n"));
    }

    /** Source: learn.microsoft.com/rest/api/storageservices/create-account-sas */
    private accountSignature(): string {
        const query = { sp: "rwdlac", ss: "b", srt: "sco", se: inOneHour(), sv: version };
        const { sp, ss, srt, se, sv } = query;
        const text = [account, sp, ss, srt, "", se, "", "", sv, "", ""].join("\n");
        return signedQuery(query, text);
    }
}

function inOneHour(): string {
    return new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
}

function signedQuery(query: Record<string, string>, text: string): string {
    const hash = createHmac("sha256", Buffer.from(key, "base64")).update(text, "utf8");
    return new URLSearchParams({ ...query, sig: hash.digest("base64") }).toString();
}
