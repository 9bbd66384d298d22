/** A copy of the project in a temporary folder, to change and to run the real engine in. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { formatLifetime, lifetimeFrom } from "../../azure/credentials";
import { Cloud } from "../../local/cloud/cloud";
import { openStore } from "../../local/cloud/initial";
import { localEnvironment, localFolders } from "../../local/environment";
import { signedInUser } from "../../local/identity";

const project = path.resolve(__dirname, "..", "..");
const left = new Set(["node_modules", ".git", ".local", "coverage"]);

/** What a command printed, both streams together, and how it ended. */
export interface Result {
    readonly code: number;
    readonly output: string;
}

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly id?: string;
    readonly inputs: Record<string, any>;
    readonly outputs: Record<string, any>;
    readonly provider?: string;
    readonly parent?: string;
    readonly external?: boolean;
}

/** Settings of a stack as the committed examples have them, and as its policies ask for. */
function exampleSettings(stack: string): Record<string, unknown> {
    const digest = `sha256:${"6d1ef012b5674ad8".repeat(4)}`;
    const production = {
        image: `ghcr.io/example/distilgpt2-api@${digest}`,
        allowedIpRanges: "203.0.113.0/24",
    };
    return {
        name: `example-model-${stack}`,
        tenantId: "00000000-0000-0000-0000-000000000000",
        subscriptionId: "00000000-0000-0000-0000-000000000000",
        image: "ghcr.io/example/distilgpt2-api:1.0",
        healthCheckPath: "/healthz",
        githubRepository: "example/distilgpt2-api",
        ...(stack !== "dev" && { tags: { owner: "example-team", costCenter: "0000" } }),
        ...(stack === "prod" && production),
    };
}

/** What makes the CLI run without the policies. */
export const withoutPolicies = {
    PULUMI_OPTION_POLICY_PACK: "",
    PULUMI_OPTION_POLICY_PACK_CONFIG: "",
};

export class Sandbox {
    readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "azure-webapp-stack-"));

    /** @param policies Whether the CLI runs the policies too. Commands of ours do in any case. */
    constructor(private readonly policies = false) {
        fs.cpSync(project, this.root, {
            recursive: true,
            filter: (source) =>
                !left.has(path.basename(source)) || path.dirname(source) !== project,
        });
        fs.symlinkSync(path.join(project, "node_modules"), path.join(this.root, "node_modules"));
        // Not the committed files, which people fill in with their own values.
        for (const stack of ["dev", "test", "prod"]) {
            const config = Object.entries(exampleSettings(stack)).map(([key, value]) => [
                `azure-webapp-stack:${key}`,
                value,
            ]);
            const text = stringify({ config: Object.fromEntries(config) });
            fs.writeFileSync(path.join(this.root, `Pulumi.${stack}.yaml`), text);
        }
    }

    remove(): void {
        fs.rmSync(this.root, { recursive: true, force: true });
    }

    /** Sets settings of a stack, as an editor of its file would; undefined removes one. */
    set(settings: Record<string, unknown>, stack = "dev"): void {
        const file = path.join(this.root, `Pulumi.${stack}.yaml`);
        const document = parse(fs.readFileSync(file, "utf8"));
        for (const [key, value] of Object.entries(settings)) {
            document.config[`azure-webapp-stack:${key}`] = value;
        }
        fs.writeFileSync(file, stringify(document));
    }

    /** Replaces text in a file, and fails if it is not there. */
    edit(file: string, before: string, after: string): void {
        const full = path.join(this.root, file);
        const text = fs.readFileSync(full, "utf8");
        if (!text.includes(before)) throw new Error(`${file} does not contain: ${before}`);
        fs.writeFileSync(full, text.replace(before, after));
    }

    /**
     * Runs a Pulumi command in the environment that `npm run local` makes; unless this sandbox has policies, without
     * them, as a plain `pulumi` runs. They would take a fifth of its time.
     */
    async pulumi(args: string[], { stack = "dev", env = {} } = {}): Promise<Result> {
        const local = await localEnvironment(this.root, stack);
        const policies = this.policies ? {} : withoutPolicies;
        return this.run(local.pulumi, [...args, "--non-interactive"], {
            ...local.env,
            ...policies,
            ...env,
        });
    }

    /** Runs `npm run local -- <args>`; without containers, unless the environment names an engine. */
    local(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<Result> {
        return this.run(process.execPath, ["engine/run.js", "local/main.ts", ...args], {
            LOCAL_AZURE_ENGINE: "none",
            ...env,
        });
    }

    run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Result> {
        return new Promise((resolve) => {
            const options = { cwd: this.root, env, maxBuffer: 1 << 26 };
            execFile(command, args, options, (error, stdout, stderr) => {
                const code = error ? ((error as { code?: number }).code ?? 1) : 0;
                resolve({ code, output: stdout + stderr });
            });
        });
    }

    async up(options: { stack?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Result> {
        return this.pulumi(["up", "--yes", "--skip-preview"], options);
    }

    /** The resources in the stack's state. */
    async state(stack = "dev"): Promise<StateResource[]> {
        const { output } = await this.pulumi(["stack", "export"], { stack });
        return JSON.parse(output).deployment.resources ?? [];
    }

    /** What this sandbox's Azure holds, as its signed-in user sees it. */
    get cloud(): Cloud {
        return new Cloud(openStore(localFolders(this.root).store), signedInUser);
    }

    /** Ids of everything that this sandbox's Azure holds. */
    cloudIds(): string[] {
        const store = localFolders(this.root).store;
        if (!fs.existsSync(store)) return [];
        return fs
            .readdirSync(store, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".document"))
            .map((file) => decodeURIComponent(`/${file.slice(0, -".document".length)}`))
            .sort();
    }
}

/** `type name` of each resource, without the stack itself: what was registered, in words. */
export function summary(resources: readonly StateResource[]): string[] {
    return resources
        .filter(({ type }) => type !== "pulumi:pulumi:Stack")
        .map(({ urn, type }) => `${type} ${urn.split("::").at(-1)}`)
        .sort();
}

/** Lifetime of a client secret that began yesterday, as the settings have it. */
export function lifetime(days = 30): string {
    return formatLifetime(lifetimeFrom(new Date(Date.now() - 24 * 60 * 60 * 1000), days));
}

/** What a stack that deploys access registers for its two principals, with everything else left to defaults. */
export const principals: readonly string[] = [
    "azure-native:authorization:RoleAssignment deployer-access-web-plan-contributor",
    "azure-native:authorization:RoleAssignment deployer-access-website-contributor",
    "azure-native:authorization:RoleAssignment reader-access-reader",
    "azure-native:authorization:RoleAssignment reader-access-settings",
    "azure-native:authorization:RoleDefinition reader-access-settings-definition",
    "azure-webapp-stack:index:GroupAccess deployer-access",
    "azure-webapp-stack:index:GroupAccess reader-access",
    "azure-webapp-stack:index:PipelinePrincipal deployer",
    "azure-webapp-stack:index:PipelinePrincipal reader",
    "azuread:index/application:Application deployer",
    "azuread:index/application:Application reader",
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential deployer-github-environment",
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential reader-github-branch",
    "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential reader-github-pull-request",
    "azuread:index/servicePrincipal:ServicePrincipal deployer-principal",
    "azuread:index/servicePrincipal:ServicePrincipal reader-principal",
];
