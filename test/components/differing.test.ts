/**
 * That a reader is somebody else than the deployer, against made-up ids. Does not show whom the directory finds by a name.
 */
import * as pulumi from "@pulumi/pulumi";
import { differing } from "../../components/differing";

const principal = (id: string) => ({ principalId: pulumi.output(id) });
const promised = <T>(output: pulumi.Output<T>) =>
    (output as unknown as { promise(): Promise<T> }).promise();

describe("differing", () => {
    it("is the reader's object id where it is not the deployer's", async () => {
        expect(await promised(differing(principal("reader"), principal("deployer")))).toBe(
            "reader",
        );
    });

    it("fails where one principal is both, under whatever names", async () => {
        const both = differing(principal("same"), principal("same"));
        await expect(promised(both)).rejects.toThrow("who reads must not deploy");
    });
});
