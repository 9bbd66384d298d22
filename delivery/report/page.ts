/** The report as one HTML page that needs nothing else: no script, no style and no image from anywhere. */
import {
    counts,
    order,
    verdict,
    type Action,
    type Change,
    type Finding,
    type Repair,
    type Report,
} from "./model";
import { drawing } from "./drawing";
import { html } from "../text";
import type { Shown } from "./values";
import {
    aboutCount,
    aboutEstimate,
    costInWords,
    hasCosts,
    inWords,
    secretChanged,
    shortType,
    tellingValues,
    totalInWords,
    words,
} from "./wording";

/** Colours are those of GitHub, light and dark; every pair has a contrast of at least 4.5. */
const style = `
:root { color-scheme: light dark;
  --page: #f6f8fa; --card: #ffffff; --line: #d1d9e0; --text: #1f2328; --quiet: #59636e; --code: #eff2f5;
  --replace: #7d4e00; --replace-fill: #fff8c5; --delete: #a40e26; --delete-fill: #ffebe9;
  --update: #0550ae; --update-fill: #ddf4ff; --create: #116329; --create-fill: #dafbe1;
  --import: #6639ba; --import-fill: #fbefff; --same: #59636e; --same-fill: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0d1117; --card: #151b23; --line: #3d444d; --text: #f0f6fc; --quiet: #9198a1; --code: #262c36;
  --replace: #e3b341; --replace-fill: #2e2410; --delete: #ff7b72; --delete-fill: #3a1618;
  --update: #79c0ff; --update-fill: #121d2f; --create: #56d364; --create-fill: #12261e;
  --import: #d2a8ff; --import-fill: #271c3f; --same: #9198a1; --same-fill: #151b23; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0 0 .75rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 0; font-weight: 600; }
p { margin: .4rem 0; }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, "DejaVu Sans Mono", monospace; }
code { background: var(--code); border-radius: .35em; padding: .1em .35em; }
pre { background: var(--code); border-radius: .5rem; padding: .75rem; margin: 0 0 .6rem; white-space: pre-wrap; }
.quiet { color: var(--quiet); font-size: .9rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; margin: 0 0 .75rem; }
.verdict { border-left: .4rem solid; font-weight: 600; font-size: 1.1rem; }
.good { border-left-color: var(--create); } .careful { border-left-color: var(--replace); }
.bad { border-left-color: var(--delete); }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: .75rem 0 0; padding: 0; }
.counts li, .tag { border-radius: 1rem; padding: .1rem .7rem; font-size: .9rem; border: 1px solid transparent; white-space: nowrap; }
.counts b { font-size: 1.05rem; }
.zero { opacity: .65; }
${(["replace", "delete", "update", "create", "import", "same"] as const)
    .map(
        (action) =>
            `.${action} { color: var(--${action}); background: var(--${action}-fill); border-color: var(--${action}); }
rect.${action} { fill: var(--${action}-fill); stroke: var(--${action}); } svg text.${action} { fill: var(--${action}); }`,
    )
    .join("\n")}
.change header { display: flex; flex-wrap: wrap; gap: .4rem .6rem; align-items: center; }
.change > p { margin: .6rem 0 0; }
.stop { border-left: .25rem solid var(--replace); padding-left: .6rem; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 0; font-size: .925rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-top: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 500; font-size: .85rem; border-top: 0; }
tbody th { font-weight: 400; width: 30%; }
td { width: 35%; }
del { text-decoration: none; } ins { text-decoration: none; }
del code { background: var(--delete-fill); } ins code { background: var(--create-fill); }
.forces { color: var(--replace); font-size: .85rem; display: block; }
details summary { cursor: pointer; font-weight: 600; }
.finding dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .8rem; margin: .6rem 0 0; }
dt { color: var(--quiet); } dd { margin: 0; }
svg { display: block; max-width: 100%; height: auto; margin: 0 auto; }
svg text { font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--text); }
svg .title { font-weight: 600; } svg .subtitle { fill: var(--quiet); }
svg path { fill: none; stroke: var(--quiet); stroke-width: 1.4; }
.narrow { display: none; }
@media (max-width: 46rem) {
  .wide { display: none; } .narrow { display: block; }
  main { padding: 1rem .75rem 2rem; } .card { padding: .75rem; }
  .values thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .values tr { display: grid; grid-template-columns: 1fr 1fr; gap: 0 .75rem; padding: .35rem 0; border-top: 1px solid var(--line); }
  .values th, .values td { border: 0; width: auto; padding: .1rem 0; } .values tbody th { grid-column: 1 / -1; }
  .values td:nth-child(3)::before { content: "→ "; color: var(--quiet); }
}
@media print { body { background: none; } .card { break-inside: avoid; } }
`;

