/** Asks Azure with the Azure CLI, for what Pulumi's providers have no function for. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How long one answer may take, in milliseconds. */
const patience = 60_000;

/** Azure's refusal, or the CLI's own: its message is one line. */
export class AzureCliError extends Error {
    override readonly name = "AzureCliError";

    /** @param code Azure's code, such as `AuthorizationFailed`; undefined where Azure gave none. */
    constructor(
        message: string,
        readonly code?: string,
    ) {
        super(message);
    }
}

/** What the CLI said on its way out. `az rest` prints Azure's answer: `Forbidden({"error":{"code":...}})`. */
function explain(error: unknown): AzureCliError {
    const {
        code,
        killed,
        stderr = "",
    } = error as NodeJS.ErrnoException & {
        killed?: boolean;
        stderr?: string;
    };
    if (code === "ENOENT") return new AzureCliError("az was not found");
    if (killed) return new AzureCliError(`az did not answer in ${patience / 1000} seconds`);
    const field = (name: string) => new RegExp(`"${name}":\\s*"((?:[^"\\\\]|\\\\.)*)"`, "i");
    const [, azureCode] = field("code").exec(stderr) ?? [];
    const [, message] = field("message").exec(stderr) ?? [];
    const lines = stderr.split("\n").map((line) => line.replace(/^ERROR: /, "").trim());
    const said = lines.find((line) => line !== "") ?? "az failed and did not say why";
    const text = azureCode && message ? `${azureCode}: ${message.replaceAll('\\"', '"')}` : said;
    return new AzureCliError(text.slice(0, 400), azureCode);
}

/**
 * What a command of the Azure CLI answers; null where it prints nothing.
 *
 * @throws AzureCliError
 */
export async function az<T>(...args: string[]): Promise<T> {
    const all = [...args, "--output", "json"];
    // On Windows the CLI is a batch file, which only a shell starts; no argument holds a double quote.
    const shell = process.platform === "win32";
    const words = shell ? all.map((word) => `"${word}"`) : all;
    try {
        const { stdout } = await run("az", words, { env: process.env, shell, timeout: patience });
        return JSON.parse(stdout.trim() || "null") as T;
    } catch (error) {
        throw explain(error);
    }
}

/** Who the CLI is signed in as, and where. */
export interface Account {
    readonly tenantId: string;
    /** Subscription. */
    readonly id: string;
    /** Sign-in name of a user, client id of a service principal. */
    readonly user: { readonly name: string; readonly type: string };
}

/** A way to ask Azure; tests bring their own. Every method throws {@link AzureCliError}. */
export interface AzureReader {
    account(): Promise<Account>;
    /** Version of the CLI. */
    version(): Promise<string>;
    get<T>(url: string): Promise<T>;
    /** Asks by POST, as Azure has it for some questions; nothing is changed. */
    ask<T>(url: string, body: object): Promise<T>;
}

export const azureCli: AzureReader = {
    account: () => az("account", "show"),
    version: async () => (await az<{ "azure-cli": string }>("version"))["azure-cli"],
    get: (url) => az("rest", "--method", "get", "--url", url),
    ask: async (url, body) => {
        // As a file: JSON is full of double quotes.
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "azure-question-"));
        try {
            const file = path.join(folder, "body.json");
            fs.writeFileSync(file, JSON.stringify(body));
            return await az("rest", "--method", "post", "--url", url, "--body", `@${file}`);
        } finally {
            fs.rmSync(folder, { recursive: true, force: true });
        }
    },
};
