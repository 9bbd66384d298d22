/** Reports full of texts that try to be more than text. */
import fc from "fast-check";
import type { Report } from "../../delivery/report/model";

/** In every hostile text, so that it is found where it does not belong. */
export const marker = "hostile";

/** Each would do harm in Markdown, in HTML, in a diagram or on GitHub if it were not escaped. */
export const attacks = [
    "@hostile",
    "#1 hostile",
    "<img src=https://hostile.example/x>",
    "<script>alert('hostile')</script>",
    "![hostile](https://hostile.example/x.png)",
    "[hostile](https://hostile.example)",
    "https://hostile.example",
    "www.hostile.example",
    "`hostile` <b>",
    "``` hostile",
    "a\n```\nhostile @hostile\n",
    "a | hostile | @hostile |",
    "\\| hostile `",
    "\\` hostile",
    "</details></code></pre> hostile",
    "<!-- hostile -->",
    '"]; hostile["x',
    'n1["hostile"] --> n2',
    "%%{init: hostile}%%",
    "\u202ehostile\u0000\u001b[31m",
    "&#64;hostile &lt;",
    "hostile\r\n\r\n# hostile\r\n",
    "\ud800hostile",
    "~~~\nhostile",
    "$$hostile$$",
    "`` ` hostile",
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
    fc.constantFrom(...attacks),
    fc
        .array(fc.constantFrom(...attacks, "`", "|", "\\", "\n", "<", "&", " "), {
            minLength: 1,
            maxLength: 4,
        })
        .map((parts) => `${parts.join("")}${marker}`),
    fc.string({ unit: "binary", maxLength: 30 }).map((text) => `${marker}${text}${marker}`),
);

const shown = fc.oneof(
    hostileText.map((text) => ({ kind: "text", text }) as const),
    fc.constantFrom(
        { kind: "none" } as const,
        { kind: "secret" } as const,
        { kind: "later" } as const,
    ),
);

/** Reports in which every text is hostile. */
export function hostileReports(mostChanges = 4): fc.Arbitrary<Report> {
    const property = fc.record({ path: hostileText, old: shown, now: shown, forces: fc.boolean() });
    const actions = ["replace", "delete", "update", "create", "import"] as const;
    const change = fc.record({
        urn: fc.uuid(),
        name: hostileText,
        type: hostileText,
        action: fc.constantFrom(...actions),
        forcedBy: fc.array(hostileText, { maxLength: 2 }),
        properties: fc.array(property, { maxLength: 4 }),
    });
    const finding = fc.record({
        policy: hostileText,
        level: fc.oneof(fc.constant("mandatory"), hostileText),
        severity: hostileText,
        resource: hostileText,
        rule: hostileText,
        found: hostileText,
        fix: hostileText,
        setting: hostileText,
    });
    const cost = fc.record({
        sku: hostileText,
        region: hostileText,
        instances: fc.nat(),
        monthly: fc.option(fc.nat(), { nil: undefined }),
    });
    const some = <T>(one: fc.Arbitrary<T>, most = 3) => fc.array(one, { maxLength: most });
    return fc.record({
        stack: hostileText,
        at: fc.constant("2026-11-22T12:00:00.000Z"),
        passed: fc.boolean(),
        refused: fc.boolean(),
        errors: some(hostileText),
        warnings: some(hostileText),
        changes: some(change, mostChanges),
        unchanged: fc.nat(),
        uncounted: fc.nat(),
        findings: some(finding),
        repairs: some(
            fc.record({
                policy: hostileText,
                resource: hostileText,
                properties: some(hostileText),
            }),
        ),
        nodes: some(
            fc.record({
                urn: fc.uuid(),
                name: hostileText,
                type: hostileText,
                action: fc.constantFrom(...actions, "same" as const),
            }),
        ),
        estimate: fc.record({
            currency: fc.constant("USD"),
            collected: fc.constant("2026-11-22"),
            lines: some(fc.record({ name: hostileText, old: cost, now: cost })),
            old: fc.constant({ monthly: 1, atLeast: true }),
            now: fc.constant({ monthly: 2, atLeast: false }),
            unknown: fc.dictionary(hostileText, fc.nat(), { maxKeys: 2 }),
            sources: fc.dictionary(hostileText, hostileText, { maxKeys: 2 }),
        }),
    });
}
