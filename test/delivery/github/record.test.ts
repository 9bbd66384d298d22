/**
 * The commit that records a promotion: of one file, on top of whatever the branch holds.
 * Cannot show that GitHub starts no workflow for it, nor what rules of a branch refuse: the server is ours.
 */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { merge, recordMessage } from "../../../delivery/github/record";
import { fakeGitHub, token } from "../../support/fakeGitHub";
import { temporaryFolder } from "../../support/temporaryFolder";

const held = fakeGitHub();
const project = path.resolve(__dirname, "..", "..", "..");
const base = temporaryFolder();
let count = 0;
let folder: string;

const file = "Pulumi.test.yaml";
const digest = `ghcr.io/example/service@sha256:${"1".repeat(64)}`;
const before = `# Settings.
config:
  azure-webapp-stack:name: shop-test
  azure-webapp-stack:image: ghcr.io/example/service:1.0
  azure-webapp-stack:port: "8080"
  azure-webapp-stack:secretAppSettings:
    secure: v1:abc
  azure-webapp-stack:tags: { owner: team }
`;
const after = before.replace("ghcr.io/example/service:1.0", digest);

/** The working folder of a job: what was pushed is checked out. */
beforeEach(() => {
    folder = path.join(base, String(count++));
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, file), before);
    held.server.files.set(file, before);
});

type Ended = { code: number; output: string };

function run(script: string, ...args: string[]): Promise<Ended> {
    const command = ["engine/run.js", `delivery/github/${script}`].map((part) =>
        path.join(project, part),
    );
    const options = { cwd: folder, env: held.server.job(base) };
    return new Promise((resolve) => {
        execFile(process.execPath, [...command, ...args], options, (error, stdout, stderr) => {
            resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
        });
    });
}

const takeRecorded = () => run("takeRecorded.ts", "--stack", "test", "--keep", "before.yaml");
const recordChange = () =>
    run("record.ts", "--from", "dev", "--to", "test", "--before", "before.yaml");

/** A promotion of the file as it was, which others may have changed since. */
function record(content: string): Promise<Ended> {
    fs.writeFileSync(path.join(folder, "before.yaml"), before);
    fs.writeFileSync(path.join(folder, file), content);
    return recordChange();
}

describe("the record of a promotion", () => {
    it("is a commit of the one file, which says what, from where and who", async () => {
        held.server.approvals.push(
            { state: "approved", user: { login: "boss" }, environments: [{ name: "test" }] },
            { state: "approved", user: { login: "other" }, environments: [{ name: "prod" }] },
            { state: "rejected", user: { login: "nobody" }, environments: [{ name: "test" }] },
        );
        expect(await record(after)).toEqual({ code: 0, output: `Recorded in ${file} on main.\n` });
        expect(held.server.commits).toEqual([
            { branch: "main", path: file, content: after, message: expect.any(String) },
        ]);
        expect(held.server.commits[0]!.message.split("\n")).toEqual([
            "Promote dev to test",
            "",
            `Image: ${digest}`,
            "Settings changed: azure-webapp-stack:image",
            `Commit deployed: ${"c".repeat(40)}`,
            "Run: https://github.example/example/rules-service/actions/runs/77",
            "Started by: somebody",
            "Approved by: boss",
            "",
            "[skip ci]",
        ]);
    });

    it("is not made where the promotion changed nothing", async () => {
        expect((await record(before)).output).toContain("nothing to record");
        expect(held.server.asked).toEqual([]);
    });

    it("leaves alone what others have pushed to the same file meanwhile, comments too", async () => {
        const others = (text: string) =>
            text
                .replace('port: "8080"', 'port: "9090" # Ours.')
                .replace("# Settings.", "# Our settings.")
                .replace(
                    "\n  azure-webapp-stack:port",
                    "\n  azure-webapp-stack:sku: B3\n  azure-webapp-stack:port",
                );
        held.server.files.set(file, others(before));
        expect((await record(after)).code).toBe(0);
        expect(held.server.files.get(file)).toBe(others(after));
    });

    it("is made in the end where somebody pushes at the same moment, again and again", async () => {
        let pushes = 0;
        held.server.beforeCommit = () => {
            if (pushes++ < 3) {
                const owner = `{ owner: team${pushes} }`;
                held.server.files.set(file, before.replace("{ owner: team }", owner));
            }
        };
        expect((await record(after)).code).toBe(0);
        expect(held.server.commits).toHaveLength(1);
        expect(held.server.files.get(file)).toBe(after.replace("team }", "team3 }"));
    });

    it("is made once where its answer is lost", async () => {
        held.server.faults.push({ when: /^PUT/, status: 502, done: true });
        expect((await record(after)).code).toBe(0);
        expect(held.server.commits).toHaveLength(1);
    });

    it("fails where others have changed the same setting, and says what to do", async () => {
        const theirs = before.replace("service:1.0", "service:2.0");
        held.server.files.set(file, theirs);
        const { code, output } = await record(after);
        expect(code).toBe(1);
        expect(output).toMatch(/has got other values in the same settings.*by hand/);
        expect(held.server.files.get(file)).toBe(theirs);
    });

    it("fails where a rule of the branch refuses it, and says that it is deployed all the same", async () => {
        const body = {
            message:
                "Repository rule violations found: changes must be made through a pull request",
        };
        held.server.faults.push({ when: /^PUT/, status: 409, body });
        const { code, output } = await record(after);
        expect(code).toBe(1);
        expect(output).toMatch(/is deployed, but its record could not be committed.*pull request/);
        expect(output).not.toMatch(/^\s+at /m);
        expect(output).not.toContain(token);
        expect(held.server.asked.filter((what) => what.startsWith("PUT"))).toHaveLength(1);
    });
});

