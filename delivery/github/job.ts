/** What a job of GitHub Actions knows about itself. Source: docs.github.com/actions/reference/workflows-and-actions/variables */
import * as fs from "node:fs";
import { UserError } from "../../engine/userError";
import { readOptions } from "../options";
import { GitHub } from "./api";

export interface Job {
    readonly gitHub: GitHub;
    /** Path of the repository in the API: `/repos/OWNER/REPO`. */
    readonly repositoryPath: string;
    /** `OWNER/REPO`. */
    readonly repository: string;
    /** Address of a run of this repository, for people. @param id Of the run. @default that of this job */
    runUrl(id?: number): string;
}

/** A variable that Actions sets, or the workflow file. */
export function variable(env: NodeJS.ProcessEnv, name: string): string {
    const value = env[name];
    if (value) return value;
    const hint = name === "GITHUB_TOKEN" ? ', with "env: GITHUB_TOKEN: ${{ github.token }}"' : "";
    throw new UserError(`${name} is not set: run this in a job of GitHub Actions${hint}.`);
}

export function thisJob(env: NodeJS.ProcessEnv): Job {
    const repository = variable(env, "GITHUB_REPOSITORY");
    const server = env.GITHUB_SERVER_URL ?? "https://github.com";
    return {
        gitHub: new GitHub({
            url: env.GITHUB_API_URL ?? "https://api.github.com",
            token: variable(env, "GITHUB_TOKEN"),
        }),
        repository,
        repositoryPath: `/repos/${repository}`,
        runUrl: (id = Number(variable(env, "GITHUB_RUN_ID"))) =>
            `${server}/${repository}/actions/runs/${id}`,
    };
}

/** What happened, in GitHub's form. Source: docs.github.com/webhooks/webhook-events-and-payloads */
export function readEvent<T>(env: NodeJS.ProcessEnv): T {
    return JSON.parse(fs.readFileSync(variable(env, "GITHUB_EVENT_PATH"), "utf8")) as T;
}

/** Options `--name value`, all of which must be there. */
export function requireOptions<Name extends string>(
    args: readonly string[],
    ...names: Name[]
): Record<Name, string> {
    const usage = `Say ${names.map((name) => `--${name} <${name}>`).join(" ")}.`;
    const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
    const { values } = readOptions(args, options, usage);
    const missing = names.find((name) => !values[name]);
    if (missing !== undefined) throw new UserError(`--${missing} is missing. ${usage}`);
    return values as Record<Name, string>;
}
