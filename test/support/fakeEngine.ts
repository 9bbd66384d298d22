/** A container engine whose containers are web servers of the test's own process. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type {
    Container,
    ContainerEngine,
    ContainerRequest,
    Exit,
} from "../../local/containers/engine";

/** One container, as the test sees and moves it. */
export class FakeContainer implements Container {
    readonly exited: Promise<Exit>;
    stopped = false;
    private readonly server: http.Server;
    private end!: (exit: Exit) => void;

    constructor(
        readonly request: ContainerRequest,
        answer: http.RequestListener | undefined,
    ) {
        this.exited = new Promise((resolve) => (this.end = resolve));
        this.server = http.createServer(answer);
        // A WebSocket that answers each message with itself.
        this.server.on("upgrade", (_, socket) => {
            socket.write(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
            );
            socket.on("error", () => undefined);
            socket.pipe(socket);
        });
        if (answer) this.server.listen(request.ports.at(-1)!.host, "127.0.0.1");
    }

    /** Ends as a process that dies: connections break, and nobody listens any more. */
    crash(exit: Exit): void {
        this.server.close();
        this.server.closeAllConnections();
        this.end(exit);
    }

    async stop(): Promise<void> {
        this.stopped = true;
        this.crash({ code: 137 });
    }
}

export class FakeEngine implements ContainerEngine {
    readonly name = "fake";
    readonly containers: FakeContainer[] = [];
    readonly images = new Set<string>();
    readonly pulled: string[] = [];
    /** What a pull complains about; undefined while it works. */
    complaint: string | undefined = "no such host";
    /** How containers that start from now on answer; undefined: they never do. */
    answer: http.RequestListener | undefined = (_, response) => response.end("hello");

    async hasImage(image: string): Promise<boolean> {
        return this.images.has(image);
    }

    async pull(image: string): Promise<void> {
        this.pulled.push(image);
        if (this.complaint !== undefined) throw new Error(this.complaint);
        this.images.add(image);
    }

    run(request: ContainerRequest): Container {
        const container = new FakeContainer(request, this.answer);
        this.containers.push(container);
        return container;
    }

    async removeLeftovers(): Promise<void> {
        for (const container of this.containers) await container.stop();
    }

    /** The container that was started last. */
    get last(): FakeContainer {
        return this.containers.at(-1)!;
    }
}

/** A response as a test compares it; status 0 if the connection broke. */
export interface Answer {
    readonly status: number;
    readonly body: string;
    readonly headers: http.IncomingHttpHeaders;
}

export function get(port: number, path = "/"): Promise<Answer> {
    return new Promise((resolve) => {
        const broken = () => resolve({ status: 0, body: "", headers: {} });
        const options = { host: "127.0.0.1", port, path, agent: false };
        http.get(options, (response) => {
            let body = "";
            response.setEncoding("utf8").on("data", (text) => (body += text));
            response.on("error", broken);
            response.on("end", () =>
                resolve({ status: response.statusCode!, body, headers: response.headers }),
            );
        }).on("error", broken);
    });
}

/** A web server on a port that is then somebody else's. */
export async function occupy(): Promise<{ port: number; free(): Promise<void> }> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { port, free: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Waits until something is so; the test's own time limit ends it if it never is. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
}
