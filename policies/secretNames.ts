/** What a name must not be: a key that anybody may know, a mark in a model's text, or a word about a secret. */
const harmless =
    "(public|partition)_?key$|(^|[_.:-])(bos|eos|pad|stop)_?token$|[_.:-](name|url|length)$";

/** What a name must have one of. The first is Azure Functions' own name for a connection string. */
const secret = [
    "^azurewebjobsstorage$",
    "^connectionstrings(__|:)",
    "(secret|password|passwd|passphrase|pwd|credentials?|connection_?string)([_-]?\\d+)?$",
    "(^|[_.:-])(key|token|pass|pat|sas)([_-]?\\d+)?$",
    "(api|access|account|private|shared|encryption|signing|storage)_?key([_-]?\\d+)?$",
    "(api|auth|access|refresh|bearer|sas)_?token([_-]?\\d+)?$",
    "(^|_)(secret|password)_",
].join("|");

/**
 * Names of settings that stand for secrets, whatever their case. The plural is none: `MAX_TOKENS` is a number
 * of words, and `TOKENIZERS_PARALLELISM` a switch.
 */
export const secretNames = `^(?!.*?(${harmless})).*?(${secret})`;
