/**
 * Lists the settings of apps as they are now, through the provider: whoever can run `pulumi up` can run this too, with
 * a pipeline's token as well. A program that exists for its preview only asks for them, in a state of its own. It runs
 * in this process, so that no value is ever written down.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import type { Place } from "../../engine/place";
import { UserError } from "../../engine/userError";
import type { App } from "./appSettings";

/** The settings of an app, or why they could not be listed. */
export type Listed = { readonly settings: Record<string, string> } | { readonly reason: string };

/** Inputs of a provider that say which plugin it is, not whom it asks. */
const pluginInputs = new Set(["__internal", "pluginDownloadURL", "version"]);

/** Answers by app. Nothing is asked where there is no app. */
export async function listSettings(place: Place, apps: readonly App[]): Promise<Map<App, Listed>> {
    const listed = new Map<App, Listed>();
    if (apps.length === 0) return listed;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-drift-"));
    try {
        const stack = await makeStack(place, folder, () => ask(apps, listed));
        await stack.preview();
    } catch (error) {
        // Of what the CLI printed, the end says what went wrong.
        const text = (error as Error).message.trim().split("\n").slice(-20).join("\n");
        throw new UserError(`The app settings could not be listed:\n${text}`);
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
    return listed;
}

async function ask(apps: readonly App[], listed: Map<App, Listed>): Promise<void> {
    // Loaded here: they take a second, which a stack without apps need not wait.
    const { Provider } = await import("@pulumi/azure-native/provider.js");
    const web = await import("@pulumi/azure-native/web/index.js");
    await Promise.all(
        apps.map(async (app, index) => {
            const inputs = Object.entries(app.provider).filter(([name]) => !pluginInputs.has(name));
            const provider = new Provider(`provider-${index}`, Object.fromEntries(inputs));
            const { resourceGroupName, name, slot } = app;
            const args = { resourceGroupName, name };
            try {
                const { properties = {} } = slot
                    ? await web.listWebAppApplicationSettingsSlot({ ...args, slot }, { provider })
                    : await web.listWebAppApplicationSettings(args, { provider });
                listed.set(app, { settings: properties });
            } catch (error) {
                listed.set(app, { reason: (error as Error).message });
            }
        }),
    );
}

/** A stack of its own, of a project of its own, with the CLI and the sign-in of the place. */
async function makeStack({ pulumi, env }: Place, folder: string, program: () => Promise<void>) {
    const { LocalWorkspace, PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
    const [state, work] = ["state", "work"].map((name) => path.join(folder, name));
    for (const made of [state!, work!]) fs.mkdirSync(made);
    const projectName = "drift";
    return LocalWorkspace.createStack(
        { stackName: "drift", projectName, program },
        {
            workDir: work,
            pulumiCommand: await PulumiCommand.get({ root: rootOf(pulumi, folder) }),
            projectSettings: { name: projectName, runtime: "nodejs" },
            envVars: {
                ...(env as Record<string, string>),
                PULUMI_BACKEND_URL: pathToFileURL(state!).href,
                PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
                PULUMI_CONFIG_PASSPHRASE_FILE: "",
                // What a shell sets for the stack that is looked at.
                PULUMI_STACK: "",
                PULUMI_OPTION_CONFIG_FILE: "",
                PULUMI_OPTION_POLICY_PACK: "",
                PULUMI_OPTION_POLICY_PACK_CONFIG: "",
            },
        },
    );
}

/** The folder with `bin/pulumi` in it that the Automation API wants. */
function rootOf(pulumi: string, folder: string): string {
    const bin = path.dirname(pulumi);
    if (path.basename(bin) === "bin") return path.dirname(bin);
    fs.mkdirSync(path.join(folder, "bin"));
    fs.symlinkSync(pulumi, path.join(folder, "bin", "pulumi"));
    return folder;
}
