/**
 * Lifetimes and certificates as the settings have them.
 * Cannot show that Entra takes them, nor what the policy of a tenant allows.
 */
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import * as fc from "fast-check";
import {
    certificateFile,
    credentialDays,
    daysLeft,
    formatLifetime,
    holdsPrivateKey,
    lifetimeFrom,
    lifetimeProblem,
    parseCertificates,
    parseLifetime,
} from "../../azure/credentials";
import { testCertificate } from "../support/certificates";

const [start, end] = ["2027-01-01T00:00:00Z", "2027-04-01T12:30:59Z"];

describe("parseLifetime", () => {
    it.each([
        [`${start}/${end}`, start, end],
        ["2027-01-01/2027-04-01", start, "2027-04-01T00:00:00Z"],
        [`2027-01-01/${end}`, start, end],
        [` ${start} / ${end} `, start, end],
        ["2028-02-29/2028-03-01", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"],
    ])("reads %j", (text, from, to) => {
        expect(parseLifetime(text)).toEqual({ start: from, end: to });
    });

    it.each([
        "",
        "/",
        "90 days",
        start,
        `${start}/`,
        `/${end}`,
        `${start}/P90D`,
        `${start}--${end}`,
        `${start}/${end}/${end}`,
        `${end}/${start}`,
        `${start}/${start}`,
        "2027-02-29/2027-03-01",
        "2027-13-01/2028-01-01",
        "2027-01-01T24:00:00Z/2027-04-01",
        "2027-01-01T00:00:60Z/2027-04-01",
        "2027-01-01T00:00Z/2027-04-01",
        "2027-01-01T00:00:00/2027-04-01",
        "2027-01-01T00:00:00+01:00/2027-04-01",
        "2027-01-01T00:00:00.5Z/2027-04-01",
        "1/2",
    ])("does not read %j", (text) => expect(parseLifetime(text)).toBeUndefined());

    const moments = fc.date({
        min: new Date("1970-01-01"),
        max: new Date("2900-01-01"),
        noInvalidDate: true,
    });

    it("reads every lifetime that is written, as it was", () => {
        fc.assert(
            fc.property(moments, fc.integer({ min: 1, max: 5000 }), (from, days) => {
                const lifetime = lifetimeFrom(from, days);
                expect(parseLifetime(formatLifetime(lifetime))).toEqual(lifetime);
                const length = Date.parse(lifetime.end) - Date.parse(lifetime.start);
                expect(length).toBe(days * 24 * 60 * 60 * 1000);
                const moved = from.getTime() - Date.parse(lifetime.start);
                expect(moved).toBeGreaterThanOrEqual(0);
                expect(moved).toBeLessThan(1000);
            }),
        );
    });

    it("reads of any text nothing, or an interval that it writes and reads again", () => {
        const part = fc.oneof(
            fc.string({ maxLength: 12 }),
            fc.stringMatching(/^\d{4}-\d\d-\d\d$/),
            fc.stringMatching(/^20[2-4]\d-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\dZ$/),
        );
        const texts = fc.array(part, { maxLength: 3 }).map((parts) => parts.join("/"));
        fc.assert(
            fc.property(texts, (text) => {
                const read = parseLifetime(text);
                if (!read) return;
                expect(Date.parse(read.start)).toBeLessThan(Date.parse(read.end));
                expect(parseLifetime(formatLifetime(read))).toEqual(read);
            }),
            { numRuns: 1000 },
        );
    });
});

describe("daysLeft", () => {
    it.each([
        ["2027-03-31T12:30:59Z", 1],
        ["2027-03-31T12:31:00Z", 0],
        ["2027-04-01T12:30:59Z", 0],
        ["2027-04-01T12:31:00Z", -1],
        ["2027-04-03T00:00:00Z", -2],
    ])("from %s on are %d", (now, days) => {
        expect(daysLeft({ end }, new Date(now))).toBe(days);
    });
});

describe("lifetimeProblem", () => {
    const { longest, standard, warning } = credentialDays;

    it("has none with the longest life, and one with a second more", () => {
        const longestLife = lifetimeFrom(new Date(start), longest);
        expect(lifetimeProblem(longestLife)).toBeUndefined();
        const longer = { start: "2026-12-31T23:59:59Z", end: longestLife.end };
        expect(lifetimeProblem(longer)).toBe(`a life of at most ${longest} days`);
    });

    it("has room for the standard life, and that for a warning", () => {
        expect(standard).toBeLessThanOrEqual(longest);
        expect(warning).toBeLessThan(standard);
    });
});

describe("parseCertificates", () => {
    const one = testCertificate(start, end);
    const other = testCertificate("2049-12-31T23:59:59Z", "2050-01-09T01:02:03Z");
    // What "openssl x509 -fingerprint -sha1" and "-dates" say of this one.
    const fixed = [
        "-----BEGIN CERTIFICATE-----",
        "MIIBdDCCARmgAwIBAgIUIWTUMD5nJd1gzn8OL/Vv22j5ew4wCgYIKoZIzj0EAwIw",
        "DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjIyMDE5NDVaFw0yNjEyMDEyMDE5NDVa",
        "MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQa7J9n",
        "n3Wlbt6GxPRu4AB1HwibQNFiXUeIHxte3Mcs4wLtsVYVahRlghMXvV0DntEu7Js6",
        "SAsC1lVAO8DU8FYHo1MwUTAdBgNVHQ4EFgQUhvaxVcPlDVzYG6uFvgIQ1FymxgIw",
        "HwYDVR0jBBgwFoAUhvaxVcPlDVzYG6uFvgIQ1FymxgIwDwYDVR0TAQH/BAUwAwEB",
        "/zAKBggqhkjOPQQDAgNJADBGAiEAtheNe5PZNZcvwRZPEFLHb654j8E/rcPDb2pL",
        "7Y4jtm8CIQCWxjUvhW6qxR6DPMat0tgSaWEgn3tEQRGQemQ4qCmwxw==",
        "-----END CERTIFICATE-----",
        "",
    ].join("\n");

    it("reads dates and thumbprint of a certificate as OpenSSL does", () => {
        expect(parseCertificates(fixed)).toEqual([
            {
                pem: fixed,
                thumbprint: "66FC8B652A126B90633E9649B1F6C758A20CE034",
                start: "2026-11-22T20:19:45Z",
                end: "2026-12-01T20:19:45Z",
            },
        ]);
    });

    it("reads several, in their order, whatever the space around them", () => {
        const text = `\n${one.certificate}\n\n  ${other.certificate.trim()}  `;
        const found = parseCertificates(text)!;
        expect(found.map(({ pem }) => pem)).toEqual([one.certificate, other.certificate]);
        expect(found.map((each) => [each.start, each.end])).toEqual([
            [start, end],
            ["2049-12-31T23:59:59Z", "2050-01-09T01:02:03Z"],
        ]);
        for (const { thumbprint } of found) expect(thumbprint).toMatch(/^[0-9A-F]{40}$/);
    });

    const body = one.certificate.split("\n").slice(1, -2).join("\n");
    it.each([
        ["nothing", ""],
        ["prose", "my certificate"],
        ["a certificate without its frame", body],
        ["a cut certificate", one.certificate.replace(body, body.slice(0, 100))],
        ["an empty certificate", one.certificate.replace(body, "")],
        ["a certificate whose end is missing", one.certificate.replace(/-----END.*/, "")],
        ["a certificate and prose", `${one.certificate}and more`],
        ["a certificate and a key", one.certificate + one.privateKey],
        ["a good one and a bad one", one.certificate + other.certificate.replace(/M/g, "A")],
        ["a request", one.certificate.replaceAll("CERTIFICATE", "CERTIFICATE REQUEST")],
    ])("does not read %s", (_, text) => expect(parseCertificates(text)).toBeUndefined());

    it("reads of a certificate with anything put into it nothing, or that certificate", () => {
        const places = fc.nat({ max: one.certificate.length });
        fc.assert(
            fc.property(places, fc.string({ minLength: 1 }), (place, text) => {
                const { certificate } = one;
                const changed = certificate.slice(0, place) + text + certificate.slice(place);
                const found = parseCertificates(changed);
                if (found === undefined) return;
                const [expected] = parseCertificates(certificate)!;
                expect(found).toHaveLength(1);
                expect(found[0]).toMatchObject({ start: expected!.start, end: expected!.end });
            }),
        );
    });

    it("reads any text without an error", () => {
        const words = fc.constantFrom(
            ...["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "\n", "-", body],
        );
        const texts = fc.array(fc.oneof(words, fc.string()), { maxLength: 8 });
        fc.assert(
            fc.property(texts, (parts) => {
                const found = parseCertificates(parts.join(""));
                expect(found === undefined || found.length > 0).toBe(true);
            }),
        );
    });
});

describe("holdsPrivateKey", () => {
    const { certificate, privateKey } = testCertificate(start, end);

    it.each([
        ["a key", privateKey],
        ["a key after a certificate", certificate + privateKey],
        ["an RSA key", "-----BEGIN RSA PRIVATE KEY-----"],
        ["an encrypted key", "-----BEGIN ENCRYPTED PRIVATE KEY-----"],
        ["a key of OpenSSH", "-----BEGIN OPENSSH PRIVATE KEY-----"],
    ])("sees %s", (_, text) => expect(holdsPrivateKey(text)).toBe(true));

    it.each([
        ["a certificate", certificate],
        ["a public key", "-----BEGIN PUBLIC KEY-----"],
        ["nothing", ""],
    ])("sees none in %s", (_, text) => expect(holdsPrivateKey(text)).toBe(false));
});

describe("certificateFile", () => {
    it("is one of the files that git ignores, for every stack", () => {
        const names = ["dev", "prod", "a.b"].map(certificateFile);
        expect(new Set(names).size).toBe(names.length);
        const ignored = execFileSync("git", ["check-ignore", ...names], {
            cwd: path.resolve(__dirname, "..", ".."),
            encoding: "utf8",
        });
        expect(ignored.trim().split("\n")).toEqual(names);
    });
});
