/**
 * What is asked of the Azure CLI, and what is made of its answers, with a stand-in for it on the PATH.
 * Does not show that the real CLI answers in this form: that is its documentation's.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { entra } from "../../delivery/entra";
import { temporaryFolder } from "../support/temporaryFolder";

const folder = temporaryFolder();
const asked = path.join(folder, "asked");
const answers = path.join(folder, "answers.json");
const before = process.env.PATH;

/** An `az` that notes what it is asked, and answers by the first words of that. */
function signIn(tenantId: string, others: Record<string, unknown>): void {
    fs.rmSync(asked, { force: true });
    fs.writeFileSync(answers, JSON.stringify({ "account show": { tenantId }, ...others }));
    const script = `#!${process.execPath}
const fs = require("node:fs");
const words = process.argv.slice(2).join(" ");
fs.appendFileSync(${JSON.stringify(asked)}, words + "\\n");
const answers = JSON.parse(fs.readFileSync(${JSON.stringify(answers)}, "utf8"));
const known = Object.keys(answers).find((start) => words.startsWith(start));
if (known === undefined) { console.error("ERROR: no such thing"); process.exit(1); }
if (answers[known] !== null) console.log(JSON.stringify(answers[known]));
`;
    fs.writeFileSync(path.join(folder, "az"), script, { mode: 0o755 });
    process.env.PATH = folder;
}
const commands = () =>
    fs
        .readFileSync(asked, "utf8")
        .trim()
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("account show"));

afterAll(() => (process.env.PATH = before));

describe("the directory by the Azure CLI", () => {
    it("asks for applications by their exact name", async () => {
        signIn("t", { "ad app list": [{ id: "one" }] });
        expect(await entra("t").applications("shop's deployer")).toEqual(["one"]);
        expect(commands()).toEqual([
            "ad app list --filter displayName eq 'shop''s deployer' --output json",
        ]);
    });

    it("asks for service principals by their application", async () => {
        signIn("t", { "ad sp list": [] });
        expect(await entra("t").servicePrincipals("client")).toEqual([]);
        expect(commands()).toEqual(["ad sp list --filter appId eq 'client' --output json"]);
    });

    it("picks the credentials of one name", async () => {
        signIn("t", {
            "ad app federated-credential list": [
                { id: "a", name: "pipeline" },
                { id: "b", name: "other" },
            ],
            "ad app credential list": [
                { keyId: "k", displayName: "ours" },
                { keyId: "l", displayName: null },
            ],
        });
        expect(await entra("t").federatedCredentials("app", "pipeline")).toEqual(["a"]);
        expect(await entra("t").passwords("app", "ours")).toEqual(["k"]);
    });

    it("removes a password, to which the CLI answers nothing", async () => {
        signIn("t", { "ad app credential delete": null });
        await entra("t").removePassword("app", "k");
        expect(commands()).toEqual(["ad app credential delete --id app --key-id k --output json"]);
    });

    it("fails where the CLI is signed in to another tenant, and asks it nothing", async () => {
        signIn("other", { "ad app list": [] });
        await expect(entra("t").applications("n")).rejects.toThrow(
            /signed in to tenant other.*az login --tenant t/,
        );
        expect(commands()).toEqual([]);
    });

    it("fails where the CLI fails, or is not there", async () => {
        signIn("t", {});
        await expect(entra("t").applications("n")).rejects.toThrow(/az login --tenant t/);
        process.env.PATH = path.join(folder, "nowhere");
        await expect(entra("t").applications("n")).rejects.toThrow(/az.*az login --tenant t/s);
    });
});
