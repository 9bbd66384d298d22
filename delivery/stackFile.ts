/** The file of a stack's settings, `Pulumi.<stack>.yaml`, changed as an editor would: comments and order stay. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument, type Document } from "yaml";
import { stackFileName } from "../engine/pack";
import { UserError } from "../engine/userError";
import { replaceFile } from "./replaceFile";

/** Namespace of this project's settings. */
const namespace = "azure-webapp-stack";

/** The text of such a file. @param name For the message. @throws UserError where it is no YAML. */
export function parseStackFile(text: string, name: string): Document {
    const document = parseDocument(text);
    const [problem] = document.errors;
    if (!problem) return document;
    throw new UserError(
        `${name} is not valid YAML: ${problem.message.split("\n")[0]?.replace(/:$/, "")}`,
    );
}

export class StackFile {
    readonly file: string;
    private readonly document: Document;

    /** @throws UserError where there is no such file, or it is no YAML. */
    constructor(project: string, stack: string) {
        this.file = path.join(project, stackFileName(stack));
        if (!fs.existsSync(this.file)) {
            throw new UserError(
                `There is no stack "${stack}": ${this.name} is missing. Copy that of another environment and adapt it.`,
            );
        }
        this.document = parseStackFile(fs.readFileSync(this.file, "utf8"), this.name);
    }

    get name(): string {
        return path.basename(this.file);
    }

    /** A setting as it stands; undefined if it is not set, or is a secret or a map. */
    get(setting: string): string | readonly string[] | undefined {
        const value = this.plain(setting);
        if (Array.isArray(value)) return value.map(String);
        return value === undefined || value === null || typeof value === "object"
            ? undefined
            : String(value);
    }

    /** A setting as its YAML says it, secrets and maps too. */
    plain(setting: string): unknown {
        return this.document.toJS()?.config?.[`${namespace}:${setting}`];
    }

    /** Where the key of the stack's secrets is, if not in a passphrase. */
    get secretsProvider(): string | undefined {
        const value: unknown = this.document.get("secretsprovider");
        return typeof value === "string" ? value : undefined;
    }

    remove(setting: string): void {
        this.document.deleteIn(["config", `${namespace}:${setting}`]);
    }

    /** Sets a setting; {@link save} writes it. */
    set(setting: string, value: string | readonly string[]): void {
        this.document.setIn(["config", `${namespace}:${setting}`], value);
    }

    /** The whole text, as `save` would write it. */
    get text(): string {
        return this.document.toString({ lineWidth: 0 });
    }

    /** Writes all at once: whoever is cut off leaves the old file or the new one. */
    save(): void {
        replaceFile(this.file, this.text);
    }
}
