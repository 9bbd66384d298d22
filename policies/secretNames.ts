/**
 * Names of settings that stand for secrets, whatever their case. The plural is none: `MAX_TOKENS` is a number
 * of words, and `TOKENIZERS_PARALLELISM` a switch.
 */
export const secretNames =
    "(secret|password|passwd|pwd|credentials?|connection_?string)$|(^|[_.:-])(secret|password|key|token|pat|sas)$|" +
    "(api|access|account|private|shared|encryption|signing|storage)_?key$|(api|auth|access|refresh|bearer)_?token$|" +
    "(^|_)(secret|password)(_|$)";
