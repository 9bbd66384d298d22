/**
 * Image references: which are read, into which parts, and what App Service is given.
 * Cannot show that an image exists, nor that App Service may pull it.
 */
import fc from "fast-check";
import {
    fullName,
    imageOf,
    imagesOf,
    isInAzure,
    linuxFxVersion,
    parseImage,
    registryUrl,
} from "../../azure/images";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

const lettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
const word = fc.string({
    unit: fc.constantFrom(...lettersAndDigits),
    minLength: 1,
    maxLength: 8,
});
const pathPart = fc
    .tuple(word, fc.array(fc.tuple(fc.constantFrom(".", "_", "__", "-", "--"), word)))
    .map(([first, rest]) => [first, ...rest.flat()].join(""));
const repositoryPath = fc.array(pathPart, { minLength: 1, maxLength: 3 }).map((p) => p.join("/"));
const portNumber = fc.integer({ min: 1, max: 65535 });
const registryHost = fc.oneof(
    fc.tuple(word, word).map((parts) => parts.join(".")),
    fc.tuple(word, portNumber).map(([name, port]) => `${name}:${port}`),
    fc.tuple(word, word, portNumber).map(([a, b, port]) => `${a}.${b}:${port}`),
    fc.constant("localhost"),
);
const tagText = fc
    .tuple(
        fc.constantFrom(...lettersAndDigits, "_", "A"),
        fc.string({ unit: fc.constantFrom(...lettersAndDigits, "_", ".", "-"), maxLength: 127 }),
    )
    .map((parts) => parts.join(""));
const hex = fc.string({
    unit: fc.constantFrom(..."0123456789abcdef"),
    minLength: 64,
    maxLength: 64,
});
const end = fc.record({
    tag: fc.option(tagText, { nil: undefined }),
    digest: fc.option(
        hex.map((digits) => `sha256:${digits}`),
        { nil: undefined },
    ),
});

function written(name: string, parts: { tag?: string; digest?: string }): string {
    return name + (parts.tag ? `:${parts.tag}` : "") + (parts.digest ? `@${parts.digest}` : "");
}

describe("parseImage", () => {
    it.each([
        ["nginx", "docker.io", "library/nginx", undefined],
        ["nginx:1.27", "docker.io", "library/nginx", "1.27"],
        ["bitnami/nginx:1.27", "docker.io", "bitnami/nginx", "1.27"],
        ["docker.io/nginx:1.27", "docker.io", "library/nginx", "1.27"],
        ["index.docker.io/bitnami/nginx", "docker.io", "bitnami/nginx", undefined],
        ["ghcr.io/user/image:1.0", "ghcr.io", "user/image", "1.0"],
        ["mcr.microsoft.com/a/b/c:v1_2-3", "mcr.microsoft.com", "a/b/c", "v1_2-3"],
        ["localhost/image", "localhost", "image", undefined],
        ["localhost:5000/image", "localhost:5000", "image", undefined],
        ["registry:5000/image", "registry:5000", "image", undefined],
        ["registry:5000/image:5000", "registry:5000", "image", "5000"],
        // Without a path behind it, what looks like a port is a tag.
        ["registry:5000", "docker.io", "library/registry", "5000"],
    ])("reads %s", (text, registry, repository, tag) => {
        expect(parseImage(text)).toEqual({ registry, repository, tag, digest: undefined });
    });

    it("reads a digest, and a tag beside it", () => {
        expect(parseImage(`ghcr.io/u/i@${digest}`)).toMatchObject({ tag: undefined, digest });
        expect(parseImage(`ghcr.io/u/i:1@${digest}`)).toMatchObject({ tag: "1", digest });
    });

    it.each([
        "",
        " ",
        "nginx ",
        "nginx\n",
        "Nginx",
        "ghcr.io/User/image:1",
        "https://ghcr.io/user/image",
        "ghcr.io/",
        "ghcr.io//image",
        "/image",
        "image/",
        "image:",
        "image:a:b",
        "image:-tag",
        `image:${"t".repeat(129)}`,
        "image@",
        "image@latest",
        `image@${digest}0`,
        `image@${digest.slice(0, -1)}`,
        `image@${digest.toUpperCase()}`,
        `image@md5:${"0".repeat(32)}`,
        "a___b",
        "a..b",
        "-a",
        "a-",
        "-ghcr.io/image",
        "ghcr-.io/image",
        "..:5000/image",
        "ghcr.io:port/image",
        "DOCKER|nginx",
        `ghcr.io/${"a".repeat(256)}`,
    ])("fails on %j", (text) => {
        expect(parseImage(text)).toBeUndefined();
    });

    it("reads every valid reference with a registry back into its parts", () => {
        fc.assert(
            fc.property(registryHost, repositoryPath, end, (registry, repository, parts) => {
                const text = written(`${registry}/${repository}`, parts);
                expect(parseImage(text)).toEqual({ registry, repository, ...parts });
            }),
        );
    });

    it("finds every reference without a registry on Docker Hub", () => {
        fc.assert(
            fc.property(word, repositoryPath, end, (user, path, parts) => {
                fc.pre(user !== "localhost");
                const repository = `${user}/${path}`;
                const text = written(repository, parts);
                expect(parseImage(text)).toEqual({ registry: "docker.io", repository, ...parts });
            }),
        );
    });

    it("never takes a port for a tag", () => {
        fc.assert(
            fc.property(word, portNumber, repositoryPath, (name, port, path) => {
                const image = parseImage(`${name}:${port}/${path}`);
                expect(image).toMatchObject({ registry: `${name}:${port}`, tag: undefined });
            }),
        );
    });

    it("never throws, and reads back what it has read", () => {
        const pieces = fc.constantFrom(".", ":", "/", "@", "-", "_", "a", "A", "0", digest, " ");
        const texts = fc.oneof(
            fc.string(),
            fc.array(pieces).map((parts) => parts.join("")),
        );
        fc.assert(
            fc.property(texts, (text) => {
                const image = parseImage(text);
                if (!image) return;
                const again = written(`${image.registry}/${image.repository}`, image);
                expect(parseImage(again)).toEqual(image);
            }),
        );
    });
});

