/** The front end of one web app on this machine: answers as App Service's does while the container cannot. */
import * as http from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { requestLimitSeconds, type StatusCode, statusCodes } from "../../azure/statusCodes";
import type { Problem } from "./engine";

/** Where a request goes: to a port of this machine, or nowhere. */
export type Route =
    | { readonly port: number }
    | { readonly answer: StatusCode; readonly problem?: Partial<Problem> };

type Refusal = Extract<Route, { answer: StatusCode }>;

export interface FrontEndLimits {
    /** Longest silence of the container, in seconds. @default that of App Service */
    readonly requestSeconds?: number;
    /**
     * Most requests under way at a time. App Service publishes no number; this one is large enough that a
     * container here gives up first. @default 1000
     */
    readonly requests?: number;
}

/** Addresses that "localhost" means; nobody else on the network reaches them. */
const addresses = ["127.0.0.1", "::1"];

export class FrontEnd {
    private readonly servers: http.Server[] = [];
    private readonly sockets = new Set<Duplex>();
    private readonly proxy: import("http-proxy-3").ProxyServer;
    private readonly timedOut = new WeakSet<http.IncomingMessage>();
    private underWay = 0;

    /**
     * @param route Chooses where the next request goes.
     * @param note Gets a line about each request that the front end answers itself.
     */
    constructor(
        private readonly route: () => Route,
        private readonly note: (line: string) => void,
        private readonly limits: FrontEndLimits = {},
    ) {
        const { createProxyServer } = require("http-proxy-3") as typeof import("http-proxy-3");
        const proxyTimeout = (limits.requestSeconds ?? requestLimitSeconds) * 1000;
        // "X-Forwarded-*" tell the app who called. Source:
        // learn.microsoft.com/azure/app-service/configure-language-nodejs#detect-https-session
        this.proxy = createProxyServer({ xfwd: true, proxyTimeout });
        this.proxy.on("proxyReq", (request, incoming) => {
            request.on("timeout", () => this.timedOut.add(incoming));
        });
        this.proxy.on("proxyRes", (answer, _, response) => {
            // A container that ends in the middle of an answer would leave the caller waiting.
            answer.on("close", () => {
                if (!answer.complete) response.destroy();
            });
        });
    }

    /** Listens on a port of "localhost"; 0 means any. Throws if somebody else has it. */
    async listen(port: number): Promise<number> {
        let chosen = port;
        for (const address of addresses) {
            const server = http.createServer((request, response) => this.web(request, response));
            server.on("upgrade", (request, socket, head) =>
                this.upgrade(request, socket as Socket, head),
            );
            server.on("connection", (socket) => {
                this.sockets.add(socket);
                socket.on("close", () => this.sockets.delete(socket));
            });
            // Long requests are the limit's affair, not Node's.
            server.requestTimeout = 0;
            try {
                await new Promise<void>((resolve, reject) => {
                    server.once("error", reject);
                    server.listen({ port: chosen, host: address }, resolve);
                });
            } catch (error) {
                const { code } = error as NodeJS.ErrnoException;
                // Machines without IPv6 have one address only.
                if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") continue;
                await this.close();
                throw error;
            }
            this.servers.push(server);
            chosen = (server.address() as AddressInfo).port;
        }
        return chosen;
    }

    async close(): Promise<void> {
        const closed = this.servers
            .splice(0)
            .map((server) => new Promise((resolve) => server.close(resolve)));
        for (const socket of this.sockets) socket.destroy();
        await Promise.all(closed);
    }

    private web(request: http.IncomingMessage, response: http.ServerResponse): void {
        const target = this.accept();
        if ("answer" in target) {
            this.refuse(request, response, target);
            return;
        }
        this.underWay++;
        response.on("close", () => this.underWay--);
        this.proxy.web(request, response, { target: targetUrl(target.port) }, (error) => {
            if (this.timedOut.has(request)) {
                this.refuse(request, response, { answer: statusCodes.timeout });
            } else this.refuse(request, response, failure(error));
        });
    }

    private upgrade(request: http.IncomingMessage, socket: Socket, head: Buffer): void {
        const target = this.accept();
        if ("answer" in target) {
            socket.end(`HTTP/1.1 ${statusLine(target.answer)}\r\nConnection: close\r\n\r\n`);
            return;
        }
        this.underWay++;
        socket.on("close", () => this.underWay--);
        this.proxy.ws(request, socket, head, { target: targetUrl(target.port) }, (error) => {
            const { answer } = failure(error);
            if (socket.writable) {
                socket.end(`HTTP/1.1 ${statusLine(answer)}\r\nConnection: close\r\n\r\n`);
            }
        });
    }

    private accept(): Route {
        if (this.underWay >= (this.limits.requests ?? 1000)) {
            return { answer: statusCodes.overloaded };
        }
        return this.route();
    }

    private refuse(
        request: http.IncomingMessage,
        response: http.ServerResponse,
        { answer, problem }: Refusal,
    ): void {
        const [path] = (request.url ?? "").split("?");
        const why =
            problem?.reason && answer === statusCodes.unreadable ? `: ${problem.reason}` : "";
        this.note(`${answer.status} for ${request.method} ${path}: ${answer.when}${why}`);
        if (response.headersSent) {
            // Half an answer: only a broken connection tells the caller so.
            response.destroy();
            return;
        }
        response.writeHead(answer.status, {
            "content-type": "text/plain; charset=utf-8",
            connection: "close",
        });
        const lines = [
            `${statusLine(answer)}: ${answer.when}.`,
            ...(problem?.reason ? [`Here: ${problem.reason}.`] : []),
            `To mend it: ${problem?.remedy ?? answer.remedy}. The log: npm run local -- logs`,
        ];
        response.end(`${lines.join("\n")}\n`);
    }
}

/** What is answered where the container's own answer did not come, or cannot be passed on. */
function failure(error: Error): Refusal {
    const { code = "", message } = error as NodeJS.ErrnoException;
    // What Node's parser calls its complaints.
    if (!code.startsWith("HPE_")) return { answer: statusCodes.crashed };
    return { answer: statusCodes.unreadable, problem: { reason: `${message} (${code})` } };
}

function targetUrl(port: number): string {
    return `http://127.0.0.1:${port}`;
}

function statusLine({ status }: StatusCode): string {
    return `${status} ${http.STATUS_CODES[status]}`;
}
