/**
 * What an installed SDK declares of a resource type: its inputs, their types, and its outputs. Read from
 * the SDK's own .d.ts files, so that every type of every version is known without a list of ours.
 *
 * `types/input.d.ts` of azure-native alone has 7.6 MB; only the namespaces that a type uses are parsed,
 * and the result is kept per user, keyed by the SDK's version and by this reader's own text.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type * as typescript from "typescript";
import { cacheDirectory } from "../../engine/cache";

/** A type, as far as a value can be checked against it. */
export type Shape =
    | { kind: "any" }
    | { kind: "string" | "number" | "boolean" }
    /** Only these values; what also takes any other string is declared as `string`. */
    | { kind: "enum"; values: (string | number | boolean)[] }
    | { kind: "array" | "map"; of: Shape }
    /** An object of a named type: see {@link Declaration.objects}. */
    | { kind: "object"; name: string }
    | { kind: "union"; of: Shape[] };

export interface Property {
    readonly shape: Shape;
    readonly required: boolean;
}

export type Properties = Readonly<Record<string, Property>>;

/** What the SDK says of one resource type. */
export interface Declaration {
    readonly inputs: Properties;
    readonly outputs: readonly string[];
    /** Every object type that an input refers to, by name. */
    readonly objects: Readonly<Record<string, Properties>>;
    /** API version of azure-native resources. */
    readonly apiVersion?: string;
}

interface Parsed {
    readonly source: typescript.SourceFile;
    readonly interfaces: ReadonlyMap<string, typescript.InterfaceDeclaration>;
}

/** Reads the declarations of one SDK package. */
export class Declarations {
    /** Version of the installed SDK, which is that of its provider. */
    readonly version: string;
    private readonly sdk: string;
    private readonly cache: string;
    private readonly known = new Map<string, Declaration | undefined>();
    private readonly parsed = new Map<string, Parsed>();
    private readonly texts = new Map<string, string>();
    /** Loaded on a cache miss only: it costs a third of a second. */
    private ts!: typeof typescript;

    /** @param packageName Such as `@pulumi/azure-native`. */
    constructor(private readonly packageName: string) {
        const manifest = require.resolve(`${packageName}/package.json`);
        this.sdk = path.dirname(manifest);
        this.version = JSON.parse(fs.readFileSync(manifest, "utf8")).version;
        const reader = createHash("sha256").update(fs.readFileSync(__filename)).digest("hex");
        const key = `${packageName.replace(/\W+/g, "-")}-${this.version}-${reader.slice(0, 12)}`;
        this.cache = path.join(cacheDirectory(), "declarations", key);
    }

    /** The declaration of a type token's resource; undefined if the SDK has no such type. */
    find(token: string): Declaration | undefined {
        if (!this.known.has(token)) this.known.set(token, this.cached(token));
        return this.known.get(token);
    }

    /** The declaration of a type token's resource, or a refusal of a type that does not exist. */
    require(token: string): Declaration {
        const found = this.find(token);
        if (found) return found;
        throw new Error(`${token} is no resource type of ${this.packageName} ${this.version}`);
    }

    private cached(token: string): Declaration | undefined {
        const file = path.join(this.cache, `${encodeURIComponent(token)}.json`);
        try {
            return JSON.parse(fs.readFileSync(file, "utf8"));
        } catch {
            // Not there, or cut off: read anew.
        }
        const declaration = this.read(token);
        if (!declaration) return undefined;
        fs.mkdirSync(this.cache, { recursive: true });
        const unfinished = `${file}.${process.pid}`;
        fs.writeFileSync(unfinished, JSON.stringify(declaration));
        fs.renameSync(unfinished, file);
        return declaration;
    }

    private read(token: string): Declaration | undefined {
        const file = this.fileOf(token);
        const className = token.split(":").at(-1)!;
        if (!file) return undefined;
        this.ts = require("typescript");
        const { source, interfaces } = this.parse(file, this.text(file));
        const args = interfaces.get(`${className}Args`);
        const outputs: string[] = [];
        for (const statement of source.statements) {
            if (!this.ts.isClassDeclaration(statement) || statement.name?.text !== className)
                continue;
            for (const member of statement.members) {
                if (this.ts.isPropertyDeclaration(member))
                    outputs.push(member.name.getText(source));
            }
        }
        const objects: Record<string, Properties> = {};
        return {
            inputs: args ? this.properties(args, source, objects) : {},
            outputs,
            objects,
            apiVersion: /Uses Azure REST API version ([\w-]+)\./.exec(source.text)?.[1],
        };
    }

    /** `azure-native:web:WebApp` is declared in web/, `azuread:index/group:Group` at the top. */
    private fileOf(token: string): string | undefined {
        const [, middle = "", className = ""] = token.split(":");
        const folder = middle.split("/")[0]!;
        const base = folder === "index" ? this.sdk : path.join(this.sdk, folder);
        const index = path.join(base, "index.d.ts");
        if (!fs.existsSync(index) || !/^\w+$/.test(className)) return undefined;
        const line = new RegExp(`^export type ${className} = import\\("\\./(\\w+)"\\)`, "m");
        const name = line.exec(this.text(index))?.[1];
        return name && path.join(base, `${name}.d.ts`);
    }

