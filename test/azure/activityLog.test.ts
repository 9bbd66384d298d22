/**
 * The reader of Azure's activity log, on events in the form that Microsoft documents.
 * Cannot show that Azure logs every operation, nor in this form: no export of a real subscription was at hand.
 */
import fc from "fast-check";
import {
    describeActivityLog,
    operationsOf,
    parseActivityLog,
    unlogged,
    type ActivityLog,
    type LogView,
} from "../../azure/activityLog";
import { operations } from "../../azure/operations";
import "../support/propertyTests";

const group = "/subscriptions/0a5c7c3e-0000-4000-8000-000000000001/resourceGroups/shop-rg";
const site = `${group}/providers/Microsoft.Web/sites/shop`;
const pipeline = {
    objectId: "5418ef78-0000-4000-8000-000000000002",
    clientId: "ddbf3205-0000-4000-8000-000000000003",
};
const person = {
    objectId: "f409edeb-0000-4000-8000-000000000004",
    userName: "rob@example.com",
};
/** Client id of the Azure CLI, which every person who uses it has in the token. */
const azureCli = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

const claimsOf = (who: typeof pipeline | typeof person) => ({
    "http://schemas.microsoft.com/identity/claims/objectidentifier": who.objectId,
    ...("clientId" in who
        ? { appid: who.clientId }
        : {
              appid: azureCli,
              "http://schemas.microsoft.com/identity/claims/scope": "user_impersonation",
              "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": who.userName,
          }),
});

interface Said {
    readonly action?: unknown;
    readonly scope?: unknown;
    readonly who?: typeof pipeline | typeof person;
    readonly operationId?: string;
    readonly status?: string;
    readonly subStatus?: string;
    readonly category?: string;
    readonly properties?: object;
    readonly time?: string;
}

const localized = (value: string) => ({ value, localizedValue: value });

function event(said: Said = {}) {
    const { action = "Microsoft.Web/sites/write", scope = site, who = pipeline } = said;
    return {
        authorization: { action, scope },
        caller: "userName" in who ? who.userName : who.objectId,
        claims: claimsOf(who),
        category: localized(said.category ?? "Administrative"),
        eventTimestamp: said.time ?? "2026-11-20T20:42:31.3810679Z",
        operationId: said.operationId ?? "04e575f8-48d0-4c43-a8b3-78c4eb01d287",
        operationName: localized(String(action)),
        resourceId: scope,
        properties: said.properties ?? null,
        status: localized(said.status ?? "Succeeded"),
        subStatus: localized(said.subStatus ?? ""),
    };
}

const parsed = (...events: unknown[]) => parseActivityLog(JSON.stringify(events));
const log = (...events: unknown[]) => parsed(...events) as ActivityLog;
const view = (events: unknown[], options = {}) =>
    describeActivityLog(JSON.stringify(events), options) as LogView;
const failed = (code: string, said: Said = {}) =>
    event({
        ...said,
        status: "Failed",
        subStatus: "Forbidden",
        properties: { statusMessage: JSON.stringify({ error: { code, message: "no" } }) },
    });

