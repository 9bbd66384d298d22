/**
 * Stand-in for Pulumi's Node.js language host: starts the program and the policy packs for the engine.
 * Used only where the official `pulumi-language-nodejs` is missing, because it is not to be had as a
 * Go module: a CLI that {@link file://./cli.ts} built comes without one.
 *
 * Protocol: `LanguageRuntime` in pulumi/proto/language.proto, as the official host of Pulumi 3.259 keeps it.
 */
import { type ChildProcess, spawn, type SpawnOptions } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { serve } from "./plugin";

/** The SDK's exit code for "the error has been reported": the engine then adds no message of its own. */
const alreadyReported = 32;

/** Every installed package that is a Pulumi provider, with the plugin version it needs. */
export function providerPackages(programDirectory: string): { name: string; version: string }[] {
    const modules = path.join(programDirectory, "node_modules");
    if (!fs.existsSync(modules)) return [];
    return fs
        .readdirSync(modules)
        .flatMap((entry) =>
            entry.startsWith("@")
                ? fs.readdirSync(path.join(modules, entry)).map((name) => `${entry}/${name}`)
                : [entry],
        )
        .flatMap((entry) => {
            const file = path.join(modules, entry, "package.json");
            if (!fs.existsSync(file)) return [];
            const text = fs.readFileSync(file, "utf8");
            if (!text.includes('"pulumi"')) return [];
            const { version, pulumi } = JSON.parse(text);
            if (pulumi?.resource !== true) return [];
            const name: string = pulumi.name ?? entry.replace("@pulumi/", "");
            return [{ name, version: pulumi.version ?? version }];
        });
}

/** Resolves a module of the SDK as the program itself would. */
function sdkModule(from: string, id: string): string {
    return createRequire(path.join(from, "package.json")).resolve(`@pulumi/pulumi/${id}`);
}

/** Starts a process that ends with this one: an engine that is killed would leave its program running. */
function start(args: string[], options: SpawnOptions): ChildProcess {
    const child = spawn(process.execPath, args, options);
    const end = () => child.kill();
    process.on("exit", end);
    child.on("close", () => process.off("exit", end));
    return child;
}

function run(request: messages.RunRequest, engine: string): Promise<messages.RunResponse> {
    const info = request.getInfo();
    const directory = info?.getProgramDirectory() || request.getPwd();
    const options = info?.getOptions()?.toJavaScript() ?? {};
    const args = [
        ...String(options.nodeargs ?? "")
            .split(" ")
            .filter(Boolean),
        sdkModule(directory, "cmd/run"),
        "--monitor",
        request.getMonitorAddress(),
        "--engine",
        engine,
        "--organization",
        request.getOrganization(),
        "--project",
        request.getProject(),
        "--root-directory",
        info?.getRootDirectory() || request.getPwd(),
        "--stack",
        request.getStack(),
        "--pwd",
        request.getPwd(),
        ...(request.getDryrun() ? ["--dry-run"] : []),
        "--parallel",
        String(request.getParallel()),
        info?.getEntryPoint() || ".",
        ...request.getArgsList(),
    ];
    const env: NodeJS.ProcessEnv = {
        ...process.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
        PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
    };
    if (options.tsconfig) env.PULUMI_NODEJS_TSCONFIG_PATH = String(options.tsconfig);
    return new Promise((resolve) => {
        const program = start(args, { env, stdio: ["ignore", 1, 2] });
        const response = new messages.RunResponse();
        program.on("error", (error) => {
            response.setError(`the program could not be started: ${error.message}`);
            resolve(response);
        });
        program.on("exit", (code, signal) => {
            if (code === alreadyReported) response.setBail(true);
            else if (signal) response.setError(`the program was ended by ${signal}`);
            else if (code !== 0) response.setError(`the program exited with code ${code}`);
            resolve(response);
        });
    });
}

/**
 * The main file of a policy pack, if it is JavaScript. Node runs that by itself: the SDK's runner would
 * load the TypeScript compiler first, whatever the pack is written in, which takes a quarter of a second.
 */
function javascriptMain(directory: string): string | undefined {
    const manifest = path.join(directory, "package.json");
    if (!fs.existsSync(manifest)) return undefined;
    const { main } = JSON.parse(fs.readFileSync(manifest, "utf8")) as { main?: string };
    return main?.endsWith(".js") ? path.join(directory, main) : undefined;
}

function runPlugin(
    call: grpc.ServerWritableStream<messages.RunPluginRequest, messages.RunPluginResponse>,
): void {
    const { request } = call;
    const info = request.getInfo();
    const directory = info?.getProgramDirectory() || request.getPwd();
    const analyzer = request.getKind() === "analyzer";
    const main = analyzer ? javascriptMain(directory) : undefined;
    const args = main
        ? [main]
        : analyzer
          ? [sdkModule(directory, "cmd/run-policy-pack"), ...request.getArgsList(), directory]
          : [sdkModule(directory, "cmd/run-plugin"), directory, ...request.getArgsList()];
    const env = Object.fromEntries(
        request.getEnvList().map((entry) => {
            const at = entry.indexOf("=");
            return [entry.slice(0, at), entry.slice(at + 1)];
        }),
    );
    const plugin = start(args, {
        cwd: analyzer ? directory : request.getPwd(),
        env,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const send = (set: (response: messages.RunPluginResponse) => void) => {
        const response = new messages.RunPluginResponse();
        set(response);
        call.write(response);
    };
    plugin.stdout!.on("data", (data) => send((response) => response.setStdout(data)));
    plugin.stderr!.on("data", (data) => send((response) => response.setStderr(data)));
    plugin.on("error", (error) => call.destroy(error));
    plugin.on("close", (code) => {
        send((response) => response.setExitcode(code ?? 1));
        call.end();
    });
    call.on("cancelled", () => plugin.kill());
}

/** Serves the protocol until the engine cancels or is gone. */
export function main([engine = ""]: string[]): Promise<void> {
    const implementation: Partial<language.ILanguageRuntimeServer> = {
        getPluginInfo: (_, callback) => {
            const info = new PluginInfo();
            info.setVersion("1.0.0");
            callback(null, info);
        },
        getRequiredPackages: (call, callback) => {
            const response = new messages.GetRequiredPackagesResponse();
            const directory = call.request.getInfo()?.getProgramDirectory() ?? process.cwd();
            for (const { name, version } of providerPackages(directory)) {
                const dependency = new PackageDependency();
                dependency.setName(name);
                dependency.setKind("resource");
                dependency.setVersion(`v${version}`);
                response.addPackages(dependency);
            }
            callback(null, response);
        },
        run: (call, callback) => {
            run(call.request, engine).then(
                (response) => callback(null, response),
                (error) => callback({ code: grpc.status.INTERNAL, details: String(error) }),
            );
        },
        runPlugin,
        about: (_, callback) => {
            const response = new messages.AboutResponse();
            response.setExecutable(process.execPath);
            response.setVersion(process.version);
            callback(null, response);
        },
    };
    return serve(language.LanguageRuntimeService, implementation);
}
