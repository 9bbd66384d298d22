import { parseImage } from "../../azure/images";
import { imageTypes, images } from "../containers";
import { texts } from "../options";
import { rule } from "../rule";
import { list } from "../values";

/** The host of a registry: HTTPS has this port anyway. */
const withoutPort = (host: string) => host.replace(/:443$/, "");

/** Images come from registries that somebody answers for. */
export const containerRegistryAllowList = rule({
    id: "container-registry-allow-list",
    description: "A container image must come from an allowed registry.",
    types: imageTypes,
    severity: "high",
    level: "mandatory",
    control: "DS-2",
    why: "Anybody may put anything into a public registry, under a name that resembles another one.",
    fix: "<one of these>/<repository>:<version>",
    setting: "pulumi config set image <one of these>/<repository>:<version>",
    peers: [
        "trivy untrusted registries (Kubernetes only)",
        "Azure Policy febd0533 (Kubernetes only)",
    ],
    options: {
        allowedRegistries: texts(
            ["ghcr.io", "mcr.microsoft.com", "*.azurecr.io"],
            'Allowed hosts; "*." stands for any name in front. Docker Hub is "docker.io".',
        ),
    },
    check({ props, options, violation }) {
        const allowed = options.allowedRegistries.map((host) =>
            withoutPort(host.trim().toLowerCase()),
        );
        const fits = (registry: string) =>
            allowed.some((host) =>
                host.startsWith("*.") ? registry.endsWith(host.slice(1)) : registry === host,
            );
        for (const { where, reference } of images(props)) {
            const image = reference === undefined ? undefined : parseImage(reference);
            // What cannot be read is the business of container-image-pinned, and is allowed nowhere.
            const registry = image && withoutPort(image.registry.toLowerCase());
            if (registry !== undefined && fits(registry)) continue;
            const is =
                registry === undefined
                    ? "no image reference that can be read"
                    : `from "${registry}"`;
            violation({ where, is, allowed: list(options.allowedRegistries) });
        }
    },
});
