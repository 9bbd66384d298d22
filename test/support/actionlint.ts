/** Finds actionlint, or builds it from its Go module, into the same cache as the Pulumi CLI. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheDirectory } from "../../engine/cache";
import { withLock } from "../../engine/lock";

const run = promisify(execFile);

const version = "1.7.12";
const executable = process.platform === "win32" ? "actionlint.exe" : "actionlint";

async function build(folder: string): Promise<void> {
    const unfinished = `${folder}.${process.pid}`;
    try {
        await run(
            "go",
            ["install", "-trimpath", `github.com/rhysd/actionlint/cmd/actionlint@v${version}`],
            {
                env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "", GOBIN: unfinished },
            },
        );
        fs.rmSync(folder, { recursive: true, force: true });
        fs.renameSync(unfinished, folder);
    } catch (error) {
        const { code, stderr, message } = error as {
            code?: unknown;
            stderr?: string;
            message: string;
        };
        const reason = code === "ENOENT" ? "there is no go on PATH" : stderr?.trim() || message;
        throw new Error(
            `The workflows cannot be linted: actionlint ${version} was not built, for ${reason}. ` +
                "Install Go 1.25 or newer, and let it reach its module proxy.",
        );
    } finally {
        fs.rmSync(unfinished, { recursive: true, force: true });
    }
}

/** Path of the linter. @throws where it cannot be built: a lint that is left out in silence would say nothing. */
export async function findActionlint(): Promise<string> {
    const folder = path.join(cacheDirectory(), `actionlint-${version}`);
    const file = path.join(folder, executable);
    if (fs.existsSync(file)) return file;
    await withLock(path.join(cacheDirectory(), "actionlint.lock"), async () => {
        if (!fs.existsSync(file)) await build(folder);
    });
    return file;
}
