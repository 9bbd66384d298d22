/**
 * What is made of the answers and refusals of the Azure CLI, with a stand-in for it on the PATH.
 * Does not show that the real CLI answers in this form: that is its documentation's.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { az, azureCli, AzureCliError } from "../../delivery/azureCli";
import { temporaryFolder } from "../support/temporaryFolder";

const folder = temporaryFolder();
const before = process.env.PATH;

/** An `az` that runs this JavaScript, with its arguments as `args`. */
function standIn(script: string): void {
    const head = `#!${process.execPath}\nconst fs = require("node:fs");\nconst args = process.argv.slice(2);\n`;
    fs.writeFileSync(path.join(folder, "az"), head + script, { mode: 0o755 });
}
const fails = (stderr: string) =>
    standIn(`process.stderr.write(${JSON.stringify(stderr)}); process.exit(1);`);

beforeEach(() => (process.env.PATH = folder));
afterAll(() => (process.env.PATH = before));

async function refusal(): Promise<AzureCliError> {
    const error = await az("rest").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AzureCliError);
    return error as AzureCliError;
}

describe("the Azure CLI", () => {
    it("answers JSON, or nothing", async () => {
        standIn("console.log(JSON.stringify(args))");
        expect(await az("account", "show")).toEqual(["account", "show", "--output", "json"]);
        standIn("");
        expect(await az("account", "clear")).toBeNull();
    });

    it("fails with Azure's code and message", async () => {
        const error = { code: "AuthorizationFailed", message: 'The client "x" may not.' };
        fails(`ERROR: Forbidden(${JSON.stringify({ error })})\n`);
        expect(await refusal()).toMatchObject({
            code: "AuthorizationFailed",
            message: 'AuthorizationFailed: The client "x" may not.',
        });
    });

    it("fails with its own first line where Azure was not asked", async () => {
        fails("ERROR: Please run 'az login' to setup account.\nmore\n");
        expect(await refusal()).toMatchObject({
            code: undefined,
            message: "Please run 'az login' to setup account.",
        });
    });

    it("fails where it is missing, says nothing, or what is no JSON", async () => {
        standIn("process.exit(2)");
        expect((await refusal()).message).toBe("az failed and did not say why");
        standIn("console.log('<html>')");
        expect((await refusal()).message).toBe("az failed and did not say why");
        process.env.PATH = path.join(folder, "nowhere");
        expect((await refusal()).message).toBe("az was not found");
    });

    it("is asked by POST with a file, which does not stay", async () => {
        standIn(`const file = args[args.indexOf("--body") + 1].slice(1);
console.log(JSON.stringify({ file, body: JSON.parse(fs.readFileSync(file)) }));`);
        const { file, body } = await azureCli.ask<{ file: string; body: object }>("url", { a: 1 });
        expect(body).toEqual({ a: 1 });
        expect(fs.existsSync(file)).toBe(false);
    });
});
