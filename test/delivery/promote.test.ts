/**
 * The parts of `npm run promote`: the way through the environments, what travels, the stack's file, the wait for
 * health. Does not show that they work together with the engine: test/engine/promote.test.ts does.
 */
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import * as fc from "fast-check";
import { parse } from "yaml";
import {
    askVersion,
    settledVersion,
    waitUntilHealthy,
    type HealthCheck,
} from "../../delivery/promote/health";
import { checkAddress } from "../../delivery/promote/address";
import { readParcel, writeParcel, type Parcel } from "../../delivery/promote/parcel";
import { keptOutHeader } from "../../azure/statusCodes";
import { addressVariable } from "../../engine/address";
import { checkStep, readPromotion } from "../../delivery/promote/order";
import { FileOnTrial } from "../../delivery/promote/fileOnTrial";
import {
    changesBetween,
    deployedIn,
    withCargo,
    type Cargo,
} from "../../delivery/promote/travelling";
import { main } from "../../delivery/promote";
import { freePort } from "../../local/containers/ports";
import { temporaryFolder } from "../support/temporaryFolder";

const project = path.resolve(__dirname, "..", "..");

describe("the way through the environments", () => {
    const order = ["dev", "test", "prod"];

    it.each([
        ["dev", "test", []],
        ["test", "prod", []],
        ["dev", "prod", ["test"]],
        ["dev", "test", ["prod"]],
    ])("leads from %s to %s, leaving out %j", (from, to, skipped) => {
        expect(() => checkStep(order, from, to, skipped)).not.toThrow();
    });

    it.each([
        ["dev", "prod", [], '"test" comes between "dev" and "prod".*--skip test'],
        ["dev", "prod", ["prod"], "--skip test"],
        ["test", "dev", [], "order is dev, test, prod.*npm run up -- --stack dev"],
        ["dev", "dev", [], "to a later environment"],
        ["dev", "qa", [], '--to "qa" is no environment; .*promotion.yaml names dev, test, prod'],
        ["qa", "dev", [], '--from "qa" is no environment'],
        ["dev", "prod", ["tset"], '--skip "tset" is no environment'],
    ])("fails from %s to %s, leaving out %j", (from, to, skipped, message) => {
        expect(() => checkStep(order, from, to, skipped)).toThrow(new RegExp(message, "s"));
    });

    it("names environments that have a file and a policy configuration", () => {
        const { environments, appSettings } = readPromotion(project);
        for (const name of environments) {
            expect(fs.existsSync(path.join(project, `Pulumi.${name}.yaml`))).toBe(true);
            expect(fs.existsSync(path.join(project, "policies", `config.${name}.json`))).toBe(true);
        }
        expect(appSettings).toEqual([]);
    });

    const folder = temporaryFolder();
    fs.mkdirSync(path.join(folder, "delivery"));
    const read = (text: string) => {
        fs.writeFileSync(path.join(folder, "delivery", "promotion.yaml"), text);
        return readPromotion(folder);
    };

    it("is read with what travels and where the app says its version", () => {
        const text = "environments: [a, b]\nappSettings: [LOG_LEVEL]\nversionPath: /version\n";
        expect(read(text)).toEqual({
            environments: ["a", "b"],
            appSettings: ["LOG_LEVEL"],
            versionPath: "/version",
        });
    });

    it.each([
        ["", '"environments" must be a list'],
        ["environments: dev", '"environments" must be a list'],
        ["environments: [dev]", '"environments" must be a list'],
        ["environments: [dev, dev]", '"environments" must be a list'],
        ["environments: [dev", "cannot be read"],
        ["environments: [a, b]\nappSettings: LOG_LEVEL", '"appSettings" must be a list'],
        ["environments: [a, b]\nappSettings: [WEBSITES_PORT]", '"WEBSITES_PORT" cannot be one'],
        ["environments: [a, b]\nappSettings: [a-b]", '"a-b" cannot be one'],
        ...["version", "//example.com/version", "/\\example.com", "/a b"].map((odd) => [
            `environments: [a, b]\nversionPath: ${odd}`,
            '"versionPath" must be a path',
        ]),
    ])("fails as %j", (text, message) => {
        expect(() => read(text)).toThrow(message);
    });
});

