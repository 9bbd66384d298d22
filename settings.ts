/**
 * The only reader of configuration. What each setting means and its default stand in Pulumi.yaml.
 * All mistakes are collected and reported at once, before anything is registered.
 */
import * as pulumi from "@pulumi/pulumi";
import { toCidr } from "./azure/addresses";
import { port, reservedSettings, settingName, startTimeLimit } from "./azure/appSettings";
import { isGuid } from "./azure/guids";
import { imageForm, parseImage } from "./azure/images";
import { longestName, nameProblem, nameRules, resourceGroupName } from "./azure/names";
import { isRegion, normalizeRegion } from "./azure/regions";
import { findSku, planProblems } from "./azure/skus";
import { tagProblem } from "./azure/tags";
import {
    readDeployer,
    readPrincipals,
    readReader,
    type PrincipalSettings,
} from "./settings/principals";
import { Reader, type Mistake } from "./settings/reader";

/** Everything that a stack is told, checked and frozen. */
export interface Settings {
    /** The environment: name of the stack, unless a setting says otherwise. */
    readonly environment: string;
    /** Whether the stack creates the resource group, the principal and its roles. */
    readonly deploysAccess: boolean;
    /** Whether the stack creates the plan and the app. */
    readonly deploysWorkload: boolean;
    readonly name: string;
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly location: string;
    readonly resourceGroup: { readonly name: string; readonly create: boolean };
    readonly plan: {
        readonly sku: string;
        readonly instances: number;
        readonly zoneRedundant: boolean;
        readonly alwaysOn: boolean;
    };
    readonly app: {
        readonly image: string;
        readonly registry?: {
            readonly username: string;
            readonly password: pulumi.Output<string>;
        };
        readonly port: number;
        readonly healthCheckPath?: string;
        readonly startTimeLimitSeconds: number;
        readonly warmUpPath?: string;
        readonly warmUpStatuses?: string;
        readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
        readonly allowedIpRanges: readonly string[];
        readonly minTlsVersion: string;
    };
    /** Who deploys; undefined unless the stack deploys access. */
    readonly deployer?: PrincipalSettings;
    /** Who previews pull requests and looks for drift; undefined where nobody could sign in as it. */
    readonly reader?: PrincipalSettings;
    readonly tags: Readonly<Record<string, string>>;
}

const modes = {
    everything: { access: true, workload: true },
    access: { access: true, workload: false },
    workload: { access: false, workload: true },
} as const;

