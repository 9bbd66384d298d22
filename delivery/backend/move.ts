/**
 * Moves the state of a stack from one backend to another, with its secrets; the old one stays as it was.
 *
 * The state goes from export to import as it is, encrypted. Where a new key is asked for, Pulumi encrypts state
 * and stack file anew. In the end both states are compared, secrets included, which are in memory only. The
 * history of updates stays where it was, and goes with it: neither export nor import has it.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { findObstacle } from "../../engine/obstacles";
import { explainLocks } from "../../engine/stackLocks";
import { UserError } from "../../engine/userError";
import { replaceFile } from "../replaceFile";
import { readPassphrase } from "./passphrase";
import { EmptyProject, readStackFile, withoutStack } from "./project";

export interface Move {
    readonly pulumi: string;
    readonly env: NodeJS.ProcessEnv;
    /** Name of the Pulumi project. */
    readonly project: string;
    readonly stack: string;
    /** The stack's file. */
    readonly file: string;
    /** URLs of the backends. */
    readonly from: string;
    readonly to: string;
    /** What to encrypt with from now on; undefined for what it is encrypted with. */
    readonly key?: NewKey;
    /** Whether to remove the old state once the new one is verified. */
    readonly removeOld: boolean;
}

export interface NewKey {
    /** `passphrase`, or the key of a vault. */
    readonly provider: string;
    /** File of the new passphrase. */
    readonly passphraseFile?: string;
}

/** @param say Is told what has been done, a line at a time. */
export async function move(plan: Move, say: (line: string) => void): Promise<void> {
    const { pulumi, env, project, stack, file, from, to, key } = plan;
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    const old = new EmptyProject(pulumi, env, project, stack, text);
    const fresh = new EmptyProject(pulumi, env, project, stack, text);
    try {
        const state = await exportOld(old, plan);
        const there = await fresh.try(to, ["stack", "export"]);
        if (there.code === 0 || !(await fresh.init(to))) throw alreadyThere(plan);
        try {
            // A new stack may have written a key of its own into its file.
            if (text !== undefined) fs.writeFileSync(fresh.stackFile, text);
            await fresh.run(to, ["stack", "import"], state);
            say(`Copied to ${to}.`);
            if (key) {
                await encryptAnew(fresh, to, key);
                say(`Encrypted with another key: ${key.provider}.`);
            }
            const contents = [await contentOf(old, from), await contentOf(fresh, to)];
            if (!isDeepStrictEqual(contents[0], contents[1])) {
                throw new UserError(
                    `The state at ${to} is not what is at ${from}: somebody may have changed the stack meanwhile. ` +
                        "The copy was removed, and the old state is as it was. Try it again.",
                );
            }
            say("Compared: resources, secrets and settings are the same.");
        } catch (error) {
            await fresh.try(to, removal);
            throw error;
        }
        if (key) replaceStackFile(file, text, fs.readFileSync(fresh.stackFile, "utf8"));
        if (plan.removeOld) {
            await old.run(from, removal);
            fs.rmSync(oldFile(file), { force: true });
            say(
                `Removed from ${from}, with its history of updates; a backup of it is still there.`,
            );
        }
    } finally {
        old.remove();
        fresh.remove();
    }
}

/** The command that removes the state of a stack, and touches nothing that the stack has made. */
export function removeCommand(project: string, stack: string, backend: string): string {
    const name = `organization/${project}/${stack}`;
    return `PULUMI_BACKEND_URL='${backend}' npm run pulumi -- stack rm ${name} --force --preserve-config`;
}

const removal = ["stack", "rm", "--force", "--yes", "--preserve-config"];

/** Where the stack's file is kept as long as the old state is there, which only it has the key of. */
export const oldFile = (file: string) => `${file}.old`;

function replaceStackFile(file: string, before: string | undefined, after: string): void {
    if (before !== undefined) fs.writeFileSync(oldFile(file), before);
    replaceFile(file, after);
}

function alreadyThere({ project, stack, file, to }: Move): UserError {
    // Without it the old state could not be decrypted, once the copy is gone.
    const wasRewritten = fs.existsSync(oldFile(file));
    const [old, now] = [oldFile(file), file].map((each) => path.relative(".", each));
    const first = wasRewritten ? `mv ${old} ${now}, then ` : "";
    return new UserError(
        `There is a stack "${stack}" at ${to} already, so nothing was done. If it is what is left of a move that was ` +
            `cut off, and only then, remove it first: ${first}${removeCommand(project, stack, to)}`,
    );
}

/** The whole old state, encrypted, as text. */
async function exportOld(old: EmptyProject, { pulumi, env, stack, from }: Move): Promise<string> {
    const { code, stdout, output } = await old.try(from, ["stack", "export"]);
    if (code !== 0) {
        throw new UserError(
            `The stack "${stack}" cannot be read at ${from}:\n${output.trim()}\n` +
                `PULUMI_BACKEND_URL='${from}' npm run pulumi -- stack ls shows which there are.`,
        );
    }
    const inOld = { ...withoutStack(env), PULUMI_BACKEND_URL: from };
    const obstacle = await findObstacle({ pulumi, cwd: old.folder, env: inOld, stack });
    if (obstacle && "locks" in obstacle) {
        throw new UserError(`${explainLocks(stack, obstacle.locks)}\nNothing was done.`);
    }
    return stdout;
}

/** Has Pulumi encrypt state and stack file with another key. */
async function encryptAnew(fresh: EmptyProject, backend: string, key: NewKey): Promise<void> {
    const change = ["stack", "change-secrets-provider", key.provider];
    const { secretsprovider } = readStackFile(fresh.stackFile);
    if (key.passphraseFile === undefined) {
        await fresh.run(backend, change);
    } else if (secretsprovider === undefined) {
        // From one passphrase to another, Pulumi reads the new one from its input.
        await fresh.run(backend, change, `${readPassphrase(key.passphraseFile)}\n`);
        fresh.setPassphraseFile(key.passphraseFile);
    } else {
        fresh.setPassphraseFile(key.passphraseFile);
        await fresh.run(backend, change);
    }
}

/** What must be the same before and after; not what it is encrypted with, nor when it was written. */
async function contentOf(project: EmptyProject, backend: string): Promise<object> {
    const exported = await project.run(backend, ["stack", "export", "--show-secrets"]);
    const config = await project.run(backend, ["config", "--show-secrets", "--json"]);
    const { deployment } = JSON.parse(exported) as { deployment: Record<string, unknown> };
    const { resources, pending_operations: pending } = deployment;
    return { resources, pending, config: JSON.parse(config) as unknown };
}
