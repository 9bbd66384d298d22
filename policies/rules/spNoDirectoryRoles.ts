import { escalatingAppRoles, graphAppRoles } from "../../azure/graph";
import { texts } from "../options";
import { rule } from "../rule";
import { isTrue, list, word, type Reader } from "../values";

const directoryRoles = [
    "azuread:DirectoryRoleAssignment",
    "azuread:DirectoryRoleEligibilityScheduleRequest",
    "azuread:DirectoryRoleMember",
    "azuread:CustomDirectoryRole",
    "azuread:AdministrativeUnitRoleMember",
];

/** What deploys a web app has no rights over the directory. */
export const spNoDirectoryRoles = rule({
    id: "sp-no-directory-roles",
    description:
        "Nothing may be given a role in the directory, or a permission of Graph that leads to one.",
    types: [
        ...directoryRoles,
        "azuread:Application",
        "azuread:ApplicationApiAccess",
        "azuread:AppRoleAssignment",
        "azuread:Group",
    ],
    severity: "critical",
    level: "mandatory",
    control: "PA-7",
    why: "A role in the directory reaches every user and every subscription of the tenant.",
    fix: "remove it; an administrator grants it outside the program, if at all",
    peers: [
        "Pulumi aad-role-assignments (closed)",
        "Pulumi aad-global-admin-no-permanent-access (closed)",
    ],
    options: {
        deniedGraphRoles: texts(
            escalatingAppRoles,
            "Application permissions of Microsoft Graph that are refused, by name or by id.",
        ),
    },
    check({ type, props, options, violation }) {
        if (directoryRoles.includes(type.name)) {
            return violation({ where: "This", is: "a role in the directory", allowed: "none" });
        }
        if (type.name === "azuread:Group") {
            const found = props.read("assignableToRole");
            if (found.known && isTrue(found.value)) {
                violation({ where: "assignableToRole", is: "true", allowed: "false" });
            }
            return;
        }
        const denied = new Map(
            options.deniedGraphRoles.map((text) => {
                const [name, id] =
                    Object.entries(graphAppRoles).find(
                        ([role, roleId]) => word(role) === word(text) || roleId === word(text),
                    ) ?? [];
                return [id ?? word(text), name ?? text];
            }),
        );
        const judge = (from: Reader, path: string) => {
            const found = from.read(path);
            const name = found.known ? denied.get(word(found.value)) : undefined;
            const { where } = from.part(path);
            if (name)
                violation({ where, is: name, allowed: `none of ${list([...denied.values()])}` });
        };
        judge(props, "appRoleId");
        for (const role of props.each("roleIds")) judge(role, "");
        for (const access of props.each("requiredResourceAccesses")) {
            for (const one of access.each("resourceAccesses")) {
                // "Scope" is a right that a signed-in person has anyway.
                const kind = one.read("type");
                if (kind.known && word(kind.value) === "scope") continue;
                judge(one, "id");
            }
        }
    },
});
