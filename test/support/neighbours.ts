import * as net from "node:net";
import { freePort } from "../../local/containers/ports";

/** A free port, the next one of which is free too. */
export async function neighbours(): Promise<number> {
    for (;;) {
        const port = await freePort();
        const next = net.createServer();
        const free = await new Promise<boolean>((resolve) => {
            next.once("error", () => resolve(false));
            next.listen(port + 1, "127.0.0.1", () => resolve(true));
        });
        next.close();
        if (free) return port;
    }
}
