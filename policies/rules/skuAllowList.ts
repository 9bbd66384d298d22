import { findSku } from "../../azure/skus";
import { flag, texts, whole } from "../options";
import { rule, type Subject } from "../rule";
import { isAbsent, isOneOf, list, number, type Reader, shown, word } from "../values";

const options = {
    appServicePlan: texts(["B2"], "Allowed sku.name of App Service plans; case does not matter."),
    maxCapacity: whole(1, "Most instances of a plan.", 1),
    aksVmSizes: texts(["Standard_D2s_v5", "Standard_D2as_v5"], "Allowed sizes of AKS nodes."),
    aksMaxNodes: whole(3, "Most nodes of one pool of AKS, with autoscaling too.", 1),
    mlVmSizes: texts(["Standard_DS2_v2", "Standard_DS3_v2"], "Allowed sizes of ML computes."),
    mlMaxNodes: whole(2, "Most nodes of an ML compute cluster.", 1),
    containerGroupSkus: texts(["Standard"], "Allowed sku of container groups."),
    containerGroupGpus: flag(false, "Whether container groups may have GPUs."),
    containerGroupMaxCpus: whole(4, "Most CPUs of a container group, of all containers.", 1),
};

type Bought = Subject<typeof options>;

/** What each type is judged by. */
const checks: Readonly<Record<string, (bought: Bought) => void>> = {
    "web:AppServicePlan": plan,
    "containerservice:ManagedCluster": (cluster) =>
        cluster.props.each("agentPoolProfiles").forEach((pool) => nodes(cluster, pool)),
    "containerservice:AgentPool": (pool) => nodes(pool, pool.props),
    "machinelearningservices:Compute": compute,
    "containerinstance:ContainerGroup": group,
};

/** What is bought is of an allowed size, and no more of it than allowed. */
export const skuAllowList = rule({
    id: "sku-allow-list",
    description: "What is bought must have an allowed size and an allowed number of instances.",
    types: Object.keys(checks),
    severity: "high",
    level: "mandatory",
    control: "AM-2",
    why: "A size chosen by mistake is billed from its first minute, and Azure sells it without a question.",
    fix: 'sku: { name: "<one of these>" }, or vmSize for nodes',
    peers: ["checkov CKV_AZURE_211", "PSRule AZR-000072"],
    options,
    check: (bought) => checks[bought.type.name]!(bought),
});

function among(
    { violation }: Bought,
    from: Reader,
    path: string,
    allowed: readonly string[],
    setting?: string,
) {
    const found = from.read(path);
    if (!found.known || isOneOf(allowed)(found.value)) return;
    const fix = `${path.split(".").at(-1)}: "<one of these>"`;
    const { where } = from.part(path);
    violation({ where, is: shown(found.value), allowed: list(allowed), fix, setting });
}

function atMost({ violation }: Bought, from: Reader, path: string, most: number, setting?: string) {
    const found = from.read(path);
    // Absent means one. What is no number is not a small one.
    if (!found.known || isAbsent(found.value) || number(found.value) <= most) return;
    const is = `${shown(found.value)}; at most ${most} allowed`;
    const fix = `${path.split(".").at(-1)}: ${most}`;
    violation({ where: from.part(path).where, is, fix, setting });
}

function plan(bought: Bought) {
    const { props, options, violation } = bought;
    const instances = `pulumi config set instances ${options.maxCapacity}`;
    among(
        bought,
        props,
        "sku.name",
        options.appServicePlan,
        "pulumi config set sku <one of these>",
    );
    atMost(bought, props, "sku.capacity", options.maxCapacity, instances);
    // Azure goes by the name; a tier or size of another plan shows that somebody meant that one.
    const name = props.value("sku.name");
    const row = typeof name === "string" ? findSku(name) : undefined;
    for (const field of ["tier", "size"] as const) {
        const found = props.value(`sku.${field}`);
        const own = field === "tier" ? row?.tier : row?.name;
        if (own === undefined || isAbsent(found) || word(found) === word(own)) continue;
        const allowed = `"${own}", as of ${row!.name}`;
        violation({
            where: `sku.${field}`,
            is: shown(found),
            allowed,
            fix: `sku: { ${field}: "${own}" }`,
        });
    }
}

function nodes(bought: Bought, pool: Reader) {
    among(bought, pool, "vmSize", bought.options.aksVmSizes);
    for (const count of ["count", "minCount", "maxCount"]) {
        atMost(bought, pool, count, bought.options.aksMaxNodes);
    }
}

/** Kinds of ML compute that are bought with the workspace; others are only attached to it. */
const ownComputes = ["amlcompute", "computeinstance"];

function compute(bought: Bought) {
    const { props, options } = bought;
    const kind = props.read("properties.computeType");
    if (kind.known && !ownComputes.includes(word(kind.value) ?? "")) return;
    among(bought, props, "properties.properties.vmSize", options.mlVmSizes);
    const nodes = "properties.properties.scaleSettings.maxNodeCount";
    atMost(bought, props, nodes, options.mlMaxNodes);
}

function group(bought: Bought) {
    const { props, options, violation } = bought;
    if (!isAbsent(props.value("sku"))) among(bought, props, "sku", options.containerGroupSkus);
    let cpus = 0;
    for (const container of props.each("containers")) {
        for (const part of ["requests", "limits"]) {
            const gpu = `resources.${part}.gpu`;
            if (options.containerGroupGpus || isAbsent(container.value(gpu))) continue;
            violation({
                where: container.part(gpu).where,
                is: "set",
                allowed: "none",
                fix: "no gpu",
            });
        }
        cpus += number(container.value("resources.requests.cpu")) || 0;
    }
    if (cpus <= options.containerGroupMaxCpus) return;
    const is = `${cpus} in all; at most ${options.containerGroupMaxCpus} allowed`;
    violation({ where: "resources.requests.cpu", is, fix: "resources: { requests: { cpu: 1 } }" });
}