const settings = {
    image: "ghcr.io/a/b@sha256:1",
    port: "8080",
    healthCheckPath: "/healthz",
    startTimeLimitSeconds: "1800",
    warmUpPath: undefined,
    warmUpStatuses: undefined,
};
const cargo = (
    changes: Partial<Cargo["settings"]>,
    appSettings: Cargo["appSettings"] = {},
): Cargo => ({
    settings: { ...settings, ...changes },
    appSettings,
});

describe("what is deployed", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const resources = (inputs: Record<string, unknown>) => [
        { urn: "stack", type: "pulumi:pulumi:Stack" },
        { urn: "app", type: "azure-webapp-stack:index:ContainerWebApp", inputs },
    ];
    const app = {
        image: "ghcr.io/a/b:1.0",
        port: 9000,
        startTimeLimitSeconds: 60,
        appSettings: { LOG_LEVEL: "info", OWN: "x", TOKEN: secret },
        registry: { username: "somebody", password: secret },
    };

    it("is read from the state, as a stack's file would say it", () => {
        expect(deployedIn(resources(app), ["LOG_LEVEL", "MISSING"], "dev")).toEqual({
            cargo: {
                settings: {
                    image: "ghcr.io/a/b:1.0",
                    port: "9000",
                    startTimeLimitSeconds: "60",
                    healthCheckPath: undefined,
                    warmUpPath: undefined,
                    warmUpStatuses: undefined,
                },
                appSettings: { LOG_LEVEL: "info", MISSING: undefined },
            },
            image: "ghcr.io/a/b:1.0",
            registryUsername: "somebody",
        });
    });

    it("is nothing where there is no web app", () => {
        expect(deployedIn([], [], "dev")).toBeUndefined();
        expect(deployedIn(resources({}).slice(0, 1), [], "dev")).toBeUndefined();
    });

    it("fails where a secret is marked as travelling", () => {
        expect(() => deployedIn(resources(app), ["TOKEN"], "dev")).toThrow(
            /TOKEN is a secret in "dev", and secrets never travel/,
        );
    });
});

describe("what leaves an environment", () => {
    const file = path.join(temporaryFolder(), "dev.json");
    const marked = { environments: ["dev", "test"], appSettings: ["LOG_LEVEL"] };
    const image = `ghcr.io/a/b@sha256:${"0".repeat(64)}`;
    const parcel: Parcel = {
        from: "dev",
        cargo: cargo({ image }, { LOG_LEVEL: "info" }),
        version: { path: "/version", text: "1" },
    };

    it("is read from a file as it was written", () => {
        const unlimited = cargo({ image, startTimeLimitSeconds: undefined });
        const several = [
            parcel,
            { ...parcel, version: undefined },
            { ...parcel, cargo: unlimited },
        ];
        for (const one of several) {
            writeParcel(file, one);
            expect(readParcel(file, "dev", marked)).toEqual(one);
        }
    });

    it.each<[string, object]>([
        ["comes from elsewhere", { ...parcel, from: "test" }],
        ["names a tag", { ...parcel, cargo: cargo({ image: "ghcr.io/a/b:1.0" }) }],
        [
            "has another setting",
            { ...parcel, cargo: { settings: { image, name: "x" }, appSettings: {} } },
        ],
        [
            "has an app setting that is not marked",
            { ...parcel, cargo: cargo({ image }, { OWN: "x" }) },
        ],
        [
            "has a setting that is no text",
            { ...parcel, cargo: { settings: { image, port: 1 }, appSettings: {} } },
        ],
        ...["soon", "", "-1", "1e9", "1".repeat(400)].map(
            (startTimeLimitSeconds): [string, object] => [
                `waits ${startTimeLimitSeconds.slice(0, 9) || "for nothing"}`,
                { ...parcel, cargo: cargo({ image, startTimeLimitSeconds }) },
            ],
        ),
        ...["//example.com", "/\\example.com", "https://example.com", "/\t/example.com"].flatMap(
            (odd): [string, object][] => [
                [
                    `asks for health at ${odd}`,
                    { ...parcel, cargo: cargo({ image, healthCheckPath: odd }) },
                ],
                [`warms up at ${odd}`, { ...parcel, cargo: cargo({ image, warmUpPath: odd }) }],
                [`has its version at ${odd}`, { ...parcel, version: { path: odd, text: "1" } }],
            ],
        ),
        ["has a version without a path", { ...parcel, version: { text: "1" } }],
        ["has a version without a text", { ...parcel, version: { path: "/version" } }],
        ["has a version that is none", { ...parcel, version: "1" }],
        ["has nothing", {}],
    ])("fails where it %s", (_, odd) => {
        writeParcel(file, odd as Parcel);
        expect(() => readParcel(file, "dev", marked)).toThrow("is not what");
    });

    it("fails where there is no such file, or it is no JSON", () => {
        expect(() => readParcel(`${file}.none`, "dev", marked)).toThrow("cannot be read: ENOENT");
        fs.writeFileSync(file, "{");
        expect(() => readParcel(file, "dev", marked)).toThrow("cannot be read");
        fs.writeFileSync(file, "null");
        expect(() => readParcel(file, "dev", marked)).toThrow("is not what");
    });
});