const code = (text: string) => `<code>${html(text)}</code>`;

function value(shown: Shown): string {
    return shown.kind === "text"
        ? code(shown.text === "" ? '""' : shown.text)
        : `<span class="quiet">${inWords(shown)}</span>`;
}

/** A table of values; the roles keep it one where the style of small screens takes it apart. */
function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
    const columns = heads.map((head) => `<th scope="col" role="columnheader">${head}</th>`);
    return `<table class="values" role="table" aria-label="${html(caption)}"><thead role="rowgroup"><tr role="row">${columns.join("")}</tr></thead>
<tbody role="rowgroup">${rows.join("\n")}</tbody></table>`;
}

function tableRow(head: string, ...cells: string[]): string {
    const all = cells.map((cell) => `<td role="cell">${cell}</td>`).join("");
    return `<tr role="row"><th scope="row" role="rowheader">${head}</th>${all}</tr>`;
}

function propertyTable({ name, action, properties }: Change): string {
    if (properties.length === 0) return "";
    const isNew = action === "create" || action === "import";
    const rows = properties.map(({ path, old, now, forces }) => {
        const head = `${code(path)}${forces ? '<span class="forces">forces the replacement</span>' : ""}`;
        if (isNew) return tableRow(head, value(now));
        if (old.kind === "secret" && now.kind === "secret") {
            const quiet = (text: string) => `<span class="quiet">${text}</span>`;
            return tableRow(head, quiet("secret"), quiet(secretChanged));
        }
        return tableRow(head, `<del>${value(old)}</del>`, `<ins>${value(now)}</ins>`);
    });
    const heads = isNew ? ["property", "value"] : ["property", "old", "new"];
    return table(`Properties of ${name}`, heads, rows);
}

const tag = (action: Action) =>
    `<span class="tag ${action}">${words[action].sign} ${words[action].done}</span>`;

function changeCard(change: Change): string {
    const { name, type, action, forcedBy, interrupts } = change;
    const because = forcedBy.map((path) => code(path)).join(", ");
    const known = tellingValues(change)
        .map((text) => code(text))
        .join(" ");
    const values = propertyTable(change);
    // Of what is new or gone every property is, which is of use to few.
    const folded = action === "create" || action === "delete" || action === "import";
    const count = change.properties.length;
    return `<article class="card change"><header>${tag(action)}<h3>${html(name)}</h3><span class="quiet">${html(shortType(type))}</span></header>
${because ? `<p>Forced by ${because}.</p>` : ""}
${interrupts ? `<p class="stop"><b>Interrupts:</b> ${html(interrupts)}.</p>` : ""}
${folded && known ? `<p>${known}</p>` : ""}
${folded && values ? `<details><summary>${count} ${count === 1 ? "property" : "properties"}</summary>${values}</details>` : values}
</article>`;
}

function findingCard(finding: Finding): string {
    const { policy, level, severity, resource, rule, found, fix, setting } = finding;
    const lines: [string, string | undefined][] = [
        ["must", rule],
        ["found", found],
        ["fix", fix],
        ["setting", setting],
    ];
    const list = lines.flatMap(([term, text]) =>
        text ? [`<dt>${term}</dt><dd>${term === "must" ? html(text) : code(text)}</dd>`] : [],
    );
    const tone = level === "mandatory" ? "delete" : "update";
    return `<article class="card finding change"><header><span class="tag ${tone}">${html(level)}</span><h3>${html(policy)}</h3>
<span class="quiet">${html([severity, resource && `on ${resource}`].filter(Boolean).join(", "))}</span></header>
<dl>${list.join("")}</dl></article>`;
}

