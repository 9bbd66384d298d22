/**
 * Texts of others, made harmless: whatever a name, a value or an error says, it stays text in Markdown, in HTML and
 * in a diagram, and cannot mention somebody, load an image, make a link or end what it stands in.
 */

/** Characters that show nothing or turn the direction of writing. */
const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/** A text in which nothing is hidden; lines end with `\n`. Half a character, which no file can hold, is shown too. */
export function visible(text: string): string {
    return text
        .replaceAll("\r\n", "\n")
        .replaceAll(invisible, (character) =>
            character === "\n" || character === "\t"
                ? character
                : `\\u{${character.codePointAt(0)!.toString(16)}}`,
        );
}

/** A visible text in one line. */
export function line(text: string): string {
    return visible(text)
        .replaceAll(/\s*\n\s*/g, " ⏎ ")
        .replaceAll("\t", " ");
}

/** A text cut to a number of characters; the ellipsis says so. */
export function cut(text: string, most: number): string {
    const characters = [...text];
    return characters.length <= most ? text : `${characters.slice(0, most).join("")} …`;
}

const asEntity = (character: string) => `&#${character.codePointAt(0)};`;

/** In HTML, text or a quoted attribute. */
export function html(text: string): string {
    return visible(text).replaceAll(/[&<>"'`]/g, asEntity);
}

/**
 * In Markdown, at most `most` characters in one line as code. GitHub makes no mention, reference or link of what is in
 * code. A code span reads its text as it is, but for backticks; with these, and with backslashes, it is HTML, in
 * which every sign that Markdown might read is an entity.
 */
export function code(text: string, most = 160): string {
    const shown = cut(line(text), most);
    if (shown.trim() === "") return "(empty)";
    if (!/[`\\]/.test(shown)) return `\`${shown}\``;
    return `<code>${shown.replaceAll(/[^\p{L}\p{N} ]/gu, asEntity)}</code>`;
}

/** The same in a cell of a table, where a pipe ends the cell unless a backslash is before it. */
export function cell(text: string, most = 160): string {
    return code(text, most).replaceAll("|", "\\|");
}

/** In Markdown, several lines as a block of code. */
export function block(text: string): string {
    const shown = visible(text).replaceAll("\t", "    ");
    const runs = [...shown.matchAll(/`+/g)].map(([run]) => run.length);
    const fence = "`".repeat(Math.max(3, ...runs.map((length) => length + 1)));
    return `${fence}text\n${shown}\n${fence}`;
}

/** In a quoted label of a Mermaid diagram, which has entities of its own. */
export function label(text: string): string {
    return line(text).replaceAll(/[^\p{L}\p{N} _.-]/gu, (sign) => `#${sign.codePointAt(0)};`);
}

const money = new Intl.NumberFormat("en", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
});

/** An amount, such as `USD 13.14`. */
export function amount(value: number, currency: string): string {
    return `${currency} ${money.format(value)}`;
}
