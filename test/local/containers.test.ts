/**
 * How a web app's container is started, asked, watched and started again, and what its front end answers
 * meanwhile; with an engine whose containers are web servers of this process, and time shortened.
 * Does not show that a real engine does the same: test/engine/containers.test.ts runs one.
 */
import * as fs from "node:fs";
import * as http from "node:http";
import * as net from "node:net";
import * as path from "node:path";
import { statusCodes } from "../../azure/statusCodes";
import { Cloud } from "../../local/cloud/cloud";
import { openStore } from "../../local/cloud/initial";
import type { Document } from "../../local/cloud/store";
import { inWords, LogReader } from "../../local/containers/commands";
import {
    desiredSites,
    fingerprintOf,
    rememberOwner,
    type DesiredSite,
} from "../../local/containers/desired";
import { findEngine, pullProblem } from "../../local/containers/engine";
import type { FrontEndLimits } from "../../local/containers/frontEnd";
import { backOff, type Pace } from "../../local/containers/instance";
import { firstPort, freePort, portOf } from "../../local/containers/ports";
import { Site } from "../../local/containers/site";
import { signedInUser } from "../../local/identity";
import { FakeEngine, get, occupy, until } from "../support/fakeEngine";
import { temporaryFolder } from "../support/temporaryFolder";

const image = "ghcr.io/me/api:1.0";

const base = temporaryFolder();
let folders = 0;
const newFolder = () => `${base}/${folders++}`;

const group = `/subscriptions/${signedInUser.subscriptionId}/resourceGroups/g`;
const planId = `${group}/providers/Microsoft.Web/serverfarms/p`;
const siteId = `${group}/providers/Microsoft.Web/sites/shop`;

/** An Azure that holds the web app `shop` on a B2 plan. */
async function azure(settings: Record<string, string> = {}, capacity = 1, more: Document = {}) {
    const cloud = new Cloud(openStore(newFolder()), signedInUser);
    const location = "westeurope";
    const appSettings = Object.entries({ WEBSITES_PORT: "8080", ...settings }).map(
        ([name, value]) => ({ name, value }),
    );
    await cloud.put(group, { location });
    await cloud.put(planId, {
        location,
        sku: { name: "B2", capacity },
        properties: { reserved: true },
    });
    await cloud.put(siteId, {
        location,
        kind: "app,linux,container",
        properties: {
            serverFarmId: planId,
            siteConfig: { linuxFxVersion: `DOCKER|${image}`, appSettings, ...more },
        },
    });
    return cloud.store;
}

async function wish(settings: Record<string, string> = {}, capacity = 1, more: Document = {}) {
    const [site] = desiredSites(await azure(settings, capacity, more));
    return site!;
}

describe("desiredSites", () => {
    it("reads image, port, memory and limits of an app from what Azure holds", async () => {
        const site = await wish({ WEBSITES_CONTAINER_START_TIME_LIMIT: "600", GREETING: "hi" });
        expect(site).toMatchObject({
            id: siteId,
            name: "shop",
            image,
            ports: [8080],
            memoryMib: 3584,
            startTimeLimitSeconds: 600,
            hostName: "shop.azurewebsites.net",
            enabled: true,
        });
        expect(site.environments).toHaveLength(1);
        expect(site.environments[0]).toMatchObject({ GREETING: "hi", WEBSITE_SITE_NAME: "shop" });
    });

    it("knows the registry's password, and keeps it from the container", async () => {
        const site = await wish({
            DOCKER_REGISTRY_SERVER_URL: "https://ghcr.io",
            DOCKER_REGISTRY_SERVER_USERNAME: "me",
            DOCKER_REGISTRY_SERVER_PASSWORD: "secret",
        });
        expect(site.registry).toEqual({ server: "ghcr.io", username: "me", password: "secret" });
        expect(JSON.stringify(site.environments)).not.toContain("secret");
    });

    it("gives each instance an id of its own, and runs two at most", async () => {
        const { environments } = await wish({}, 3);
        expect(new Set(environments.map((one) => one.WEBSITE_INSTANCE_ID)).size).toBe(2);
        expect(environments).toHaveLength(2);
    });

    it("knows the stack from the URN of whoever made the app, until the app is gone", async () => {
        const store = await azure();
        expect(desiredSites(store)[0]).toMatchObject({ stack: "", owner: "/shop" });
        const urn = "urn:pulumi:dev::project::a$azure-native:web:WebApp::app";
        rememberOwner(store, siteId, urn);
        expect(desiredSites(store)[0]).toMatchObject({ stack: "dev", owner: "dev/app" });
        await new Cloud(store, signedInUser).delete(siteId);
        expect(desiredSites(store)).toEqual([]);
        expect(store.get(`${siteId}/owner`)).toBeUndefined();
    });

    it("makes another fingerprint for another setting, image or size, and for nothing else", async () => {
        const first = fingerprintOf(await wish());
        expect(fingerprintOf(await wish())).toBe(first);
        for (const other of [
            await wish({ GREETING: "hi" }),
            await wish({}, 2),
            await wish({}, 1, { linuxFxVersion: "DOCKER|ghcr.io/me/api:2.0" }),
            await wish({}, 1, { healthCheckPath: "/healthz" }),
        ]) {
            expect(fingerprintOf(other)).not.toBe(first);
        }
    });
});

