import { verdict, type Finding } from "./finding";

/** Longest line that is printed, in characters; a command is never broken. */
const width = 110;

/** Words in lines of so many characters at most; a longer word has a line of its own. */
export function wrap(text: string, room: number): string[] {
    const lines: string[] = [];
    for (const word of text.split(/\s+/)) {
        const last = lines.at(-1);
        if (last !== undefined && last.length + 1 + word.length <= room) {
            lines[lines.length - 1] = `${last} ${word}`;
        } else lines.push(word);
    }
    return lines;
}

/** The findings as a table, with the command of each below it, and the verdict. */
export function drawTable(findings: readonly Finding[]): string {
    const longest = Math.max(...findings.map(({ about }) => about.length));
    const indent = "problem".length + 2 + longest + 2;
    const rows = findings.flatMap(({ about, level, what, command }) => {
        const head = `${level.padEnd("problem".length)}  ${about.padEnd(longest)}  `;
        const lines = wrap(what, width - indent);
        return [
            head + lines[0]!,
            ...[...lines.slice(1), ...(command === undefined ? [] : [`> ${command}`])].map(
                (line) => " ".repeat(indent) + line,
            ),
        ];
    });
    return [...rows, "", verdict(findings)].join("\n");
}
