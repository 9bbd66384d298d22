/**
 * The stacks of a sandbox as they are on Azure: `pulumi` reads `Pulumi.<stack>.yaml` itself, and nothing derives
 * another configuration from it. Only the providers are those of this machine's Azure.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { localEnvironment } from "../../local/environment";
import { signedInUser } from "../../local/identity";
import type { Result, Sandbox } from "./sandbox";

export class PlainStacks {
    private constructor(
        private readonly sandbox: Sandbox,
        readonly pulumiCli: string,
        readonly env: NodeJS.ProcessEnv,
    ) {}

    static async make(sandbox: Sandbox, ...stacks: string[]): Promise<PlainStacks> {
        const { pulumi, env } = await localEnvironment(sandbox.root, "dev");
        const own = Object.entries(env).filter(([name]) => !/^PULUMI_(OPTION_|STACK)/.test(name));
        const state = path.join(sandbox.root, ".local", "plain-state");
        fs.mkdirSync(state, { recursive: true });
        const made = new PlainStacks(sandbox, pulumi, {
            ...Object.fromEntries(own),
            PULUMI_BACKEND_URL: `${pathToFileURL(state).href}?metadata=skip`,
        });
        const { tenantId, subscriptionId } = signedInUser;
        for (const stack of stacks) {
            sandbox.set({ tenantId, subscriptionId }, stack);
            const { code, output } = await made.pulumi("stack", "init", stack);
            if (code !== 0) throw new Error(output);
        }
        return made;
    }

    pulumi(...args: string[]): Promise<Result> {
        return this.sandbox.run(this.pulumiCli, [...args, "--non-interactive"], this.env);
    }

    /** Runs a command of ours, such as `delivery/up.ts`. */
    command(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
        const all = { ...this.env, ...env };
        return this.sandbox.run(process.execPath, ["engine/run.js", file, ...args], all);
    }

    up(stack: string): Promise<Result> {
        return this.command("delivery/up.ts", ["--stack", stack, "--yes", "--skip-preview"]);
    }

    /** Text of a stack's file. */
    file(stack: string): string {
        return fs.readFileSync(path.join(this.sandbox.root, `Pulumi.${stack}.yaml`), "utf8");
    }
}
