import { containers } from "../containers";
import { text } from "../options";
import { rule } from "../rule";
import { secretNames } from "../secretNames";
import { isAbsent } from "../values";

/** What is secret in a container's environment is marked as such. */
export const aciSecureEnv = rule({
    id: "aci-secure-env",
    description: "A secret in the environment of a container group must be a secure value.",
    types: ["containerinstance:ContainerGroup"],
    severity: "high",
    level: "mandatory",
    control: "IM-8",
    why: "Azure shows value to whoever may read the group, and secureValue to nobody.",
    fix: 'environmentVariables: [{ name: "<NAME>", secureValue: "..." }]',
    peers: ['checkov CKV_AZURE_235 (every variable: namePattern ".")'],
    options: {
        namePattern: text(
            secretNames,
            "Regular expression of names that stand for secrets; case does not matter.",
        ),
    },
    check({ props, options, violation }) {
        const pattern = new RegExp(options.namePattern, "i");
        for (const container of containers(props)) {
            for (const variable of container.each("environmentVariables")) {
                const name = variable.value("name");
                if (typeof name !== "string" || !pattern.test(name)) continue;
                const value = variable.read("value");
                // One that is not known yet is shown by Azure all the same.
                if (value.known && isAbsent(value.value)) continue;
                violation({
                    where: `${variable.where} (${name})`,
                    is: "a plain value",
                    allowed: "secureValue",
                });
            }
        }
    },
});
