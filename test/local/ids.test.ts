/**
 * Reading ARM's resource ids, those of children and of extensions among them.
 * Cannot show that Azure knows a type; the ids are those of its documentation.
 */
import fc from "fast-check";
import { parseId, resourceGroupId, sameId } from "../../local/cloud/ids";

const subscription = "10ca1000-0000-4000-8000-000000000002";
const group = `/subscriptions/${subscription}/resourceGroups/g`;
const site = `${group}/providers/Microsoft.Web/sites/s`;
const assignments = "providers/Microsoft.Authorization/roleAssignments";

describe("parseId", () => {
    it.each([
        [
            `/subscriptions/${subscription}`,
            undefined,
            "Microsoft.Resources/subscriptions",
            subscription,
            "",
        ],
        [group, "g", "Microsoft.Resources/resourceGroups", "g", `/subscriptions/${subscription}`],
        [site, "g", "Microsoft.Web/sites", "s", group],
        [`${site}/config/web`, "g", "Microsoft.Web/sites/config", "web", site],
        [
            `${site}/slots/x/config/web`,
            "g",
            "Microsoft.Web/sites/slots/config",
            "web",
            `${site}/slots/x`,
        ],
        [`${group}/${assignments}/a`, "g", "Microsoft.Authorization/roleAssignments", "a", group],
        [`${site}/${assignments}/a`, "g", "Microsoft.Authorization/roleAssignments", "a", site],
        [
            `/subscriptions/${subscription}/${assignments}/a`,
            undefined,
            "Microsoft.Authorization/roleAssignments",
            "a",
            `/subscriptions/${subscription}`,
        ],
    ])("reads %s", (id, resourceGroup, type, name, parent) => {
        const parsed = parseId(id);
        expect(parsed).toEqual({ subscriptionId: subscription, resourceGroup, type, name, parent });
    });

    it("reads the fixed words in any case", () => {
        expect(parseId(site.replace("resourceGroups", "RESOURCEGROUPS"))?.resourceGroup).toBe("g");
        expect(parseId(site.replace("providers", "Providers"))?.type).toBe("Microsoft.Web/sites");
    });

    it.each([
        "",
        "/",
        "s",
        "subscriptions/x",
        "/subscriptions/",
        "/subscriptions/x/resourceGroups/",
        "/subscriptions/x/other/y",
        `${group}/providers/`,
        `${group}/providers/Microsoft.Web`,
        `${group}/providers/Microsoft.Web/sites`,
        `${site}/config`,
        `/tenants/x`,
        `${group}/extra`,
    ])("fails on %j", (id) => {
        expect(parseId(id)).toBeUndefined();
    });

    const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._()-]{0,11}$/);
    const pair = fc.tuple(word, word);

    it("reads every id back into its parts, however deep", () => {
        fc.assert(
            fc.property(
                word,
                word,
                fc.array(pair, { minLength: 1, maxLength: 4 }),
                (g, space, pairs) => {
                    const id = `${resourceGroupId(subscription, g)}/providers/${[space, ...pairs.flat()].join("/")}`;
                    const parsed = parseId(id)!;
                    expect(parsed.resourceGroup).toBe(g);
                    expect(parsed.type).toBe([space, ...pairs.map(([type]) => type)].join("/"));
                    expect(parsed.name).toBe(pairs.at(-1)![1]);
                    expect(id.startsWith(`${parsed.parent}/`)).toBe(true);
                    expect(parseId(parsed.parent)).toBeDefined();
                },
            ),
        );
    });

    it("reads what extends a resource with that resource as its parent", () => {
        fc.assert(
            fc.property(
                word,
                fc.array(pair, { minLength: 1, maxLength: 3 }),
                word,
                (space, pairs, name) => {
                    const extended = `${group}/providers/${[space, ...pairs.flat()].join("/")}`;
                    const parsed = parseId(`${extended}/${assignments}/${name}`)!;
                    expect(parsed).toMatchObject({ parent: extended, name, resourceGroup: "g" });
                    expect(parsed.type).toBe("Microsoft.Authorization/roleAssignments");
                },
            ),
        );
    });

    it("never throws", () => {
        const pieces = fc.constantFrom("/", "subscriptions", "resourceGroups", "providers", "x");
        const texts = fc.oneof(
            fc.string(),
            fc.array(pieces).map((parts) => parts.join("")),
        );
        fc.assert(
            fc.property(texts, (text) => {
                const parsed = parseId(text);
                if (parsed) expect(text.endsWith(parsed.name)).toBe(true);
            }),
        );
    });
});

describe("sameId", () => {
    it("compares without regard to case", () => {
        expect(sameId(site, site.toUpperCase())).toBe(true);
        expect(sameId(site, `${site}2`)).toBe(false);
    });
});
