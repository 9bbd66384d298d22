/**
 * The form of GUIDs, and that names lead to the same GUIDs as in every other implementation of RFC 4122.
 * The expected ids were computed by Python's uuid.uuid5(uuid.NAMESPACE_URL, name). Does not show that Azure
 * takes them for role assignments.
 */
import fc from "fast-check";
import { isGuid, nameToGuid, roleAssignmentName } from "../../azure/guids";

const scope = "/subscriptions/10ca1000-0000-4000-8000-000000000002/resourceGroups/g";
const principal = "10ca1000-0000-4000-8000-000000000003";
const reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

describe("isGuid", () => {
    it("takes every UUID, in either case", () => {
        fc.assert(
            fc.property(fc.uuid(), (id) => {
                expect(isGuid(id)).toBe(true);
                expect(isGuid(id.toUpperCase())).toBe(true);
            }),
        );
    });

    it.each([
        "",
        "example",
        ` ${principal}`,
        `${principal}\n`,
        `{${principal}}`,
        principal.replaceAll("-", ""),
        principal.slice(1),
        principal.replace("1", "g"),
    ])("fails on %j", (text) => {
        expect(isGuid(text)).toBe(false);
    });

    it("fails on every UUID with a letter too many or too few", () => {
        fc.assert(
            fc.property(fc.uuid(), fc.nat(35), (id, at) => {
                expect(isGuid(id.slice(0, at) + id.slice(at + 1))).toBe(false);
                expect(isGuid(`${id.slice(0, at)}0${id.slice(at)}`)).toBe(false);
            }),
        );
    });
});

describe("nameToGuid", () => {
    it.each([
        ["www.example.com", "b63cdfa4-3df9-568e-97ae-006c5b8fd652"],
        ["http://python.org/", "4c565f0d-3f5a-5890-b41b-20cf47701c5e"],
        ["", "1b4db7eb-4057-5ddf-91e0-36dec72071f5"],
        ["é|x", "c8189443-f436-57e5-94df-9973da1cd538"],
    ])("answers for %j what Python answers", (name, expected) => {
        expect(nameToGuid(name)).toBe(expected);
    });

    it("answers a version 5 UUID for any name", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (name) => {
                expect(isGuid(nameToGuid(name))).toBe(true);
                expect(nameToGuid(name)).toMatch(/^.{14}5.{4}[89ab]/);
            }),
        );
    });

    it("answers different ids for different names", () => {
        fc.assert(
            fc.property(fc.uniqueArray(fc.string()), (names) => {
                expect(new Set(names.map(nameToGuid)).size).toBe(names.length);
            }),
        );
    });
});

describe("roleAssignmentName", () => {
    it("never changes, because that would replace every assignment", () => {
        const expected = "2dc3e1ab-cb45-507a-9638-46b47dfeb806";
        expect(roleAssignmentName(scope, principal, reader)).toBe(expected);
    });

    it("differs by scope, by principal and by role", () => {
        const names = [
            roleAssignmentName(scope, principal, reader),
            roleAssignmentName(`${scope}2`, principal, reader),
            roleAssignmentName(scope, principal.replace("3", "4"), reader),
            roleAssignmentName(scope, principal, reader.replace("a", "b")),
        ];
        expect(new Set(names).size).toBe(names.length);
    });

    it("is the same however Azure spells the scope", () => {
        const spelt = scope.replace("resourceGroups", "resourcegroups");
        const name = roleAssignmentName(spelt, principal.toUpperCase(), reader);
        expect(name).toBe(roleAssignmentName(scope, principal, reader));
    });
});
