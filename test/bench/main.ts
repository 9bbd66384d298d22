/**
 * `npm run bench`: how long a preview takes, as ratios against a floor and against the usual way, taken in
 * one interleaved run on the real engine with this machine's Azure. `--runs <n>` repeats more often,
 * `--json <file>` also writes the figures as one flat JSON object.
 *
 * Then how long the provider plugin of this machine's Azure takes for a resource (see provider.ts), what the policy
 * pack costs (see policies.ts), and what the report of a preview does (see report.ts).
 *
 * Cannot show how long the real Azure takes to answer: all contenders talk to this machine's.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../engine/userError";
import { localEnvironment } from "../../local/environment";
import { signedInUser } from "../../local/identity";
import { Sandbox } from "../support/sandbox";
import { median } from "./median";
import { evaluation, packStarts } from "./policies";
import { promotionOwnWork } from "./promote";
import { measureProvider } from "./provider";
import { measureReport } from "./report";

/** One thing to measure. */
interface Contender {
    readonly key: string;
    readonly what: string;
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    /** Whether nothing of what an earlier run transpiled may be used. */
    readonly edited?: boolean;
}

interface Sample {
    /** Wall time, in seconds. */
    readonly seconds: number;
    /** Peak memory of the program's process, in MiB. */
    readonly memory: number;
}

function execute(
    pulumi: string,
    args: string[],
    cwd: string,
    env: NodeJS.ProcessEnv,
): Promise<void> {
    return new Promise((resolve, reject) => {
        const child = spawn(pulumi, [...args, "--non-interactive"], { cwd, env });
        let output = "";
        child.stdout.on("data", (data) => (output += data));
        child.stderr.on("data", (data) => (output += data));
        child.on("error", reject);
        child.on("close", (code) => {
            if (code === 0) resolve();
            else reject(new Error(`pulumi ${args.join(" ")} failed in ${cwd}:\n${output}`));
        });
    });
}

async function measure(
    pulumi: string,
    { cwd, env, edited }: Contender,
    scratch: string,
): Promise<Sample> {
    const file = path.join(scratch, "peak-memory");
    const preload = path.join(__dirname, "peakMemory.js");
    if (edited) fs.rmSync(transpiled, { recursive: true, force: true });
    const started = process.hrtime.bigint();
    const measured = { ...env, NODE_OPTIONS: `--require ${preload}`, PEAK_MEMORY_FILE: file };
    await execute(pulumi, ["preview"], cwd, measured);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    return { seconds, memory: Number(fs.readFileSync(file, "utf8")) / 1024 };
}

/** What the figures of reports and promotions must not exceed; said where they do. */
const limits: Readonly<Record<string, number>> = {
    reportSecondsBeyondPreview: 0.5,
    reportOf500Seconds: 2,
    reportOf500Bytes: 64_000,
    promotionOwnWorkSeconds: 1,
};

/** How many stacks of the provider plugin go with one run of the previews. */
const stacksPerRun = 10;

/** Where engine/typescript.js keeps what it has transpiled. */
const transpiled = path.resolve(__dirname, "..", "..", "node_modules", ".cache", "transpiled");

/** A project folder beside the stack, with the same packages. */
function makeProject(sandbox: Sandbox, name: string, files: Record<string, string>): string {
    const folder = path.join(sandbox.root, ".local", name);
    fs.mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files))
        fs.writeFileSync(path.join(folder, file), text);
    fs.symlinkSync(path.join(sandbox.root, "node_modules"), path.join(folder, "node_modules"));
    return folder;
}

function javascriptProject(name: string, program: string): Record<string, string> {
    return {
        "Pulumi.yaml": JSON.stringify({
            name,
            runtime: { name: "nodejs", options: { typescript: false } },
        }),
        "package.json": JSON.stringify({ name, main: "index.js" }),
        "index.js": program,
    };
}