describe("ports", () => {
    it("are the lessons' 9001 for dev and the next ones for test and prod", () => {
        const memory = openStore(newFolder());
        const owners = ["prod/app", "dev/app", "test/app"];
        expect(owners.map((owner) => portOf(owner, memory, firstPort({})))).toEqual([
            9003, 9001, 9002,
        ]);
    });

    it("are fixed for everybody else once they are given", () => {
        const memory = openStore(newFolder());
        const give = (owner: string) => portOf(owner, memory, 9001);
        expect([give("mine/app"), give("dev/api"), give("mine/app")]).toEqual([9004, 9005, 9004]);
    });

    it.each([
        ["9101", 9101],
        ["", 9001],
        ["1024", 1024],
        ["65000", 65000],
    ])("move with LOCAL_AZURE_PORT=%s", (text, port) => {
        expect(firstPort({ LOCAL_AZURE_PORT: text })).toBe(port);
    });

    it.each(["much", "1023", "65001", "9001.5", "-1", "0x2329"])("fails with %p", (text) => {
        expect(() => firstPort({ LOCAL_AZURE_PORT: text })).toThrow(
            `LOCAL_AZURE_PORT is "${text}"; it is a number from 1024 to 65000.`,
        );
    });
});

describe("findEngine", () => {
    const problem = async (env: NodeJS.ProcessEnv) => findEngine(newFolder(), env);

    it("fails without any, naming what to install", async () => {
        const found = await problem({ PATH: newFolder() });
        expect(found).toEqual({
            reason: "no container engine was found",
            remedy: "install Docker or Podman",
        });
    });

    it("fails on one that was asked for and is not there", async () => {
        const found = await problem({ PATH: newFolder(), LOCAL_AZURE_ENGINE: "docker" });
        expect(found).toMatchObject({ reason: 'the command "docker" was not found' });
    });

    it("fails where it is switched off", async () => {
        const found = await problem({ ...process.env, LOCAL_AZURE_ENGINE: "none" });
        expect(found).toMatchObject({ reason: 'LOCAL_AZURE_ENGINE is "none"' });
    });

    it.each([
        ["denied: requested access to the resource is denied", "it is private", "registryPassword"],
        ["manifest unknown: manifest unknown", "there is no image", "build it"],
        ["dial tcp: lookup ghcr.io: no such host", "cannot be reached", "the connection"],
        ["something new", "something new", "the setting image"],
    ])("a pull that fails with %p has a reason and a remedy", (complaint, reason, remedy) => {
        const found = pullProblem(image, complaint);
        expect(found.reason).toContain(reason);
        expect(found.reason).toContain(image);
        expect(found.remedy).toContain(remedy);
    });

    it.each(["manifest unknown", "dial tcp: lookup ghcr.io: no such host"])(
        "a pull by digest that fails with %p advises to build nothing",
        (complaint) => {
            const digest = `ghcr.io/me/api@sha256:${"a".repeat(64)}`;
            const { remedy } = pullProblem(digest, complaint);
            expect(remedy).not.toContain("build");
            expect(remedy).toContain("the setting image");
        },
    );
});

