/**
 * What App Service's front end answers by itself.
 * Cannot show that it does; each row names the page that says so, and what that page leaves open.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { statusCodes } from "../../azure/statusCodes";

describe("statusCodes", () => {
    it.each(Object.entries(statusCodes))("%s: says when, what to do and who says so", (_, row) => {
        expect(row.when).toMatch(/^\w.*[^.]$/);
        expect(row.remedy).toMatch(/^\w.*[^.]$/);
        expect(row.source).toMatch(/^\[[\w-]+\]/);
    });

    it("are told in the words of local/README.md", () => {
        const file = path.resolve(__dirname, "..", "..", "local", "README.md");
        const told = [...fs.readFileSync(file, "utf8").matchAll(/^\| (\d{3}) +\| (.*?) +\|$/gm)];
        const { tooManyWebSockets: _, ...answered } = statusCodes;
        expect(told.map(([, status, when]) => [Number(status), when])).toEqual(
            Object.values(answered).map(({ status, when }) => [status, when]),
        );
    });

    it("are those that a gateway answers, not a container", () => {
        const all = Object.values(statusCodes).map(({ status }) => status);
        expect([...new Set(all)].sort()).toEqual([403, 429, 502, 503, 504]);
    });
});
