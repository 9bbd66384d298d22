/** Text of which nothing is known but that somebody wants it shown: made harmless for a comment. */

/**
 * Characters that change how others look, or cannot be seen: control and format characters (among them those
 * that turn the direction of writing), separators of lines that only some programs know, and unassigned ones.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** How many marks may stand on one letter: more of them reach over the lines above and below. */
const marksOnOneLetter = 4;

/** Bytes as text of plain lines; a character that cannot be shown is shown to be one. */
export function plainText(bytes: Uint8Array): string {
    return new TextDecoder()
        .decode(bytes)
        .replaceAll(/\r\n?/g, "\n")
        .replaceAll(invisible, (character) =>
            character === "\n" || character === "\t" ? character : "\u{fffd}",
        )
        .replaceAll(/\p{M}+/gu, (marks) => [...marks].slice(0, marksOnOneLetter).join(""));
}

/** The lines from the start that fit, and how many do not; of a first line that does not fit, its start. */
function fitting(lines: readonly string[], room: number): { shown: string[]; left: number } {
    let used = 0;
    const end = lines.findIndex((line) => (used += line.length + 1) > room);
    if (end < 0) return { shown: [...lines], left: 0 };
    if (end > 0) return { shown: lines.slice(0, end), left: lines.length - end };
    // Not between the two halves of a character.
    const start = lines[0]!.slice(0, room - 1).replace(/[\ud800-\udbff]$/, "");
    return { shown: [start], left: lines.length };
}

/**
 * The text as an indented block of code, in which Markdown has no meaning: nothing in it is HTML, a mention, a
 * link or an image, and nothing ends it, for what makes it code stands at the start of each line.
 * Source: spec.commonmark.org, "Indented code blocks".
 *
 * @param text From {@link plainText}.
 * @param room How many characters the block may have; what does not fit is left out, and the block's end says so.
 */
export function asCode(text: string, room: number): string {
    // A code block does not begin or end with blank lines: they would end the paragraph before, not be shown.
    const trimmed = text.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
    const lines = trimmed === "" ? ["(nothing)"] : trimmed.split("\n");
    const note = (left: number) => `    ... cut here: ${left} more lines do not fit`;
    const indented = lines.map((line) => `    ${line}`);
    const { shown, left } = fitting(indented, room - note(lines.length).length - 1);
    return [...shown, ...(left > 0 ? [note(left)] : [])].join("\n");
}
