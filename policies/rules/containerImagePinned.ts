import { parseImage } from "../../azure/images";
import { imageTypes, images } from "../containers";
import { flag, texts } from "../options";
import { rule } from "../rule";
import { list, word } from "../values";

/** The image that was tested is the image that runs. */
export const containerImagePinned = rule({
    id: "container-image-pinned",
    description: "A container must run an image by a tag that stays, or by its digest.",
    types: imageTypes,
    severity: "high",
    level: "mandatory",
    control: "DS-2",
    why: "Behind latest, or no tag, the image changes without a change in the program: no preview shows it, no update undoes it.",
    fix: "<registry>/<repository>:<version>, or @sha256:<digest>",
    setting: "pulumi config set image <registry>/<repository>@sha256:<digest>",
    peers: [
        "checkov ImageTagFixed, ImageDigest (Kubernetes only)",
        "trivy image tag latest (Kubernetes only)",
    ],
    options: {
        requireDigest: flag(false, "Whether a tag is not enough."),
        forbiddenTags: texts(["latest"], "Tags that move."),
    },
    check({ props, options, violation }) {
        const forbidden = options.forbiddenTags.map(word);
        for (const { where, reference } of images(props)) {
            const image = reference === undefined ? undefined : parseImage(reference);
            if (!image) violation({ where, is: "no image reference that can be read" });
            else if (image.digest) continue;
            else if (options.requireDigest) {
                violation({
                    where,
                    is: `"${reference}", without a digest`,
                    allowed: "@sha256:<digest>",
                });
            } else if (image.tag === undefined) {
                violation({
                    where,
                    is: `"${reference}", without a tag`,
                    allowed: "a tag that stays, or a digest",
                });
            } else if (forbidden.includes(word(image.tag))) {
                violation({
                    where,
                    is: `"${reference}"`,
                    allowed: `any tag but ${list(options.forbiddenTags)}`,
                });
            }
        }
    },
});