describe("inWords", () => {
    it.each([
        [{ state: "running" }, "running"],
        [{ state: "starting", reason: "it ended", remedy: "look" }, "starting: it ended; look"],
        [
            { state: "not started", reason: "no engine", remedy: "get one" },
            "not started: no engine; get one",
        ],
    ] as const)("of %j is %p", (condition, words) => expect(inWords(condition)).toBe(words));
});

describe("LogReader", () => {
    it("reads each line once, also where the log is begun anew between two reads", () => {
        const file = path.join(newFolder(), "shop.log");
        fs.mkdirSync(path.dirname(file), { recursive: true });
        const reader = new LogReader(file);
        const next = () => reader.next().toString();
        expect(next()).toBe("");
        fs.appendFileSync(file, "one\n");
        expect(next()).toBe("one\n");
        expect(next()).toBe("");
        fs.appendFileSync(file, "two\n");
        fs.renameSync(file, `${file}.1`);
        expect(next()).toBe("two\n");
        fs.appendFileSync(file, "three, and longer than what was there before\n");
        fs.appendFileSync(file, "four\n");
        expect(next()).toBe("three, and longer than what was there before\nfour\n");
        expect(next()).toBe("");
        fs.appendFileSync(file, "five\n");
        fs.renameSync(file, `${file}.1`);
        fs.appendFileSync(file, "six\n");
        expect(next()).toBe("five\nsix\n");
    });
});

describe("backOff", () => {
    it("doubles up to the most", () => {
        const pauses = [1, 2, 3, 4, 50].map((n) => backOff(n, { first: 10, most: 60 }));
        expect(pauses).toEqual([10, 20, 40, 60, 60]);
    });
});

