/** README.md of this folder, from what the rules say of themselves and what the configurations make of them. */
import { controls } from "./benchmark";
import { type Rule, settingLine } from "./rule";

interface Section {
    readonly title: string;
    readonly rules: readonly Rule[];
}

interface Configuration {
    readonly environment: string;
    readonly config: Readonly<Record<string, unknown>>;
}

function levelIn({ config }: Configuration, rule: Rule): string {
    const own = config[rule.name];
    const level =
        typeof own === "object" && own !== null
            ? (own as { enforcementLevel?: string }).enforcementLevel
            : own;
    return String(level ?? config.all ?? rule.about.level);
}

/** Text in a cell of a table. */
function cell(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("*", "\\*");
}

function code(text: string): string {
    return `\`${text}\``;
}

function options(rule: Rule): string[] {
    const all = Object.entries(rule.about.options ?? {});
    if (all.length === 0) return [];
    const rows = all.map(
        ([name, option]) =>
            `| ${code(name)} | ${code(JSON.stringify(option.default).replaceAll("|", "\\|"))} | ${cell(option.schema.description ?? "")} |`,
    );
    return ["", "| option | default | meaning |", "| --- | --- | --- |", ...rows];
}

function chapter(rule: Rule, configurations: readonly Configuration[]): string[] {
    const { about } = rule;
    const control = about.control ? `${about.control} ${controls[about.control]}` : "none";
    const levels = configurations.map((one) => `${one.environment} ${levelIn(one, rule)}`);
    const unknown = {
        skip: "is left to the update",
        advisory: "is named, as advice; the update judges it",
    }[about.onUnknown ?? "advisory"];
    return [
        `### ${about.id}`,
        "",
        `${about.description} ${about.why}`,
        "",
        `- **Fix:** ${code(about.fix)}`,
        ...(about.setting
            ? [
                  `- **In this stack:** ${code(settingLine(about.setting, "<stack>").replace("In azure-webapp-stack: ", ""))}`,
              ]
            : []),
        `- **Level:** ${about.level}; here: ${levels.join(", ")}. Severity ${about.severity}.` +
            (rule.repairs ? " Can repair: level `remediate`." : "") +
            (rule.scope === "stack" ? " Judges the stack as a whole." : ""),
        `- **Control:** ${control}. What is not known before the update ${unknown}.`,
        ...(about.peers ? [`- **Elsewhere:** ${cell(about.peers.join(", "))}`] : []),
        ...options(rule),
        "",
    ];
}

/** The whole document, before it is formatted. */
export function document(
    sections: readonly Section[],
    configurations: readonly Configuration[],
): string {
    const all = sections.flatMap(({ rules }) => rules);
    const environments = configurations.map(({ environment }) => environment);
    const row = (rule: Rule) =>
        [
            `[${rule.name}](#${rule.name})`,
            cell(rule.description),
            rule.about.severity,
            ...configurations.map((one) => levelIn(one, rule)),
        ].join(" | ");
    return [
        "# Policies",
        "",
        '<!-- Made by "npm run policies -- docs" from the rules themselves. Changes here are lost. -->',
        "",
        `${all.length} rules for App Service, container groups, Kubernetes and machine learning with`,
        "azure-native, and for service principals with azuread. They need no other part of this project:",
        "",
        "```sh",
        "pulumi preview --policy-pack policies --policy-pack-config policies/config.dev.json",
        "pulumi stack export --file state.json",
        "pulumi policy analyze --file state.json --policy-pack policies --policy-pack-config policies/config.dev.json",
        "npm run policies -- pack    # a package for other projects, in dist/",
        "```",
        "",
        "A configuration says per rule how strict it is (`disabled`, `advisory`, `mandatory` or, where the rule",
        "can, `remediate`) and what its options are; a list or map there takes the place of the default. A policy",
        "or option that does not exist stops the pack where",
        "`PULUMI_OPTION_POLICY_PACK_CONFIG` names the file, as `npm run preview`, `up` and `local` do; after a plain",
        "`--policy-pack-config` the rule `pack-config` reports a strange option, and `npm run policies -- check`",
        "finds strange policies too.",
        "",
        "A waiver lets one resource through one rule, until a day. It is an option of every rule:",
        "",
        "```json",
        JSON.stringify(
            {
                "webapp-health-check": {
                    enforcementLevel: "mandatory",
                    waivers: [
                        {
                            resource: "app",
                            reason: "the image has no path that says whether it is well yet",
                            owner: "ana",
                            lastDay: "2027-01-31",
                        },
                    ],
                },
            },
            undefined,
            4,
        ),
        "```",
        "",
        "`resource` is the name in the program, or the whole URN. The finding stays as advice until the last day is",
        "over, and is a violation from then on; a waiver that nothing needs is reported.",
        "",
        "These rules are stricter or laxer than their peers on purpose: FTPS counts as FTP, as a container needs",
        "neither; a single B2 is no violation; a public app with listed addresses passes; container apps are judged",
        'by type, where peers go by kind and pass over them; `"true"` is true.',
        "",
        ...sections.flatMap(({ title, rules }) => [
            `## ${title}`,
            "",
            `| rule | what holds | severity | ${environments.join(" | ")} |`,
            `| --- | --- | --- | ${environments.map(() => "---").join(" | ")} |`,
            ...rules.map((rule) => `| ${row(rule)} |`),
            "",
            ...rules.flatMap((rule) => chapter(rule, configurations)),
        ]),
    ].join("\n");
}
