/**
 * Tags and names, judged by the policy SDK's own server.
 * Cannot show that a tag's owner is a person, nor that anybody pays.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { naming } from "../../policies/rules/naming";
import { requiredTags } from "../../policies/rules/requiredTags";
import { taggableTypes } from "../../policies/taggable";
import { unknown } from "../support/policyRunner";
import { describeRule } from "../support/ruleCases";

const all = { env: "dev", owner: "ana", costCenter: "4711" };

describeRule(requiredTags, {
    compliant: [
        { what: "all tags", props: { tags: all } },
        {
            what: "tags in other letters",
            props: { tags: { ENV: "prod", Owner: "a", COSTCENTER: 1 } },
        },
        {
            what: "fewer where fewer are wanted",
            props: { tags: { env: "qa" } },
            config: { requiredTags: { env: "qa|dev" } },
        },
        { what: "a type that has no tags", type: "web:WebAppFtpAllowed", props: {} },
    ],
    violating: [
        {
            what: "a tag that is missing",
            props: { tags: { env: "dev", owner: "ana" } },
            finds: [
                'tags.costCenter is not set; allowed: .+. Fix: tags: { "costCenter": "..." }. ' +
                    "In Pulumi.dev.yaml: azure-webapp-stack:tags: { costCenter: <value> }.",
            ],
        },
        {
            what: "an environment that only begins like one, without showing it",
            props: { tags: { ...all, env: "development" } },
            finds: ["tags.env is not of the form required; allowed: dev|test|prod"],
        },
        { what: "an empty tag", props: { tags: { ...all, owner: " " } }, finds: ["tags.owner"] },
    ],
    unset: [
        { what: "tags", props: {}, finds: ["tags.env", "tags.owner", "tags.costCenter"] },
        { what: "tags that are null", props: { tags: null }, finds: ["env", "owner", "cost"] },
    ],
    unknown: [
        { what: "all tags", props: { tags: unknown }, waits: "tags is" },
        {
            what: "one tag beside one that is missing",
            props: { tags: { env: "dev", owner: unknown } },
            finds: ["tags.costCenter"],
            waits: "tags.owner is",
        },
    ],
    repaired: [
        {
            what: "the environment, which the stack's name says",
            props: { tags: { owner: "ana", costCenter: "4711" } },
            becomes: { tags: { owner: "ana", costCenter: "4711", env: "dev" } },
        },
        {
            what: "the environment of a resource without tags, where nothing else is wanted",
            props: { name: "shop" },
            becomes: { name: "shop", tags: { env: "dev" } },
            config: { requiredTags: { env: "dev" } },
        },
        { what: "nothing where nothing is wrong", props: { tags: all }, becomes: undefined },
    ],
});

describe("required-tags", () => {
    const sdk = path.dirname(require.resolve("@pulumi/azure-native/package.json"));

    it.each(taggableTypes)("asks for tags of %s, which has them", (type) => {
        const [module, name] = type.split(":") as [string, string];
        const file = path.join(sdk, module, `${name[0]!.toLowerCase()}${name.slice(1)}.d.ts`);
        const [, args = ""] = fs.readFileSync(file, "utf8").split(/export interface \w+Args /);
        expect(args).toMatch(/^ {4}tags\?: /m);
    });
});

describeRule(naming, {
    compliant: [
        { what: "an app", props: { name: "shop-app" } },
        {
            what: "a group",
            type: "resources:ResourceGroup",
            props: { resourceGroupName: "shop-rg" },
        },
        { what: "a type without a form", type: "keyvault:Vault", props: {} },
        {
            what: "another form where the configuration has one",
            props: { name: "app-shop" },
            config: { formats: { "web:WebApp": "app-.+" } },
        },
    ],
    violating: [
        {
            what: "an app of another form",
            props: { name: "shop" },
            finds: ['name is "shop"; allowed: .+-app.'],
        },
        {
            what: "a name that only contains the form",
            props: { name: "my-app-2" },
            finds: ["name"],
        },
    ],
    unset: [{ what: "the name", props: {}, finds: ["so that Pulumi makes one up"] }],
    unknown: [{ what: "the name", props: { name: unknown }, waits: "name is" }],
    otherTypes: ["aws:s3:Bucket", "azure-native:web:WebAppSlot"],
});
