/** Where the state lives, and whether it can be read. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { stackFileName } from "../../engine/pack";
import { findingsOf, type Finding } from "./finding";
import type { Answer, Runner } from "./runner";
import { readSettings, type StackSettings } from "./settings";

/** The CLI's reason, in one line. */
function reasonOf({ stderr }: Answer): string {
    const lines = stderr.split("\n").map((line) => line.replace(/^error: /, "").trim());
    return (lines.find(Boolean) ?? "it failed and did not say why").replace(/\.$/, "");
}

/** An address without a user's name and password in it. */
const shown = (url: string) => url.replace(/^(\w+:\/\/)[^/@]*@/, "$1");

const isService = (url: string) => /^https?:/.test(url);

/** Whether the stack's secrets need a passphrase: those of Pulumi Cloud and of key services do not. */
function needsPassphrase(url: string, stackFile: string): boolean {
    if (!fs.existsSync(stackFile)) return !isService(url);
    const { secretsprovider = "", encryptionsalt } = (parse(fs.readFileSync(stackFile, "utf8")) ??
        {}) as { secretsprovider?: string; encryptionsalt?: string };
    if (secretsprovider !== "" && secretsprovider !== "passphrase") return false;
    return encryptionsalt !== undefined || !isService(url);
}

export function checkPassphrase(
    url: string,
    stackFile: string,
    { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE }: NodeJS.ProcessEnv,
): Finding[] {
    const { ok, problem, warning } = findingsOf("passphrase");
    if (!needsPassphrase(url, stackFile)) return [];
    const command = "export PULUMI_CONFIG_PASSPHRASE_FILE=<file with the passphrase>";
    if (PULUMI_CONFIG_PASSPHRASE !== undefined) return [ok("PULUMI_CONFIG_PASSPHRASE is set.")];
    if (!PULUMI_CONFIG_PASSPHRASE_FILE) {
        const what =
            "Neither PULUMI_CONFIG_PASSPHRASE nor PULUMI_CONFIG_PASSPHRASE_FILE is set: Pulumi asks " +
            "for it on a terminal, and fails where there is none.";
        return [warning(what, command)];
    }
    return fs.existsSync(PULUMI_CONFIG_PASSPHRASE_FILE)
        ? [ok("PULUMI_CONFIG_PASSPHRASE_FILE is set.")]
        : [
              problem(
                  `PULUMI_CONFIG_PASSPHRASE_FILE names ${PULUMI_CONFIG_PASSPHRASE_FILE}, which is not there.`,
                  command,
              ),
          ];
}

function checkUrl(url: string): Finding {
    const { ok, warning } = findingsOf("backend");
    const plain = url.startsWith("file:") && !/[?&]metadata=skip\b/.test(url);
    return plain
        ? warning(
              `${shown(url)} lacks "?metadata=skip": a run that is killed may leave the state unreadable.`,
              `npm run pulumi -- login '${shown(url)}${url.includes("?") ? "&" : "?"}metadata=skip'`,
          )
        : ok(`${shown(url)}.`);
}

/** The backend, and the settings if it let them be read. */
export async function checkBackend(
    pulumi: Runner,
    { cwd, env, stack }: { cwd: string; env: NodeJS.ProcessEnv; stack: string },
): Promise<{ findings: Finding[]; settings?: StackSettings }> {
    const { problem } = findingsOf("backend");
    const whoami = await pulumi("whoami", "--json");
    if (whoami.code !== 0) {
        const reason = reasonOf(whoami);
        const signedOut = /PULUMI_ACCESS_TOKEN must be set|not logged in/.test(reason);
        const what = signedOut
            ? "Nobody is signed in to a backend; the README says which there are."
            : `It does not answer: ${reason}.`;
        return { findings: [problem(what, "npm run pulumi -- login")] };
    }
    const { url } = JSON.parse(whoami.stdout) as { url: string };
    const stackFile = env.PULUMI_OPTION_CONFIG_FILE ?? path.join(cwd, stackFileName(stack));
    const around = [checkUrl(url), ...checkPassphrase(url, stackFile, env)];
    const config = await pulumi("config", "--json", "--stack", stack);
    if (config.code === 0) {
        return { findings: around, settings: readSettings(config.stdout, stack) };
    }
    const missing = /no stack named/.test(config.stderr);
    const said = missing
        ? findingsOf("stack").problem(
              `The backend has no stack "${stack}".`,
              `npm run pulumi -- stack init ${stack}`,
          )
        : problem(`The stack cannot be read: ${reasonOf(config)}.`, "npm run pulumi -- login");
    return { findings: [...around, said] };
}