describe("a stack's file", () => {
    const defaults = { port: "8080", startTimeLimitSeconds: "1800", healthCheckPath: "" };
    const write = (text: string, what: Cargo) =>
        withCargo(text, what, defaults, "Pulumi.test.yaml");
    const before = `# At the top.
encryptionsalt: v1:x
config:
  # The image, by digest.
  azure-webapp-stack:image: ghcr.io/a/b:1.0 # from the registry
  azure-webapp-stack:name: shop-test

  azure-webapp-stack:healthCheckPath: /healthz
  azure-webapp-stack:tags: { owner: us, costCenter: "0000" }
  azure-webapp-stack:registryPassword:
    secure: v1:abc
`;

    it("changes where it must, and nowhere else", () => {
        const after = write(before, cargo({ port: "9000", warmUpPath: "/ready" }));
        expect(after).toBe(
            before.replace("ghcr.io/a/b:1.0", "ghcr.io/a/b@sha256:1") +
                '  azure-webapp-stack:port: "9000"\n  azure-webapp-stack:warmUpPath: /ready\n',
        );
    });

    it("loses what the deployed app has not", () => {
        const after = write(before, cargo({ healthCheckPath: undefined }));
        expect(after).not.toContain("healthCheckPath");
        expect(parse(after).config["azure-webapp-stack:name"]).toBe("shop-test");
    });

    it("stays as it is, to the last blank, where it says the same", () => {
        const text =
            'config:   { "azure-webapp-stack:image":  ghcr.io/a/b@sha256:1,\n  "azure-webapp-stack:healthCheckPath": /healthz }';
        expect(write(text, cargo({}))).toBe(text);
    });

    it.each([
        ["a map", "{ OWN: x, LOG_LEVEL: debug }", { OWN: "x", LOG_LEVEL: "info" }],
        ["JSON", `'{"OWN":"x"}'`, { OWN: "x", LOG_LEVEL: "info" }],
        ["nothing", "", { LOG_LEVEL: "info" }],
    ])("takes marked app settings where it has them as %s", (_, has, expected) => {
        const text = `${before}  azure-webapp-stack:appSettings: ${has}\n`;
        const after = write(text, cargo({}, { LOG_LEVEL: "info" }));
        expect(parse(after).config["azure-webapp-stack:appSettings"]).toEqual(expected);
        const gone = write(after, cargo({}, { LOG_LEVEL: undefined }));
        expect(parse(gone).config["azure-webapp-stack:appSettings"].LOG_LEVEL).toBeUndefined();
    });

    it.each(["", "config:\n", "# Only a comment.\n"])("may be %j", (text) => {
        const { config } = parse(write(text, cargo({})));
        expect(config).toEqual({
            "azure-webapp-stack:image": settings.image,
            "azure-webapp-stack:healthCheckPath": "/healthz",
        });
    });

    it.each([
        ["config: [", "Pulumi.test.yaml is not valid YAML"],
        ["config: text\n", '"config" must be a map'],
        ["config:\n  azure-webapp-stack:appSettings: text\n", "must be a map of names to texts"],
    ])("fails as %j", (text, message) => {
        expect(() => write(text, cargo({}, { LOG_LEVEL: "info" }))).toThrow(message);
    });

    it("says after a write what was written, and a second write changes nothing", () => {
        const value = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 });
        const some = fc.record({
            port: value,
            warmUpPath: fc.option(value, { nil: undefined }),
            warmUpStatuses: fc.option(value, { nil: undefined }),
        });
        const app = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), value, {
            noNullPrototype: true,
        });
        fc.assert(
            fc.property(some, app, (changes, appSettings) => {
                const what = cargo(changes, appSettings);
                const after = write(before, what);
                const { config } = parse(after);
                const read = (key: string) => config[`azure-webapp-stack:${key}`];
                expect(read("port") ?? "8080").toBe(changes.port);
                expect(read("warmUpPath")).toBe(changes.warmUpPath);
                expect(read("appSettings") ?? {}).toEqual(appSettings);
                expect(read("registryPassword")).toEqual({ secure: "v1:abc" });
                expect(write(after, what)).toBe(after);
            }),
        );
    });

    it("is told apart from another in lines", () => {
        const old = cargo({ image: "ghcr.io/a/b@sha256:0", port: "9000" }, { A: "1", B: "2" });
        expect(changesBetween(old, cargo({}, { A: "1", B: undefined }))).toEqual([
            "  image: ghcr.io/a/b@sha256:0 -> ghcr.io/a/b@sha256:1",
            "  port: 9000 -> 8080",
            "  appSettings.B: 2 -> none",
        ]);
        expect(changesBetween(undefined, cargo({}))).toContain("  port: none -> 8080");
    });
});

