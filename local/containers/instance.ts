/**
 * One instance of a web app: a container that is started, asked until it answers, watched, and started again.
 * Its words are those that App Service writes into an app's Docker log.
 */
import { randomBytes } from "node:crypto";
import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { isHealthy, pingIntervalSeconds, replacedAfterSeconds } from "../../azure/healthCheck";
import type { DesiredSite } from "./desired";
import type { Container, ContainerEngine, Exit, Problem } from "./engine";
import { freePort } from "./ports";

/** Where a site or one of its instances is. */
export type Condition =
    | { readonly state: "starting" | "running"; readonly reason?: string; readonly remedy?: string }
    | ({ readonly state: "crashed" | "not started" } & Problem);

/** How often and how long; App Service's own where it publishes any. Tests shorten them. */
export interface Pace {
    /** Milliseconds between two asks of a container that is starting. */
    readonly warmUpInterval: number;
    readonly healthInterval: number;
    readonly replacedAfter: number;
    /** Milliseconds before another try: after the first failure, and at most. App Service publishes none. */
    readonly backOff: { readonly first: number; readonly most: number };
    /** Milliseconds per second of the start-up limit. */
    readonly second: number;
}

export const defaultPace: Pace = {
    warmUpInterval: 250,
    healthInterval: pingIntervalSeconds * 1000,
    replacedAfter: replacedAfterSeconds * 1000,
    backOff: { first: 1000, most: 60_000 },
    second: 1000,
};

/** What an instance has to do with others. */
export interface Surroundings {
    readonly engine: ContainerEngine;
    readonly pace: Pace;
    /** Writes a line into the app's log. */
    readonly log: (line: string) => void;
    /** Whether an unhealthy instance may be replaced now. */
    readonly mayReplace: () => boolean;
}

/** Pause before the next of several attempts, in milliseconds: doubled each time. */
export function backOff(failures: number, { first, most }: Pace["backOff"]): number {
    return Math.min(first * 2 ** Math.max(failures - 1, 0), most);
}

export class Instance {
    condition: Condition = { state: "starting" };
    /** Port of this machine that leads to the container; set while it runs. */
    port?: number;
    healthy = true;
    private readonly stopping = new AbortController();
    private readonly finished: Promise<void>;
    private container?: Container;

    constructor(
        private readonly site: DesiredSite,
        private readonly image: string,
        private readonly index: number,
        private readonly around: Surroundings,
    ) {
        this.finished = this.live();
    }

    async stop(): Promise<void> {
        this.stopping.abort();
        await this.container?.stop(this.site.stopTimeLimitSeconds);
        await this.finished;
    }

    private async live(): Promise<void> {
        const { pace } = this.around;
        for (let failures = 0; !this.stopping.signal.aborted;) {
            const began = Date.now();
            const ended = await this.runOnce();
            this.port = undefined;
            this.healthy = true;
            if (this.stopping.signal.aborted) return;
            if (ended) this.condition = ended;
            // Who has run for long deserves a quick restart.
            const lasted = Date.now() - began > pace.backOff.most;
            failures = lasted || !ended ? 1 : failures + 1;
            await this.pause(backOff(failures, pace.backOff));
        }
    }

    /** From start to end of one container. @returns What went wrong; nothing if it was replaced. */
    private async runOnce(): Promise<Condition | undefined> {
        const { engine, log } = this.around;
        const { name, ports, stopTimeLimitSeconds } = this.site;
        const { reason, remedy } = this.condition;
        this.condition = { state: "starting", reason, remedy };
        const id = `${name}_${this.index}_${randomBytes(4).toString("hex")}`;
        const mapped = await Promise.all(
            ports.map(async (container) => ({ container, host: await freePort() })),
        );
        log("INFO  - Starting container for site");
        let exit: Exit | undefined;
        const container = engine.run({
            name: id,
            image: this.image,
            environment: this.site.environments[this.index]!,
            ports: mapped,
            memoryMib: this.site.memoryMib,
            output: log,
        });
        this.container = container;
        const ending = new AbortController();
        const exited = container.exited.then((how) => {
            exit = how;
            ending.abort();
        });
        if (this.stopping.signal.aborted) await container.stop(stopTimeLimitSeconds);

        const ready = await this.warmUp(id, mapped, ending.signal);
        if (this.stopping.signal.aborted) {
            await exited;
            return undefined;
        }
        if (exit) {
            log(`ERROR - Container ${id} for site ${name} has exited, failing site start`);
            return { state: "not started", ...exitProblem(exit) };
        }
        if (ready === undefined) {
            await container.stop(stopTimeLimitSeconds);
            return { state: "not started", ...this.silenceProblem() };
        }
        log(
            `INFO  - Container ${id} for site ${name} initialized successfully and is ready to serve requests.`,
        );
        this.port = ready;
        this.condition = { state: "running" };
        const replaced = await this.watch(id, ready, ending.signal);
        if (replaced) await container.stop(stopTimeLimitSeconds);
        await exited;
        if (replaced || this.stopping.signal.aborted) return undefined;
        log(`ERROR - Container ${id} for site ${name} has exited with code ${exit!.code}`);
        return { state: "crashed", ...exitProblem(exit!) };
    }

