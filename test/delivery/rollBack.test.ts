/**
 * What a promotion does where nobody can say where the target's app answers, and how long it waits for one.
 * Does not show that the engine takes the stack back: here it is told to only. test/engine/promote.test.ts runs it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { promote, type Step } from "../../delivery/promote";
import { waitUntilHealthy } from "../../delivery/promote/health";
import { FileOnTrial } from "../../delivery/promote/fileOnTrial";
import type { Cargo } from "../../delivery/promote/travelling";
import { capture } from "../../engine/process";
import * as recover from "../../engine/recover";
import { temporaryFolder } from "../support/temporaryFolder";

jest.mock("../../engine/recover", () => ({
    ...jest.requireActual<object>("../../engine/recover"),
    up: jest.fn(),
}));
jest.mock("../../engine/process", () => ({
    ...jest.requireActual<object>("../../engine/process"),
    capture: jest.fn(),
}));
jest.mock("../../delivery/report", () => ({
    makeReport: async () => ({ passed: true }),
    announce: () => undefined,
}));
jest.mock("../../delivery/promote/health", () => ({ waitUntilHealthy: jest.fn() }));

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

const folder = temporaryFolder();
const file = path.join(folder, "Pulumi.test.yaml");
const before = "config:\n  azure-webapp-stack:image: old\n";

/** A step for the file as it is made at this moment. */
const stepWith = (changes: Partial<Step> = {}): Step => ({
    parcel: { from: "dev", cargo: cargo("new") },
    target: { pulumi: "pulumi", cwd: folder, env: {}, stack: "test" },
    file: FileOnTrial.open(folder, "test"),
    before: cargo("old"),
    defaults: { port: "8080", startTimeLimitSeconds: "1800" },
    yes: true,
    settleSeconds: 0,
    ...changes,
});

describe("a promotion whose target does not say where its app answers", () => {
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
        jest.mocked(capture).mockResolvedValue(answer);
        const images: string[] = [];
        jest.mocked(recover.up).mockImplementation(async () => {
            images.push(/image: (\S+)/.exec(fs.readFileSync(file, "utf8"))![1]!);
            return 0;
        });
        const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
        const code = await promote(stepWith());
        const text = said.mock.calls.map(([line]) => line).join("");
        said.mockRestore();
        expect([code, images, fs.readFileSync(file, "utf8")]).toEqual([1, ["new", "old"], before]);
        expect(text).toContain("where its app answers is not known");
        expect(text).toContain(words);
        expect(text).toContain("It has the image and settings from before again");
    });
});

describe("a promotion that fails", () => {
    const run = async (step: Step) => {
        const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
        const code = await promote(step);
        const text = said.mock.calls.map(([line]) => line).join("");
        said.mockRestore();
        return { code, text };
    };

    it("is taken back where its up throws, and the file with it", async () => {
        fs.writeFileSync(file, before);
        jest.mocked(recover.up)
            .mockReset()
            .mockRejectedValueOnce(new Error("the app could not be imported"))
            .mockResolvedValueOnce(0);
        const { code, text } = await run(stepWith({ address: "http://localhost:1" }));
        expect(text).toContain('its "pulumi up" failed: the app could not be imported');
        expect(text).toContain("It has the image and settings from before again");
        expect([code, jest.mocked(recover.up).mock.calls.length]).toEqual([1, 2]);
        expect(fs.readFileSync(file, "utf8")).toBe(before);
    });

    it("says so where the way back throws too", async () => {
        fs.writeFileSync(file, before);
        jest.mocked(recover.up).mockReset().mockRejectedValue(new Error("no way to Azure"));
        const { code, text } = await run(stepWith({ address: "http://localhost:1" }));
        expect(text).toContain('Rolling back failed too: its "pulumi up" failed: no way to Azure');
        expect([code, fs.readFileSync(file, "utf8")]).toEqual([1, before]);
    });

    it("says so where the app is not well with what it had before either", async () => {
        fs.writeFileSync(file, before);
        jest.mocked(recover.up).mockReset().mockResolvedValue(0);
        jest.mocked(waitUntilHealthy).mockResolvedValueOnce("503").mockResolvedValueOnce("502");
        const { code, text } = await run(stepWith({ address: "http://localhost:1" }));
        expect(text).toContain("But it is not well like that either");
        expect(text).toContain("the last answer was 502");
        expect(code).toBe(1);
    });
});

describe("the wait of a promotion", () => {
    it.each([
        ["as the app that comes", "60", 60],
        ["as usual where that says nothing", undefined, 1800],
    ])("is as long %s", async (_, startTimeLimitSeconds, limitSeconds) => {
        fs.writeFileSync(file, before);
        const { settings, appSettings } = cargo("new");
        const parcel = {
            from: "dev",
            cargo: { settings: { ...settings, startTimeLimitSeconds }, appSettings },
        };
        jest.mocked(recover.up).mockResolvedValue(0);
        const waits = jest.mocked(waitUntilHealthy).mockResolvedValue(undefined);
        const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
        const code = await promote(stepWith({ parcel, address: "http://localhost:1" }));
        said.mockRestore();
        expect([code, waits.mock.lastCall![0].limitSeconds]).toEqual([0, limitSeconds]);
    });
});
