import { textMap } from "../options";
import { rule } from "../rule";
import { isAbsent, shown } from "../values";

/** Where a type of azure-native has the name of the resource in Azure; elsewhere it is "name". */
const nameProperties: Readonly<Record<string, string>> = {
    "resources:ResourceGroup": "resourceGroupName",
    "containerregistry:Registry": "registryName",
    "keyvault:Vault": "vaultName",
    "operationalinsights:Workspace": "workspaceName",
    "machinelearningservices:Workspace": "workspaceName",
    "applicationinsights:Component": "resourceName",
    "containerservice:ManagedCluster": "resourceName",
    "managedidentity:UserAssignedIdentity": "resourceName",
    "containerinstance:ContainerGroup": "containerGroupName",
    "storage:StorageAccount": "accountName",
};

/** A name says what it names. */
export const naming = rule({
    id: "naming",
    description: "A resource must have a name of the agreed form.",
    types: "azure",
    severity: "low",
    level: "advisory",
    control: "AM-1",
    why: "In a bill or an alert the name is all there is.",
    fix: 'name: "<service>-plan", "<service>-app", resourceGroupName: "<service>-rg"',
    setting: "pulumi config set name <service>-<environment>",
    peers: ["PSRule AZR-000464", "PSRule Azure.*.Naming"],
    options: {
        formats: textMap(
            {
                "resources:ResourceGroup": ".+-rg",
                "web:AppServicePlan": ".+-plan",
                "web:WebApp": ".+-app",
            },
            "Types, and regular expressions that all of the name must match.",
        ),
    },
    check({ type, props, options, violation }) {
        const format = Object.hasOwn(options.formats, type.name)
            ? options.formats[type.name]
            : undefined;
        if (format === undefined) return;
        const where = nameProperties[type.name] ?? "name";
        const name = props.read(where);
        if (!name.known) return;
        if (isAbsent(name.value)) {
            violation({ where, is: "not set, so that Pulumi makes one up", allowed: format });
        } else if (!new RegExp(`^(?:${format})$`).test(String(name.value))) {
            violation({ where, is: shown(name.value), allowed: format });
        }
    },
});
