import * as pulumi from "@pulumi/pulumi";

/**
 * The object ID of a reader, unless it is the deployer's: a principal that exists already goes by several names, and
 * whoever opens a pull request signs in as the reader.
 *
 * @throws pulumi.RunError where both are one.
 */
export function differing(reader: string, deployer: string): string {
    if (reader !== deployer) return reader;
    throw new pulumi.RunError(
        `existingReader: it is the deployer too (object id ${reader}); expected somebody else, for who reads must not deploy`,
    );
}
