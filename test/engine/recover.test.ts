/**
 * Which creations were cut off, read from states and event logs.
 * Does not show that the engine writes them so: test/engine/faults.test.ts cuts real runs off.
 */
import { lostCreates, pendingCreates } from "../../engine/recover";

const urn = (name: string) => `urn:pulumi:dev::p::t::${name}`;
const provider = { urn: urn("azure"), id: "1", type: "provider", inputs: { subscriptionId: "s" } };
const resource = {
    urn: urn("app"),
    type: "t",
    inputs: { name: "n" },
    parent: urn("parent"),
    provider: `${urn("azure")}::1`,
};
const cut = { ...resource, providerInputs: provider.inputs };

describe("pendingCreates", () => {
    it("are those that were begun, with the inputs of their provider", () => {
        const state = {
            resources: [provider],
            pending_operations: [
                { resource, type: "creating" },
                { resource: { ...resource, urn: urn("other") }, type: "updating" },
            ],
        };
        expect(pendingCreates(state)).toEqual([cut]);
    });

    it("are none in a state without notes, or in none at all", () => {
        expect(pendingCreates({ resources: [provider] })).toEqual([]);
        expect(pendingCreates({})).toEqual([]);
    });

    it("are none of what is in the state and nowhere else", () => {
        const component = { ...resource, custom: false };
        const state = {
            pending_operations: [
                { resource: component, type: "creating" },
                { resource: { ...provider, type: "pulumi:providers:azure" }, type: "creating" },
            ],
        };
        expect(pendingCreates(state)).toEqual([]);
    });

    it("know nothing of a provider that the state does not hold", () => {
        const lone = { urn: urn("app"), type: "t" };
        const state = { pending_operations: [{ resource: lone, type: "creating" }] };
        expect(pendingCreates(state)).toEqual([{ ...lone, inputs: {}, providerInputs: {} }]);
    });
});

describe("lostCreates", () => {
    const failed = (op: string) => ({
        resOpFailedEvent: { metadata: { op, urn: urn("app"), new: resource } },
    });
    const said = (message: string, of = urn("app")) => ({ diagnosticEvent: { urn: of, message } });
    const read = (...events: object[]) =>
        lostCreates(events.map((event) => `${JSON.stringify(event)}\n`).join(""), {
            resources: [provider],
        });
    const end = said("error reading from server: EOF\n");

    it.each(["create", "create-replacement"])("are those of a provider that died in a %s", (op) => {
        expect(read(end, failed(op))).toEqual([cut]);
    });

    it("are read up to where a killed engine stopped writing", () => {
        const lines = [end, failed("create")].map((event) => JSON.stringify(event));
        expect(lostCreates([...lines, '{"sequ'].join("\n"), { resources: [provider] })).toEqual([
            cut,
        ]);
    });

    it("are none of an update, of a refusal, or of another resource's provider", () => {
        expect(read(end, failed("update"))).toEqual([]);
        expect(
            read(said("cannot create already existing resource '/x'"), failed("create")),
        ).toEqual([]);
        expect(
            read(said("error reading from server: EOF", urn("other")), failed("create")),
        ).toEqual([]);
        expect(read()).toEqual([]);
    });
});
