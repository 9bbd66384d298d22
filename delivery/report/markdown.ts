/** The report as Markdown that GitHub shows: a comment on a pull request. */
import type { Cost, Estimate, Total } from "./estimate";
import {
    counts,
    order,
    verdict,
    type Change,
    type Finding,
    type Repair,
    type Report,
} from "./model";
import { block, cell, code, cut, label, visible } from "../text";
import type { Shown } from "./values";
import {
    aboutCount,
    aboutEstimate,
    boxes,
    costInWords,
    hasCosts,
    inWords,
    secretChanged,
    shortType,
    tellingValues,
    totalInWords,
    words,
} from "./wording";

/**
 * Most bytes of a report. GitHub refuses a comment of more than 65,536 characters ("Body is too long (maximum is
 * 65536 characters)", telia-oss/github-pr-resource issue 259; NejcZdovc/comment-pr issue 11 has them at four bytes
 * each). Less than that in bytes is less in every way of counting, and leaves room for a header.
 */
export const mostBytes = 64_000;

/** How much of one error, change or list is shown: so that none of them fills the report. */
const most = { lines: 30, lineLength: 200, properties: 12, costs: 20 };

/** A part of the report, of which whole items can be left out. */
interface Section {
    /** The lower, the longer it stays. */
    readonly importance: number;
    readonly heading: string;
    /** Head of the table whose rows the items are. */
    readonly tableHead?: string;
    /** Each complete in itself: a row of the table, or paragraphs. */
    readonly items: readonly string[];
    /** What comes between items. */
    readonly between: "\n" | "\n\n";
    /** What of it is left out, such as "changes". */
    readonly what: string;
}

const bytes = (text: string) => Buffer.byteLength(text);

const row = (...cells: string[]) => `| ${cells.join(" | ")} |`;

const leftOut = (count: number, what: string) => `_… and ${count} more ${what}: see report.html._`;

function section({ heading, tableHead, items, between, what }: Section, kept: number): string {
    const shown = [...(tableHead ? [tableHead] : []), ...items.slice(0, kept)].join(between);
    const rest = items.length - kept;
    const parts = [
        heading,
        ...(kept > 0 ? [shown] : []),
        ...(rest > 0 ? [leftOut(rest, what)] : []),
    ];
    return parts.join("\n\n");
}

/** The sections one below the other, with as many items as fit, the important first. */
function fit(title: string, sections: readonly Section[], limit: number): string {
    const filled = sections.filter(({ items }) => items.length > 0);
    const kept = new Map(filled.map((each) => [each, 0]));
    const text = () =>
        `${[title, ...filled.map((each) => section(each, kept.get(each)!))].join("\n\n")}\n`;
    let room = limit - bytes(text());
    for (const each of [...filled].sort((a, b) => a.importance - b.importance)) {
        room -= bytes(`\n\n${each.tableHead ?? ""}`);
        for (const item of each.items) {
            room -= bytes(each.between + item);
            if (room < 0) break;
            kept.set(each, kept.get(each)! + 1);
        }
        // What was too large is not there: the room is what it was.
        room = limit - bytes(text());
    }
    return text();
}

function value(shown: Shown): string {
    return shown.kind === "text" ? cell(shown.text) : `_${inWords(shown)}_`;
}

function properties(change: Change): string {
    const shown = change.properties.slice(0, most.properties);
    const rest = change.properties.length - shown.length;
    const rows = shown.map(({ path, old, now, forces }) => {
        const what = `${cell(path)}${forces ? " **forces it**" : ""}`;
        const both = old.kind === "secret" && now.kind === "secret";
        return both
            ? row(what, "_secret_", `_${secretChanged}_`)
            : row(what, value(old), value(now));
    });
    return [
        row("property", "old", "new"),
        "| --- | --- | --- |",
        ...rows,
        ...(rest > 0 ? [row(`_… and ${rest} more_`, "", "")] : []),
    ].join("\n");
}

