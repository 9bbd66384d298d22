/** A refusal, in the words and with the code that Azure uses. */
export class CloudError extends Error {
    constructor(
        /** HTTP status. */
        readonly status: number,
        /** Azure's error code, such as `ResourceGroupNotFound`. */
        readonly code: string,
        message: string,
        /** What Azure's Retry-After says, in seconds; undefined where it sends none. */
        readonly retryAfterSeconds?: number,
    ) {
        super(message);
    }
}

export function notFound(id: string): CloudError {
    return new CloudError(404, "ResourceNotFound", `The resource '${id}' was not found.`);
}