describe("registryUrl", () => {
    it.each([
        ["nginx", "https://index.docker.io/v1"],
        ["index.docker.io/library/nginx", "https://index.docker.io/v1"],
        ["ghcr.io/user/image", "https://ghcr.io"],
        ["example.azurecr.io:443/image", "https://example.azurecr.io:443"],
    ])("answers for %s the address at which App Service signs in", (text, expected) => {
        expect(registryUrl(parseImage(text)!)).toBe(expected);
    });
});

describe("linuxFxVersion", () => {
    it("keeps the reference as it is given", () => {
        const image = `ghcr.io/user/image:1@${digest}`;
        expect(linuxFxVersion(image)).toBe(`DOCKER|${image}`);
    });
});

describe("imageOf", () => {
    it("reads what linuxFxVersion wrote", () => {
        expect(imageOf(linuxFxVersion("ghcr.io/me/api:1.0"))).toBe("ghcr.io/me/api:1.0");
    });

    it.each(["", "NODE|20-lts", "COMPOSE|abc", "DOCKER|"])("finds none in %p", (version) => {
        expect(imageOf(version)).toBeUndefined();
    });
});

describe("fullName", () => {
    it.each([
        ["nginx", "docker.io/library/nginx:latest"],
        ["me/api:1.0", "docker.io/me/api:1.0"],
        ["localhost/api:1.0", "localhost/api:1.0"],
        [`ghcr.io/me/api@${digest}`, `ghcr.io/me/api@${digest}`],
        [`ghcr.io/me/api:1.0@${digest}`, `ghcr.io/me/api@${digest}`],
    ])("of %p is %p", (text, name) => expect(fullName(parseImage(text)!)).toBe(name));
});

describe("isInAzure", () => {
    it.each([
        ["shop.azurecr.io/shop", true],
        ["shop.azurecr.io:443/shop", true],
        ["azurecr.io.example.com/shop", false],
        ["evilazurecr.io/shop", false],
        ["shop", false],
    ])("answers for %s: %s", (text, expected) => {
        expect(isInAzure(parseImage(text)!)).toBe(expected);
    });
});

describe("imagesOf", () => {
    const base64 = (text: string) => Buffer.from(text).toString("base64");

    it.each([
        ["DOCKER|ghcr.io/user/image:1", ["ghcr.io/user/image:1"]],
        [" docker|image ", ["image"]],
        ["NODE|20-lts", []],
        ["sitecontainers", []],
        ["", []],
        [
            `COMPOSE|${base64("services:\n  a:\n    image: nginx:1\n  b:\n    'image': \"redis\"\n")}`,
            ["nginx:1", "redis"],
        ],
        [
            `KUBE|${base64("containers:\n- image: a:1 # first\n- name: x\n  image: b\n")}`,
            ["a:1", "b"],
        ],
    ])("finds in %j %j", (text, images) => {
        expect(imagesOf(text)).toEqual(images);
    });

    it.each(["COMPOSE|", "COMPOSE|???", `COMPOSE|${base64("services: {}")}`])(
        "does not take %j for a file without images",
        (text) => expect(imagesOf(text)).toBeUndefined(),
    );

    it("finds again what linuxFxVersion writes", () => {
        fc.assert(
            fc.property(word, word, (path, tag) => {
                expect(imagesOf(linuxFxVersion(`${path}:${tag}`))).toEqual([`${path}:${tag}`]);
            }),
        );
    });
});