describe("a site", () => {
    const pace: Pace = {
        warmUpInterval: 5,
        healthInterval: 20,
        replacedAfter: 3_600_000,
        backOff: { first: 50, most: 50 },
        second: 10,
    };
    let engine: FakeEngine;
    let site: Site;
    let port: number;
    let log: string[];
    let wanted: DesiredSite;
    let ticking: NodeJS.Timeout | undefined;

    beforeEach(() => {
        engine = new FakeEngine();
        engine.images.add(image);
        log = [];
    });
    afterEach(async () => {
        clearInterval(ticking);
        await site.close();
    });

    /** Starts the app and keeps it as the supervisor does. */
    async function start(own: Partial<Pace> = {}, limits: FrontEndLimits = {}, at?: number) {
        wanted ??= await wish();
        port = at ?? (await freePort());
        site = new Site({
            port,
            log: (line) => log.push(line),
            pace: { ...pace, ...own },
            limits,
        });
        const update = () => site.update(wanted, engine);
        update();
        ticking = setInterval(update, 5);
    }
    const state = (name: string) => until(() => site.condition.state === name);
    const containers = (count: number) => until(() => engine.containers.length >= count);

    describe("that runs", () => {
        beforeEach(async () => {
            wanted = await wish({ GREETING: "hi" });
        });

        it("answers with what its container answers, and says who called", async () => {
            engine.answer = (request, response) => response.end(JSON.stringify(request.headers));
            await start();
            await state("running");
            const { status, body } = await get(port, "/any");
            expect(status).toBe(200);
            expect(JSON.parse(body)).toMatchObject({
                host: `127.0.0.1:${port}`,
                "x-forwarded-for": "127.0.0.1",
                "x-forwarded-host": `127.0.0.1:${port}`,
                "x-forwarded-proto": "http",
            });
        });

        it("gets image, settings, port and the plan's memory", async () => {
            await start();
            await state("running");
            const { request } = engine.last;
            expect(request).toMatchObject({ image, memoryMib: 3584 });
            expect(request.environment).toMatchObject({ GREETING: "hi", PORT: "8080" });
            expect(request.ports.map(({ container }) => container)).toEqual([8080]);
            expect(engine.pulled).toEqual([]);
        });

        it("keeps its own paths, the root included", async () => {
            engine.answer = ({ url }, response) => response.end(url);
            await start();
            await state("running");
            for (const path of ["/", "/robots933456.txt", "/a%20b?c=d"]) {
                expect((await get(port, path)).body).toBe(path);
            }
        });

        it("lets WebSockets through", async () => {
            await start();
            await state("running");
            const socket = net.connect(port, "127.0.0.1");
            let received = "";
            socket.on("data", (data) => (received += data.toString()));
            socket.write(
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            );
            await until(() => received.includes("\r\n\r\n"));
            expect(received).toContain("101 Switching Protocols");
            socket.write("echo");
            await until(() => received.endsWith("echo"));
            socket.destroy();
        });

        it("is stopped with its app, and its port is free again", async () => {
            await start();
            await state("running");
            await site.close();
            expect(engine.last.stopped).toBe(true);
            expect((await get(port)).status).toBe(0);
        });

        it("lets the old container answer until the new one does", async () => {
            await start();
            await state("running");
            engine.answer = undefined;
            wanted = await wish({ GREETING: "another" });
            await containers(2);
            expect(site.condition.state).toBe("starting");
            expect((await get(port)).body).toBe("hello");
            const [old, next] = engine.containers;
            expect(next!.request.environment.GREETING).toBe("another");
            expect(old!.stopped).toBe(false);
        });

        it("answers from the new container after a change, and ends the old one", async () => {
            await start();
            await state("running");
            engine.answer = (_, response) => response.end("new");
            wanted = await wish({ GREETING: "another" });
            await until(async () => (await get(port)).body === "new");
            const [old] = engine.containers;
            await until(() => old!.stopped);
            expect(engine.containers).toHaveLength(2);
        });

        it("answers 403 while the app is stopped", async () => {
            await start();
            await state("running");
            wanted = { ...wanted, enabled: false };
            await until(async () => (await get(port)).status === 403);
            await until(() => engine.last.stopped);
            expect(inWords(site.condition)).toContain("the web app is stopped");
        });
    });

    describe("that starts", () => {
        beforeEach(async () => {
            wanted = await wish({
                WEBSITE_WARMUP_PATH: "/ready",
                WEBSITE_WARMUP_STATUSES: "200,202",
                WEBSITES_CONTAINER_START_TIME_LIMIT: "1800",
            });
        });

        it("answers 503 until the warm-up path has a status that counts", async () => {
            let ready = 500;
            const asked = new Set<string>();
            engine.answer = ({ url }, response) => {
                asked.add(url!);
                response.writeHead(url === "/ready" ? ready : 200).end();
            };
            await start();
            await until(() => log.some((line) => line.includes("/ready answers 500")));
            const { status, body } = await get(port);
            expect(status).toBe(503);
            expect(body).toContain(statusCodes.starting.when);
            expect([...asked]).toEqual(["/ready"]);
            ready = 202;
            await state("running");
            expect((await get(port)).status).toBe(200);
        });

        it("asks for a path as it must be written in a request", async () => {
            wanted = await wish({ WEBSITE_WARMUP_PATH: "is it ready?now" });
            const asked: string[] = [];
            engine.answer = ({ url }, response) => {
                asked.push(url!);
                response.end();
            };
            await start();
            await state("running");
            expect(asked).toEqual(["/is%20it%20ready?now"]);
        });

        it("takes any status of Azure's own path where no path is set", async () => {
            wanted = await wish();
            const asked: string[] = [];
            engine.answer = ({ url }, response) => {
                asked.push(url!);
                response.writeHead(404).end();
            };
            await start();
            await state("running");
            expect(asked).toContain("/robots933456.txt");
        });

        it("finds the port by itself where none is set", async () => {
            wanted = { ...(await wish()), ports: [80, 8080] };
            await start();
            await state("running");
            expect((await get(port)).body).toBe("hello");
        });

        it("is ended after the start-up limit, with App Service's words, and tried again", async () => {
            wanted = { ...wanted, startTimeLimitSeconds: 10 };
            engine.answer = undefined;
            await start();
            await state("not started");
            expect(engine.containers[0]!.stopped).toBe(true);
            expect(inWords(site.condition)).toMatch(
                /didn't respond to HTTP pings on port 8080.*startTimeLimitSeconds/,
            );
            expect(log.join("\n")).toContain("didn't respond to HTTP pings on port: 8080");
            expect((await get(port)).status).toBe(503);
            engine.answer = (_, response) => response.end("late");
            await until(async () => (await get(port)).body === "late");
        });

        it("says how its container ended, and tries again", async () => {
            engine.answer = undefined;
            await start();
            await containers(1);
            engine.last.crash({ code: 3 });
            await state("not started");
            expect(inWords(site.condition)).toContain("ended with exit code 3");
            await containers(2);
        });

        it("says what the engine says where that cannot start it", async () => {
            engine.answer = undefined;
            await start();
            await containers(1);
            engine.last.crash({ code: 125, problem: "no room" });
            await state("not started");
            expect(inWords(site.condition)).toContain("no room");
        });

        it("is not started while its image cannot be pulled, and starts when it can", async () => {
            engine.images.clear();
            await start();
            await state("not started");
            expect(inWords(site.condition)).toContain("cannot be reached");
            const { status, body } = await get(port);
            expect(status).toBe(503);
            expect(body).toContain("cannot be reached");
            expect(body).toContain("To mend it: check the connection");
            engine.complaint = undefined;
            await state("running");
            expect(engine.pulled.at(-1)).toBe(image);
        });

        it("is not started without an image, with the remedy", async () => {
            wanted = { ...wanted, image: undefined };
            await start();
            await state("not started");
            expect(inWords(site.condition)).toContain("set the image");
        });

        it("is not started without an engine, and starts when there is one", async () => {
            port = await freePort();
            site = new Site({ port, log: (line) => log.push(line), pace });
            site.update(wanted, { reason: "no engine", remedy: "install one" });
            expect(inWords(site.condition)).toBe("not started: no engine; install one");
            await until(async () => (await get(port)).status === 503);
            site.update(wanted, engine);
            await state("running");
        });

        it("is not started on a port that somebody else has, and is when it is free", async () => {
            const taken = await occupy();
            await start({}, {}, taken.port);
            await state("not started");
            expect(inWords(site.condition)).toBe(
                `not started: port ${port} is in use by another program ` +
                    `(another clone of this project?); LOCAL_AZURE_PORT=${firstPort() + 100} npm run local`,
            );
            await taken.free();
            await state("running");
        });
    });

    describe("in trouble", () => {
        beforeEach(async () => {
            wanted = await wish();
        });

        it("answers 502 to a request during which the container dies", async () => {
            engine.answer = ({ url }, response) => {
                if (url === "/crash") engine.last.crash({ code: 1 });
                else response.end("hello");
            };
            await start();
            await state("running");
            const { status, body } = await get(port, "/crash");
            expect(status).toBe(502);
            expect(body).toContain(statusCodes.crashed.when);
        });

        it("answers 502 to an answer that is not HTTP, and says what is wrong with it", async () => {
            engine.answer = ({ url }, response) => {
                if (url !== "/odd") response.end("hello");
                else response.socket!.end("HTTP/1.1 200 OK\nContent-Length: 2\n\nhi");
            };
            await start();
            await state("running");
            const { status, body } = await get(port, "/odd");
            expect(status).toBe(502);
            expect(body).toContain(statusCodes.unreadable.when);
            expect(body).toMatch(/Here: Parse Error: .*\(HPE_/);
            expect(body).not.toContain(statusCodes.crashed.when);
            expect(log.join("\n")).toMatch(
                /502 for GET \/odd: .* is not HTTP: Parse Error: .*HPE_/,
            );
        });

        it("answers 502 after a crash, and starts the container again", async () => {
            await start({ backOff: { first: 300, most: 300 } });
            await state("running");
            engine.last.crash({ code: 1 });
            await state("crashed");
            expect((await get(port)).status).toBe(502);
            await until(async () => (await get(port)).status === 200);
            expect(engine.containers).toHaveLength(2);
            expect(log.join("\n")).toContain("has exited with code 1");
        });

        it("breaks the connection where the container dies in the middle of an answer", async () => {
            engine.answer = ({ url }, response) => {
                if (url !== "/crash") response.end("hello");
                else
                    response.write("half", () =>
                        setImmediate(() => engine.last.crash({ code: 1 })),
                    );
            };
            await start();
            await state("running");
            expect((await get(port, "/crash")).status).toBe(0);
        });

        it("answers 504 past the request limit, and goes on", async () => {
            engine.answer = ({ url }, response) => {
                if (url !== "/slow") response.end("hello");
            };
            await start({}, { requestSeconds: 0.1 });
            await state("running");
            expect((await get(port, "/slow")).status).toBe(504);
            expect((await get(port)).status).toBe(200);
        });

        it("answers 503 while more requests are under way than it takes", async () => {
            const held: http.ServerResponse[] = [];
            engine.answer = ({ url }, response) => {
                if (url === "/hold") held.push(response);
                else response.end("hello");
            };
            await start({}, { requests: 2 });
            await state("running");
            const slow = [get(port, "/hold"), get(port, "/hold")];
            await until(() => held.length === 2);
            const { status, body } = await get(port);
            expect(status).toBe(503);
            expect(body).toContain(statusCodes.overloaded.when);
            for (const response of held) response.end("done");
            expect((await Promise.all(slow)).map(({ body }) => body)).toEqual(["done", "done"]);
            await until(async () => (await get(port)).status === 200);
        });

        it("never writes what a setting says into its log", async () => {
            wanted = await wish({ TOKEN: "very-secret" });
            await start();
            await state("running");
            engine.last.crash({ code: 1 });
            await containers(2);
            expect(log.join("\n")).not.toContain("very-secret");
        });
    });

    describe("with a health check", () => {
        /** Answers as the instance that was asked: `sick` ones fail the health check only. */
        const sick = new Set<unknown>();
        beforeEach(() => {
            sick.clear();
            let count = 0;
            const answerOf = (): http.RequestListener => {
                const number = count++;
                return ({ url }, response) => {
                    const well = url !== "/healthz" || !sick.has(number);
                    response.writeHead(well ? 200 : 500).end(String(number));
                };
            };
            jest.spyOn(engine, "run").mockImplementation((request) => {
                engine.answer = answerOf();
                return FakeEngine.prototype.run.call(engine, request);
            });
        });
        const failures = { WEBSITE_HEALTHCHECK_MAXPINGFAILURES: "2" };
        const path = { healthCheckPath: "/healthz" };
        const answers = async () => {
            const all = await Promise.all(Array.from({ length: 8 }, () => get(port)));
            return [...new Set(all.map(({ body }) => body))].sort();
        };

        it("sends nothing to a sick instance while another is well, and comes back to it", async () => {
            wanted = await wish(failures, 2, path);
            await start();
            await until(async () => (await answers()).length === 2);
            sick.add(0);
            await until(async () => (await answers()).join() === "1");
            expect(log.join("\n")).toContain("is unhealthy after 2 failed pings");
            sick.clear();
            await until(async () => (await answers()).length === 2);
        });

        it("keeps the only instance, however sick: without it the app would be gone", async () => {
            wanted = await wish(failures, 1, path);
            await start();
            await state("running");
            sick.add(0);
            await until(() => log.some((line) => line.includes("is unhealthy")));
            expect(await answers()).toEqual(["0"]);
        });

        it("keeps all where all are sick", async () => {
            wanted = await wish(failures, 2, path);
            await start();
            await until(async () => (await answers()).length === 2);
            sick.add(0).add(1);
            await until(() => log.filter((line) => line.includes("is unhealthy")).length === 2);
            expect(await answers()).toEqual(["0", "1"]);
        });

        it("replaces an instance that stays sick, but not two within the hour", async () => {
            wanted = await wish(failures, 1, path);
            await start({ replacedAfter: 0 });
            await state("running");
            sick.add(0).add(1);
            await containers(2);
            expect(engine.containers[0]!.stopped).toBe(true);
            const second = engine.last.request.name;
            await until(() => log.some((line) => line.includes(second) && line.endsWith("(4)")));
            expect(engine.last.stopped).toBe(false);
            expect(engine.containers).toHaveLength(2);
        });
    });
});
