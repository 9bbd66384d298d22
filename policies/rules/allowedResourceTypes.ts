import { texts } from "../options";
import { rule } from "../rule";

/** What deploys anything at all, past every other rule. */
const escapeHatches =
    /^resources:(Resource|Deployment(At\w+)?|DeploymentStack\w*|Azure(Cli|PowerShell)Script)$/;

/** Nothing is made but what somebody has thought about. */
export const allowedResourceTypes = rule({
    id: "allowed-resource-types",
    description: "A resource must be of an allowed type.",
    types: "all",
    severity: "high",
    level: "mandatory",
    control: "AM-2",
    why:
        "A type that nobody has thought about is judged by no rule; a template, a script or the classic " +
        "provider could make anything; a preview of an API may change or end.",
    fix: "use a typed resource of azure-native at its default version, or extend listOfResourceTypesAllowed",
    peers: ["Azure Policy a08ec900", "compliance-policies disallowPreviewResource"],
    options: {
        listOfResourceTypesAllowed: texts(
            [
                "resources:ResourceGroup",
                "authorization:RoleAssignment",
                "authorization:RoleDefinition",
                "authorization:PimRoleEligibilitySchedule",
                "authorization:ManagementLockAtResourceGroupLevel",
                "authorization:ManagementLockAtResourceLevel",
                "authorization:ManagementLockByScope",
                "web:*",
                "monitor:*",
                "insights:*",
                "applicationinsights:*",
                "operationalinsights:*",
                "alertsmanagement:*",
                "consumption:Budget",
                "costmanagement:Budget",
                "managedidentity:*",
                "keyvault:*",
                "containerregistry:*",
                "containerinstance:*",
                "containerservice:*",
                "machinelearningservices:*",
                "storage:*",
                "network:*",
                "dns:*",
                "privatedns:*",
            ],
            'Allowed types of azure-native, such as "web:WebApp" or "web:*". A template, a script or a ' +
                "preview is allowed only by its full name.",
        ),
    },
    check({ type, token, options, violation }) {
        if (/^azure:/.test(token)) {
            return violation({
                where: `The type ${token}`,
                is: "of the classic provider, which no rule of this pack knows",
                fix: "use the type of @pulumi/azure-native",
            });
        }
        if (type.family !== "azure") return;
        const allowed = new Set(options.listOfResourceTypesAllowed);
        const where = `The type ${type.name}`;
        if (allowed.has(type.name)) {
            if (!/preview/i.test(type.apiVersion ?? "")) return;
        } else if (escapeHatches.test(type.name)) {
            return violation({ where, is: "able to deploy anything, past every rule" });
        } else if (!allowed.has(`${type.name.split(":")[0]}:*`)) {
            return violation({ where, is: "not in the list of allowed types" });
        }
        if (
            /preview/i.test(type.apiVersion ?? "") &&
            !allowed.has(`${type.name}@${type.apiVersion}`)
        ) {
            const fix = `use the default version of the API, or allow "${type.name}@${type.apiVersion}"`;
            violation({ where, is: `of a preview of its API (${type.apiVersion})`, fix });
        }
    },
});
