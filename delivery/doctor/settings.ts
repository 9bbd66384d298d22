/**
 * The settings that the checks need, as `pulumi config --json` prints them, defaults included. What is wrong with
 * them the program says before it registers anything; here only what the checks cannot do without.
 */
import { isGuid } from "../../azure/guids";
import { resourceGroupName } from "../../azure/names";
import { normalizeRegion } from "../../azure/regions";
import { environmentOf } from "../../engine/pack";
import type { GitHubRepository } from "../../azure/federation";
import { findingsOf, type Finding } from "./finding";

export interface StackSettings {
    readonly stack: string;
    readonly environment: string;
    readonly deploysAccess: boolean;
    readonly deploysWorkload: boolean;
    readonly name: string;
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly location: string;
    readonly group: string;
    readonly createsGroup: boolean;
    readonly sku: string;
    readonly instances: number;
    readonly gitHub?: GitHubRepository;
    readonly gitHubBranch: string;
    /** Subjects of another issuer, which each principal trusts too. */
    readonly deployerSubjects: readonly string[];
    readonly readerSubjects: readonly string[];
    /** Lifetimes and PEM texts, as they stand there. */
    readonly clientSecrets: readonly string[];
    readonly certificates: readonly string[];
    /** Whether a principal is made, rather than one given roles that is there already. */
    readonly makesPrincipal: boolean;
    /** Whether roles are made, rather than only built-in ones given. */
    readonly makesRoles: boolean;
    /** Ids of resources outside the group at which roles are given. */
    readonly elsewhere: readonly string[];
}

/** One setting as `pulumi config --json` prints it; a secret one has no value. */
interface Printed {
    readonly value?: string;
}

/** Items of a list that is a text with commas, or a YAML list, which the CLI prints as JSON. */
function listOf(text: string): string[] {
    let items: unknown = text.split(",");
    try {
        const read: unknown = JSON.parse(text);
        if (Array.isArray(read)) items = read;
    } catch {
        // A text, as it mostly is.
    }
    return (items as unknown[]).map((item) => String(item).trim()).filter(Boolean);
}

function keysOf(text: string): string[] {
    try {
        const read: unknown = JSON.parse(text || "{}");
        return typeof read === "object" && read !== null ? Object.keys(read) : [];
    } catch {
        return [];
    }
}

/** @param json What `pulumi config --json` printed. */
export function readSettings(json: string, stack: string): StackSettings {
    const printed = JSON.parse(json) as Record<string, Printed>;
    const own = Object.entries(printed).filter(([key]) => !key.startsWith("pulumi:"));
    const values = new Map(own.map(([key, { value }]) => [key.replace(/^[^:]*:/, ""), value]));
    const text = (key: string) => (values.get(key) ?? "").trim();

    const deploys = text("deploys");
    const deploysAccess = deploys !== "workload";
    const name = text("name");
    const repository = text("githubRepository");
    const [owner, id] = [text("githubOwnerId"), text("githubRepositoryId")];
    const ids = owner && id ? { owner, repository: id } : undefined;
    const readerIsMade =
        text("existingReader") === "" && (repository !== "" || text("readerSubjects") !== "");
    const hasReader = readerIsMade || text("existingReader") !== "";
    return {
        stack,
        environment: text("environment") || environmentOf(stack),
        deploysAccess,
        deploysWorkload: deploys !== "access",
        name,
        tenantId: text("tenantId").toLowerCase(),
        subscriptionId: text("subscriptionId").toLowerCase(),
        location: normalizeRegion(text("location")),
        group: text("resourceGroup") || resourceGroupName(name),
        createsGroup: deploysAccess && text("createResourceGroup") !== "false",
        sku: text("sku"),
        instances: Number(text("instances")) || 1,
        gitHub: repository ? { repository, ids } : undefined,
        gitHubBranch: text("githubBranch") || "main",
        deployerSubjects: listOf(text("deployerSubjects")),
        readerSubjects: listOf(text("readerSubjects")),
        clientSecrets: listOf(text("clientSecrets")),
        certificates: listOf(text("certificates")),
        makesPrincipal: deploysAccess && (text("existingDeployer") === "" || readerIsMade),
        makesRoles:
            deploysAccess && (hasReader || listOf(text("deployerRoles")).includes("custom")),
        elsewhere: deploysAccess
            ? [...new Set([...keysOf(text("rolesElsewhere")), ...listOf(text("stateContainer"))])]
            : [],
    };
}

/** The ids of the committed examples. */
const nobody = "00000000-0000-0000-0000-000000000000";

/** Where the stack is to be: without it nothing can be asked of Azure. */
export function checkPlace(settings: StackSettings): Finding[] {
    const { problem } = findingsOf("settings");
    const { stack, name } = settings;
    const ids = [
        ["tenantId", settings.tenantId, "tenantId"],
        ["subscriptionId", settings.subscriptionId, "id"],
    ] as const;
    return [
        ...(name === ""
            ? [problem("name is missing.", `pulumi config set name my-model --stack ${stack}`)]
            : []),
        ...ids
            .filter(([, value]) => !isGuid(value) || value === nobody)
            .map(([key, value, query]) =>
                problem(
                    `${key} is ${value === nobody ? "that of the example" : "no GUID"}.`,
                    `pulumi config set ${key} "$(az account show --query ${query} --output tsv)" --stack ${stack}`,
                ),
            ),
    ];
}
