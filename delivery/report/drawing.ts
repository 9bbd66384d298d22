/** The diagram of the page, drawn twice: from left to right, and as a list with branches for small screens. */
import type { Report } from "./model";
import { cut, html, line } from "../text";
import { boxes, words, type Box } from "./wording";

/** A box with what hangs on it. */
interface Branch {
    readonly box: Box;
    readonly children: readonly Branch[];
}

/** The boxes as trees: each hangs on what it refers to. One in a circle hangs on nothing. */
export function branches(all: readonly Box[]): Branch[] {
    const byId = new Map(all.map((box) => [box.id, box]));
    const parentOf = (box: Box) => {
        const parent = byId.get(box.refersTo ?? "");
        const above = new Set<Box>();
        for (let at = parent; at; at = byId.get(at.refersTo ?? "")) {
            if (at === box || above.has(at)) return undefined;
            above.add(at);
        }
        return parent;
    };
    const parents = new Map(all.map((box) => [box, parentOf(box)]));
    const below = (parent: Box | undefined): Branch[] =>
        all
            .filter((box) => parents.get(box) === parent)
            .map((box) => ({ box, children: below(box) }));
    return below(undefined);
}

/** Measures in pixels. */
const size = { width: 222, height: 46, right: 30, below: 12, indent: 18 };

interface Placed {
    readonly box: Box;
    readonly x: number;
    readonly y: number;
}

interface Picture {
    readonly placed: readonly Placed[];
    readonly lines: readonly string[];
    readonly width: number;
    readonly height: number;
}

const middle = ({ y }: Placed) => y + size.height / 2;

/** From left to right; a box stands in the middle of what hangs on it. */
function wide(roots: readonly Branch[]): Picture {
    const placed: Placed[] = [];
    const lines: string[] = [];
    let bottom = 0;
    let depth = 0;
    const place = ({ box, children }: Branch, level: number): Placed => {
        depth = Math.max(depth, level);
        const below = children.map((child) => place(child, level + 1));
        const ends = below.length > 0 ? below : undefined;
        const y = ends ? (ends[0]!.y + ends.at(-1)!.y) / 2 : bottom;
        if (!ends) bottom += size.height + size.below;
        const here = { box, x: level * (size.width + size.right), y };
        placed.push(here);
        const from = here.x + size.width;
        for (const child of below) {
            const bend = from + size.right / 2;
            lines.push(
                `<path d="M${from} ${middle(here)} C${bend} ${middle(here)} ${bend} ${middle(child)} ${child.x} ${middle(child)}"/>`,
            );
        }
        return here;
    };
    for (const root of roots) place(root, 0);
    const width = (depth + 1) * (size.width + size.right) - size.right;
    return { placed, lines, width, height: bottom - size.below };
}

/** One below the other, with what hangs on a box indented below it. */
function narrow(roots: readonly Branch[]): Picture {
    const placed: Placed[] = [];
    const lines: string[] = [];
    let bottom = 0;
    let right = 0;
    const place = ({ box, children }: Branch, level: number): Placed => {
        const here = { box, x: Math.min(level, 5) * size.indent, y: bottom };
        placed.push(here);
        right = Math.max(right, here.x + size.width);
        bottom += size.height + size.below;
        for (const child of children.map((each) => place(each, level + 1))) {
            const at = here.x + size.indent / 2;
            lines.push(`<path d="M${at} ${here.y + size.height} V${middle(child)} H${child.x}"/>`);
        }
        return here;
    };
    for (const root of roots) place(root, 0);
    return { placed, lines, width: right, height: bottom - size.below };
}

function drawBox({ box, x, y }: Placed): string {
    const { title, subtitle, action } = box;
    const { sign, done } = words[action];
    const text = (at: number, css: string, px: number, most: number, shown: string) =>
        `<text x="${x + 12}" y="${y + at}" class="${css}" font-size="${px}">${html(cut(line(shown), most))}</text>`;
    return `<g><title>${html(title)}, ${html(subtitle)}, ${done}</title>
<rect x="${x + 0.75}" y="${y + 0.75}" width="${size.width - 1.5}" height="${size.height - 1.5}" rx="8" stroke-width="1.5" class="${action}"/>
${text(20, `title ${action}`, 13, 23, sign ? `${sign} ${title}` : title)}
${text(37, "subtitle", 12, 27, subtitle)}</g>`;
}

function draw(picture: Picture, css: string, words: string): string {
    const { placed, lines, width, height } = picture;
    return `<svg class="${css}" role="img" aria-label="${html(words)}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" xmlns="http://www.w3.org/2000/svg">
${[...lines, ...placed.map(drawBox)].join("\n")}
</svg>`;
}

/** The diagram as inline SVG, with its content in words for who does not see it. */
export function drawing(report: Report): string {
    const all = boxes(report);
    const roots = branches(all);
    const said = all.map(({ title, subtitle, action }) => {
        return `${title} (${subtitle}) ${words[action].done}`;
    });
    const label = `Diagram of the stack: ${said.join("; ")}.`;
    return [draw(wide(roots), "wide", label), draw(narrow(roots), "narrow", label)].join("\n");
}
