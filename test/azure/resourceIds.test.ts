/**
 * Ids of resources, worked out from their inputs.
 * Does not show that Azure spells them so: the spelling is that of the provider's sources.
 */
import { fillPath, resourceId, resourcePaths, withoutVersion } from "../../azure/resourceIds";
import { resourceTypes } from "../../local/providers/azureNativeTypes";

const inputs = { subscriptionId: "s", resourceGroupName: "g", name: "n" };

describe("resourceId", () => {
    it.each([
        ["azure-native:resources:ResourceGroup", "/subscriptions/s/resourceGroups/g"],
        [
            "azure-native:web:WebAppFtpAllowed",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/n/basicPublishingCredentialsPolicies/ftp",
        ],
    ])("works out that of %s", (token, id) => {
        expect(resourceId(token, inputs)).toBe(id);
    });

    it("takes a scope with or without its leading slash", () => {
        const token = "azure-native:authorization:RoleAssignment";
        const id = "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/r";
        for (const scope of ["/subscriptions/s", "subscriptions/s"]) {
            expect(resourceId(token, { scope, roleAssignmentName: "r" })).toBe(id);
        }
    });

    it("takes a token with an API version", () => {
        expect(withoutVersion("azure-native:web/v20240401:WebApp")).toBe("azure-native:web:WebApp");
        expect(resourceId("azure-native:web/v20240401:WebApp", inputs)).toMatch(/\/sites\/n$/);
    });

    it("is nothing where an input is missing, or the type is not known", () => {
        expect(
            resourceId("azure-native:web:WebApp", { ...inputs, name: undefined }),
        ).toBeUndefined();
        expect(resourceId("azure-native:web:WebApp", { ...inputs, name: "" })).toBeUndefined();
        expect(resourceId("azuread:index/application:Application", inputs)).toBeUndefined();
    });

    it("is known for every type that is modelled, so that a cut-off creation of it is found", () => {
        const tokens = resourceTypes.map(({ token }) => token);
        expect(Object.keys(resourcePaths).sort()).toEqual([...tokens].sort());
    });

    it("fills every input of a path", () => {
        expect(fillPath("/a/{x}/b/{y}", { x: "1", y: "2" })).toBe("/a/1/b/2");
    });
});
