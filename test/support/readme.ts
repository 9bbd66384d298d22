/**
 * The tables of documents that are made from the project's own files: settings/README.md's settings from Pulumi.yaml,
 * README.md's interruptions from azure/interruptions.ts, local/README.md's refusals from local/cloud/rules.ts. `npm run readme` writes them.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { format, resolveConfig } from "prettier";
import { parse } from "yaml";
import { interruptions } from "../../azure/interruptions";
import { rules, type Rule } from "../../local/cloud/rules";

const root = path.resolve(__dirname, "..", "..");

/** A table in a document, between `<!-- name: ... -->` and `<!-- /name -->`. */
interface Table {
    readonly file: string;
    readonly name: string;
    /** What it is made from. */
    readonly from: string;
    readonly text: () => string;
}

interface Setting {
    readonly default?: string;
    readonly description: string;
}

const cell = (text: string) => text.replaceAll("<", "&lt;").replaceAll("|", "\\|");

function settingsTable(): string {
    const { config } = parse(fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as {
        config: Record<string, Setting>;
    };
    const rows = Object.entries(config)
        .filter(([key]) => !key.startsWith("pulumi:"))
        .map(([key, setting]) => {
            const shown = setting.default ? `\`${setting.default}\`` : "";
            return `| \`${key}\` | ${shown} | ${cell(setting.description)} |`;
        });
    return ["| setting | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
}

function rulesTable(): string {
    const rows = Object.values<Rule>(rules).map(({ when, status, code, ownWords, source }) =>
        ["", cell(when), `${status} \`${code}\``, ownWords ? "ours" : "", source, ""]
            .join(" | ")
            .trim(),
    );
    const head = ["| refusal | code | words | source |", "| --- | --- | --- | --- |"];
    return [...head, ...rows].join("\n");
}

function interruptionsTable(): string {
    const rows = interruptions.map(({ settings, effect }) => {
        return `| ${settings} | ${cell(effect).replace("replaced", "**replaced**")} |`;
    });
    return ["| change | what happens |", "| --- | --- |", ...rows].join("\n");
}

const tables: readonly Table[] = [
    { file: "settings/README.md", name: "settings", from: "Pulumi.yaml", text: settingsTable },
    {
        file: "README.md",
        name: "interruptions",
        from: "azure/interruptions.ts",
        text: interruptionsTable,
    },
    { file: "local/README.md", name: "rules", from: "local/cloud/rules.ts", text: rulesTable },
];

/** A document as it is, and as it should be. */
async function document({ file, name, text }: Table): Promise<{ now: string; wanted: string }> {
    const now = fs.readFileSync(path.join(root, file), "utf8");
    const block = new RegExp(`(<!-- ${name}: [^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
    const filled = now.replace(block, (_, head, tail) => `${head}\n${text()}\n\n${tail}`);
    const options = await resolveConfig(path.join(root, file));
    return { now, wanted: await format(filled, { ...options, filepath: file }) };
}

/** Writes the tables; with `--check` only prints what is wrong with them, and nothing if nothing is. */
export async function main([option]: string[]): Promise<void> {
    for (const table of tables) {
        const { now, wanted } = await document(table);
        if (option !== "--check") fs.writeFileSync(path.join(root, table.file), wanted);
        else if (now !== wanted) {
            console.log(`${table.file} differs from ${table.from}: "npm run readme" mends it.`);
        }
    }
}
