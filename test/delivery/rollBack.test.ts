/**
 * What a promotion does where nobody can say where the target's app answers.
 * Does not show that the engine takes the stack back: here it is told to only. test/engine/promote.test.ts runs it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { promote, type Step } from "../../delivery/promote";
import { FileOnTrial } from "../../delivery/promote/fileOnTrial";
import type { Cargo } from "../../delivery/promote/travelling";
import * as recover from "../../engine/recover";
import { temporaryFolder } from "../support/temporaryFolder";

jest.mock("../../engine/recover", () => ({
    ...jest.requireActual<object>("../../engine/recover"),
    capture: jest.fn(),
    up: jest.fn(),
}));
jest.mock("../../delivery/report", () => ({
    makeReport: async () => ({ passed: true }),
    announce: () => undefined,
}));

const cargo = (image: string): Cargo => ({
    settings: {
        image,
        port: "8080",
        healthCheckPath: undefined,
        startTimeLimitSeconds: "60",
        warmUpPath: undefined,
        warmUpStatuses: undefined,
    },
    appSettings: {},
});

describe("a promotion whose target does not say where its app answers", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "Pulumi.test.yaml");
    const before = "config:\n  azure-webapp-stack:image: old\n";

    it.each([
        ["has no output url", { code: 0, output: "", stdout: "{}" }, '"undefined"'],
        [
            "cannot be asked",
            { code: 255, output: "no", stdout: "" },
            '"pulumi stack output" failed',
        ],
        ["answers no JSON", { code: 0, output: "", stdout: "oops" }, "JSON"],
    ])("is taken back where it %s", async (_, answer, words) => {
        fs.writeFileSync(file, before);
        jest.mocked(recover.capture).mockResolvedValue(answer);
        const images: string[] = [];
        jest.mocked(recover.up).mockImplementation(async () => {
            images.push(/image: (\S+)/.exec(fs.readFileSync(file, "utf8"))![1]!);
            return 0;
        });
        const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
        const step: Step = {
            parcel: { from: "dev", cargo: cargo("new") },
            target: { pulumi: "pulumi", cwd: folder, env: {}, stack: "test" },
            file: FileOnTrial.open(folder, "test", "test"),
            before: cargo("old"),
            defaults: { port: "8080", startTimeLimitSeconds: "60" },
            yes: true,
            settleSeconds: 0,
        };
        const code = await promote(step);
        const text = said.mock.calls.map(([line]) => line).join("");
        said.mockRestore();
        expect([code, images, fs.readFileSync(file, "utf8")]).toEqual([1, ["new", "old"], before]);
        expect(text).toContain("where its app answers is not known");
        expect(text).toContain(words);
        expect(text).toContain("It has the image and settings from before again");
    });
});