function repairCard({ policy, resource, properties }: Repair): string {
    const what = properties.map((path) => code(path)).join(", ");
    return `<article class="card change"><header><span class="tag update">repaired</span><h3>${html(policy)}</h3>
<span class="quiet">on ${html(resource)}</span></header>${what ? `<p>${what}</p>` : ""}</article>`;
}

function costCard({ estimate }: Report): string {
    const { lines, old, now, currency, unknown, sources } = estimate;
    if (!hasCosts(estimate)) return "";
    const rows = [
        ...lines.map((each) =>
            tableRow(
                html(each.name),
                html(costInWords(each.old, currency)),
                html(costInWords(each.now, currency)),
            ),
        ),
        tableRow(
            "<b>together</b>",
            `<b>${html(totalInWords(old, currency))}</b>`,
            `<b>${html(totalInWords(now, currency))}</b>`,
        ),
    ];
    const unlisted = Object.entries(unknown).map(([type, count]) => `${count} × ${code(type)}`);
    return `<section aria-labelledby="cost"><h2 id="cost">Cost of a month</h2><div class="card">
${table("Cost of a month", ["", "before", "after"], rows)}
<p class="quiet">${html(aboutEstimate(estimate))}</p>
${unlisted.length > 0 ? `<p class="quiet">No price is known for ${unlisted.join(", ")}.</p>` : ""}
${Object.entries(sources)
    .map(([region, source]) => `<p class="quiet">Prices of ${code(region)}: ${html(source)}.</p>`)
    .join("\n")}
</div></section>`;
}

function section(id: string, title: string, items: readonly string[]): string {
    if (items.length === 0) return "";
    return `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${items.join("\n")}</section>`;
}

function countList(report: Report): string {
    const number = counts(report);
    const item = (action: Action | "same", count: number) =>
        `<li class="${action}${count === 0 ? " zero" : ""}"><b>${count}</b> ${words[action].done}</li>`;
    const shown = order.filter((action) => action !== "import" || number.import > 0);
    const items = [
        ...shown.map((action) => item(action, number[action])),
        item("same", report.unchanged),
    ];
    return `<ul class="counts" aria-label="Resources">${items.join("")}</ul>`;
}

export function page(report: Report): string {
    const { tone, text } = verdict(report);
    const of = (...actions: readonly Action[]) =>
        report.changes.filter(({ action }) => actions.includes(action)).map(changeCard);
    const findings = (mandatory: boolean) =>
        report.findings
            .filter(({ level }) => (level === "mandatory") === mandatory)
            .map(findingCard);
    const texts = (all: readonly string[]) => all.map((each) => `<pre>${html(each)}</pre>`);
    const diagram = report.nodes.length > 0 ? [`<div class="card">${drawing(report)}</div>`] : [];
    const note = aboutCount(report);
    const icon = { good: "✓", careful: "!", bad: "✗" }[tone];
    const sections = [
        section("errors", "What went wrong", texts(report.errors)),
        section("refusals", "Policies that refuse", findings(true)),
        section("stack", "The stack", diagram),
        section("replaced", "Replaced", of("replace")),
        section("deleted", "Deleted", of("delete")),
        section("changed", "Changed", of("update")),
        costCard(report),
        section("created", "Created", of("create", "import")),
        section("repairs", "Repaired by policies", report.repairs.map(repairCard)),
        section("advice", "Policies that advise", findings(false)),
        section("warnings", "Warnings", texts(report.warnings)),
    ];
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>Preview of ${html(report.stack)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Preview of ${html(report.stack)}</h1>
<div class="card verdict ${tone}" role="status"><span aria-hidden="true">${icon}</span> ${html(text)}
${countList(report)}</div>
${note ? `<p class="quiet">${html(note)}</p>` : ""}
${sections.filter((each) => each !== "").join("\n")}
<p class="quiet">Made on <time datetime="${html(report.at)}">${html(report.at.replace("T", " ").replace(/\..*/, ""))} UTC</time>.</p>
</main>
</body>
</html>
`;
}
