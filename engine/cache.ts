import * as os from "node:os";
import * as path from "node:path";

/** The folder for what is costly to make and the same for every clone: per user, safe to delete. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
    const home = os.homedir();
    const base =
        process.platform === "win32"
            ? (env.LOCALAPPDATA ?? path.join(home, "AppData", "Local"))
            : process.platform === "darwin"
              ? path.join(home, "Library", "Caches")
              : (env.XDG_CACHE_HOME ?? path.join(home, ".cache"));
    return path.join(base, "azure-webapp-stack");
}
