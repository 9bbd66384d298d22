/**
 * `npm run policies -- <word>`: what can be done with the rules without the engine.
 * docs writes README.md of this folder from what the rules say of themselves; check looks for what the
 * configurations say in vain; pack makes a package of the rules that any project can install.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { bundle } from "./bundle";
import { configProblems, waiversIn } from "./config";
import { document } from "./docs";
import { policies, sections } from "./index";

const usage = `npm run policies -- docs [--check]     write policies/README.md, or say whether it is current
npm run policies -- check [file...]    look for mistakes in the configurations, and list the waivers
npm run policies -- pack [folder]      make a package of the policies, in the folder "dist" unless another is named`;

/** From forgiving to strict; others after these. */
function rank(environment: string): number {
    const at = ["dev", "test", "prod"].indexOf(environment);
    return at < 0 ? 3 : at;
}

/** Environments that have a configuration, and what it says. */
function configurations(): { environment: string; file: string }[] {
    return fs
        .readdirSync(__dirname)
        .flatMap((name) => {
            const environment = /^config\.(.+)\.json$/.exec(name)?.[1];
            return environment ? [{ environment, file: path.join(__dirname, name) }] : [];
        })
        .sort((a, b) => rank(a.environment) - rank(b.environment));
}

async function docs(check: boolean): Promise<number> {
    const configs = configurations().map(({ environment, file }) => ({
        environment,
        config: JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, unknown>,
    }));
    // Loaded here: prettier is a development dependency, and a package of the rules has none.
    const { format, resolveConfig } = await import("prettier");
    const file = path.join(__dirname, "README.md");
    const options = await resolveConfig(file);
    const wanted = await format(document(sections, configs), { ...options, filepath: file });
    const now = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    if (now === wanted) return 0;
    if (check) {
        console.error('policies/README.md is not current: "npm run policies -- docs" writes it.');
        return 1;
    }
    fs.writeFileSync(file, wanted);
    return 0;
}

function check(named: readonly string[]): number {
    const files = named.length > 0 ? named : configurations().map(({ file }) => file);
    const missing = files.filter((file) => !fs.existsSync(file));
    const problems = [
        ...missing.map((file) => `  ${file}: there is no such file`),
        ...files.flatMap((file) => configProblems(file, policies)),
    ];
    if (problems.length > 0) {
        console.error(`The configuration of the policies needs mending:\n${problems.join("\n")}`);
        return 1;
    }
    let expired = 0;
    for (const file of files) {
        console.log(`${file}: all policies and options exist.`);
        for (const { rule, waiver, over } of waiversIn(JSON.parse(fs.readFileSync(file, "utf8")))) {
            if (over) expired++;
            const until = over ? "over since" : "until";
            const { resource, owner, lastDay, reason } = waiver;
            console.log(
                `  waived: ${rule} for ${resource}, ${until} ${lastDay}, by ${owner}: ${reason}`,
            );
        }
    }
    if (expired > 0) console.error(`Waivers that are over: ${expired}. Renew or remove them.`);
    return expired > 0 ? 1 : 0;
}

/** Answers the exit code. */
export async function main([word, ...rest]: string[]): Promise<number> {
    switch (word) {
        case "docs":
            return docs(rest.includes("--check"));
        case "check":
            return check(rest);
        case "pack":
            console.log(bundle(path.resolve(__dirname, ".."), path.resolve(rest[0] ?? "dist")));
            return 0;
        default:
            console.error(usage);
            return word === undefined || word === "--help" ? 0 : 1;
    }
}
