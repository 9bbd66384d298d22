/** What is really deployed in the environment that a change comes from, and whether that is fit to go on. */
import { parseImage, fullName } from "../../azure/images";
import { environmentOf } from "../../engine/pack";
import { answerOf, type Place } from "../../engine/place";
import { exportState, type StackState } from "../../engine/state";
import { UserError } from "../../engine/userError";
import { findDrift } from "../drift";
import { verdictOf } from "../drift/model";
import { textReport } from "../drift/report";
import { resolveDigest } from "../registry";
import { deployedIn, type Deployed } from "./travelling";

/**
 * The web app that a stack has, and where it answers; undefined if it has none yet.
 *
 * @throws UserError where there is no such stack.
 */
export async function readDeployed(
    place: Place,
    marked: readonly string[],
): Promise<{ app?: Deployed; url?: string; state: StackState }> {
    const state = await exportState(place);
    if (!state) {
        throw new UserError(
            `There is no stack "${place.stack}". Make it once: npm run pulumi -- stack init ${place.stack}`,
        );
    }
    const { resources = [] } = state.deployment;
    const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
    const url = root?.outputs?.url;
    return {
        app: deployedIn(resources, marked, environmentOf(place.stack)),
        url: typeof url === "string" && URL.canParse(url) ? url : undefined,
        state,
    };
}

/** How the last run that changed a stack ended, such as "succeeded"; undefined if there was none. */
async function lastResult(place: Place): Promise<string | undefined> {
    const history = await answerOf(place, ["stack", "history", "--json", "--page-size", "1"]);
    const [last] = JSON.parse(history) as { kind: string; result: string }[];
    return last && (last.result === "succeeded" ? last.result : `${last.kind} ${last.result}`);
}

/** The report on drift; undefined if nobody changed anything behind Pulumi's back. */
async function driftOf(place: Place): Promise<string | undefined> {
    const drift = await findDrift(place);
    return verdictOf(drift) === "none" ? undefined : textReport(drift);
}

/**
 * What a stack has deployed, if it is fit to be promoted.
 *
 * @throws UserError where the stack is empty, its last run failed, or it has drifted, app settings included.
 */
export async function readSource(place: Place, marked: readonly string[]): Promise<Deployed> {
    const { stack } = place;
    const up = `npm run up -- --stack ${stack}`;
    // Asked at once, as it takes longest, and heard last.
    const drifting = driftOf(place);
    drifting.catch(() => undefined);
    const [{ app, state }, result] = await Promise.all([
        readDeployed(place, marked),
        lastResult(place),
    ]);
    if (!app) {
        throw new UserError(
            `The stack "${stack}" has no web app, so there is nothing to promote. Bring it up first: ${up}`,
        );
    }
    const cutOff = (state.deployment.pending_operations ?? []).length > 0;
    if (cutOff || result !== "succeeded") {
        const how = cutOff ? "was cut off" : `did not succeed (${result ?? "none is known"})`;
        throw new UserError(
            `The last run of the stack "${stack}" ${how}: what it has is not what its settings say. Mend it first: ${up}`,
        );
    }
    const drift = await drifting;
    if (drift !== undefined) {
        throw new UserError(
            `${drift}\n\nNothing is promoted from a stack that has drifted, or of which that is not known.`,
        );
    }
    return app;
}

/** The image by digest; a tag is looked up in the image's registry. */
export async function pinned(place: Place, { image, registryUsername }: Deployed): Promise<string> {
    const parsed = parseImage(image);
    if (!parsed) throw new UserError(`"${image}" in the stack "${place.stack}" is no image.`);
    if (parsed.digest) return image;
    const credentials = registryUsername
        ? {
              username: registryUsername,
              password: (await answerOf(place, ["config", "get", "registryPassword"])).trim(),
          }
        : undefined;
    const digest = await resolveDigest(parsed, credentials);
    return fullName({ ...parsed, tag: undefined, digest });
}
