import * as pulumi from "@pulumi/pulumi";

interface Principal {
    /** Object ID. */
    readonly principalId: pulumi.Output<string>;
}

/**
 * The object ID of a reader, once it is known that it is not the deployer: a principal that exists already goes by
 * several names, and whoever opens a pull request signs in as the reader.
 *
 * @throws pulumi.RunError where both are one.
 */
export function differing(reader: Principal, deployer: Principal): pulumi.Output<string> {
    return pulumi.all([reader.principalId, deployer.principalId]).apply(([id, other]) => {
        if (id !== other) return id;
        throw new pulumi.RunError(
            `existingReader: it is the deployer too (object id ${id}); expected somebody else, for who reads must not deploy`,
        );
    });
}
