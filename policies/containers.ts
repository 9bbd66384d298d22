/** Where containers and their images stand, in App Service and in container groups. */
import { imagesOf } from "../azure/images";
import type { Reader } from "./values";
import { apps } from "./webApps";

export const imageTypes: readonly string[] = [
    ...apps,
    "web:WebAppSiteContainer",
    "web:WebAppSiteContainerSlot",
    "containerinstance:ContainerGroup",
];

/** Containers of a group, those that run first included. */
export function containers(group: Reader): Reader[] {
    return [...group.each("containers"), ...group.each("initContainers")];
}

export interface ImageUse {
    readonly where: string;
    /** Undefined where something stands that is no list of images. */
    readonly reference?: string;
}

/** Every image that a resource runs, as far as it is known. */
export function images(props: Reader): ImageUse[] {
    const fields = ["siteConfig.linuxFxVersion", "siteConfig.windowsFxVersion"];
    const ofApp = fields.flatMap((where): ImageUse[] => {
        const value = props.value(where);
        if (typeof value !== "string") return [];
        const found = imagesOf(value);
        return found ? found.map((reference) => ({ where, reference })) : [{ where }];
    });
    const own = [...containers(props), props].flatMap((place): ImageUse[] => {
        const image = place.value("image");
        const { where } = place.part("image");
        return typeof image === "string" ? [{ where, reference: image.trim() }] : [];
    });
    return [...ofApp, ...own];
}
