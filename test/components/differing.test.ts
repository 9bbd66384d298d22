/**
 * That a reader is somebody else than the deployer, against made-up ids. Does not show whom the directory finds by a name.
 */
import { differing } from "../../components/differing";

describe("differing", () => {
    it("is the reader's object id where it is not the deployer's", () => {
        expect(differing("reader", "deployer")).toBe("reader");
    });

    it("fails where one principal is both, under whatever names", () => {
        expect(() => differing("same", "same")).toThrow("who reads must not deploy");
    });
});
