/**
 * That text of a stranger stays text: whatever it is, CommonMark's own parser finds one block of code in it.
 * Cannot show that GitHub's parser, which adds to CommonMark, agrees; what it adds has no meaning in code either.
 */
import { Parser, type Node } from "commonmark";
import fc from "fast-check";
import { asCode, plainText } from "../../../delivery/github/untrusted";

const bytes = (text: string) => new TextEncoder().encode(text);
const plain = (text: string) => plainText(bytes(text));

/** The blocks of a document, each with its literal text if it has one. */
function blocks(markdown: string): { type: string; literal: string | null }[] {
    const found = [];
    const document = new Parser().parse(markdown);
    for (let node: Node | null = document.firstChild; node; node = node.next) {
        found.push({ type: node.type, literal: node.literal });
    }
    return found;
}

/** Texts that are likelier than others to break out. */
const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 200 }),
    fc
        .array(
            fc.constantFrom(
                ...[
                    "\n",
                    "\n\n",
                    "\r\n",
                    "\r",
                    "\t",
                    " ",
                    "    ",
                    "```",
                    "~~~",
                    "`",
                    "-",
                    "> ",
                    "1. ",
                ],
                ...[
                    "</details>",
                    "<!--",
                    "-->",
                    "<pre>",
                    "</pre>",
                    "<script>",
                    "&lt;",
                    "&#64;",
                    "\\",
                ],
                ...[
                    "@everyone",
                    "#1",
                    "![x](https://e.example/x.png)",
                    "[x]: https://e.example",
                    "|",
                ],
                ...[
                    "\0",
                    "\u001b[31m",
                    "\u202e",
                    "\u2066",
                    "\u200b",
                    "\u2028",
                    "\ufeff",
                    "\u0301",
                    "a",
                ],
            ),
            { maxLength: 60 },
        )
        .map((parts) => parts.join("")),
);

describe("plainText", () => {
    it("leaves letters of all writings, tabs and line ends as they are", () => {
        const text = "a\tb\nÄpfel, 日本語, العربية, नमस्ते, 🎉";
        expect(plain(text)).toBe(text);
    });

    it("has one kind of line end", () => {
        expect(plain("a\r\nb\rc\nd")).toBe("a\nb\nc\nd");
    });

    it.each([
        ["a terminal's colour", "\u001b[31m", "\ufffd[31m"],
        ["an end of text", "\0", "\ufffd"],
        ["a turn of the direction of writing", "\u202e", "\ufffd"],
        ["an isolated direction of writing", "\u2067", "\ufffd"],
        ["a space without width", "\u200b", "\ufffd"],
        ["a hidden tag", "\u{e0041}", "\ufffd"],
        ["a separator of lines", "\u2028", "\ufffd"],
        ["a character for private use", "\ue000", "\ufffd"],
    ])("shows %s to be there", (_, before, after) => {
        expect(plain(`x${before}y`)).toBe(`x${after}y`);
    });

    it("shows bytes that are no text", () => {
        expect(plainText(Uint8Array.from([0x61, 0xff, 0xc0, 0x62]))).toBe("a\ufffd\ufffdb");
    });

    it("ends towers of marks", () => {
        expect(plain(`e${"\u0301".repeat(500)}!`)).toBe(`e${"\u0301".repeat(4)}!`);
    });

    it("leaves nothing that is not shown, whatever the bytes", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 300 }), (input) => {
                expect(plainText(input)).not.toMatch(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/u);
            }),
        );
    });
});

describe("asCode", () => {
    it("is one block of code and nothing else, whatever the text", () => {
        fc.assert(
            fc.property(hostile, (input) => {
                const text = plain(input);
                const found = blocks(`Before.\n\n${asCode(text, 60_000)}\n\nAfter.`);
                expect(found.map(({ type }) => type)).toEqual([
                    "paragraph",
                    "code_block",
                    "paragraph",
                ]);
                const shown = text.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
                // A line of nothing but spaces may lose them.
                const withoutTails = (all: string) => all.replaceAll(/[ \t]+$/gm, "");
                expect(withoutTails(found[1]!.literal!)).toBe(
                    withoutTails(shown === "" ? "(nothing)\n" : `${shown}\n`),
                );
            }),
        );
    });

    it("keeps to its room, and stays code", () => {
        fc.assert(
            fc.property(hostile, fc.integer({ min: 100, max: 300 }), (input, room) => {
                const code = asCode(plain(input.repeat(5)), room);
                expect(code.length).toBeLessThanOrEqual(room);
                expect(blocks(code).map(({ type }) => type)).toEqual(["code_block"]);
            }),
        );
    });

    it("says how many lines it leaves out, at the end of one", () => {
        const text = Array.from({ length: 100 }, (_, index) => `line ${index}`).join("\n");
        const lines = asCode(text, 200).split("\n");
        expect(lines.at(-1)).toBe(
            `    ... cut here: ${100 - (lines.length - 1)} more lines do not fit`,
        );
        expect(lines.at(-2)).toBe(`    line ${lines.length - 2}`);
    });

    it("shows the start of a line that is too long for all of it", () => {
        const lines = asCode("😀".repeat(500), 150).split("\n");
        expect(lines).toHaveLength(2);
        expect(lines[0]).toMatch(/^ {4}(😀)+$/u);
        expect(lines[1]).toContain("cut here: 1 more");
    });

    it("says that there is nothing", () => {
        expect(asCode("\n \n\t\n", 1000)).toBe("    (nothing)");
    });
});