describe("two runs, of which the second waited behind the first", () => {
    const image = (text: string, tag: string) =>
        text.replace(
            /azure-webapp-stack:image: .*/,
            `azure-webapp-stack:image: ghcr.io/example/service:${tag}`,
        );

    /** As the job does it, in a folder of its own that has what was pushed. */
    async function promote(checkedOut: string, tag: string): Promise<Ended> {
        folder = path.join(base, String(count++));
        fs.mkdirSync(folder);
        const inFolder = path.join(folder, file);
        fs.writeFileSync(inFolder, checkedOut);
        expect(await takeRecorded()).toEqual({
            code: 0,
            output: `${file} has what is recorded on main.\n`,
        });
        fs.writeFileSync(inFolder, image(fs.readFileSync(inFolder, "utf8"), tag));
        return recordChange();
    }

    it("both record what they promoted, the second on top of the first", async () => {
        expect((await promote(before, "2.0")).code).toBe(0);
        // Both pushes were made before either run.
        expect((await promote(before, "3.0")).code).toBe(0);
        expect(held.server.commits.map(({ content }) => content)).toEqual([
            image(before, "2.0"),
            image(before, "3.0"),
        ]);
    });

    it("deploy what they were approved for: of a newer push they take what travels, and no more", async () => {
        const pushed = (text: string) =>
            text.replace("team }", "others }\n  azure-webapp-stack:sku: B3");
        held.server.files.set(file, pushed(image(before, "3.0")));
        expect((await promote(before, "4.0")).code).toBe(0);
        expect(fs.readFileSync(path.join(folder, file), "utf8")).toBe(image(before, "4.0"));
        expect(held.server.files.get(file)).toBe(pushed(image(before, "4.0")));
    });

    it("fail before anything is promoted where the branch has no such file", async () => {
        held.server.files.clear();
        const { code, output } = await takeRecorded();
        expect(code).toBe(1);
        expect(output).toMatch(/^GitHub answered 404 to GET .*\n$/);
        expect(fs.existsSync(path.join(folder, "before.yaml"))).toBe(false);
        expect(fs.readFileSync(path.join(folder, file), "utf8")).toBe(before);
    });
});

describe("merge", () => {
    const file = (...settings: string[]) =>
        ["encryptionsalt: v1", "config:", ...settings.map((setting) => `  ${setting}`), ""].join(
            "\n",
        );

    it.each([
        [
            "what only we have changed",
            file("a: 1"),
            file("a: 2"),
            file("a: 1", "b: 1"),
            file("a: 2", "b: 1"),
        ],
        [
            "what we have added",
            file("a: 1"),
            file("a: 1", "b: 2"),
            file("a: 3"),
            file("a: 3", "b: 2"),
        ],
        [
            "what we have removed",
            file("a: 1", "b: 1"),
            file("a: 1"),
            file("a: 2", "b: 1"),
            file("a: 2"),
        ],
        [
            "what both have changed alike",
            file("a: 1"),
            file("a: 2"),
            file("a: 2", "b: 1"),
            file("a: 2", "b: 1"),
        ],
        [
            "our very text where they have changed nothing",
            "config: {a: 1}\n",
            "config: {a:   2}\n",
            "config: {a: 1}\n",
            "config: {a:   2}\n",
        ],
    ])("has %s", (_, base, ours, theirs, merged) => {
        expect(merge(base, ours, theirs)).toBe(merged);
    });

    it.each([
        ["both have given a setting another value", file("a: 1"), file("a: 2"), file("a: 3")],
        [
            "they have removed what we changed",
            file("a: 1", "b: 1"),
            file("a: 2", "b: 1"),
            file("b: 1"),
        ],
        [
            "we have changed more than settings",
            file("a: 1"),
            "config:\n  a: 2\n",
            file("a: 1", "b: 1"),
        ],
    ])("has no answer where %s", (_, base, ours, theirs) => {
        expect(merge(base, ours, theirs)).toBeUndefined();
    });
});

describe("recordMessage", () => {
    const promotion = { from: "test", to: "prod", commit: "c", run: "r", startedBy: "s" };

    it("names settings, never their values, which may be secret", () => {
        const changed = after
            .replace("v1:abc", "v1:def")
            .replace("  azure-webapp-stack:tags: { owner: team }\n", "");
        const message = recordMessage({ ...promotion, before, after: changed, approvedBy: [] });
        expect(message).toContain(
            "Settings changed: azure-webapp-stack:image, azure-webapp-stack:secretAppSettings, azure-webapp-stack:tags\n",
        );
        expect(message).not.toContain("v1:");
        expect(message).toContain("Approved by: nobody");
    });
});
