/** The options that delivery's commands share. Does not show what each command makes of them. */
import { readOptions } from "../../delivery/options";

const options = { stack: { type: "string", short: "s" }, yes: { type: "boolean" } } as const;
const read = (args: string[], words?: boolean) => readOptions(args, options, "npm run it", words);

describe("options", () => {
    it.each([
        [["--stack", "dev", "--yes"], { stack: "dev", yes: true }],
        [["--stack=dev"], { stack: "dev" }],
        [["-s", "dev"], { stack: "dev" }],
        [[], {}],
    ])("are read from %j", (args, expected) => {
        expect({ ...read(args).values }).toEqual(expected);
    });

    it.each([
        [["dev"], '"dev" is not understood.'],
        [["--yes", "--", "--stack"], '"--stack" is not understood.'],
        [["--stak", "dev"], "Unknown option '--stak'."],
        [["--stack"], "argument missing."],
        [["--yes=no"], "does not take an argument."],
    ])("fail as %j, with the usage", (args, message) => {
        expect(() => read(args)).toThrow(message);
        expect(() => read(args)).toThrow(/\n\nnpm run it$/);
    });

    it("may come with words where a command takes them", () => {
        expect(read(["secret", "-s", "dev"], true).positionals).toEqual(["secret"]);
    });
});
