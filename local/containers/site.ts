/** One web app: its front end, and the containers behind it. */
import { setTimeout as sleep } from "node:timers/promises";
import { mostEvicted, replacements } from "../../azure/healthCheck";
import { fullName, parseImage } from "../../azure/images";
import { statusCodes } from "../../azure/statusCodes";
import { fingerprintOf, type DesiredSite } from "./desired";
import { pullProblem, type ContainerEngine, type Problem } from "./engine";
import { FrontEnd, type FrontEndLimits, type Route } from "./frontEnd";
import { backOff, defaultPace, Instance, type Condition, type Pace } from "./instance";
import { firstPort, portVariable } from "./ports";

const hour = 3_600_000;

/** Milliseconds between two tries to get a port that somebody else has. */
const portRetry = 2000;

/** What a site needs to know of the machine. */
export interface SiteOptions {
    readonly port: number;
    readonly log: (line: string) => void;
    readonly pace?: Pace;
    readonly limits?: FrontEndLimits;
}

/** The containers of one image and one set of settings. A change makes another generation. */
class Generation {
    instances: Instance[] = [];
    private condition: Condition = { state: "starting" };
    private readonly stopping = new AbortController();
    private readonly prepared: Promise<void>;
    /** When instances were replaced, in milliseconds. */
    private readonly replaced: number[] = [];

    constructor(
        readonly site: DesiredSite,
        private readonly engine: ContainerEngine,
        private readonly options: SiteOptions,
    ) {
        this.prepared = this.prepare();
    }

    get running(): Instance[] {
        return this.instances.filter(({ port }) => port !== undefined);
    }

    /** Where it is: as well as its best instance. */
    get status(): Condition {
        const order = ["running", "starting", "crashed", "not started"];
        const all = this.instances.map(({ condition }) => condition);
        all.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
        return all[0] ?? this.condition;
    }

    /** Instances that requests go to: those that run, but for the unhealthy ones that may be left out. */
    inRotation(): Instance[] {
        const { running } = this;
        const sick = running.filter(({ healthy }) => !healthy);
        const evicted = mostEvicted(
            this.instances.length,
            sick.length,
            this.site.maxUnhealthyPercent,
        );
        const out = new Set(running.length > evicted ? sick.slice(0, evicted) : []);
        return running.filter((instance) => !out.has(instance));
    }

    async stop(): Promise<void> {
        this.stopping.abort();
        await this.prepared;
        await Promise.all(this.instances.map((instance) => instance.stop()));
    }

    private async prepare(): Promise<void> {
        const { image } = this.site;
        const parsed = image === undefined ? undefined : parseImage(image);
        if (!parsed) {
            this.condition = {
                state: "not started",
                reason: "its configuration names no single container image",
                remedy: "set the image of the web app",
            };
            return;
        }
        const name = fullName(parsed);
        if (!(await this.fetch(name))) return;
        this.instances = this.site.environments.map(
            (_, index) =>
                new Instance(this.site, name, index, {
                    engine: this.engine,
                    pace: this.options.pace ?? defaultPace,
                    log: (line) => this.options.log(line),
                    mayReplace: () => this.mayReplace(),
                }),
        );
    }

    /** Has the image here, sooner or later. @returns Whether it is; not if the generation was stopped. */
    private async fetch(image: string): Promise<boolean> {
        const { log, pace = defaultPace } = this.options;
        const { signal } = this.stopping;
        for (let failures = 0; !signal.aborted;) {
            if (await this.engine.hasImage(image)) return !signal.aborted;
            log(`INFO  - Pulling image: ${image}`);
            try {
                await this.engine.pull(image, this.site.registry, signal);
                log("INFO  - Pull Image successful");
            } catch (error) {
                if (signal.aborted) break;
                const complaint = (error as Error).message;
                log(`ERROR - Image pull failed: ${complaint}`);
                this.condition = { state: "not started", ...pullProblem(image, complaint) };
                const pause = backOff(++failures, pace.backOff);
                await sleep(pause, undefined, { signal }).catch(() => undefined);
            }
        }
        return false;
    }