    /** Asks the container until it answers as wanted. @returns The port of this machine that did. */
    private async warmUp(
        id: string,
        mapped: readonly { host: number }[],
        ended: AbortSignal,
    ): Promise<number | undefined> {
        const { log, pace } = this.around;
        const { name, startTimeLimitSeconds, warmUpPath, warmUpStatuses } = this.site;
        log(`INFO  - Initiating warmup request to container ${id} for site ${name}`);
        const began = Date.now();
        const limit = startTimeLimitSeconds * pace.second;
        const signal = AbortSignal.any([ended, this.stopping.signal, AbortSignal.timeout(limit)]);
        let last: number | undefined;
        while (!signal.aborted) {
            for (const { host } of mapped) {
                const status = await ask(host, warmUpPath, signal);
                if (status === undefined) continue;
                if (!warmUpStatuses || warmUpStatuses.includes(status)) return host;
                if (status !== last) {
                    const wanted = warmUpStatuses.join(", ");
                    log(`INFO  - ${warmUpPath} answers ${status}; waiting for ${wanted}`);
                }
                last = status;
            }
            await sleep(pace.warmUpInterval, undefined, { signal }).catch(() => undefined);
        }
        if (ended.aborted || this.stopping.signal.aborted) return undefined;
        const elapsed = (Date.now() - began) / 1000;
        log(
            `ERROR - Container ${id} for site ${name} did not start within expected time limit. Elapsed time = ${elapsed} sec`,
        );
        log(
            `ERROR - Container ${id} didn't respond to HTTP pings on port: ${this.site.ports.join(", ")}, failing site start. See container logs for debugging.`,
        );
        log(`INFO  - Stopping site ${name} because it failed during startup.`);
        return undefined;
    }

    /** Pings the health check path until the container ends. @returns Whether it is to be replaced. */
    private async watch(id: string, port: number, ended: AbortSignal): Promise<boolean> {
        const { log, mayReplace, pace } = this.around;
        const { healthCheckPath, maxPingFailures, replacesInstances } = this.site;
        const signal = AbortSignal.any([ended, this.stopping.signal]);
        let failures = 0;
        let sickSince: number | undefined;
        while (!signal.aborted) {
            await sleep(pace.healthInterval, undefined, { signal }).catch(() => undefined);
            if (signal.aborted || !healthCheckPath) continue;
            const inTime = AbortSignal.any([signal, AbortSignal.timeout(pace.healthInterval)]);
            const status = await ask(port, healthCheckPath, inTime);
            if (signal.aborted) continue;
            if (status !== undefined && isHealthy(status)) {
                if (!this.healthy) log(`INFO  - Container ${id} is healthy again`);
                failures = 0;
                sickSince = undefined;
                this.healthy = true;
                continue;
            }
            failures++;
            const found = status === undefined ? "nothing" : String(status);
            log(`WARN  - Health check of ${id}: ${healthCheckPath} answers ${found} (${failures})`);
            sickSince ??= Date.now();
            if (failures >= maxPingFailures && this.healthy) {
                this.healthy = false;
                log(`ERROR - Container ${id} is unhealthy after ${failures} failed pings`);
            }
            const long = Date.now() - sickSince >= pace.replacedAfter;
            if (!this.healthy && long && replacesInstances && mayReplace()) {
                log(`INFO  - Container ${id} has been unhealthy for long and is replaced`);
                return true;
            }
        }
        return false;
    }

    private silenceProblem(): Problem {
        const { ports, startTimeLimitSeconds, warmUpPath, warmUpStatuses } = this.site;
        const wanted = warmUpStatuses ? ` with ${warmUpStatuses.join(" or ")}` : "";
        return {
            reason:
                `the container didn't respond to HTTP pings on port ${ports.join(" or ")}: ` +
                `${warmUpPath} did not answer${wanted} within ${startTimeLimitSeconds} seconds`,
            remedy: "have it listen at 0.0.0.0 on the setting port, or raise startTimeLimitSeconds",
        };
    }

    private async pause(milliseconds: number): Promise<void> {
        const { signal } = this.stopping;
        await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    }
}

function exitProblem({ code, problem }: Exit): Problem {
    return problem === undefined
        ? {
              reason: `the container ended with exit code ${code}`,
              remedy: 'look at its output with "npm run local -- logs"',
          }
        : { reason: problem, remedy: "see whether the container engine runs this image by hand" };
}

/** Status of a GET; undefined if nothing answers. Redirects are not followed. */
function ask(port: number, path: string, signal: AbortSignal): Promise<number | undefined> {
    // As a URL, so that a path with a space or an umlaut is one that can be asked for.
    const url = new URL(`http://127.0.0.1:${port}/${path.replace(/^\//, "")}`);
    return new Promise((resolve) => {
        const request = http.get(url, { signal, agent: false });
        request.on("response", (response) => {
            response.on("error", () => undefined);
            response.resume();
            resolve(response.statusCode);
        });
        request.on("error", () => resolve(undefined));
    });
}