async function prepare(sandbox: Sandbox): Promise<{ pulumi: string; contenders: Contender[] }> {
    const { pulumi, env } = await localEnvironment(sandbox.root, "dev");
    const { PULUMI_OPTION_POLICY_PACK: _, PULUMI_OPTION_POLICY_PACK_CONFIG: __, ...plain } = env;
    // The configuration file is the dev stack's; other projects have their own.
    const { PULUMI_OPTION_CONFIG_FILE: ___, ...other } = plain;
    const usual = path.join(__dirname, "usual-way");
    const usualFiles = fs
        .readdirSync(usual)
        .map((file) => [file, fs.readFileSync(path.join(usual, file), "utf8")]);

    const bare = makeProject(sandbox, "bare", javascriptProject("bare", ""));
    // What "pulumi new javascript" writes: it imports the SDK and creates nothing.
    const minimal = 'const pulumi = require("@pulumi/pulumi");\n';
    const empty = makeProject(sandbox, "empty", javascriptProject("empty", minimal));
    const usualWay = makeProject(sandbox, "usual", Object.fromEntries(usualFiles));

    console.log("Bringing the stacks up that are previewed ...");
    await execute(pulumi, ["up", "--yes", "--skip-preview"], sandbox.root, plain);
    for (const cwd of [bare, empty, usualWay]) {
        await execute(pulumi, ["stack", "init", "dev"], cwd, other);
    }
    const location = ["config", "set", "azure-native:location", "westeurope"];
    await execute(pulumi, location, usualWay, other);
    const subscription = [
        "config",
        "set",
        "azure-native:subscriptionId",
        signedInUser.subscriptionId,
    ];
    await execute(pulumi, subscription, usualWay, other);
    await execute(pulumi, ["up", "--yes", "--skip-preview"], usualWay, other);

    const contenders: Contender[] = [
        { key: "bareFile", what: "an empty file", cwd: bare, env: other },
        {
            key: "floor",
            what: 'the floor: an empty program, as "pulumi new javascript" writes it',
            cwd: empty,
            env: other,
        },
        { key: "preview", what: "the dev stack", cwd: sandbox.root, env: plain },
        {
            key: "previewWithPack",
            what: "the dev stack with the policy pack",
            cwd: sandbox.root,
            env,
        },
        {
            key: "previewEdited",
            what: "the dev stack, every file edited or fresh clone",
            cwd: sandbox.root,
            env: plain,
            edited: true,
        },
        {
            key: "usualWay",
            what: "the usual way, file edited or fresh clone: types checked",
            cwd: usualWay,
            // Pulumi's ts-node keeps what it has checked; every edit, and every pipeline, starts without.
            env: { ...other, TS_NODE_CACHE: "false" },
        },
        {
            key: "usualWayUnedited",
            what: "the usual way, nothing edited since the last preview",
            cwd: usualWay,
            env: other,
        },
    ];
    return { pulumi, contenders };
}

function parseArguments(args: string[]): { runs: number; json?: string } {
    let runs = 5;
    let json: string | undefined;
    for (let i = 0; i < args.length; i += 2) {
        const [flag, value] = [args[i], args[i + 1]];
        if (flag === "--json" && value) json = value;
        else if (flag === "--runs" && Number(value) >= 1) runs = Math.floor(Number(value));
        else throw new UserError("npm run bench -- [--runs <number>] [--json <file>]");
    }
    return { runs, json };
}

