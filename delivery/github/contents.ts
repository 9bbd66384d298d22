/** A file of the repository by GitHub's API. Source: docs.github.com/rest/repos/contents */
import type { Job } from "./job";

export interface StoredFile {
    readonly text: string;
    /** Of the file's content: a commit that names it fails if the file has changed since. */
    readonly sha: string;
}

/** @param ref Branch, tag or commit. */
export async function readStored(
    { gitHub, repositoryPath }: Job,
    file: string,
    ref: string,
): Promise<StoredFile> {
    const { content, sha } = await gitHub.get<{ content: string; sha: string }>(
        `${repositoryPath}/contents/${file}?ref=${encodeURIComponent(ref)}`,
    );
    return { text: Buffer.from(content, "base64").toString("utf8"), sha };
}
