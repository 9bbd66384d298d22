import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A new folder, which is removed after the tests of the file or the `describe` that asks for it. */
export function temporaryFolder(): string {
    // Without links in its path, as a process reports its own files.
    const base = fs.realpathSync(os.tmpdir());
    const folder = fs.mkdtempSync(path.join(base, "azure-webapp-stack-"));
    afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
    return folder;
}

/** Points the cache of this test file at a new folder, so that it starts empty and touches no user's. */
export function temporaryCache(): void {
    const folder = temporaryFolder();
    for (const variable of ["XDG_CACHE_HOME", "LOCALAPPDATA"]) process.env[variable] = folder;
}