describe("a stack's file during a promotion", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "Pulumi.test.yaml");
    const copy = `${file}.before-promotion`;
    const content = () => fs.readFileSync(file, "utf8");
    beforeEach(() => {
        fs.rmSync(copy, { force: true });
        fs.writeFileSync(file, "old\n");
    });

    it("comes back", () => {
        const opened = FileOnTrial.open(folder, "test");
        opened.write("new\n");
        expect([content(), fs.readFileSync(copy, "utf8")]).toEqual(["new\n", "old\n"]);
        opened.write("newer\n");
        opened.restore();
        expect([content(), fs.existsSync(copy)]).toEqual(["old\n", false]);
    });

    it("stays, if it is kept", () => {
        const opened = FileOnTrial.open(folder, "test");
        opened.write("new\n");
        opened.keep();
        opened.restore();
        expect([content(), fs.existsSync(copy)]).toEqual(["new\n", false]);
    });

    /** What a process of its own leaves that opens the file, writes it, and then does something. */
    const elsewhere = (then: string) => {
        const script = `
            require(${JSON.stringify(path.join(project, "engine", "typescript.js"))});
            const { FileOnTrial } = require(${JSON.stringify(path.join(project, "delivery", "promote", "fileOnTrial.ts"))});
            FileOnTrial.open(${JSON.stringify(folder)}, "test").write("new\\n");
            ${then}`;
        return spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    };

    it("comes back where the process just ends, which counts as a failure", () => {
        const { status, stderr } = elsewhere("");
        expect(stderr).toContain("Pulumi.test.yaml is as it was");
        expect([status, content(), fs.existsSync(copy)]).toEqual([130, "old\n", false]);
    });

    it("comes back where the process ends by an error", () => {
        const { status } = elsewhere('throw new Error("no");');
        expect([status, content(), fs.existsSync(copy)]).toEqual([1, "old\n", false]);
    });

    it("fails to open after a process that was killed, and says what to do", () => {
        elsewhere('process.kill(process.pid, "SIGKILL");');
        expect([content(), fs.readFileSync(copy, "utf8")]).toEqual(["new\n", "old\n"]);
        let message = "";
        try {
            FileOnTrial.open(folder, "test");
        } catch (error) {
            message = (error as Error).message;
        }
        expect(message).toContain("was cut off, or is still under way");
        const [, command] = /To go back: +(mv .*) && npm run up -- --stack test/.exec(message)!;
        execFileSync("sh", ["-c", command!], { cwd: folder });
        expect([content(), fs.existsSync(copy)]).toEqual(["old\n", false]);
        FileOnTrial.open(folder, "test");
    });

    it("fails for the second of two promotions", () => {
        const [first, second] = [0, 1].map(() => FileOnTrial.open(folder, "test"));
        first!.write("new\n");
        expect(() => second!.write("other\n")).toThrow("is still under way");
        expect(content()).toBe("new\n");
        first!.restore();
        expect(content()).toBe("old\n");
    });

    it("fails where it is missing", () => {
        expect(() => FileOnTrial.open(folder, "qa")).toThrow("Pulumi.qa.yaml is missing");
    });
});