function changeItem(change: Change): string {
    const { name, type, action, forcedBy, interrupts } = change;
    const because =
        forcedBy.length > 0 ? `, forced by ${forcedBy.map((path) => code(path)).join(", ")}` : "";
    const head = `**${code(name)}** (${code(shortType(type))}) is ${words[action].done}${because}`;
    const cost = interrupts ? `**Interrupts:** ${interrupts}.` : "";
    // What is gone needs no list of what it was.
    const list = action === "delete" || change.properties.length === 0 ? "" : properties(change);
    return [head, cost, list].filter((part) => part !== "").join("\n\n");
}

function findingItem({ policy, level, severity, resource, rule, found, fix, setting }: Finding) {
    const about = resource ? ` on ${code(resource)}` : "";
    const show = (text: string) => code(text, 500);
    return [
        `- **${code(policy)}**${about} (${code(level)}${severity ? `, ${code(severity)}` : ""})`,
        `  - must: ${show(rule)}`,
        ...(found ? [`  - found: ${show(found)}`] : []),
        ...(fix ? [`  - fix: ${show(fix)}`] : []),
        ...(setting ? [`  - setting: ${show(setting)}`] : []),
    ].join("\n");
}

function repairItem({ policy, resource, properties }: Repair): string {
    const shown = properties.slice(0, most.properties).map((path) => code(path));
    const rest = properties.length - shown.length;
    const what = [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
    return `- **${code(policy)}** on ${code(resource)}${what ? `: ${what}` : ""}`;
}

function shortened(text: string): string {
    const lines = visible(text).split("\n");
    const rest = lines.length - most.lines;
    const shown = lines.slice(0, most.lines).map((each) => cut(each, most.lineLength));
    return [...shown, ...(rest > 0 ? [`… and ${rest} more lines`] : [])].join("\n");
}

/** Fills and letters that are read on a light and on a dark page. */
const classes = {
    replace: "fill:#fff1cc,stroke:#bf8700,color:#1f2328",
    delete: "fill:#ffdcd7,stroke:#cf222e,color:#1f2328",
    update: "fill:#d8ecff,stroke:#0969da,color:#1f2328",
    create: "fill:#d5f5dc,stroke:#1a7f37,color:#1f2328",
    import: "fill:#ece0ff,stroke:#8250df,color:#1f2328",
    same: "fill:#f2f3f5,stroke:#8c959f,color:#1f2328",
};

function mermaid(report: Report): string {
    const all = boxes(report);
    const ids = new Map(all.map(({ id }, index) => [id, `n${index}`]));
    const used = [...new Set(all.map(({ action }) => action))];
    return [
        "```mermaid",
        "flowchart LR",
        ...all.map(({ id, title, subtitle, action }) => {
            const sign = words[action].sign;
            const text = `${sign ? `${label(sign)} ` : ""}${label(title)}<br>${label(subtitle)}`;
            return `    ${ids.get(id)}["${text}"]:::${action}`;
        }),
        ...all.flatMap(({ id, refersTo }) =>
            refersTo ? [`    ${ids.get(refersTo)} --> ${ids.get(id)}`] : [],
        ),
        ...used.map((action) => `    classDef ${action} ${classes[action]}`),
        "```",
    ].join("\n");
}

function costTable({ lines, old, now, currency }: Estimate): string {
    const costCell = (cost?: Cost) => (cost ? cell(costInWords(cost, currency)) : "");
    const total = (sum: Total) => `**${totalInWords(sum, currency)}**`;
    const rest = lines.length - most.costs;
    return [
        row("a month", "before", "after"),
        "| --- | --- | --- |",
        ...lines
            .slice(0, most.costs)
            .map((each) => row(cell(each.name), costCell(each.old), costCell(each.now))),
        ...(rest > 0 ? [row(`_… and ${rest} more_`, "", "")] : []),
        row("**together**", total(old), total(now)),
    ].join("\n");
}

function costItem(estimate: Estimate): string {
    const unlisted = Object.entries(estimate.unknown)
        .slice(0, most.costs)
        .map(([type, count]) => `${count} × ${code(type)}`);
    const sources = Object.entries(estimate.sources)
        .slice(0, most.costs)
        .map(([region, source]) => `Prices of ${code(region)}: ${code(source, 300)}.`);
    return [
        costTable(estimate),
        `_${aboutEstimate(estimate)}_`,
        ...(unlisted.length > 0 ? [`No price is known for ${unlisted.join(", ")}.`] : []),
        ...sources,
    ].join("\n\n");
}

function titleOf(report: Report): string {
    const { tone, text } = verdict(report);
    const icon = { good: "✅", careful: "⚠️", bad: "❌" }[tone];
    const number = counts(report);
    const known = order.filter((action) => action !== "import" || number.import > 0);
    const table = [
        row(...known.map((action) => words[action].done), "unchanged"),
        row(...known.map(() => "---"), "---"),
        row(...known.map((action) => String(number[action])), String(report.unchanged)),
    ];
    const note = aboutCount(report);
    return [
        `## Preview of ${code(report.stack)}`,
        `${icon} **${text}**`,
        table.join("\n"),
        ...(note ? [`_${note}_`] : []),
    ].join("\n\n");
}

/** The report as Markdown, at most `limit` bytes long: what matters least is left out first, and that is said. */
export function markdown(report: Report, limit = mostBytes): string {
    const of = (...actions: readonly Change["action"][]) =>
        report.changes.filter(({ action }) => actions.includes(action));
    const findings = (mandatory: boolean) =>
        report.findings.filter(({ level }) => (level === "mandatory") === mandatory);
    const paragraphs = { between: "\n\n", what: "changes" } as const;
    const created = of("create", "import");
    const sections: Section[] = [
        {
            importance: 0,
            heading: "### What went wrong",
            items: report.errors.map((error) => block(shortened(error))),
            between: "\n\n",
            what: "errors",
        },
        {
            importance: 1,
            heading: "### Policies that refuse",
            items: findings(true).map(findingItem),
            between: "\n",
            what: "findings",
        },
        {
            importance: 5,
            heading: "### The stack",
            items: report.nodes.length > 0 ? [mermaid(report)] : [],
            between: "\n\n",
            what: "diagram",
        },
        {
            importance: 2,
            heading: "### Replaced",
            items: of("replace").map(changeItem),
            ...paragraphs,
        },
        {
            importance: 2,
            heading: "### Deleted",
            items: of("delete").map(changeItem),
            ...paragraphs,
        },
        {
            importance: 4,
            heading: "### Changed",
            items: of("update").map(changeItem),
            ...paragraphs,
        },
        {
            importance: 8,
            heading: "### Created",
            tableHead: `${row("resource", "type", "")}\n| --- | --- | --- |`,
            items: created.map((change) => {
                const values = tellingValues(change).map((text) => cell(text, 60));
                return row(cell(change.name), cell(shortType(change.type)), values.join(" "));
            }),
            between: "\n",
            what: "resources",
        },
        {
            importance: 3,
            heading: "### Cost",
            items: hasCosts(report.estimate) ? [costItem(report.estimate)] : [],
            between: "\n\n",
            what: "estimate",
        },
        {
            importance: 6,
            heading: "### Repaired by policies",
            items: report.repairs.map(repairItem),
            between: "\n",
            what: "repairs",
        },
        {
            importance: 7,
            heading: "### Policies that advise",
            items: findings(false).map(findingItem),
            between: "\n",
            what: "findings",
        },
        {
            importance: 9,
            heading: "### Warnings",
            items: report.warnings.map((warning) => block(shortened(warning))),
            between: "\n\n",
            what: "warnings",
        },
    ];
    return fit(titleOf(report), sections, limit);
}
