/**
 * What is said when Azure refuses an app's name, with stand-ins for DNS and log.
 * Does not show that Azure refuses in these words, nor that a name without an address is free in Azure.
 */
import { lookup } from "node:dns/promises";
import * as pulumi from "@pulumi/pulumi";
import { ContainerWebApp } from "../../components";
import { nameTaken } from "../../components/nameTaken";
import { register } from "../support/mockEngine";

jest.mock("node:dns/promises", () => ({ lookup: jest.fn() }));

const asked = jest.mocked(lookup) as unknown as jest.Mock<Promise<unknown>, [string]>;
const refusals = [
    "Website with given name shop-app already exists.",
    "Conflict: hostname 'shop-app.azurewebsites.net' already exists. Please select a different name.",
];

/** Makes DNS know the first `taken` names that are asked for, and answer all others with an error. */
function dnsKnows(taken: number, code = "ENOTFOUND"): void {
    asked.mockImplementation(async () => {
        if (asked.mock.calls.length > taken) throw Object.assign(new Error(code), { code });
        return { address: "203.0.113.1", family: 4 };
    });
}

async function refused(errors: string[], newInputs: object = { name: "shop-app" }) {
    const messages: string[] = [];
    const log = jest.spyOn(pulumi.log, "error").mockImplementation(async (message) => {
        messages.push(message);
    });
    let hook: pulumi.ErrorHook | undefined;
    await register(() => (hook = nameTaken("app")));
    const failure = { newInputs, errors, name: "app", type: "azure-native:web:WebApp" };
    const retry = await hook!.callback({
        urn: "",
        id: "",
        failedOperation: "create",
        ...failure,
    });
    log.mockRestore();
    return { messages, retry, hook: hook! };
}

describe("nameTaken", () => {
    beforeEach(() => {
        asked.mockReset();
        dnsKnows(0);
    });

    it.each(refusals)("explains the refusal: %s", async (refusal) => {
        const { messages } = await refused([refusal]);
        expect(messages).toHaveLength(1);
        expect(messages[0]).toMatch(
            /^name: "shop-app" is taken: .* Free are "(shop-[0-9a-f]{4})" and "shop-[0-9a-f]{4}": pulumi config set name \1$/,
        );
    });

    it("offers only names whose app has no address", async () => {
        dnsKnows(3);
        const { messages } = await refused(refusals);
        const candidates = asked.mock.calls.map(([host]) => host);
        expect(candidates).toHaveLength(5);
        for (const host of candidates) {
            expect(host).toMatch(/^shop-[0-9a-f]{4}-app\.azurewebsites\.net$/);
        }
        const [first, second] = candidates
            .slice(3)
            .map((host) => host.replace("-app.azurewebsites.net", ""));
        expect(messages[0]).toContain(`Free are "${first}" and "${second}"`);
    });

    it("promises nothing where DNS cannot be asked", async () => {
        dnsKnows(0, "EAI_AGAIN");
        const { messages } = await refused(refusals);
        expect(messages[0]).toMatch(
            / Hardly anybody has "shop-[0-9a-f]{4}" and "shop-[0-9a-f]{4}": /,
        );
        expect(messages[0]).not.toContain("Free are");
    });

    it("gives up looking where every name has an address, and says what to set", async () => {
        dnsKnows(Infinity);
        const { messages } = await refused(refusals);
        expect(messages).toHaveLength(1);
        expect(messages[0]).toContain('name: "shop-app" is taken');
        expect(messages[0]).toContain("pulumi config set name");
        expect(messages[0]).not.toContain("undefined");
        expect(messages[0]).not.toContain("Free are");
    });

    it.each([
        ["another error", ["The plan is full."], { name: "shop-app" }],
        ["an app whose name is not known", refusals, {}],
    ])("says nothing about %s, and asks nobody", async (_, errors, newInputs) => {
        const { messages } = await refused(errors, newInputs);
        expect(messages).toEqual([]);
        expect(asked).not.toHaveBeenCalled();
    });

    it("never has the engine try again", async () => {
        expect((await refused(refusals)).retry).toBe(false);
        expect((await refused(["The plan is full."])).retry).toBe(false);
    });

    it("is what the engine calls when Azure refuses the app, and only then", async () => {
        const found = await register(
            () =>
                new ContainerWebApp("app", {
                    resourceGroupName: "shop-rg",
                    appName: "shop-app",
                    planId: "/plans/shop-plan",
                    image: "ghcr.io/example/shop:1.0",
                }),
        );
        const { hook } = await refused([]);
        const hooks = found.map(({ type, errorHooks }) => [type, errorHooks]);
        expect(hooks.filter(([, names]) => names!.length > 0)).toEqual([
            ["azure-native:web:WebApp", [hook.name]],
        ]);
    });
});