describe("the wait for health", () => {
    let server: http.Server;
    let address: string;
    let statuses: number[] = [];
    let version = "1";
    let forbidden: string | undefined;
    const asked: string[] = [];
    beforeAll(async () => {
        server = http.createServer((request, response) => {
            asked.push(request.url!);
            if (request.url === "/version") response.end(version);
            else {
                const status = statuses.length > 1 ? statuses.shift()! : statuses[0]!;
                const keptOut = forbidden && { [keptOutHeader]: forbidden };
                response.writeHead(status, { location: "/", ...keptOut }).end("body");
            }
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        address = `http://localhost:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => server.close());
    beforeEach(() => {
        asked.length = 0;
        version = "1";
    });
    const wait = async (answers: number[], check: Partial<HealthCheck> = {}) => {
        statuses = answers;
        const lines: string[] = [];
        const all = { address, limitSeconds: 0, settleSeconds: 0, ...check };
        const last = await waitUntilHealthy(all, (line) => lines.push(line));
        return { last, lines };
    };

    it.each([
        ["/healthz", 200, true],
        ["/healthz", 204, true],
        ["/healthz", 302, false],
        ["/healthz", 404, false],
        ["/healthz", 503, false],
        [undefined, 200, true],
        [undefined, 302, true],
        [undefined, 404, true],
        [undefined, 500, false],
        [undefined, 503, false],
    ])("under %s takes %i for well: %s", async (path, status, well) => {
        const { last } = await wait([status], { path });
        expect(last).toBe(well ? undefined : String(status));
        expect(asked).toEqual([path ?? "/"]);
    });

    it.each(["//192.0.2.1/h", "/\\192.0.2.1/h"])("asks nobody else under %j", async (path) => {
        const { lines } = await wait([200], { path });
        expect(lines[0]).toContain(`Waiting for ${address}//192.0.2.1/h`);
        expect(asked).toEqual(["//192.0.2.1/h"]);
    });

    it("fails at once where the app keeps out whoever asks", async () => {
        forbidden = "192.0.2.7";
        const { last, lines } = await wait([403], { limitSeconds: 60 });
        forbidden = undefined;
        expect(last).toContain("allowedIpRanges keep 192.0.2.7 out");
        expect([lines.length, asked]).toEqual([2, ["/"]]);
        expect((await wait([403], { path: "/h" })).last).toBe("403");
    });

    it("goes on until the app is well, and shows what changes", async () => {
        const { last, lines } = await wait([503, 503, 200], { path: "/h", limitSeconds: 60 });
        expect(last).toBeUndefined();
        expect(lines[0]).toContain(`Waiting for ${address}/h, 60 seconds at most`);
        expect(lines.slice(1).map((line) => line.trim().slice(0, 3))).toEqual(["503", "200"]);
    });

    it("begins anew where the app does not stay well", async () => {
        const { last } = await wait([200, 503, 200], { limitSeconds: 60, settleSeconds: 1 });
        expect(last).toBeUndefined();
        expect(asked.length).toBeGreaterThanOrEqual(4);
    });

    it("fails where the app was well for a moment only", async () => {
        const { last } = await wait([200, 503], { settleSeconds: 1 });
        expect(last).toBe("503");
    });

    it("fails where another version answers, and succeeds once the right one does", async () => {
        const wanted = await askVersion(address, "/version");
        expect(wanted).toEqual({ path: "/version", text: "1" });
        version = "0";
        const { last } = await wait([200], { version: wanted });
        expect(last).toBe("200, from another version");
        version = "1";
        expect((await wait([200], { version: wanted })).last).toBeUndefined();
    });

    it("fails where the version cannot be asked", async () => {
        statuses = [404];
        await expect(askVersion(address, "/other")).rejects.toThrow("/other answers 404");
    });

    it("takes the version that the app settles on, not that of the container before", async () => {
        statuses = [200];
        version = "0";
        setTimeout(() => (version = "1"), 500);
        const check = { address, limitSeconds: 60, settleSeconds: 2 };
        expect(await settledVersion(check, "/version", () => undefined)).toEqual({
            path: "/version",
            text: "1",
        });
    });

    it.each([
        ["does not become well", 503, "/version", "the last answer was 503"],
        ["says no version", 404, "/other", "/other answers 404"],
    ])("fails where the app to take it from %s", async (_, status, path, words) => {
        statuses = [status];
        const check = { address, limitSeconds: 0, settleSeconds: 0 };
        await expect(settledVersion(check, path, () => undefined)).rejects.toThrow(words);
    });

    it("fails where nobody listens", async () => {
        const { last } = await wait([200], { address: `http://localhost:${await freePort()}` });
        expect(last).toBe("ECONNREFUSED");
    });

    it("can be ended", async () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), 20);
        const { last } = await wait([503], { limitSeconds: 600, signal: controller.signal });
        expect(last).toBe("the wait was ended");
    });

    it("takes an address, and names the variable that may say it", () => {
        expect(checkAddress("http://localhost:9002/", "x")).toBe("http://localhost:9002");
        expect(addressVariable("test-eu.1")).toBe("WEB_APP_ADDRESS_TEST_EU_1");
        for (const odd of ["", "localhost:9002", "ftp://a", "https://a/b", "https://a/?b"]) {
            expect(() => checkAddress(odd, "--address")).toThrow("--address is");
        }
    });
});

describe("the command line", () => {
    it.each([
        [[], "--from and --to name two stacks"],
        [["--from", "dev"], "--from and --to name two stacks"],
        [["--from", "dev", "--to", "test", "--now"], "--now"],
        [["--from", "dev", "--to", "test", "more"], "more"],
        [["--from", "dev", "--to", "test", "--settle", "soon"], '--settle is "soon"'],
        [["--from", "dev", "--write", "f", "--to", "test"], "neither --to nor --read"],
        [["--from", "dev", "--to", "qa"], '--to "qa" is no environment'],
        [["--from", "dev", "--to", "prod"], "--skip test"],
    ])("fails as %j", async (args, message) => {
        await expect(main(args)).rejects.toThrow(message);
        await expect(main(args)).rejects.toMatchObject({ name: "UserError" });
    });

    it("shows how it goes", async () => {
        const log = jest.spyOn(console, "log").mockImplementation(() => undefined);
        expect(await main(["--help"])).toBe(0);
        expect(log.mock.calls.join()).toContain("--skip <stack>");
        log.mockRestore();
    });
});
