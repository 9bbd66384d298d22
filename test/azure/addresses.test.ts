/**
 * Which address ranges are read, and in which form they come out.
 * Cannot show that App Service takes a range: it refuses some that are well formed, such as multicast.
 */
import fc from "fast-check";
import { isIP } from "node:net";
import { includesEverybody, toCidr } from "../../azure/addresses";

describe("toCidr", () => {
    it.each([
        ["203.0.113.7", "203.0.113.7/32"],
        [" 203.0.113.7 ", "203.0.113.7/32"],
        ["203.0.113.0/24", "203.0.113.0/24"],
        ["0.0.0.0/0", "0.0.0.0/0"],
        ["203.0.113.0/024", "203.0.113.0/24"],
        ["2001:db8::1", "2001:db8::1/128"],
        ["2001:db8::/32", "2001:db8::/32"],
    ])("reads %j as %s", (text, expected) => {
        expect(toCidr(text)).toBe(expected);
    });

    it.each([
        "",
        "example.com",
        "203.0.113",
        "203.0.113.256",
        "203.0.113.0/33",
        "203.0.113.0/",
        "203.0.113.0/-1",
        "203.0.113.0/8/8",
        "203.0.113.0/2x",
        "2001:db8::/129",
        "fe80::1%eth0",
        "fe80::%eth0/64",
        "AzureCloud",
    ])("fails on %j", (text) => {
        expect(toCidr(text)).toBeUndefined();
    });

    it("gives every IPv4 address and prefix back as they are", () => {
        fc.assert(
            fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
                expect(toCidr(`${address}/${prefix}`)).toBe(`${address}/${prefix}`);
                expect(toCidr(address)).toBe(`${address}/32`);
            }),
        );
    });

    it("fails on every prefix that is longer than the address", () => {
        fc.assert(
            fc.property(fc.ipV4(), fc.ipV6(), fc.integer({ min: 1, max: 870 }), (v4, v6, over) => {
                expect(toCidr(`${v4}/${32 + over}`)).toBeUndefined();
                expect(toCidr(`${v6}/${128 + over}`)).toBeUndefined();
            }),
        );
    });

    it("answers any text with an address and a prefix or with nothing, and twice the same", () => {
        const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f.:/%]{1,20}$/));
        fc.assert(
            fc.property(texts, (text) => {
                const cidr = toCidr(text);
                if (cidr === undefined) return;
                const [address = "", prefix = ""] = cidr.split("/");
                expect(isIP(address)).toBeGreaterThan(0);
                expect(prefix).toMatch(/^\d+$/);
                expect(toCidr(cidr)).toBe(cidr);
            }),
        );
    });
});

describe("includesEverybody", () => {
    it.each([
        "0.0.0.0/0",
        "5.5.5.5/0",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "10.0.0.0/7",
        "::/0",
        "0:0:0:0:0:0:0:0/0",
        "1.2.3.4/32,0.0.0.0/0",
        " ::/00 , 1.2.3.4",
    ])("finds everybody in %j", (ranges) => {
        expect(includesEverybody(ranges)).toBe(true);
    });

    it.each(["", "1.2.3.4", "0.0.0.0", "10.0.0.0/8", "1.2.3.4/32,2001:db8::/32", "AzureCloud"])(
        "finds somebody or nobody in %j",
        (ranges) => {
            expect(includesEverybody(ranges)).toBe(false);
        },
    );
});