    private text(file: string): string {
        let text = this.texts.get(file);
        if (text === undefined) this.texts.set(file, (text = fs.readFileSync(file, "utf8")));
        return text;
    }

    private parse(key: string, text: string): Parsed {
        let parsed = this.parsed.get(key);
        if (!parsed) {
            const source = this.ts.createSourceFile(key, text, this.ts.ScriptTarget.Latest);
            const interfaces = new Map<string, typescript.InterfaceDeclaration>();
            for (const statement of source.statements) {
                if (this.ts.isInterfaceDeclaration(statement)) {
                    interfaces.set(statement.name.text, statement);
                }
            }
            parsed = { source, interfaces };
            this.parsed.set(key, parsed);
        }
        return parsed;
    }

    /** The interfaces of one namespace of types/input.d.ts; without one, those outside namespaces. */
    private inputTypes(namespace: string): Parsed {
        const text = this.text(path.join(this.sdk, "types", "input.d.ts"));
        if (namespace === "") return this.parse("inputs", text);
        const head = `export declare namespace ${namespace} {\n`;
        const start = text.indexOf(head) + head.length;
        return this.parse(`inputs.${namespace}`, text.slice(start, text.indexOf("\n}", start)));
    }

    private properties(
        declaration: typescript.InterfaceDeclaration,
        source: typescript.SourceFile,
        objects: Record<string, Properties>,
    ): Properties {
        const properties: Record<string, Property> = {};
        for (const member of declaration.members) {
            if (!this.ts.isPropertySignature(member) || !member.type) continue;
            const name = member.name.getText(source).replace(/^["']|["']$/g, "");
            const shape = this.shape(member.type, source, objects);
            properties[name] = { shape, required: member.questionToken === undefined };
        }
        return properties;
    }

    private shape(
        node: typescript.TypeNode,
        source: typescript.SourceFile,
        objects: Record<string, Properties>,
    ): Shape {
        const { ts } = this;
        const inner = (type: typescript.TypeNode) => this.shape(type, source, objects);
        if (ts.isUnionTypeNode(node)) {
            const given = node.types.filter((type) => type.kind !== ts.SyntaxKind.UndefinedKeyword);
            return union(given.map(inner));
        }
        if (ts.isArrayTypeNode(node)) return { kind: "array", of: inner(node.elementType) };
        if (ts.isParenthesizedTypeNode(node)) return inner(node.type);
        if (ts.isTypeLiteralNode(node)) {
            const [member] = node.members;
            const isMap = member && ts.isIndexSignatureDeclaration(member);
            return isMap ? { kind: "map", of: inner(member.type) } : { kind: "any" };
        }
        if (ts.isLiteralTypeNode(node)) {
            return { kind: "enum", values: [literal(node.literal.getText(source))] };
        }
        if (ts.isTypeReferenceNode(node)) {
            const name = node.typeName.getText(source);
            if (name === "pulumi.Input" && node.typeArguments) return inner(node.typeArguments[0]!);
            if (name.startsWith("inputs."))
                return this.object(name.slice("inputs.".length), objects);
            if (name.startsWith("enums.")) return this.enumeration(name.slice("enums.".length));
            return { kind: "any" };
        }
        const text = node.getText(source);
        const simple = text === "string" || text === "number" || text === "boolean";
        return { kind: simple ? text : "any" };
    }

    private object(name: string, objects: Record<string, Properties>): Shape {
        if (!(name in objects)) {
            const parts = name.split(".");
            const { source, interfaces } = this.inputTypes(parts.slice(0, -1).join("."));
            const declaration = interfaces.get(parts.at(-1)!);
            if (!declaration) return { kind: "any" };
            objects[name] = {}; // Types refer to themselves.
            objects[name] = this.properties(declaration, source, objects);
        }
        return { kind: "object", name };
    }

    private enumeration(name: string): Shape {
        const parts = name.split(".");
        const file = path.join(this.sdk, "types", "enums", ...parts.slice(0, -1), "index.d.ts");
        const head = `export declare const ${parts.at(-1)}: {\n`;
        const text = this.text(file);
        const start = text.indexOf(head);
        if (start < 0) return { kind: "any" };
        const body = text.slice(start + head.length, text.indexOf("\n};", start));
        const values = [...body.matchAll(/^ +readonly [^:]+: (.+);$/gm)].map((match) =>
            literal(match[1]!),
        );
        return { kind: "enum", values };
    }
}

function literal(text: string): string | number | boolean {
    return JSON.parse(text);
}

/** One shape for several: any string makes an enum open, and several enums are one. */
function union(shapes: Shape[]): Shape {
    if (shapes.some(({ kind }) => kind === "any")) return { kind: "any" };
    const open = shapes.some(({ kind }) => kind === "string");
    const rest: Shape[] = open ? [{ kind: "string" }] : [];
    const values: (string | number | boolean)[] = [];
    for (const shape of shapes) {
        if (shape.kind === "enum") values.push(...shape.values);
        else if (shape.kind !== "string") rest.push(shape);
    }
    const others = open ? values.filter((value) => typeof value !== "string") : values;
    if (others.length > 0) rest.push({ kind: "enum", values: others });
    return rest.length === 1 ? rest[0]! : { kind: "union", of: rest };
}