function isUrlPath(value: string): boolean {
    return /^\/(?!\/)[^\s?#]*$/.test(value);
}

function readPlan(read: Reader): Settings["plan"] {
    const sku = findSku(read.text("sku"))?.name ?? read.text("sku");
    const isWhole = (value: string) => /^\d{1,3}$/.test(value);
    const count = read.matching("instances", isWhole, "a whole number", "1");
    const instances = isWhole(count) ? Number(count) : 1;
    const zoneRedundant = read.choice("zoneRedundant", ["false", "true"]) === "true";
    const wanted = read.choice("alwaysOn", ["auto", "true", "false"]);
    const request = { sku, instances, zoneRedundant, alwaysOn: wanted === "true" };
    const examples: Record<string, string> = { sku: "B2", instances: "1" };
    for (const { field, expected } of planProblems(request)) {
        read.refuse(field, expected, examples[field] ?? "false");
    }
    const alwaysOn = wanted === "auto" ? (findSku(sku)?.alwaysOn ?? false) : request.alwaysOn;
    return { sku, instances, zoneRedundant, alwaysOn };
}

function readAppSettings(read: Reader): Record<string, pulumi.Input<string>> {
    const merged = new Map<string, pulumi.Input<string>>();
    for (const key of ["appSettings", "secretAppSettings"]) {
        const secret = key === "secretAppSettings";
        const values = read.map(key, secret ? '{"API_TOKEN":"..."}' : '{"LOG_LEVEL":"info"}');
        if (secret && Object.keys(values).length > 0 && !read.isSecret(key)) {
            read.mistakes.push({
                key,
                text: "is stored in clear; expected a secret",
                command: `pulumi config set --secret --path ${key}.NAME`,
            });
        }
        for (const [name, value] of Object.entries(values)) {
            const expected = !settingName.test(name)
                ? "a name of letters, digits and underscores"
                : reservedSettings.includes(name.toUpperCase())
                  ? "a name that no other setting of this stack stands for"
                  : merged.has(name)
                    ? "a name that is not in appSettings too"
                    : undefined;
            if (expected !== undefined) {
                read.mistakes.push({
                    key: `${key}.${name}`,
                    text: `is not allowed; expected ${expected}`,
                    command: `pulumi config rm --path '${key}[${JSON.stringify(name)}]'`,
                });
            }
            merged.set(name, read.isSecret(key) ? pulumi.secret(value) : value);
        }
    }
    return Object.fromEntries(merged);
}

function readRegistry(read: Reader): Settings["app"]["registry"] {
    const username = read.text("registryUsername");
    const password = read.text("registryPassword");
    if (!username && !password) return undefined;
    if (!username)
        read.refuse("registryUsername", "a user name, because registryPassword is set", "USER");
    if (!password || !read.isSecret("registryPassword")) {
        const state = password
            ? "is stored in clear"
            : "is missing, though registryUsername is set";
        read.mistakes.push({
            key: "registryPassword",
            text: `${state}; expected a secret`,
            command: "pulumi config set --secret registryPassword",
        });
    }
    return { username, password: pulumi.secret(password) };
}

function readApp(read: Reader): Omit<Settings["app"], "settings" | "registry" | "minTlsVersion"> {
    const { minimum, maximum } = startTimeLimit;
    const path = "a path that starts with / and has no query";
    const healthCheckPath = read.optional("healthCheckPath", isUrlPath, path, "/healthz");
    const warmUpPath = read.optional("warmUpPath", isUrlPath, path, "/healthz");
    const warmUpStatuses = read.optional(
        "warmUpStatuses",
        (value) => /^[1-5]\d\d(,[1-5]\d\d)*$/.test(value),
        "HTTP statuses separated by commas, without spaces",
        "200,202",
    );
    const allowedIpRanges: string[] = [];
    for (const range of read.list("allowedIpRanges")) {
        const cidr = toCidr(range);
        if (cidr) allowedIpRanges.push(cidr);
        else {
            const example = "203.0.113.0/24,198.51.100.7";
            read.refuse("allowedIpRanges", "IP addresses or CIDR ranges", example);
        }
    }
    return {
        image: read.matching(
            "image",
            (v) => parseImage(v) !== undefined,
            imageForm,
            "ghcr.io/user/image:1.0",
        ),
        port: read.whole("port", port.minimum, port.maximum, 8080),
        healthCheckPath,
        startTimeLimitSeconds: read.whole("startTimeLimitSeconds", minimum, maximum, maximum),
        warmUpPath,
        warmUpStatuses,
        allowedIpRanges,
    };
}

function readTags(read: Reader): Record<string, string> {
    const tags = read.map("tags", '{"owner":"me"}');
    for (const [name, value] of Object.entries(tags)) {
        const own = ["env", "name"].includes(name.toLowerCase());
        const expected = own ? "another name: env and name are added" : tagProblem(name, value);
        if (expected) {
            const command = `pulumi config rm --path 'tags[${JSON.stringify(name)}]'`;
            read.mistakes.push({
                key: `tags.${name.slice(0, 80)}`,
                text: `is not allowed; expected ${expected}`,
                command,
            });
        }
    }
    return tags;
}

/**
 * Reads and checks all settings of the stack.
 *
 * @throws pulumi.RunError that lists every mistake, with the command that mends it.
 */
export function readSettings(): Settings {
    const read = new Reader();
    const stack = pulumi.getStack();
    const environment =
        read.optional(
            "environment",
            (value) => /^[^:/]{1,255}$/.test(value),
            "the name of an environment: up to 255 characters without a colon or slash",
            stack,
        ) ?? stack;
    const mode = modes[read.choice("deploys", Object.keys(modes) as (keyof typeof modes)[])];
    const guid = (field: string) => `a GUID; "az account show --query ${field}" prints yours`;
    const exampleGuid = "12345678-1234-1234-1234-123456789abc";

    const name = read.matching(
        "name",
        (v) =>
            v.length <= longestName && !nameProblem(nameRules.site, `${v}-app`) && !v.endsWith("-"),
        `1 to ${longestName} characters: ${nameRules.site.words}`,
        `my-model-${environment}`,
    );
    const groupName = read.text("resourceGroup");
    const groupProblem = groupName && nameProblem(nameRules.resourceGroup, groupName);
    if (groupProblem) read.refuse("resourceGroup", groupProblem, `my-model-${environment}-rg`);

    const access = () => {
        const common = readPrincipals(read, { name, environment, deploysWorkload: mode.workload });
        return { deployer: readDeployer(read, common), reader: readReader(read, common) };
    };
    const principals = mode.access ? access() : void read.ignoring(access);

    const settings: Settings = {
        environment,
        deploysAccess: mode.access,
        deploysWorkload: mode.workload,
        name,
        tenantId: read.matching("tenantId", isGuid, guid("tenantId"), exampleGuid).toLowerCase(),
        subscriptionId: read
            .matching("subscriptionId", isGuid, guid("id"), exampleGuid)
            .toLowerCase(),
        location: normalizeRegion(
            read.matching("location", isRegion, "an Azure region such as westeurope", "westeurope"),
        ),
        resourceGroup: {
            name: groupName || resourceGroupName(name),
            create: read.choice("createResourceGroup", ["true", "false"]) === "true" && mode.access,
        },
        plan: readPlan(read),
        app: {
            ...(mode.workload ? readApp(read) : read.ignoring(() => readApp(read))),
            registry: readRegistry(read),
            settings: readAppSettings(read),
            minTlsVersion: read.choice("minTlsVersion", ["1.2", "1.3"]),
        },
        ...principals,
        tags: { ...readTags(read), env: environment, name },
    };
    read.refuseUnknown();
    if (read.mistakes.length > 0) throw new pulumi.RunError(report(stack, read.mistakes));
    return settings;
}

function report(environment: string, mistakes: readonly Mistake[]): string {
    const count = mistakes.length === 1 ? "One setting needs" : `${mistakes.length} settings need`;
    const lines = mistakes.map(({ key, text, command }) => `  ${key}: ${text}.\n      ${command}`);
    return `${count} mending in Pulumi.${environment}.yaml:\n${lines.join("\n")}\n`;
}