export async function main(args: string[]): Promise<void> {
    const { runs, json } = parseArguments(args);
    const sandbox = new Sandbox();
    try {
        const { pulumi, contenders } = await prepare(sandbox);
        const samples = new Map<string, Sample[]>(contenders.map(({ key }) => [key, []]));
        for (let round = 0; round <= runs; round++) {
            process.stderr.write(
                round === 0 ? "Warming up ...\n" : `Round ${round} of ${runs} ...\n`,
            );
            for (const contender of contenders) {
                const sample = await measure(pulumi, contender, sandbox.root);
                if (round > 0) samples.get(contender.key)!.push(sample);
            }
        }

        const seconds = (key: string) => median(samples.get(key)!.map((sample) => sample.seconds));
        const memory = (key: string) => median(samples.get(key)!.map((sample) => sample.memory));
        const floor = seconds("floor");
        console.log(
            "\npreview of                                                        wall     x floor   peak memory of the program",
        );
        for (const { key, what } of contenders) {
            const columns = [
                what.padEnd(64),
                `${seconds(key).toFixed(2)} s`.padStart(7),
                (seconds(key) / floor).toFixed(2).padStart(9),
                `${memory(key).toFixed(0)} MiB`.padStart(12),
            ];
            console.log(columns.join("  "));
        }
        const figures: Record<string, number> = {
            runs,
            previewOverFloor: seconds("preview") / floor,
            previewWithPackOverFloor: seconds("previewWithPack") / floor,
            usualWayOverPreview: seconds("usualWay") / seconds("previewEdited"),
            usualWayUneditedOverPreview: seconds("usualWayUnedited") / seconds("preview"),
            previewOverBareFile: seconds("preview") / seconds("bareFile"),
            previewWithPackOverPreview: seconds("previewWithPack") / seconds("preview"),
        };
        for (const { key } of contenders) {
            figures[`${key}Seconds`] = seconds(key);
            figures[`${key}PeakMemoryMiB`] = memory(key);
        }
        process.stderr.write("The provider plugin, with 10 and with 1,000 resources ...\n");
        const provider = await measureProvider(sandbox.root, runs * stacksPerRun);
        const { msPerResourceAt10, msPerResourceAt1000, memoryAt1000 } = provider;
        figures.pluginMsPerResourceAt10 = msPerResourceAt10;
        figures.pluginMsPerResourceAt1000 = msPerResourceAt1000;
        figures.pluginGrowth = msPerResourceAt1000 / msPerResourceAt10;
        figures.pluginPeakMemoryMiB = memoryAt1000;
        console.log(
            `\nThe plugin takes ${msPerResourceAt10.toFixed(1)} ms for a new resource where there are 10, ` +
                `${msPerResourceAt1000.toFixed(1)} ms where there are 1,000: ` +
                `${figures.pluginGrowth.toFixed(2)} times as long, with ${memoryAt1000.toFixed(0)} MiB at the peak.`,
        );
        console.log(
            `\nMedians of ${runs} interleaved runs. Preview over floor ${figures.previewOverFloor!.toFixed(2)}, ` +
                `with the pack ${figures.previewWithPackOverFloor!.toFixed(2)}; ` +
                `the usual way takes ${figures.usualWayOverPreview!.toFixed(1)} times as long after an edit, ` +
                `${figures.usualWayUneditedOverPreview!.toFixed(1)} times without one.`,
        );
        const starts = await packStarts(sandbox.root, sandbox.root, runs);
        const [pack, empty] = [median(starts.pack), median(starts.empty)];
        figures.packStartSeconds = pack;
        figures.emptyPackStartSeconds = empty;
        const perResource: Record<number, number[]> = { 100: [], 1000: [], 4000: [] };
        for (let round = 0; round < runs; round++) {
            for (const [count, taken] of Object.entries(perResource)) {
                taken.push(await evaluation(Number(count)));
            }
        }
        for (const [count, taken] of Object.entries(perResource)) {
            figures[`policyMillisecondsPerResourceAt${count}`] = median(taken);
        }
        console.log(
            `\nThe policy pack starts in ${pack.toFixed(2)} s, an empty one in ${empty.toFixed(2)} s; ` +
                `a preview with it takes ${figures.previewWithPackOverPreview!.toFixed(2)} times as long as without. ` +
                `All rules take per resource, at ${Object.entries(perResource)
                    .map(([count, taken]) => `${count}: ${median(taken).toFixed(2)} ms`)
                    .join(", at ")}.`,
        );
        process.stderr.write("The report beside the preview that it runs ...\n");
        const report = await measureReport(sandbox, runs);
        figures.reportSecondsBeyondPreview = report.added;
        figures.reportOf500Seconds = report.large;
        figures.reportOf500Bytes = report.bytes;
        console.log(
            `\nThe report takes ${report.added.toFixed(2)} s beyond its preview. Of a change of 500 resources it is made in ` +
                `${report.large.toFixed(2)} s and has ${report.bytes.toLocaleString("en")} bytes.`,
        );
        const promotion = await promotionOwnWork(runs);
        figures.promotionOwnWorkSeconds = median(promotion);
        console.log(
            `\nA promotion takes ${median(promotion).toFixed(2)} s beside its runs of the engine.`,
        );
        for (const [name, most] of Object.entries(limits)) {
            const over = figures[name]! > most;
            if (over)
                console.log(`${name} is ${figures[name]!.toFixed(2)}; at most ${most} is wanted.`);
        }
        if (json) fs.writeFileSync(json, `${JSON.stringify(figures, null, 4)}\n`);
    } finally {
        sandbox.remove();
    }
}
