/**
 * Log Analytics, Application Insights and autoscale settings of the local Azure.
 * Does not show telemetry, nor a plan that scales: nothing runs here.
 */
import * as path from "node:path";
import type { Cloud } from "../../../local/cloud/cloud";
import type { Document } from "../../../local/cloud/store";
import {
    azureWithShop,
    group,
    inGroup,
    plan,
    planBody,
    westEurope,
} from "../../support/localAzure";
import { temporaryFolder } from "../../support/temporaryFolder";

const workspace = inGroup("Microsoft.OperationalInsights/workspaces", "logs");
const insights = inGroup("Microsoft.Insights/components", "shop");
const autoscale = (name: string, inGroupName = "g") =>
    inGroup("Microsoft.Insights/autoscaleSettings", name, inGroupName);
const scaling = (target: string) => ({
    ...westEurope,
    properties: { targetResourceUri: target, profiles: [] },
});

const base = temporaryFolder();
let count = 0;
let cloud: Cloud;
beforeEach(async () => {
    cloud = await azureWithShop(path.join(base, String(count++)));
});
const properties = async (id: string) => (await cloud.get(id))?.properties as Document;

it("a workspace keeps its customer id, its SKU and its retention", async () => {
    await cloud.put(workspace, { ...westEurope, sku: { name: "Standalone" } });
    const { customerId } = await properties(workspace);
    await cloud.put(workspace, { ...westEurope, properties: { retentionInDays: 60 } });
    expect(await properties(workspace)).toMatchObject({
        customerId,
        retentionInDays: 60,
        sku: { name: "Standalone" },
    });
});

it("a component keeps its key, which its connection string has", async () => {
    const body = { ...westEurope, kind: "web", properties: { applicationType: "web" } };
    await cloud.put(insights, body);
    const first = await properties(insights);
    expect(first.connectionString).toContain(
        `InstrumentationKey=${String(first.instrumentationKey)};IngestionEndpoint=https://westeurope-0.`,
    );
    await cloud.put(insights, body);
    expect(await properties(insights)).toMatchObject({
        instrumentationKey: first.instrumentationKey,
        connectionString: first.connectionString,
    });
});

describe("an autoscale setting", () => {
    it("leaves its plan to another when it goes, or scales another", async () => {
        await cloud.put(group("other"), westEurope);
        for (const name of ["a", "b"]) await cloud.put(plan(name), planBody("S1"));
        await cloud.put(autoscale("one"), scaling(plan("a")));
        await cloud.put(autoscale("one"), scaling(plan("b")));
        await cloud.put(autoscale("two", "other"), scaling(plan("a")));
        await expect(cloud.put(autoscale("three"), scaling(plan("a")))).rejects.toMatchObject({
            status: 409,
        });
        await cloud.delete(group("other"));
        await cloud.put(autoscale("three"), scaling(plan("a")));
        expect(await properties(autoscale("three"))).toMatchObject({ enabled: true });
    });
});
