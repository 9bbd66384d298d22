/** Where the web app of a stack answers. */
import { addressVariable } from "../../engine/address";
import { environmentOf } from "../../engine/pack";
import { answerOf, type Place } from "../../engine/place";
import { UserError } from "../../engine/userError";

/** @throws UserError if it is no address of a web app. */
export function checkAddress(address: string, origin: string): string {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url && /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search) {
        return url.origin;
    }
    throw new UserError(
        `${origin} is "${address}"; expected an address without a path, such as https://test.example.com`,
    );
}

/** Where the user says that the app of a stack answers; undefined if nowhere. */
export function saidAddress(stack: string, option?: string): string | undefined {
    if (option !== undefined) return checkAddress(option, "--address");
    const variable = addressVariable(environmentOf(stack));
    const set = process.env[variable];
    return set ? checkAddress(set, variable) : undefined;
}

/** Where the app of a stack answers: where the user says, else at its own address. */
export async function addressOf(place: Place, said: string | undefined): Promise<string> {
    if (said !== undefined) return said;
    const { url } = JSON.parse(await answerOf(place, ["stack", "output", "--json"]));
    return checkAddress(String(url), `The output "url" of "${place.stack}"`);
}