describe("parseActivityLog", () => {
    it("reads an operation, its caller, its place and its times", () => {
        expect(log(event())).toEqual({
            operations: [
                {
                    action: "Microsoft.Web/sites/Write",
                    scope: site,
                    allowed: true,
                    caller: [pipeline.objectId, pipeline.clientId],
                    times: [Date.UTC(2026, 10, 20, 20, 42, 31, 381)],
                },
            ],
            events: 1,
        });
    });

    it("takes the start and the end of an operation for one", () => {
        const { operations: found, events } = log(event({ status: "Started" }), event());
        expect(found).toHaveLength(1);
        expect(found[0]!.times).toHaveLength(2);
        expect(events).toBe(2);
        expect(log(event(), event({ operationId: "another" })).operations).toHaveLength(2);
    });

    it("spells an action as Microsoft publishes it, and keeps one that it does not know", () => {
        const actions = ["MICROSOFT.WEB/SITES/WRITE", "Vendor.Thing/boxes/write"];
        expect(
            log(...actions.map((action) => event({ action }))).operations.map(
                ({ action }) => action,
            ),
        ).toEqual(["Microsoft.Web/sites/Write", "Vendor.Thing/boxes/write"]);
    });

    it.each(["AuthorizationFailed", "LinkedAuthorizationFailed"])(
        "takes %s for a refusal, also where the operation has begun",
        (code) => {
            const { operations: found } = log(event({ status: "Started" }), failed(code));
            expect(found).toMatchObject([{ allowed: false }]);
        },
    );

    it("takes a refusal without a readable answer for one", () => {
        const properties = { statusCode: "Forbidden", statusMessage: "cut sho" };
        for (const forbidden of [
            event({ status: "Failed", subStatus: "Forbidden" }),
            event({ status: "Failed", properties }),
        ]) {
            expect(log(forbidden).operations).toMatchObject([{ allowed: false }]);
        }
    });

    it.each(["Conflict", "RequestDisallowedByPolicy"])(
        "takes a failure with %s for an action that was allowed",
        (code) => {
            expect(log(failed(code)).operations).toMatchObject([{ allowed: true }]);
        },
    );

    it.each(["Policy", "ServiceHealth", "Autoscale"])("leaves events of %s out", (category) => {
        const other = event({ category, action: "of another form" });
        expect(log(other, event())).toMatchObject({ operations: [{ scope: site }], events: 2 });
    });

    it("reads an event without authorization from its operation and its resource", () => {
        const { authorization: _, ...rest } = event();
        expect(log(rest).operations).toMatchObject([
            { action: "Microsoft.Web/sites/Write", scope: site },
        ]);
    });

    it.each([
        ["", "is no JSON"],
        ["az: command not found", "is no JSON"],
        ["[", "is no JSON"],
        ["null", "holds no list of events"],
        ['{"value": []}', "holds no list of events"],
        ["[1]", "event 1: is not what the Azure CLI lists"],
        ['[{"operationName": "MICROSOFT.WEB/SITES/WRITE"}]', "is not what the Azure CLI lists"],
    ])("fails on %j, and names the command that exports it", (json, words) => {
        const { problem } = parseActivityLog(json) as { problem: string };
        expect(problem).toContain(words);
        expect(problem).toContain("az monitor activity-log list");
    });

    it.each([
        ["*", '"*"'],
        ["Microsoft.Web/*", '"Microsoft.Web/*"'],
        ["write", '"write"'],
        ["Microsoft.Web/sites/write\nMicrosoft.Authorization/x", "expected an action"],
        ["Microsoft.Web/sites/\u001b[2Jwrite", "expected an action"],
        ["Microsoft.Web/sites/\u202ewrite", "?write"],
        [{ a: 1 }, "expected an action"],
        [7, "is 7"],
    ])("fails on the action %j", (action, words) => {
        const { problem } = parsed(event(), event({ action })) as { problem: string };
        expect(problem).toMatch(/^event 2: authorization.action is /);
        expect(problem).toContain(words);
        expect(problem).not.toMatch(/\p{C}/u);
    });

    it.each([[["list"]], ["shop"], ["/a\u0007"], [3]])("fails on the scope %j", (scope) => {
        expect(parsed(event({ scope }))).toEqual({
            problem: expect.stringMatching(/^event 1: authorization.scope is .*; expected/),
        });
    });

    it("fails on a caller that a terminal would obey", () => {
        expect(parsed({ ...event(), caller: "\u001b]0;x" })).toEqual({
            problem: expect.stringContaining("its caller is"),
        });
    });

    it("never throws, whatever it is given", () => {
        const field = fc.constantFrom(...Object.keys(event()));
        const odd = fc
            .tuple(field, fc.oneof(fc.anything(), fc.string({ unit: "binary" })))
            .map(([name, value]) => ({ ...event(), [name]: value }));
        const text = (events: unknown) =>
            JSON.stringify(events, (_, value) => (typeof value === "bigint" ? null : value));
        const anything = fc.oneof(fc.string(), fc.json(), fc.array(odd).map(text));
        fc.assert(
            fc.property(anything, (json) => {
                const read = describeActivityLog(json);
                const said = "problem" in read ? [read.problem] : read.lines;
                expect(said.join("").replaceAll("\n", "")).not.toMatch(/\p{C}/u);
            }),
        );
    });

    it("finds in a shuffled log what was put into it", () => {
        const logged = fc.record({
            action: fc.constantFrom(
                ...operations
                    .map(({ action }) => action)
                    .filter((action) => !/read$/i.test(action)),
            ),
            loud: fc.boolean(),
            refused: fc.boolean(),
            id: fc.uuid(),
        });
        const events = fc.uniqueArray(logged, { selector: ({ id }) => id }).chain((all) =>
            fc.tuple(
                fc.constant(all),
                fc.shuffledSubarray(
                    all.flatMap(({ action, loud, refused, id: operationId }) => {
                        const said = { action: loud ? action.toUpperCase() : action, operationId };
                        const end = refused ? failed("AuthorizationFailed", said) : event(said);
                        return [event({ ...said, status: "Started" }), end];
                    }),
                    { minLength: 2 * all.length },
                ),
            ),
        );
        fc.assert(
            fc.property(events, ([all, shuffled]) => {
                const found = log(...shuffled).operations;
                const words = (list: readonly { action: string; allowed: boolean }[]) =>
                    list.map(({ action, allowed }) => `${action} ${allowed}`).sort();
                expect(words(found)).toEqual(
                    words(all.map(({ action, refused }) => ({ action, allowed: !refused }))),
                );
            }),
        );
    });
});

