import { findSku } from "../../azure/skus";
import { flag, texts, whole } from "../options";
import { rule } from "../rule";
import { isAbsent, isOneOf, list, number, type Reader, shown, word } from "../values";

/** What is bought is of an allowed size, and no more of it than allowed. */
export const skuAllowList = rule({
    id: "sku-allow-list",
    description: "What is bought must have an allowed size and an allowed number of instances.",
    types: [
        "web:AppServicePlan",
        "containerservice:ManagedCluster",
        "containerservice:AgentPool",
        "machinelearningservices:Compute",
        "containerinstance:ContainerGroup",
    ],
    severity: "high",
    level: "mandatory",
    control: "AM-2",
    why: "A size chosen by mistake costs more in a week than the rest of the stack in a year.",
    fix: 'sku: { name: "<one of these>" }, or vmSize for nodes',
    peers: ["checkov CKV_AZURE_211", "PSRule AZR-000072"],
    options: {
        appServicePlan: texts(
            ["B2"],
            "Allowed sku.name of App Service plans; case does not matter.",
        ),
        maxCapacity: whole(1, "Most instances of a plan.", 1),
        aksVmSizes: texts(["Standard_D2s_v5", "Standard_D2as_v5"], "Allowed sizes of AKS nodes."),
        aksMaxNodes: whole(3, "Most nodes of one pool of AKS, with autoscaling too.", 1),
        mlVmSizes: texts(["Standard_DS2_v2", "Standard_DS3_v2"], "Allowed sizes of ML computes."),
        mlMaxNodes: whole(2, "Most nodes of an ML compute cluster.", 1),
        containerGroupSkus: texts(["Standard"], "Allowed sku of container groups."),
        containerGroupGpus: flag(false, "Whether container groups may have GPUs."),
        containerGroupMaxCpus: whole(4, "Most CPUs of a container group, of all containers.", 1),
    },
    check({ type, props, options, must, violation }) {
        const atMost = (path: string, most: number, setting?: string) => {
            const found = props.read(path);
            // Absent means one instance. What is no number is not a small one.
            if (!found.known || isAbsent(found.value) || number(found.value) <= most) return;
            const fix = `${path.split(".").at(-1)}: ${most}`;
            violation({
                where: path,
                is: `${shown(found.value)}; at most ${most} allowed`,
                fix,
                setting,
            });
        };
        const pool = (path: string) => {
            must(`${path}vmSize`, isOneOf(options.aksVmSizes), list(options.aksVmSizes));
            for (const count of ["count", "minCount", "maxCount"]) {
                atMost(`${path}${count}`, options.aksMaxNodes);
            }
        };
        switch (type.name) {
            case "web:AppServicePlan":
                return plan();
            case "containerservice:ManagedCluster":
                return props
                    .each("agentPoolProfiles")
                    .forEach((_, at) => pool(`agentPoolProfiles.${at}.`));
            case "containerservice:AgentPool":
                return pool("");
            case "machinelearningservices:Compute":
                return compute();
            default:
                return group();
        }

        function plan() {
            const allowed = options.appServicePlan;
            const name = props.read("sku.name");
            if (name.known && !isOneOf(allowed)(name.value)) {
                const setting = "pulumi config set sku <one of these>";
                violation({
                    where: "sku.name",
                    is: shown(name.value),
                    allowed: list(allowed),
                    setting,
                });
            }
            const setting = `pulumi config set instances ${options.maxCapacity}`;
            atMost("sku.capacity", options.maxCapacity, setting);
            // Azure goes by the name; a tier or size of another one shows that somebody meant another one.
            const row =
                name.known && typeof name.value === "string" ? findSku(name.value) : undefined;
            for (const [path, own] of [
                ["sku.tier", row?.tier],
                ["sku.size", row?.name],
            ] as const) {
                const found = props.read(path);
                if (
                    row &&
                    found.known &&
                    !isAbsent(found.value) &&
                    word(found.value) !== word(own)
                ) {
                    violation({
                        where: path,
                        is: shown(found.value),
                        allowed: `"${own}", as of ${row.name}`,
                    });
                }
            }
        }

        function compute() {
            if (
                ["kubernetes", "databricks", "hdinsight"].includes(
                    word(props.value("properties.computeType")) ?? "",
                )
            )
                return;
            const allowed = list(options.mlVmSizes);
            must("properties.properties.vmSize", isOneOf(options.mlVmSizes), allowed);
            atMost("properties.properties.scaleSettings.maxNodeCount", options.mlMaxNodes);
        }

        function group() {
            const sku = props.read("sku");
            if (sku.known && !isAbsent(sku.value)) {
                must("sku", isOneOf(options.containerGroupSkus), list(options.containerGroupSkus));
            }
            const containers = props.each("containers");
            for (const { where } of options.containerGroupGpus ? [] : containers.filter(hasGpu)) {
                violation({ where: `${where}.resources.requests.gpu`, is: "set", allowed: "none" });
            }
            const cpus = containers
                .map((container) => number(container.value("resources.requests.cpu")))
                .filter((count) => !Number.isNaN(count));
            const sum = cpus.reduce((a, b) => a + b, 0);
            if (sum > options.containerGroupMaxCpus) {
                const is = `${sum} in all; at most ${options.containerGroupMaxCpus} allowed`;
                violation({
                    where: "resources.requests.cpu",
                    is,
                    fix: "resources: { requests: { cpu: 1 } }",
                });
            }
        }
    },
});

function hasGpu(container: Reader): boolean {
    return ["requests", "limits"].some(
        (part) => !isAbsent(container.value(`resources.${part}.gpu`)),
    );
}
