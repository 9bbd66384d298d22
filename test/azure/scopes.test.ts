/**
 * Scopes as texts. Does not show that a subscription or a group exists, nor that Azure takes a scope in every
 * place that has one.
 */
import * as fc from "fast-check";
import { groupOfId, isWithin, parseScope } from "../../azure/scopes";

const subscriptionId = "00000000-0000-4000-8000-000000000001";
const subscription = `/subscriptions/${subscriptionId}`;
const group = `${subscription}/resourceGroups/shop-rg`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/shop`;

describe("parseScope", () => {
    it.each([
        ["/", "tenant"],
        ["/providers/Microsoft.Management/managementGroups/all", "managementGroup"],
        [subscription, "subscription"],
        [`${subscription}/providers/Microsoft.Authorization/policyAssignments/x`, "subscription"],
        [group, "resourceGroup"],
        [vault, "resource"],
        [`${vault}/secrets/token`, "resource"],
        [`${vault}/providers/Microsoft.Insights/diagnosticSettings/logs`, "resource"],
    ])("reads %s as %s", (text, kind) => {
        expect(parseScope(text)?.kind).toBe(kind);
    });

    it.each([
        "",
        "shop-rg",
        group.slice(1),
        `${subscription}//resourceGroups/shop-rg`,
        `${subscription}/ /shop-rg`,
        "/subscriptions/mine/resourceGroups/shop-rg",
        `${subscription}/resourceGroups`,
        `${subscription}/resourceGroups/`,
        `${subscription}/resourceGroups/bad*name`,
        `${group}/providers/Microsoft.KeyVault/vaults`,
        `${group}/vaults/shop`,
        "/providers/Microsoft.Management/managementGroups",
        "https://example.com/",
    ])("does not take %j for one", (text) => {
        expect(parseScope(text)).toBeUndefined();
    });

    const groupName = fc.stringMatching(/^[a-zA-Z0-9_()-]{1,30}$/);
    const guid = fc.uuid();

    it("reads the group of every id, in any case, with spaces and a slash at its end", () => {
        fc.assert(
            fc.property(guid, groupName, fc.boolean(), fc.boolean(), (id, name, upper, slash) => {
                const plain = `/subscriptions/${id}/resourceGroups/${name}${slash ? "/" : ""}`;
                const text = ` ${upper ? plain.toUpperCase() : plain} `;
                const scope = parseScope(text);
                expect(scope?.kind).toBe("resourceGroup");
                expect(scope?.subscriptionId).toBe(id);
                expect(scope?.resourceGroup?.toLowerCase()).toBe(name.toLowerCase());
                expect(groupOfId(text)?.toLowerCase()).toBe(name.toLowerCase());
            }),
        );
    });

    it("takes nothing for narrower than it is: what is cut off a group's id is no group", () => {
        fc.assert(
            fc.property(guid, groupName, fc.nat(200), (id, name, cut) => {
                const text = `/subscriptions/${id}/resourceGroups/${name}`;
                const shorter = text.slice(0, Math.min(cut, text.length - name.length - 1));
                expect(["resourceGroup", "resource"]).not.toContain(parseScope(shorter)?.kind);
            }),
        );
    });

    it("never throws, whatever the text", () => {
        fc.assert(fc.property(fc.string(), (text) => void parseScope(text)));
    });
});

describe("isWithin", () => {
    it("knows a scope and what is in it, in any case", () => {
        expect(isWithin(group, group.toUpperCase())).toBe(true);
        expect(isWithin(vault, `${group}/`)).toBe(true);
    });

    it("is not led astray by a name that begins alike", () => {
        expect(isWithin(`${group}-2`, group)).toBe(false);
        expect(isWithin(subscription, group)).toBe(false);
    });
});

describe("groupOfId", () => {
    it("answers nothing where there is no group", () => {
        expect(groupOfId(subscription)).toBeUndefined();
        expect(groupOfId("")).toBeUndefined();
    });
});
