/**
 * Faults on demand: which requests they strike, how often, and what is stored all the same.
 * Does not show what providers and engine make of them: test/engine/faults.test.ts does.
 */
import { Cloud } from "../../local/cloud/cloud";
import { addFault, clearFaults, FailedOperation, faultKinds } from "../../local/cloud/faults";
import { listFaults, type Fault } from "../../local/cloud/faults";
import { openStore } from "../../local/cloud/initial";
import { parseFault } from "../../local/faults";
import { signedInUser } from "../../local/identity";
import { temporaryFolder } from "../support/temporaryFolder";

const store = openStore(temporaryFolder());
const cloud = new Cloud(store, signedInUser);
const { subscriptionId } = signedInUser;
const group = (name: string) => `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
const plan = (name: string) => `${group("g")}/providers/Microsoft.Web/serverfarms/${name}`;
const body = { location: "westeurope" };
const planBody = { ...body, kind: "linux", sku: { name: "B1" }, properties: { reserved: true } };

const defaults = { verb: "write", after: 0, times: 1, seconds: 1, moment: "before" } as const;
const add = (fault: Partial<Fault> & Pick<Fault, "kind">) =>
    addFault(store, { ...defaults, ...fault });

beforeEach(async () => {
    clearFaults(store);
    await cloud.delete(group("g"));
    await cloud.put(group("g"), body);
});

describe("a fault", () => {
    it.each([
        ["throttled", 429, "SubscriptionRequestsThrottled", 1],
        ["locked", 429, "429", undefined],
        ["conflict", 409, "AnotherOperationInProgress", undefined],
        ["busy", 409, "Conflict", undefined],
        ["error", 500, "InternalServerError", undefined],
        ["unavailable", 503, "ServerTimeout", undefined],
    ] as const)("%s answers %i %s once, and changes nothing", async (kind, status, code, wait) => {
        add({ kind });
        const refusal = expect.objectContaining({ status, code, retryAfterSeconds: wait });
        await expect(cloud.put(plan("p"), planBody)).rejects.toEqual(refusal);
        expect(await cloud.get(plan("p"))).toBeUndefined();
        await expect(cloud.put(plan("p"), planBody)).resolves.toBeDefined();
        expect(listFaults(store)).toEqual([]);
    });

    it("that strikes after the request leaves what was written", async () => {
        add({ kind: "unavailable", moment: "after" });
        await expect(cloud.put(plan("p"), planBody)).rejects.toMatchObject({ status: 503 });
        expect(await cloud.get(plan("p"))).toBeDefined();
    });

    it("half leaves the resource of an operation that failed", async () => {
        add({ kind: "half" });
        await expect(cloud.put(plan("p"), planBody)).rejects.toBeInstanceOf(FailedOperation);
        expect(await cloud.get(plan("p"))).toBeDefined();
    });

    it("strikes as often as told, after as many as told have passed", async () => {
        add({ kind: "error", after: 1, times: 2 });
        const ends: string[] = [];
        for (let i = 0; i < 4; i++) {
            await cloud.put(plan("p"), planBody).then(
                () => ends.push("ok"),
                () => ends.push("failed"),
            );
        }
        expect(ends).toEqual(["ok", "failed", "failed", "ok"]);
    });

    it.each([
        ["Microsoft.Web/serverfarms", true],
        ["microsoft.web/SERVERFARMS", true],
        ["Microsoft.Web/sites", false],
        ["serverfarms/p", true],
        ["another", false],
    ])("for %s strikes the plan: %s", async (on, strikes) => {
        add({ kind: "error", on });
        const put = cloud.put(plan("p"), planBody);
        await (strikes
            ? expect(put).rejects.toMatchObject({ status: 500 })
            : expect(put).resolves.toBeDefined());
    });

    it("for a type leaves the parts of that type alone", async () => {
        await cloud.put(plan("p"), planBody);
        const site = `${group("g")}/providers/Microsoft.Web/sites/some-site`;
        await cloud.put(site, { ...body, properties: { serverFarmId: plan("p"), reserved: true } });
        add({ kind: "error", on: "Microsoft.Web/sites" });
        const settings = cloud.put(`${site}/config/appsettings`, { properties: {} });
        await expect(settings).resolves.toBeDefined();
    });

    it("strikes its own verb only", async () => {
        add({ kind: "error", verb: "read" });
        await expect(cloud.put(plan("p"), planBody)).resolves.toBeDefined();
        await expect(cloud.get(plan("p"))).rejects.toMatchObject({ status: 500 });
    });
});

describe("a slow operation", () => {
    it("has a second change of the same resource refused meanwhile, and no other's", async () => {
        add({ kind: "slow", on: "serverfarms/slow", seconds: 1 });
        const slow = cloud.put(plan("slow"), planBody);
        while (store.isEmpty("/operations")) await new Promise(setImmediate);
        const second = cloud.put(plan("slow"), planBody);
        await expect(second).rejects.toMatchObject({ status: 409, code: "Conflict" });
        await expect(cloud.put(plan("other"), planBody)).resolves.toBeDefined();
        await expect(slow).resolves.toBeDefined();
        await expect(cloud.put(plan("slow"), planBody)).resolves.toBeDefined();
    });

    it("of a process that has died refuses nothing", async () => {
        store.put(`/operations/${encodeURIComponent(plan("p").toLowerCase())}`, { pid: 0 });
        await expect(cloud.put(plan("p"), planBody)).resolves.toBeDefined();
    });
});

describe("the command", () => {
    it("reads a fault, with defaults for what is not said", () => {
        expect(parseFault(["throttled"])).toEqual({
            kind: "throttled",
            verb: "write",
            on: undefined,
            after: 0,
            times: 1,
            seconds: 5,
            moment: "before",
        });
        expect(parseFault(["kill-engine"])).toMatchObject({ moment: "after" });
        expect(parseFault(["slow"])).toMatchObject({ seconds: 10 });
        const options = ["--on", "x", "--verb", "delete", "--times", "2", "--skip", "3"];
        expect(parseFault(["error", ...options, "--moment", "after"])).toMatchObject({
            on: "x",
            verb: "delete",
            times: 2,
            after: 3,
            moment: "after",
        });
        for (const word of ["list", "clear", "help"]) expect(parseFault([`--${word}`])).toBe(word);
    });

    it("fails on a verb that no request has", () => {
        expect(() => parseFault(["busy", "--verb", "frob"])).toThrow(/"frob" is not allowed/);
    });

    it("knows every kind that there is", () => {
        for (const kind of Object.keys(faultKinds))
            expect(parseFault([kind])).toMatchObject({ kind });
    });

    it.each([
        [[], '""'],
        [["boom"], '"boom" is not known'],
        [["error", "twice"], '"twice" is not known'],
        [["error", "--often"], "--often"],
        [["error", "--times", "0"], '--times: "0" is not allowed; expected a whole number from 1'],
        [["error", "--skip", "-1"], "--skip"],
        [["error", "--skip=-1"], '--skip: "-1" is not allowed'],
        [["error", "--moment", "now"], '--moment: "now" is not allowed; expected before or after'],
        [["toString"], '"toString" is not known'],
    ])("fails on %j, naming it", (args, message) => {
        expect(() => parseFault(args)).toThrow(
            expect.objectContaining({
                name: "UserError",
                message: expect.stringContaining(message),
            }),
        );
    });
});
