/** Ports of this machine: each app's own, and free ones for containers. */
import * as net from "node:net";
import { UserError } from "../../engine/userError";
import type { Store } from "../cloud/store";

/** Variable that moves all apps' ports: the one of the dev stack, from 1024 to 65000. @default 9001 */
export const portVariable = "LOCAL_AZURE_PORT";

/** Ports of the stacks that every clone has, counted from that of dev: they are the same on every machine. */
const known = ["dev/app", "test/app", "prod/app"];

export function firstPort(env: NodeJS.ProcessEnv = process.env): number {
    const text = env[portVariable] || "9001";
    const port = Number(text);
    if (/^\d+$/.test(text) && port >= 1024 && port <= 65_000) return port;
    throw new UserError(`${portVariable} is "${text}"; it is a number from 1024 to 65000.`);
}

/** Where the apps of those stacks answer, by stack. */
export function knownAddresses(first = firstPort()): [stack: string, address: string][] {
    return known.map((owner, at) => [owner.split("/")[0]!, `http://localhost:${first + at}`]);
}

/** The port of an app, by its stack and its name in it: fixed once it is given. */
export function portOf(owner: string, memory: Store, first: number): number {
    const at = known.indexOf(owner);
    if (at >= 0) return first + at;
    const id = `/ports/${encodeURIComponent(owner)}`;
    const given = memory.get(id)?.offset as number | undefined;
    if (given !== undefined) return first + given;
    const taken = memory.list("/ports").map(({ offset }) => offset);
    let offset = known.length;
    while (taken.includes(offset)) offset++;
    memory.put(id, { offset });
    return first + offset;
}

/** A port of the loopback that nobody listens on. */
export function freePort(): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = net.createServer();
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as net.AddressInfo;
            server.close(() => resolve(port));
        });
    });
}
