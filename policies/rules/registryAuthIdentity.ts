import { isInAzure, parseImage } from "../../azure/images";
import { images } from "../containers";
import { rule } from "../rule";
import { isAbsent, isTrue, word } from "../values";
import { apps, appSettings } from "../webApps";

/** Images are pulled by identity, not by password. */
export const registryAuthIdentity = rule({
    id: "registry-auth-identity",
    description: "A container should pull its image by managed identity, or without signing in.",
    types: [
        ...apps,
        "web:WebAppApplicationSettings",
        "web:WebAppApplicationSettingsSlot",
        "containerinstance:ContainerGroup",
    ],
    severity: "medium",
    level: "advisory",
    control: "IM-3",
    why: "A registry's password lies in the app's settings, where whoever may read the app reads it too.",
    fix: "siteConfig: { acrUseManagedIdentityCreds: true } and the role AcrPull, without DOCKER_REGISTRY_SERVER_PASSWORD",
    setting:
        "pulumi config rm registryUsername and registryPassword: an image in Azure Container Registry is pulled by the app's identity",
    check({ type, props, violation }) {
        if (type.name === "containerinstance:ContainerGroup") {
            for (const credential of props.each("imageRegistryCredentials")) {
                const password = credential.read("password");
                // One that is not known yet is a password all the same.
                if (password.known && isAbsent(password.value)) continue;
                const fix = "imageRegistryCredentials: [{ server, identity }]";
                violation({
                    where: `${credential.where}.password`,
                    is: "set",
                    allowed: "none",
                    fix,
                });
            }
            return;
        }
        for (const { name, where } of appSettings(type.name, props)) {
            if (word(name) === "docker_registry_server_password") {
                violation({ where, is: "a registry's password", allowed: "none" });
            }
        }
        const fromAzure = images(props).some(({ reference }) => {
            const image = reference === undefined ? undefined : parseImage(reference);
            return image !== undefined && isInAzure(image);
        });
        const creds = props.read("siteConfig.acrUseManagedIdentityCreds");
        if (fromAzure && creds.known && !isTrue(creds.value)) {
            violation({
                where: "siteConfig.acrUseManagedIdentityCreds",
                is: "not true",
                allowed: "true",
            });
        }
    },
});
