import { isIP } from "node:net";

/**
 * An address range as App Service's access restrictions take it: always with a prefix length, which a
 * single address gets too. Undefined if it is neither an address nor a range.
 */
export function toCidr(text: string): string | undefined {
    const [address = "", prefix, ...rest] = text.trim().split("/");
    // Node takes a zone (`fe80::1%eth0`) for part of an address; it means something on one machine only.
    const version = address.includes("%") ? 0 : isIP(address);
    if (!version || rest.length > 0) return undefined;
    const longest = version === 4 ? 32 : 128;
    if (prefix === undefined) return `${address}/${longest}`;
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > longest) return undefined;
    return `${address}/${Number(prefix)}`;
}

// Our own limit, not Azure's: two ranges of `/1` are all addresses, as one of `/0` is.
const shortestPrefix = 8;

/** Whether ranges, with commas between them as in access restrictions, take in (almost) everybody. */
export function includesEverybody(ranges: string): boolean {
    return ranges.split(",").some((range) => {
        const prefix = toCidr(range)?.split("/")[1];
        return prefix !== undefined && Number(prefix) < shortestPrefix;
    });
}