    private mayReplace(): boolean {
        const now = Date.now();
        const within = (time: number) => this.replaced.filter((at) => now - at < time).length;
        if (within(hour) >= replacements.perHour) return false;
        if (within(24 * hour) >= replacements.perDay) return false;
        this.replaced.push(now);
        return true;
    }
}

export class Site {
    /** Answers requests. */
    private serving?: Generation;
    /** Takes over as soon as it answers. */
    private next?: Generation;
    private wanted?: DesiredSite;
    private engine?: ContainerEngine;
    /** Of what is wanted. */
    fingerprint?: string;
    private missing?: Problem;
    private portProblem?: Problem;
    private closed = false;
    private turn = 0;
    private readonly frontEnd: FrontEnd;
    private readonly listening: Promise<void>;
    /** Everything that is being stopped. */
    private readonly ending = new Set<Promise<void>>();

    constructor(private readonly options: SiteOptions) {
        this.frontEnd = new FrontEnd(() => this.route(), options.log, options.limits);
        this.listening = this.listen();
    }

    /** Has the site run as wanted; called again and again, also where nothing changed. */
    update(wanted: DesiredSite, engine: ContainerEngine | Problem): void {
        const here = "run" in engine ? engine : undefined;
        this.missing = "run" in engine ? undefined : engine;
        const fingerprint = fingerprintOf(wanted);
        if (fingerprint !== this.fingerprint || here !== this.engine) {
            if (this.wanted && here) this.options.log("INFO  - The configuration has changed");
            this.fingerprint = fingerprint;
            this.wanted = wanted;
            this.engine = here;
            this.end(this.next);
            this.next =
                here && wanted.enabled ? new Generation(wanted, here, this.options) : undefined;
            if (!this.next) {
                this.end(this.serving);
                this.serving = undefined;
            }
        }
        // Until the new containers answer, App Service lets the old ones. Source:
        // learn.microsoft.com/azure/app-service/configure-custom-container#i-dont-see-the-updated-container
        if (this.next && (this.next.running.length > 0 || !this.serving?.running.length)) {
            this.end(this.serving);
            this.serving = this.next;
            this.next = undefined;
        }
    }

    /** Where the containers are that are wanted now, whoever answers meanwhile. */
    get condition(): Condition {
        const generation = this.next ?? this.serving;
        if (this.portProblem) return { state: "not started", ...this.portProblem };
        if (this.missing) return { state: "not started", ...this.missing };
        if (generation) return generation.status;
        return {
            state: "not started",
            reason: "the web app is stopped",
            remedy: statusCodes.stopped.remedy,
        };
    }

    async close(): Promise<void> {
        this.closed = true;
        this.end(this.next);
        this.end(this.serving);
        await this.listening;
        await Promise.all([this.frontEnd.close(), ...this.ending]);
    }

    private end(generation: Generation | undefined): void {
        if (!generation) return;
        const ended = generation.stop().finally(() => this.ending.delete(ended));
        this.ending.add(ended);
    }

    private route(): Route {
        const instances = this.serving?.inRotation() ?? [];
        if (instances.length > 0) {
            return { port: instances[this.turn++ % instances.length]!.port! };
        }
        const problem = this.condition;
        if (this.wanted && !this.wanted.enabled) return { answer: statusCodes.stopped, problem };
        const crashed = problem.state === "crashed";
        return { answer: crashed ? statusCodes.crashed : statusCodes.starting, problem };
    }

    private async listen(): Promise<void> {
        const { log, port } = this.options;
        while (!this.closed) {
            try {
                await this.frontEnd.listen(port);
                this.portProblem = undefined;
                return;
            } catch (error) {
                const { code } = error as NodeJS.ErrnoException;
                const reason =
                    code === "EADDRINUSE"
                        ? `port ${port} is in use by another program (another clone of this project?)`
                        : `port ${port} cannot be used (${code})`;
                if (this.portProblem?.reason !== reason) log(`ERROR - ${reason}`);
                const stack = this.wanted?.stack || "dev";
                const option = stack === "dev" ? "" : ` -- --stack ${stack}`;
                const remedy = `${portVariable}=${firstPort() + 100} npm run local${option}`;
                this.portProblem = { reason, remedy };
                await sleep(portRetry);
            }
        }
    }
}
