import { texts } from "../options";
import { stackRule, type StackResource } from "../rule";
import { isAbsent, isTrue, list, type Reader, word } from "../values";

/** What happens is written down where it can be asked about. */
export const diagnosticSettings = stackRule({
    id: "diagnostic-settings",
    description: "A resource must send its logs to a workspace.",
    severity: "medium",
    level: "advisory",
    control: "LT-3",
    why: "After a break-in or an outage only the logs say what happened, and what an app writes into its own files goes with it.",
    fix: "new monitor.DiagnosticSetting(..., { resourceUri: app.id, workspaceId: workspace.id, logs: [...] })",
    peers: [
        "Azure Policy 91a78b24",
        "checkov CKV_AZURE_63",
        "checkov CKV_AZURE_65",
        "checkov CKV_AZURE_66",
        "template-analyzer TA-000001",
    ],
    onUnknown: "skip",
    options: {
        types: texts(["web:WebApp"], "Types of azure-native that must send logs."),
        categories: texts(
            [],
            'Categories that must be among them; the group "allLogs" has them all.',
        ),
    },
    check({ resources, options, violation }) {
        const settings = resources.filter((one) =>
            one.is("monitor:DiagnosticSetting", "insights:DiagnosticSetting"),
        );
        for (const resource of resources.filter((one) => one.is(...options.types))) {
            const own = settings.filter((setting) => isAbout(setting, resource));
            const toWorkspace = own.filter(({ inputs }) => {
                const workspace = inputs.read("workspaceId");
                return !workspace.known || !isAbsent(workspace.value);
            });
            const where = "This";
            if (toWorkspace.length === 0) {
                violation(
                    {
                        where,
                        is:
                            own.length === 0
                                ? "without a diagnostic setting"
                                : "sending no logs to a workspace",
                    },
                    resource,
                );
                continue;
            }
            const unknown = toWorkspace.some(({ inputs }) => !inputs.read("logs").known);
            const enabled = toWorkspace.flatMap(({ inputs }) =>
                inputs.each("logs").filter(isEnabled),
            );
            if (unknown) continue;
            if (enabled.length === 0)
                violation({ where, is: "sending no log: none is enabled" }, resource);
            else {
                const sent = enabled.flatMap((log) => [
                    word(log.value("category")),
                    word(log.value("categoryGroup")),
                ]);
                const missing = options.categories.filter((name) => !sent.includes(word(name)));
                if (missing.length > 0 && !sent.includes("alllogs")) {
                    violation({ where, is: `not sending ${list(missing)}` }, resource);
                }
            }
        }
    },
});

function isEnabled(log: Reader): boolean {
    const enabled = log.read("enabled");
    return !enabled.known || isTrue(enabled.value);
}

/** Whether a setting is about a resource: its id comes from there, or ends in its name. */
function isAbout(setting: StackResource, resource: StackResource): boolean {
    if (setting.sources("resourceUri").includes(resource.urn)) return true;
    const uri = word(setting.inputs.value("resourceUri"));
    const name = word(resource.inputs.value("name")) ?? word(resource.outputs.value("name"));
    return uri !== undefined && name !== undefined && uri.endsWith(`/${name}`);
}
