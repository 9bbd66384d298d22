/** Pulumi commands beside the project's own: in an empty project of a name, and with a stack file of ours. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { stackFileName } from "../../engine/pack";
import { capture, type Captured } from "../../engine/process";
import { UserError } from "../../engine/userError";

/** What a shell may have set for the project's own stack, and would lead a command for another one astray. */
const ofTheStack = [
    "PULUMI_STACK",
    "PULUMI_OPTION_CONFIG_FILE",
    "PULUMI_OPTION_POLICY_PACK",
    "PULUMI_OPTION_POLICY_PACK_CONFIG",
];

/** An environment in which nothing is said about a stack. */
export function withoutStack(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const kept = Object.entries(env).filter(([name]) => !ofTheStack.includes(name));
    return Object.fromEntries(kept);
}

/** What stands in a stack's file, such as Pulumi.dev.yaml. */
export interface StackFileContent {
    encryptionsalt?: string;
    secretsprovider?: string;
    encryptedkey?: string;
    config?: Record<string, unknown>;
}

/** What is in a stack's file; nothing where there is none. */
export function readStackFile(file: string): StackFileContent {
    if (!fs.existsSync(file)) return {};
    try {
        return (parse(fs.readFileSync(file, "utf8")) ?? {}) as StackFileContent;
    } catch (error) {
        const [reason] = (error as Error).message.split("\n");
        throw new UserError(`${path.basename(file)} is not valid YAML: ${reason}`);
    }
}

/** A stack of a project, in a backend, as Pulumi's commands see it in a folder that holds nothing else. */
export class EmptyProject {
    readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-project-"));

    constructor(
        private readonly pulumi: string,
        private env: NodeJS.ProcessEnv,
        name: string,
        readonly stack: string,
        /** Text of the stack's file, if there is one. */
        stackFile?: string,
    ) {
        const project = stringify({ name, runtime: "nodejs" });
        fs.writeFileSync(path.join(this.folder, "Pulumi.yaml"), project);
        if (stackFile !== undefined) fs.writeFileSync(this.stackFile, stackFile);
    }

    get stackFile(): string {
        return path.join(this.folder, stackFileName(this.stack));
    }

    remove(): void {
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    /** From now on, the passphrase is the one in this file. */
    setPassphraseFile(file: string): void {
        const { PULUMI_CONFIG_PASSPHRASE: _, ...others } = this.env;
        this.env = { ...others, PULUMI_CONFIG_PASSPHRASE_FILE: path.resolve(file) };
    }

    /** Runs `pulumi <args>` for the stack, at a backend. */
    try(backend: string | undefined, args: readonly string[], input?: string): Promise<Captured> {
        const env = {
            ...withoutStack(this.env),
            ...(backend !== undefined && { PULUMI_BACKEND_URL: backend }),
        };
        const all = [...args, "--stack", this.stack, "--non-interactive"];
        return capture(this.pulumi, all, { cwd: this.folder, env, input });
    }

    /** The same, for what must succeed. Answers what it printed. */
    async run(
        backend: string | undefined,
        args: readonly string[],
        input?: string,
    ): Promise<string> {
        const { code, stdout, output } = await this.try(backend, args, input);
        if (code === 0) return stdout;
        // Not what it printed for us to read: some commands print secrets.
        const errors = output.slice(stdout.length).trim();
        throw new UserError(`"pulumi ${args.slice(0, 2).join(" ")}" failed:\n${errors}`);
    }

    /** Makes the stack, if there is none of this name yet. Whether it was made. */
    async init(backend: string | undefined): Promise<boolean> {
        const { code, output } = await this.try(backend, ["stack", "init", "--no-select"]);
        if (code === 0) return true;
        if (/already exists/.test(output)) return false;
        throw new UserError(`The stack "${this.stack}" could not be made:\n${output.trim()}`);
    }
}
