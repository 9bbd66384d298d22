/** A container image as Docker writes it: `[registry/]repository[:tag][@digest]`. */
export interface Image {
    /** Host of the registry; `docker.io` where none is named. */
    readonly registry: string;
    readonly repository: string;
    readonly tag?: string;
    /** Such as `sha256:<64 hexadecimal digits>`. */
    readonly digest?: string;
}

const reference =
    /^(?<name>[^@:]+(?::\d+(?=\/))?[^@:]*)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;
const repositoryPath =
    /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const host = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d+)?$/i;
const longestRepository = 255;

/** What an image reference looks like, as the end of the sentence "expected ...". */
export const imageForm =
    'a lower-case "<registry>/<repository>:<tag>" or "<registry>/<repository>@sha256:<64 hexadecimal digits>"';

/**
 * Reads an image reference; undefined if Docker would refuse it.
 * Source: github.com/distribution/reference, the grammar that Docker and App Service use.
 */
export function parseImage(text: string): Image | undefined {
    const groups = reference.exec(text)?.groups;
    if (!groups?.name) return undefined;
    const [first = "", ...rest] = groups.name.split("/");
    // Docker takes the first part for a host if it has a dot or a port, or is localhost.
    const named = rest.length > 0 && /[.:]|^localhost$/.test(first);
    // Docker Hub has a second host from older days, and short names for its official images.
    const registry = named && first !== "index.docker.io" ? first : "docker.io";
    const path = named ? rest.join("/") : groups.name;
    if (!repositoryPath.test(path) || !host.test(registry)) return undefined;
    const official = registry === "docker.io" && !path.includes("/");
    const repository = official ? `library/${path}` : path;
    if (repository.length > longestRepository) return undefined;
    return { registry, repository, tag: groups.tag, digest: groups.digest };
}

/** Value of `siteConfig.linuxFxVersion` for a single container. */
export function linuxFxVersion(image: string): string {
    return `DOCKER|${image}`;
}

/** The image that a `linuxFxVersion` names; undefined for a built-in stack or several containers. */
export function imageOf(version: string): string | undefined {
    return /^DOCKER\|(.+)$/i.exec(version)?.[1];
}

/** An image by its whole name, with which no tool has to guess the registry. */
export function fullName({ registry, repository, tag, digest }: Image): string {
    const version = digest ? `@${digest}` : `:${tag ?? "latest"}`;
    return `${registry}/${repository}${version}`;
}

/** Value of `DOCKER_REGISTRY_SERVER_URL`: App Service signs in to Docker Hub at its own address. */
export function registryUrl(image: Image): string {
    return image.registry === "docker.io"
        ? "https://index.docker.io/v1"
        : `https://${image.registry}`;
}

/** Whether an image lies in Azure Container Registry, which knows an app by its managed identity. */
export function isInAzure(image: Image): boolean {
    return /\.azurecr\.io(:443)?$/i.test(image.registry);
}

/**
 * References to the images that a value of `linuxFxVersion` or `windowsFxVersion` runs: one of `DOCKER|...`,
 * each of a Compose or Kubernetes file in Base64, none of a runtime such as `NODE|20-lts`. Undefined where
 * such a file names none, or cannot be read.
 * Source: learn.microsoft.com/azure/app-service/configure-custom-container
 */
export function imagesOf(fxVersion: string): string[] | undefined {
    const [kind = "", ...rest] = fxVersion.trim().split("|");
    const value = rest.join("|").trim();
    switch (kind.trim().toUpperCase()) {
        case "DOCKER":
            return [value];
        case "COMPOSE":
        case "KUBE": {
            const file = Buffer.from(value, "base64").toString("utf8");
            const lines = file.matchAll(/^\s*(?:-\s+)?["']?image["']?\s*:\s*["']?([^\s"'#]+)/gm);
            const found = [...lines].map(([, image]) => image!);
            return found.length > 0 ? found : undefined;
        }
        default:
            return [];
    }
}
