/** The settings table of the README, made from Pulumi.yaml. `npm run readme` writes it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { format, resolveConfig } from "prettier";
import { parse } from "yaml";

const root = path.resolve(__dirname, "..", "..");
const file = path.join(root, "README.md");
const block = /(<!-- settings: [^\n]*-->\n)[\s\S]*?(<!-- \/settings -->)/;

interface Setting {
    readonly default?: string;
    readonly description: string;
}

function settingsTable(): string {
    const { config } = parse(fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as {
        config: Record<string, Setting>;
    };
    const rows = Object.entries(config)
        .filter(([key]) => !key.startsWith("pulumi:"))
        .map(([key, setting]) => {
            const shown = setting.default ? `\`${setting.default}\`` : "";
            const text = setting.description.replaceAll("<", "&lt;").replaceAll("|", "\\|");
            return `| \`${key}\` | ${shown} | ${text} |`;
        });
    return ["| setting | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

/** The README as it is, and as it should be. */
async function readme(): Promise<{ now: string; wanted: string }> {
    const now = fs.readFileSync(file, "utf8");
    const filled = now.replace(block, (_, head, tail) => `${head}\n${settingsTable()}\n\n${tail}`);
    const options = await resolveConfig(file);
    return { now, wanted: await format(filled, { ...options, filepath: file }) };
}

/** Writes the README; with `--check` only prints what is wrong with it, and nothing if nothing is. */
export async function main([option]: string[]): Promise<void> {
    const { now, wanted } = await readme();
    if (option !== "--check") fs.writeFileSync(file, wanted);
    else if (now !== wanted)
        console.log('README.md differs from Pulumi.yaml: "npm run readme" mends it.');
}
