/** The command `npm run local -- fault`: makes this machine's Azure fail on demand. */
import { parseArgs } from "node:util";
import { operations } from "../azure/operations";
import { UserError } from "../engine/userError";
import {
    addFault,
    clearFaults,
    faultKinds,
    listFaults,
    type Fault,
    type FaultKind,
} from "./cloud/faults";
import type { Store } from "./cloud/store";

const kindLines = Object.entries(faultKinds).map(
    ([kind, { help }]) => `  ${kind.padEnd(14)} ${help}`,
);

export const faultUsage = `npm run local -- fault <kind> [options]   the next fitting request fails so
npm run local -- fault --list             faults that are still to strike
npm run local -- fault --clear            forget them

Kinds, as on Azure (local/README.md says more):
${kindLines.join("\n")}

Options:
  --on <text>     a type such as Microsoft.Web/sites, or a part of an id such as -plan
  --verb <verb>   write (the default), read, delete or an action such as list
  --times <n>     how many requests fail (1)
  --skip <n>      how many fitting requests pass first (0)
  --seconds <n>   Retry-After of "throttled" (5), duration of "slow" (10)
  --moment <m>    before the request is carried out, or after it, when only the answer is lost
                  (before; "kill-provider" and "kill-engine": after)`;

const verbs = [
    ...new Set(["read", "write", "delete", "list", ...operations.map(({ verb }) => verb)]),
];

function knownVerb(text: string): string {
    if (verbs.some((verb) => verb.toLowerCase() === text.toLowerCase())) return text;
    throw new UserError(`--verb: "${text}" is not allowed; expected one of ${verbs.join(", ")}.`);
}

function wholeNumber(option: string, text: string, minimum: number): number {
    const number = Number(text);
    if (Number.isInteger(number) && number >= minimum) return number;
    throw new UserError(
        `--${option}: "${text}" is not allowed; expected a whole number from ${minimum}.`,
    );
}

/** Reads what stands behind `fault`. */
export function parseFault(args: string[]): Omit<Fault, "id"> | "list" | "clear" | "help" {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    let parsed;
    try {
        parsed = parseArgs({
            args,
            allowPositionals: true,
            options: {
                on: text,
                verb: text,
                times: text,
                skip: text,
                seconds: text,
                moment: text,
                list: flag,
                clear: flag,
                help: { ...flag, short: "h" },
            },
        });
    } catch (error) {
        throw new UserError(`${(error as Error).message}\n\n${faultUsage}`);
    }
    const { values, positionals } = parsed;
    for (const word of ["help", "list", "clear"] as const) if (values[word]) return word;
    const [kind = "", ...rest] = positionals;
    if (!Object.hasOwn(faultKinds, kind) || rest.length > 0) {
        const wrong = rest[0] ?? kind;
        throw new UserError(`fault: "${wrong}" is not known.\n\n${faultUsage}`);
    }
    const { moment = kind.startsWith("kill-") ? "after" : "before" } = values;
    if (moment !== "before" && moment !== "after") {
        throw new UserError(`--moment: "${moment}" is not allowed; expected before or after.`);
    }
    return {
        kind: kind as FaultKind,
        verb: knownVerb(values.verb ?? "write"),
        on: values.on,
        after: wholeNumber("skip", values.skip ?? "0", 0),
        times: wholeNumber("times", values.times ?? "1", 1),
        seconds: wholeNumber("seconds", values.seconds ?? (kind === "slow" ? "10" : "5"), 1),
        moment,
    };
}

function describe({ kind, verb = "any request", on, after, times }: Fault): string {
    const where = on === undefined ? "anything" : `"${on}"`;
    const passes = after > 0 ? `, after ${after} that pass` : "";
    return `${kind}: the next ${times === 1 ? "" : `${times} times `}${verb} of ${where}${passes}`;
}

export function faultCommand(store: Store, args: string[]): number {
    const asked = parseFault(args);
    if (asked === "help") console.log(faultUsage);
    else if (asked === "clear") {
        clearFaults(store);
        console.log("No faults any more.");
    } else if (asked === "list") {
        const lines = listFaults(store).map(describe);
        console.log(lines.length > 0 ? lines.join("\n") : "No faults.");
    } else {
        console.log(`Set. ${describe(addFault(store, asked))}`);
    }
    return 0;
}
