/**
 * The report as Markdown: whatever is in it stays text, and it fits into a comment.
 * Does not show how GitHub renders it: what is code is found here by the rules of CommonMark.
 */
import fc from "fast-check";
import { markdown, mostBytes } from "../../delivery/report/markdown";
import { readReport, verdict, type Change, type Report } from "../../delivery/report/model";
import { page } from "../../delivery/report/page";
import { cell, code, html, label } from "../../delivery/text";
import { hostileReports, hostileText, marker } from "../support/hostile";

/** A document without its fenced blocks. */
function withoutFences(text: string): string {
    const kept: string[] = [];
    let fence: string | undefined;
    for (const line of text.split("\n")) {
        const [, opened] = /^(`{3,}|~{3,})/.exec(line) ?? [];
        if (fence) {
            if (line.trimEnd() === fence) fence = undefined;
        } else if (opened) fence = opened;
        else kept.push(line);
    }
    expect(fence).toBeUndefined();
    return kept.join("\n");
}

/** A line without its code: spans of equal runs of backticks, and `<code>` that holds no other sign. */
function withoutCode(line: string): string {
    let rest = line.replaceAll(/<code>(?:[\p{L}\p{N} ]|&#\d+;)*<\/code>/gu, "");
    for (;;) {
        const [run] = /`+/.exec(rest) ?? [];
        if (!run) return rest;
        const start = rest.indexOf(run);
        const end = new RegExp(`(?<!\`)\`{${run.length}}(?!\`)`).exec(
            rest.slice(start + run.length),
        );
        expect(end).not.toBeNull();
        rest = rest.slice(0, start) + rest.slice(start + run.length + end!.index + run.length);
    }
}

function expectHarmless(text: string): void {
    const outside = withoutFences(text).split("\n").map(withoutCode).join("\n");
    expect(outside).not.toContain(marker);
    expect(outside).not.toMatch(/[@#](?=\w)|https?:|www\.|!\[|<(?!br>)/);
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/);
}

/** How many cells a row of a table has: a pipe with an odd number of backslashes before it is text. */
const cells = (row: string) => row.replaceAll(/\\[\\|]/g, "").split("|").length - 2;

function expectWholeTables(text: string): void {
    const lines = withoutFences(text).split("\n");
    lines.forEach((line, index) => {
        if (!line.startsWith("|")) return;
        const starts = !lines[index - 1]?.startsWith("|");
        if (starts) expect(lines[index + 1]).toMatch(/^\|( --- \|)+$/);
        else expect(cells(line)).toBe(cells(lines[index - 1]!));
    });
}

describe("what is escaped", () => {
    it("stays text in Markdown, whatever it is", () => {
        fc.assert(
            fc.property(hostileReports(), (report) => {
                const text = markdown(report);
                expectHarmless(text);
                expectWholeTables(text);
            }),
        );
    });

    it("stays text as code, in a cell too", () => {
        fc.assert(
            fc.property(hostileText, (text) => {
                expect(withoutCode(code(text))).toMatch(/^(\(empty\))?$/);
                expect(cells(`| ${cell(text)} |`)).toBe(1);
            }),
        );
    });

    it("is read again as it was", () => {
        expect(code("DOCKER|a:1")).toBe("`DOCKER|a:1`");
        expect(cell("DOCKER|a:1")).toBe("`DOCKER\\|a:1`");
        expect(code("a`b")).toBe("<code>a&#96;b</code>");
        expect(code("a\nb\u202e")).toBe("<code>a &#9166; b&#92;u&#123;202e&#125;</code>");
        expect(code("é".repeat(5), 3)).toBe("`ééé …`");
        expect(code(" ")).toBe("(empty)");
    });

    it("stays text in HTML and in a diagram", () => {
        fc.assert(
            fc.property(hostileText, (text) => {
                expect(html(text).replaceAll(/&#\d+;/g, "")).not.toMatch(/[<>"'`&]/);
                expect(label(text).replaceAll(/#\d+;/g, "")).toMatch(/^[\p{L}\p{N} _.-]*$/u);
            }),
        );
    });

    it("makes no element of the page", () => {
        fc.assert(
            fc.property(hostileReports(), (report) => {
                const tags = [...page(report).matchAll(/<\/?([a-zA-Z!][^\s>]*)/g)].map(
                    ([, tag]) => tag,
                );
                const ours =
                    /^(!doctype|html|head|meta|link|title|style|body|main|h[1-3]|div|span|ul|li|b|section|article|header|p|code|pre|table|thead|tbody|tr|t[hd]|del|ins|details|summary|dl|d[td]|svg|g|rect|text|path|time)$/;
                for (const tag of new Set(tags)) expect(tag).toMatch(ours);
            }),
        );
    });
});

const change = (index: number, action: Change["action"]): Change => ({
    urn: `urn:${index}`,
    name: `resource-${index}`,
    type: "azure-native:web:WebApp",
    action,
    forcedBy: action === "replace" ? ["location"] : [],
    properties: Array.from({ length: 6 }, (_, property) => ({
        path: `property${property}`,
        old: { kind: "text", text: "o".repeat(40) },
        now: { kind: "text", text: "n".repeat(40) },
        forces: false,
    })),
});

function reportOf(changes: readonly Change[]): Report {
    const nothing = {
        errors: [],
        warnings: [],
        findings: [],
        repairs: [],
        unchanged: 0,
        uncounted: 0,
    };
    return {
        ...nothing,
        stack: "dev",
        at: "",
        passed: true,
        refused: false,
        changes,
        nodes: changes.map(({ urn, name, type, action }) => ({ urn, name, type, action })),
        estimate: {
            currency: "USD",
            collected: "2026-11-22",
            lines: [],
            unknown: {},
            sources: {},
            old: { monthly: 0, atLeast: false },
            now: { monthly: 0, atLeast: false },
        },
    };
}

describe("a report that is too long", () => {
    const large = reportOf([
        ...Array.from({ length: 150 }, (_, index) => change(index, "replace")),
        ...Array.from({ length: 400 }, (_, index) => change(1000 + index, "update")),
        ...Array.from({ length: 2000 }, (_, index) => change(5000 + index, "create")),
    ]);

    it("fits into a comment, and says how much is left out", () => {
        const text = markdown(large);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(mostBytes);
        expect(Buffer.byteLength(text)).toBeGreaterThan(mostBytes * 0.9);
        expect(text).toMatch(/_… and \d+ more changes: see report\.html\._/);
        expect(page(large)).toContain("resource-6999");
    });

    it("keeps what matters most: replacements before changes, these before what is new", () => {
        const shown = (name: RegExp) => [...markdown(large, 40_000).matchAll(name)].length;
        expect(shown(/\*\*`resource-\d+`\*\* .* is replaced/g)).toBeGreaterThan(40);
        expect(shown(/is changed/g)).toBe(0);
        expect(shown(/^\| `resource-/gm)).toBe(0);
        const small = reportOf(large.changes.filter(({ action }) => action !== "replace"));
        const text = markdown(small, 40_000);
        expect(text).toContain("`resource-1000`** (`WebApp`) is changed");
        expect(text).toMatch(/and (1[5-9]\d\d|2000) more resources/);
    });

    it("is whole at every length: no half line, no open fence, no headless table", () => {
        const complete = new Set(markdown(large, 10_000_000).split("\n"));
        fc.assert(
            fc.property(fc.integer({ min: 3000, max: 64_000 }), (limit) => {
                const text = markdown(large, limit);
                expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
                expectWholeTables(text);
                const odd = text.split("\n").filter((line) => !complete.has(line));
                for (const line of odd)
                    expect(line).toMatch(/^_… and \d+ more \w+: see report\.html\._$/);
            }),
            { numRuns: 30 },
        );
    });

    it("fits even if every text is hostile and long", () => {
        fc.assert(
            fc.property(
                hostileReports(60),
                fc.integer({ min: 4000, max: 20_000 }),
                (report, limit) => {
                    const text = markdown(report, limit);
                    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
                    expectHarmless(text);
                    expectWholeTables(text);
                },
            ),
            { numRuns: 10 },
        );
    });

    it("shows the first of an endless error", () => {
        const report = {
            ...reportOf([]),
            passed: false,
            errors: [`first\n${"x".repeat(999_999)}\n`.repeat(99)],
        };
        const text = markdown(report);
        expect(text).toContain("first");
        expect(text).toMatch(/… and \d+ more lines/);
    });
});

describe("the verdict", () => {
    const of = (changes: readonly Change[], more: Partial<Report> = {}) =>
        verdict({ ...reportOf(changes), ...more });

    it.each([
        ["nothing changes", of([]), "good", "No changes."],
        ["something is new", of([change(1, "create")]), "good", "1 resource: 1 created."],
        [
            "something is replaced",
            of([change(1, "replace"), change(2, "update")]),
            "careful",
            "Look closely. 2 resources: 1 replaced, 1 changed.",
        ],
        [
            "something is deleted",
            of([change(1, "delete")]),
            "careful",
            "Look closely. 1 resource: 1 deleted.",
        ],
        [
            "the preview failed",
            of([], { passed: false }),
            "bad",
            "The preview failed. Nothing can be deployed like this.",
        ],
    ])("says it where %s", (_, found, tone, text) => {
        expect(found).toEqual({ tone, text });
    });
});

describe("an error of the program", () => {
    it("is shown without the places that it went through", () => {
        const message =
            "Error:   x Expression expected\n     ,-[index.ts:145:1]\n 145 | const x = ;\n     `----\n\n" +
            "Caused by:\n    Syntax Error\n\nStack backtrace:\n   0: swc::parse\n  code: 'GenericFailure'\n}\n";
        const event = { diagnosticEvent: { severity: "error", message } };
        const events = JSON.stringify(event);
        const report = readReport({ stack: "dev", code: 1, events, errors: "", at: new Date() });
        expect(report.errors).toEqual([
            expect.stringMatching(/145 \| const x[\s\S]*Syntax Error$/),
        ]);
    });
});
