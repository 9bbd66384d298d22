/**
 * ExistingPrincipal against mocks: what it asks the directory, and what it makes of the answer.
 * Does not show what Entra answers, nor who may ask it.
 */
import * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs } from "@pulumi/pulumi/runtime/mocks";
import { ExistingPrincipal, type ExistingPrincipalArgs } from "../../components";
import { only, pinnedProviders, run, summary } from "../support/mockEngine";

const component = "azure-webapp-stack:index:ExistingPrincipal";
const clientId = "cccccccc-0000-0000-0000-000000000001";
const objectId = "dddddddd-0000-0000-0000-000000000002";
const setting = "existingDeployer";

const getServicePrincipal = "azuread:index/getServicePrincipal:getServicePrincipal";
const getUser = "azuread:index/getUser:getUser";
const getGroup = "azuread:index/getGroup:getGroup";

/** The directory: one principal, one person, one group. */
function directory({ token, inputs }: MockCallArgs): object | undefined {
    const isMeant = {
        [getServicePrincipal]: inputs.clientId === clientId || inputs.objectId === objectId,
        [getUser]: inputs.userPrincipalName === "ada@example.com" || inputs.objectId === objectId,
        [getGroup]: inputs.displayName === "The Team" || inputs.objectId === objectId,
    }[token];
    if (!isMeant) return undefined;
    return token === getServicePrincipal ? { clientId, objectId } : { objectId };
}

async function existing(kind: ExistingPrincipalArgs["kind"], name: string) {
    let made: ExistingPrincipal | undefined;
    const found = await run(
        () => {
            const providers = pinnedProviders();
            made = new ExistingPrincipal("deployer", { kind, name, setting }, { providers });
        },
        { answer: directory },
    );
    return { ...found, made: made! };
}

describe("ExistingPrincipal", () => {
    it.each<[string, ExistingPrincipalArgs["kind"], string, [string, object][], object]>([
        [
            "service principal by its client id",
            "servicePrincipal",
            clientId,
            [[getServicePrincipal, { clientId }]],
            { clientId, principalId: objectId },
        ],
        [
            "service principal by its object id",
            "servicePrincipal",
            objectId,
            [
                [getServicePrincipal, { clientId: objectId }],
                [getServicePrincipal, { objectId }],
            ],
            { clientId, principalId: objectId },
        ],
        [
            "user by the sign-in name",
            "user",
            "ada@example.com",
            [[getUser, { userPrincipalName: "ada@example.com" }]],
            { principalId: objectId },
        ],
        [
            "user by the object id",
            "user",
            objectId,
            [[getUser, { objectId }]],
            { principalId: objectId },
        ],
        [
            "group by its name",
            "group",
            "The Team",
            [[getGroup, { displayName: "The Team" }]],
            { principalId: objectId },
        ],
        [
            "group by its object id",
            "group",
            objectId,
            [[getGroup, { objectId }]],
            { principalId: objectId },
        ],
    ])("finds a %s", async (_, kind, name, asked, outputs) => {
        const { registered, calls, error, made } = await existing(kind, name);
        expect(error).toBeUndefined();
        expect(calls.map(({ token, inputs }) => [token, inputs])).toEqual(asked);
        expect(only(registered, component).outputs).toEqual(outputs);
        expect(only(registered, component).secretOutputs).toEqual([]);
        const type = { servicePrincipal: "ServicePrincipal", user: "User", group: "Group" }[kind];
        expect(made.principalType).toBe(type);
    });

    it("registers nothing but itself, and asks through the pinned directory", async () => {
        const { registered, calls } = await existing("servicePrincipal", clientId);
        expect(summary(registered)).toEqual([
            `${component} deployer`,
            "pulumi:providers:azure-native azure",
            "pulumi:providers:azuread directory",
        ]);
        const { urn } = only(registered, "pulumi:providers:azuread");
        for (const { provider } of calls) expect(provider).toContain(`${urn}::`);
    });

    it.each<[ExistingPrincipalArgs["kind"], string, string, string]>([
        [
            "servicePrincipal",
            "eeeeeeee-0000-0000-0000-000000000003",
            "service principal",
            getServicePrincipal,
        ],
        ["user", "bob@example.com", "user", getUser],
        ["group", "The Other Team", "group", getGroup],
    ])(
        "fails on a %s that is not there, and names the setting",
        async (kind, name, word, token) => {
            const { error } = await existing(kind, name);
            expect(pulumi.RunError.isInstance(error)).toBe(true);
            const [first] = error!.message.split("\n");
            expect(first).toContain(
                `existingDeployer: "${name}" was not found as a ${word} in the directory. It answered: `,
            );
            expect(first).toContain(`no mock for ${token}`);
        },
    );
});
