import {
    defaultDeployerRoles,
    findRole,
    roles,
    stateReaderRole,
    stateWriterRole,
} from "../../azure/roles";
import { isGuid } from "../../azure/guids";
import { parseBlobContainerId } from "../../azure/stateStorage";
import { texts } from "../options";
import { rule } from "../rule";
import { isAbsent, list, shown, word } from "../values";

const definition = "authorization:RoleDefinition";

/** Custom roles that this program makes itself, by GUID: `custom-role-bounded` judges what they can do. */
const ownRoles = new Set<string>();

const isContainer = (scope: unknown) =>
    typeof scope === "string" && parseBlobContainerId(scope) !== undefined;

/** Only roles that somebody has thought about are given, and none that can give roles. */
export const roleDefinitionAllowList = rule({
    id: "role-definition-allow-list",
    description:
        "An assigned role must be in the list or of the program's own making, and able to hand out no other.",
    types: ["authorization:RoleAssignment", "authorization:PimRoleEligibilitySchedule", definition],
    severity: "critical",
    level: "mandatory",
    control: "PA-7",
    why: "Whoever holds a role that hands out roles holds every role; Contributor reaches everything in its scope.",
    fix: "roleDefinitionId: the id of one of these",
    setting: "pulumi config set deployerRoles <some of these>",
    peers: [
        "Azure Policy sample allowed-role-definitions",
        "PSRule Azure.RBAC.LimitOwner (live only)",
    ],
    // The id of a role that the program makes is known once it is made: the update judges it then.
    onUnknown: "skip",
    options: {
        allowedRoles: texts(
            [
                ...defaultDeployerRoles.map(({ name }) => name),
                "Reader",
                "AcrPull",
                "AzureML Data Scientist",
                "Key Vault Secrets User",
            ],
            "Allowed roles, by name or by id.",
        ),
        containerRoles: texts(
            [stateReaderRole.name, stateWriterRole.name],
            "Roles that are allowed at a blob container only, such as the one of the stack's state.",
        ),
        deniedRoles: texts(
            roles.filter(({ grantsAccess }) => grantsAccess).map(({ name }) => name),
            "Roles that are refused even where the other list has them.",
        ),
    },
    check({ type, props, options, violation, settle }) {
        if (type.name === definition) {
            // A role is registered before it is assigned.
            const own = word(props.value("roleDefinitionId"));
            if (own !== undefined) ownRoles.add(own);
            return settle();
        }
        const found = props.read("roleDefinitionId");
        if (!found.known) return;
        const id =
            typeof found.value === "string"
                ? found.value.trim().replace(/\/$/, "").split("/").at(-1)!.toLowerCase()
                : "";
        const allowed = list(options.allowedRoles);
        if (!isGuid(id)) {
            const is = isAbsent(found.value) ? "not set" : `no id of a role: ${shown(found.value)}`;
            return violation({ where: "roleDefinitionId", is, allowed });
        }
        const name = roles.find((role) => role.id === id)?.name;
        const is = name ? `"${name}"` : `"${id}", a role that this pack does not know`;
        const has = (names: readonly string[]) =>
            names.some((text) => (findRole(text)?.id ?? text.trim().toLowerCase()) === id);
        if (has(options.deniedRoles)) {
            violation({ where: "roleDefinitionId", is: `${is}, which is denied`, allowed });
        } else if (!has(options.allowedRoles) && !ownRoles.has(id)) {
            if (!has(options.containerRoles)) {
                return violation({ where: "roleDefinitionId", is, allowed });
            }
            const scope = props.read("scope");
            if (!scope.known || isContainer(scope.value)) return;
            violation({ where: "roleDefinitionId", is: `${is} above a blob container`, allowed });
        }
    },
});
