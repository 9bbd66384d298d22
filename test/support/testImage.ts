/** A small web server as a container image, built without any network. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Set to "off", it leaves out the tests that need a container engine. */
export const optOut = "CONTAINER_TESTS";

/** Says on `/` hello to GREETING, and on `/healthz` that it is well; listens on 8080. */
const script = [
    "/bin/busybox mkdir -p /www",
    "echo hello $GREETING > /www/index.html",
    "echo ok > /www/healthz",
    "echo listening on $PORT as $WEBSITE_SITE_NAME",
    "exec /bin/busybox httpd -f -p 8080 -h /www",
].join(" && ");

export interface TestImage {
    readonly name: string;
    /** Command of the engine that has it; another tag of it may end in "-2". */
    readonly engine: string;
    remove(): void;
}

/** Builds the image with the engine that is there, or says what is missing. */
export function buildTestImage(): TestImage {
    const busybox = ["/bin/busybox", "/usr/bin/busybox"].find((file) => fs.existsSync(file));
    const engine = ["docker", "podman"].find((command) => succeeds(command, ["info"]));
    if (!busybox || !engine || !isStatic(busybox)) {
        throw new Error(
            "These tests run real containers. They need Docker or Podman, and a static busybox " +
                "(on Debian: apt-get install podman runc busybox-static). " +
                `To go without them: ${optOut}=off npm test`,
        );
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "azure-webapp-stack-image-"));
    const name = `localhost/azure-webapp-stack-test:${process.pid}`;
    try {
        fs.copyFileSync(busybox, path.join(folder, "busybox"));
        const command = JSON.stringify(["/bin/busybox", "sh", "-c", script]);
        // As the first process, busybox ignores the usual signal to end: each stop would wait it out.
        const end = "STOPSIGNAL SIGKILL";
        const dockerfile = ["FROM scratch", "COPY busybox /bin/busybox", end, `CMD ${command}`];
        fs.writeFileSync(path.join(folder, "Dockerfile"), `${dockerfile.join("\n")}\n`);
        execFileSync(engine, ["build", "--quiet", "--tag", name, folder], { stdio: "pipe" });
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
    return { name, engine, remove: () => succeeds(engine, ["rmi", "--force", name, `${name}-2`]) };
}

function succeeds(command: string, args: string[]): boolean {
    try {
        execFileSync(command, args, { stdio: "pipe" });
        return true;
    } catch {
        return false;
    }
}

/** Whether a program needs no library of its machine: it names no loader. */
function isStatic(file: string): boolean {
    return !fs.readFileSync(file).includes("/ld-linux");
}
