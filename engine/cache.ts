import * as os from "node:os";
import * as path from "node:path";

/** The folder for what is costly to make and the same for every clone: per user, safe to delete. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
    const home = os.homedir();
    const base =
        process.platform === "win32"
            ? (env.LOCALAPPDATA ?? path.join(home, "AppData", "Local"))
            : // Set but empty means unset. Source: XDG Base Directory Specification.
              env.XDG_CACHE_HOME ||
              path.join(home, process.platform === "darwin" ? "Library/Caches" : ".cache");
    return path.join(base, "azure-webapp-stack");
}