describe("operationsOf", () => {
    const both = log(event(), event({ who: person, operationId: "b" }));

    it.each([
        [pipeline.objectId, pipeline.objectId],
        [pipeline.clientId.toUpperCase(), pipeline.objectId],
        [person.objectId, person.objectId],
        ["ROB@example.com", person.objectId],
    ])("finds the operations of %s", (id, objectId) => {
        expect(operationsOf(both, id)).toMatchObject([
            { caller: expect.arrayContaining([objectId]) },
        ]);
    });

    it("finds those of a person also where an event has no claims", () => {
        const bare = { ...event({ who: person, operationId: "c" }), claims: null };
        const found = operationsOf(log(event({ who: person }), bare), person.userName);
        expect(found).toHaveLength(2);
    });

    it("takes the only caller where none is chosen", () => {
        expect(operationsOf(log(event()))).toHaveLength(1);
    });

    it("fails with several callers and none chosen, and names them", () => {
        expect(operationsOf(both)).toEqual({
            problem:
                "has several callers; choose one with --caller <id>:\n" +
                `  ${pipeline.objectId} (${pipeline.clientId}): 1 operation\n` +
                `  ${person.objectId} (${person.userName}): 1 operation`,
        });
    });

    it("fails to take a person for the Azure CLI", () => {
        expect(operationsOf(both, azureCli)).toEqual({
            problem: expect.stringContaining(`has no operation of "${azureCli}"; choose one`),
        });
    });

    it("fails on a log that names nobody", () => {
        const nobody = { ...event(), caller: null, claims: null };
        expect(operationsOf(log(nobody))).toEqual({
            problem: expect.stringContaining("holds 1 event, and no operation with a caller"),
        });
        expect(operationsOf(log())).toEqual({ problem: expect.stringContaining("0 events") });
    });
});

describe("unlogged", () => {
    it("suggests the reads of the same types, and what their writes may need elsewhere", () => {
        const { reads, unknown, linked } = unlogged([
            "Microsoft.Web/sites/Write",
            "Microsoft.Web/sites/Delete",
            "Microsoft.Web/serverfarms/Delete",
        ]);
        expect(reads).toEqual(["Microsoft.Web/serverfarms/Read", "Microsoft.Web/sites/Read"]);
        expect(unknown).toEqual([]);
        expect(linked).toContainEqual({
            action: "Microsoft.Web/serverfarms/Join/Action",
            of: "properties.serverFarmId of Microsoft.Web/sites",
        });
        expect(unlogged(["Microsoft.Web/sites/Delete"]).linked).toEqual([]);
    });

    it("says of which types it knows no read", () => {
        expect(unlogged(["Vendor.Thing/boxes/open/action", "Vendor.Thing/lids/write"])).toEqual({
            reads: [],
            unknown: ["Vendor.Thing/boxes", "Vendor.Thing/lids"],
            linked: [],
        });
    });

    it("knows the group by its action, which its type does not have in it", () => {
        const actions = ["Microsoft.Resources/subscriptions/resourceGroups/write"];
        expect(unlogged(actions).reads).toEqual([
            "Microsoft.Resources/subscriptions/resourceGroups/read",
        ]);
    });
});

describe("describeActivityLog", () => {
    it("counts what the caller did, and says that reads are missing", () => {
        const { lines, notes } = view([event(), event({ operationId: "b" })]);
        expect(lines.slice(0, 3)).toEqual([
            `${pipeline.objectId} (${pipeline.clientId}), among 2 events from 2026-11-20 to 2026-11-20:`,
            "  Microsoft.Web/sites/Write",
            `    2 × ${site}`,
        ]);
        expect(lines.join("\n")).toContain("The activity log holds no reads. A suggestion,");
        expect(lines).toContain("  Microsoft.Web/sites/Read");
        expect(notes).toEqual([]);
    });

    it("lists only what the log shows where a plain list is wanted, and says beside it what is missing", () => {
        const events = [event(), failed("AuthorizationFailed", { operationId: "b" })];
        const { lines, notes } = view(events, { plain: true });
        expect(lines).toEqual(["Microsoft.Web/sites/Write"]);
        expect(notes.join("\n")).toMatch(/^The activity log holds no reads\./);
    });

    it("warns of an export that is as long as the Azure CLI makes it by itself", () => {
        const events = (length: number) =>
            Array.from({ length }, (_, index) => event({ operationId: String(index) }));
        const warned = (length: number) =>
            view(events(length)).lines.some((line) => line.includes("cut short"));
        expect([49, 50, 51].map(warned)).toEqual([false, true, false]);
    });

    it("does without times", () => {
        const [heading] = view([event({ time: "yesterday" })]).lines;
        expect(heading).toMatch(/, among 1 event:$/);
    });
});
